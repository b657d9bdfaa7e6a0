/*
 * chunk.h - the chunks of a sheet, and the records in them.
 *
 * A record belongs to the chunk whose number is the BLAKE2b-64 of its name (of a subject, a user, a
 * group, or a text with the number of its part) modulo the number of chunks. In a chunk the records
 * are in the order of their bytes, each name or id once: the same rows always give the same bytes.
 */
#ifndef RBACCTL_FLEET_CHUNK_H
#define RBACCTL_FLEET_CHUNK_H

#include "rbacctl/fleet/sheet.h"

enum fleet_record_type {
	FLEET_ASSIGNMENT = 'a', /* these two in the sheet of a scope */
	FLEET_UID = 'u',        /* of somebody who holds or owns something there */
	FLEET_GID = 'g',        /* these in the fleet's sheet */
	FLEET_SUSPENDED = 's',
	FLEET_TEXT = 't',
};

/* Texts end in NUL. A later version may append to a record, and may bring other types: a decoder
 * passes over what it does not know. */
struct fleet_record {
	uint8_t type; /* one of those above, or one that is not known here */
	/* FLEET_ASSIGNMENT */
	uint64_t id, change;
	int64_t when, from, until; /* seconds; RBAC_TIME_MIN, RBAC_TIME_MAX: no end */
	const char *role, *by, *reason;
	/* of an assignment that was asked for or reviewed; 0 and NULL or "": none */
	uint64_t request;
	int64_t review_from, reviewed;
	const char *reviewed_by;
	/* The subject of an assignment, a user, a group, "rbac.conf" or "policy.d/NAME.conf". */
	const char *name;
	/* FLEET_UID */
	uint32_t uid; /* neither 0 nor RBAC_NO_UID */
	/* FLEET_GID */
	uint32_t gid;
	bool gone; /* no role makes the group any more: the gid is not to be given again */
	/* FLEET_TEXT: part number PART of PARTS */
	uint32_t part, parts;
	const uint8_t *text;
	size_t text_len;
};

/* ---- to make a sheet ---- */

/* The records of a sheet, in any order. All zeros: none. */
struct fleet_records {
	struct buf bytes;
	struct fleet_record_at {
		size_t at, size; /* in BYTES */
		uint64_t spread; /* of its name */
		uint64_t chunk;  /* fleet_chunks_make() sets these two */
		const uint8_t *p;
	} * v;
	size_t n, cap;
	bool failed; /* out of memory */
};

/* RBAC_OK; RBAC_INVALID: not a record that a decoder takes; RBAC_NOMEM. */
int fleet_records_add(struct fleet_records *r, const struct fleet_record *rec);
/* The text called NAME, in parts. */
int fleet_records_add_text(struct fleet_records *r, const char *name, const char *text, size_t len);
void fleet_records_free(struct fleet_records *r);

/*
 * The chunks that R makes: *N of them, a power of two that depends on nothing but their bytes; 0
 * when R is empty. *CHUNKS and *REFS are to be freed (fleet_chunks_free()). Sorts R. RBAC_OK;
 * RBAC_RANGE: over a limit of sheet.h; RBAC_CONFLICT: two records of one name or id; RBAC_NOMEM.
 */
int fleet_chunks_make(struct fleet_records *r, struct buf **chunks, struct fleet_chunk_ref **refs,
		      uint32_t *n);
void fleet_chunks_free(struct buf *chunks, struct fleet_chunk_ref *refs, uint32_t n);

/* ---- to read one ---- */

void fleet_chunk_hash(const uint8_t *p, size_t len, uint8_t out[FLEET_HASH]);

/*
 * Call FN for each record of the chunk of LEN bytes at P, which is number I of N of a sheet that is
 * OF_FLEET or of a scope. What FN returns other than RBAC_OK ends it and is passed on.
 * RBAC_DAMAGED: a form, an order or a place is not right; FN was perhaps called before that was
 * found.
 */
typedef int fleet_record_fn(void *ctx, const struct fleet_record *rec);
int fleet_chunk_each(const uint8_t *p, size_t len, uint32_t i, uint32_t n, bool of_fleet,
		     fleet_record_fn *fn, void *ctx);

#endif
