/*
 * chunk.h - the chunks of a sheet, and the records in them.
 *
 * A record belongs to the chunk whose number is the BLAKE2b-64 of its name modulo the number of
 * chunks. Its name is that of its subject, user or group; of a text also the number of the part. In
 * a chunk the records are in the order of their bytes, and each name or id occurs once: so the same
 * rows always give the same bytes. docs/format.md, "Sheets of a fleet", describes the bytes.
 */
#ifndef RBACCTL_FLEET_CHUNK_H
#define RBACCTL_FLEET_CHUNK_H

#include "rbacctl/fleet/sheet.h"

enum fleet_record_type {
	/* in the sheet of a scope */
	FLEET_ASSIGNMENT = 'a',
	FLEET_UID = 'u', /* the UID of a user who holds or owns something there */
	/* in the sheet "fleet" */
	FLEET_GID = 'g',
	FLEET_SUSPENDED = 's',
	FLEET_TEXT = 't', /* a part of a policy text */
};

/* Texts end with a NUL. A later version may append fields to a record and add types: a decoder
 * ignores what it does not know. */
struct fleet_record {
	uint8_t type; /* enum fleet_record_type, or an unknown type */
	/* FLEET_ASSIGNMENT */
	uint64_t id, change;
	int64_t when, from, until; /* seconds since 1970; RBAC_TIME_MIN: no begin, _MAX: no end */
	const char *role, *by, *reason;
	/* of an assignment that was requested or reviewed; otherwise 0, and NULL or "" */
	uint64_t request;
	int64_t review_from, reviewed;
	const char *reviewed_by;
	/* The subject of an assignment, a user, a group, "rbac.conf" or "policy.d/NAME.conf". */
	const char *name;
	/* FLEET_UID */
	uint32_t uid; /* neither 0 nor RBAC_NO_UID */
	/* FLEET_GID */
	uint32_t gid;
	bool gone; /* no role makes the group any more; no other group may get the gid */
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

/* Add a copy of REC. RBAC_OK; RBAC_INVALID: a decoder would refuse it; RBAC_NOMEM. */
int fleet_records_add(struct fleet_records *r, const struct fleet_record *rec);
/* Add the LEN bytes at TEXT as the text NAME, in parts of FLEET_TEXT_PART bytes. Returns as above.
 */
int fleet_records_add_text(struct fleet_records *r, const char *name, const char *text, size_t len);
void fleet_records_free(struct fleet_records *r);

/*
 * Make the chunks of R; sorts R. *N gets their number: a power of two that depends only on the
 * records, or 0 if R is empty. Free *CHUNKS and *REFS with fleet_chunks_free(). Returns RBAC_OK;
 * RBAC_RANGE if a limit of sheet.h is exceeded; RBAC_CONFLICT if two records have the same name or
 * id; RBAC_NOMEM.
 */
int fleet_chunks_make(struct fleet_records *r, struct buf **chunks, struct fleet_chunk_ref **refs,
		      uint32_t *n);
void fleet_chunks_free(struct buf *chunks, struct fleet_chunk_ref *refs, uint32_t n);

/* ---- to read one ---- */

void fleet_chunk_hash(const uint8_t *p, size_t len, uint8_t out[FLEET_HASH]);

/*
 * Call FN for each record of the chunk of LEN bytes at P. It is chunk I of N, of the sheet "fleet"
 * if OF_FLEET, otherwise of a scope's sheet. If FN returns anything but RBAC_OK, the function stops
 * and returns that. RBAC_DAMAGED: the chunk is malformed, or a record is in the wrong order, chunk
 * or sheet; FN may have been called for records before it.
 */
typedef int fleet_record_fn(void *ctx, const struct fleet_record *rec);
int fleet_chunk_each(const uint8_t *p, size_t len, uint32_t i, uint32_t n, bool of_fleet,
		     fleet_record_fn *fn, void *ctx);

#endif
