/*
 * sheet.h - a sheet: what the authority of a fleet publishes about one scope, or about the whole
 * fleet. It is a signed head, and chunks that the head names by their hashes. docs/format.md,
 * "Sheets of a fleet", describes the bytes.
 *
 * The functions are pure: no file, no clock, no random numbers. The decoders accept any bytes and
 * allocate no memory; their results point into these bytes. A decoder checks only the syntax;
 * judge.h checks who signed.
 */
#ifndef RBACCTL_FLEET_SHEET_H
#define RBACCTL_FLEET_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/buf.h"

enum {
	FLEET_VERSION = 1,
	FLEET_ID = 16,        /* bytes of the random number that names a fleet */
	FLEET_HASH = 32,      /* BLAKE2b-256 */
	FLEET_KEY_ID = 8,     /* of a public key: its BLAKE2b-64 */
	FLEET_SIGNATURE = 64, /* Ed25519, RFC 8032 */
};

/* Limits. A member refuses a sheet that exceeds one of them (FLEET_TOO_LARGE of judge.h), and push
 * refuses to write it. */
enum {
	FLEET_CHUNK_AIM = 16 << 10,  /* bytes of a chunk, on average */
	FLEET_CHUNK_MAX = 1 << 20,   /* bytes of a chunk: all records of a subject are in one */
	FLEET_CHUNKS_MAX = 1 << 14,  /* chunks of one sheet */
	FLEET_HEAD_MAX = 1 << 20,    /* bytes of a head */
	FLEET_SHEET_MAX = 256 << 20, /* bytes of all chunks of a sheet */
	FLEET_RECENT_MAX = 256,      /* sheets that a head of the fleet names */
	FLEET_TEXT_PART = 12 << 10,  /* bytes of a policy text in one record */
};

/* The name of the sheet about the whole fleet. It has no ":", so no scope has this name. */
#define FLEET_SHEET "fleet"

/* Are the LEN bytes at S the name of a sheet: "fleet", or a scope of at most RBAC_SCOPE_MAX bytes?
 */
bool fleet_name_is_sheet(const char *s, size_t len);

struct fleet_chunk_ref {
	uint32_t size;
	uint8_t hash[FLEET_HASH];
};

struct fleet_head {
	uint8_t fleet[FLEET_ID];
	uint8_t key[FLEET_KEY_ID]; /* the key that signed it */
	uint64_t term;             /* of the authority; a take-over increases it */
	int64_t issued;            /* when it was signed, seconds since 1970 */
	/* Only in the sheet "fleet": */
	uint32_t interval;     /* seconds from one head to the next */
	uint64_t keys;         /* version of the list of keys (keys.h) */
	uint32_t n_recent;     /* how many of the sheets that changed last are named */
	const uint8_t *recent; /* their names and numbers; fleet_head_recent() decodes them */
	size_t recent_len;
	/* The rest is the content: it is the same in all heads of one term and number. */
	const char *name;
	uint64_t number; /* the last change of the authority that changed the sheet */
	/* Only in the sheet of a scope: */
	bool exists;              /* false: the scope was deleted, and the sheet has no chunk */
	uint64_t created;         /* the change that made the scope */
	const char *owner, *plan; /* "": none */
	uint32_t n_chunks;        /* a power of two, or 0 */
	const uint8_t *chunks;    /* their sizes and hashes; fleet_head_chunk() decodes them */
};

static inline bool fleet_head_is_fleet(const struct fleet_head *h)
{
	return h->name[0] == 'f' && h->name[1] == 'l' && h->name[5] == '\0' &&
	       __builtin_strcmp(h->name, FLEET_SHEET) == 0;
}

struct fleet_recent {
	const char *name;
	uint64_t number;
};

/*
 * Append the encoded head H to OUT, without the signature, which sign.h adds. RECENT (H->n_recent
 * sheets) and CHUNKS (H->n_chunks references) are used instead of H->recent and H->chunks. Returns
 * RBAC_OK; RBAC_INVALID if a limit is exceeded or a name is wrong; RBAC_NOMEM.
 */
int fleet_head_encode(const struct fleet_head *h, const struct fleet_recent *recent,
		      const struct fleet_chunk_ref *chunks, struct buf *out);

/*
 * Decode the LEN bytes at P, which include the signature; *H borrows them. The signature is not
 * checked. Returns RBAC_OK; RBAC_NEWER if this rbacctl does not know the version; RBAC_DAMAGED if
 * the bytes are not a head; RBAC_RANGE if a limit is exceeded.
 */
int fleet_head_decode(const uint8_t *p, size_t len, struct fleet_head *h);

/* Size and hash of chunk I, which must be below n_chunks. */
struct fleet_chunk_ref fleet_head_chunk(const struct fleet_head *h, uint32_t i);

/* Get the next of the recent sheets; *AT must be 0 before the first call. False: there are no more.
 */
bool fleet_head_recent(const struct fleet_head *h, size_t *at, struct fleet_recent *out);

/* The hash of H's content: everything but term, issued, key, interval, keys and the recent sheets.
 */
void fleet_head_content(const struct fleet_head *h, uint8_t out[FLEET_HASH]);

#endif
