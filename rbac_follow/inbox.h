/*
 * inbox.h - what the directory sends becomes files that `rbacctl fleet take` reads, in the form of
 * carrier/folder.h. Nothing of it is believed here; this keeps it in bounds: only sheets that are
 * followed, no file larger than its kind may be, and no more chunks than heads name, but for a few.
 */
#ifndef RBAC_FOLLOW_INBOX_H
#define RBAC_FOLLOW_INBOX_H

#include "rbacctl/carrier/folder.h"

enum {
	INBOX_SHEETS_MAX = 256, /* sheets that one host follows */
	INBOX_KEYS_MAX = 1000,  /* lists of keys */
	/* What the chunks that heads do not name (yet) may cost, of all sheets together
	 * (folder_file_cost()). */
	INBOX_UNNAMED = 16 << 20,
};

struct inbox_sheet {
	char name[RBAC_SCOPE_MAX + 1];
	struct buf bytes;    /* its head, as it came */
	struct fleet_head h; /* borrows BYTES; name "": none came yet, or it is none */
	struct chunk_set named;
	size_t unnamed; /* what the chunks that are there and H does not name cost */
	bool whole;     /* every chunk that H names is there */
};

struct inbox {
	const char *dir;
	struct inbox_sheet *v;
	size_t n;
	size_t unnamed; /* of all sheets */
	unsigned keys;
	bool wrote; /* since inbox_tell() */
};

/* Begin with the folder DIR, which is made, and the N_NAMES sheets at NAMES. RBAC_OK; RBAC_INVALID:
 * too many; RBAC_NOMEM; RBAC_SYSTEM with errno set. */
int inbox_open(struct inbox *x, const char *dir, char *const *names, size_t n_names);
void inbox_close(struct inbox *x);

/*
 * What came. Of lists of keys those with the lowest versions stay: take reads one after the other.
 * RBAC_OK; RBAC_REFUSED: not followed, or over a limit, and dropped; RBAC_NOMEM;
 * RBAC_SYSTEM.
 */
int inbox_keys(struct inbox *x, uint64_t version, const uint8_t *p, size_t len);
int inbox_head(struct inbox *x, const char *name, const uint8_t *p, size_t len);
int inbox_chunk(struct inbox *x, const char *name, const uint8_t *p, size_t len);

/* Tell `fleet take`, when anything was written since the last time: the file DIR/changed. */
int inbox_tell(struct inbox *x);

/*
 * What the heads themselves say is not right, as a hint to ask again (a lie here costs a search,
 * and no more): NULL, or a constant phrase. *FRESH_UNTIL: until when the head of the fleet's sheet
 * is fresh; 0: there is none.
 */
const char *inbox_lacks(struct inbox *x, int64_t *fresh_until);

#endif
