/*
 * inbox.h - write the sheets that the directory sends into files that `rbacctl fleet take` reads
 * (carrier/folder.h). The content is untrusted and not verified here; this file only limits it: to
 * sheets that this host follows, to the largest size of each kind of file, and to the chunks that
 * heads name, plus INBOX_UNNAMED bytes of others.
 */
#ifndef RBAC_FOLLOW_INBOX_H
#define RBAC_FOLLOW_INBOX_H

#include "rbacctl/carrier/folder.h"

enum {
	INBOX_SHEETS_MAX = 256, /* sheets that one host follows */
	INBOX_KEYS_MAX = 1000,  /* lists of keys */
	/* The limit for chunks that no head names (yet), of all sheets together: the sum of their
	 * folder_file_cost(). */
	INBOX_UNNAMED = 16 << 20,
};

struct inbox_sheet {
	char name[RBAC_SCOPE_MAX + 1];
	struct buf bytes;    /* its head, as it arrived */
	struct fleet_head h; /* the decoded head, borrows BYTES; name "": none, or malformed */
	struct chunk_set named;
	size_t unnamed; /* the cost of chunks in the folder that H does not name */
	bool whole;     /* the folder has every chunk that H names */
};

struct inbox {
	const char *dir;
	struct inbox_sheet *v;
	size_t n;
	size_t unnamed; /* of all sheets */
	unsigned keys;
	bool wrote; /* since inbox_tell() */
};

/* Make the folder DIR if necessary, and begin with the N_NAMES sheets at NAMES. RBAC_OK;
 * RBAC_INVALID if there are too many; RBAC_NOMEM; RBAC_SYSTEM with errno set. */
int inbox_open(struct inbox *x, const char *dir, char *const *names, size_t n_names);
void inbox_close(struct inbox *x);

/*
 * Write a list of keys, a head or a chunk that has arrived, the LEN bytes at P. If there are too
 * many lists of keys, those with the lowest versions stay, because take needs them in order.
 * RBAC_OK; RBAC_REFUSED if it was dropped, because the sheet is not followed or a limit is
 * exceeded; RBAC_NOMEM; RBAC_SYSTEM with errno set.
 */
int inbox_keys(struct inbox *x, uint64_t version, const uint8_t *p, size_t len);
int inbox_head(struct inbox *x, const char *name, const uint8_t *p, size_t len);
int inbox_chunk(struct inbox *x, const char *name, const uint8_t *p, size_t len);

/* If anything was written since the last call, write the file DIR/changed, which starts `fleet
 * take`. RBAC_OK, or RBAC_SYSTEM with errno set. */
int inbox_tell(struct inbox *x);

/*
 * Do the heads show that something is missing or old? Returns NULL, or a constant phrase. It is
 * only a reason to request everything again: a false head costs one search. *FRESH_UNTIL gets the
 * time until which the head of the sheet "fleet" is fresh, seconds since 1970; 0: there is no head.
 */
const char *inbox_lacks(struct inbox *x, int64_t *fresh_until);

#endif
