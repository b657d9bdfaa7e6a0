/*
 * sheet.h - what the authority of a fleet publishes of one scope, or of the fleet: a signed head,
 * and chunks that the head names by their hashes. docs/format.md, "Sheets of a fleet", has the
 * bytes.
 *
 * Pure: no file, no clock, no random numbers. The decoders take any bytes, allocate nothing, and
 * borrow: what they return points into the bytes they got. A decoder says only that the form is
 * right; who wrote it is judge.h's question.
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

/* Limits. A sheet beyond one of them is FLEET_TOO_LARGE for a member (judge.h), and push refuses to
 * write it. */
enum {
	FLEET_CHUNK_AIM = 16 << 10,  /* bytes of a chunk, on average */
	FLEET_CHUNK_MAX = 1 << 20,   /* what is not to be parted: one subject at one scope */
	FLEET_CHUNKS_MAX = 1 << 14,  /* of one sheet */
	FLEET_HEAD_MAX = 1 << 20,    /* bytes of a head */
	FLEET_SHEET_MAX = 256 << 20, /* bytes of all chunks of a sheet */
	FLEET_RECENT_MAX = 256,      /* sheets that a head of the fleet names */
	FLEET_TEXT_PART = 12 << 10,  /* bytes of a policy text in one record */
};

/* The name of the sheet that is not of a scope. It has no ":", so no scope has this name. */
#define FLEET_SHEET "fleet"

/* "fleet" or KIND:NAME/NAME, at most RBAC_SCOPE_MAX bytes. */
bool fleet_name_is_sheet(const char *s, size_t len);

struct fleet_chunk_ref {
	uint32_t size;
	uint8_t hash[FLEET_HASH];
};

struct fleet_head {
	uint8_t fleet[FLEET_ID];
	uint8_t key[FLEET_KEY_ID]; /* which key signed it */
	uint64_t term;             /* of the authority; a take-over raises it */
	int64_t issued;            /* when it was signed, seconds */
	/* Of the fleet's sheet alone: */
	uint32_t interval;     /* seconds from one head to the next */
	uint64_t keys;         /* version of the list of keys (keys.h) */
	uint32_t n_recent;     /* sheets that changed last */
	const uint8_t *recent; /* fleet_head_recent() reads them */
	size_t recent_len;
	/* From here on is the content: two heads of one term and number have the same, byte for
	 * byte. */
	const char *name;
	uint64_t number; /* the authority's change that touched the sheet last */
	/* Of a scope's sheet alone. */
	bool exists;              /* false: the scope was deleted; there is no chunk then */
	uint64_t created;         /* the change that made the scope */
	const char *owner, *plan; /* "": none */
	uint32_t n_chunks;        /* a power of two, or 0 */
	const uint8_t *chunks;    /* fleet_head_chunk() reads them */
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
 * Append the head H without its signature (sign.h adds it): the N_RECENT sheets at RECENT and the
 * H->n_chunks references at CHUNKS take the place of H's own pointers. RBAC_OK; RBAC_INVALID: over
 * a limit, or not a name; RBAC_NOMEM.
 */
int fleet_head_encode(const struct fleet_head *h, const struct fleet_recent *recent,
		      const struct fleet_chunk_ref *chunks, struct buf *out);

/*
 * Decode the LEN bytes at P, signature included. RBAC_OK; RBAC_NEWER: a version that this rbacctl
 * does not know; RBAC_DAMAGED: not a head; RBAC_RANGE: over a limit.
 */
int fleet_head_decode(const uint8_t *p, size_t len, struct fleet_head *h);

/* Chunk number I, below n_chunks. */
struct fleet_chunk_ref fleet_head_chunk(const struct fleet_head *h, uint32_t i);

/* The next of the recent sheets, from *AT (0 at first) on. False: there is none left. */
bool fleet_head_recent(const struct fleet_head *h, size_t *at, struct fleet_recent *out);

/* The hash of H's content: everything but term, issued, key, interval, keys and the recent sheets.
 */
void fleet_head_content(const struct fleet_head *h, uint8_t out[FLEET_HASH]);

#endif
