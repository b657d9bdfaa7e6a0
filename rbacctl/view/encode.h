/*
 * encode.h - writes the records that common/wire.h describes and decodes: same layouts, same order.
 *
 * Each encoder appends the payload to BUF; encode_seal() appends the checksum of key and payload. A
 * buffer grows with malloc; after out of memory, or a value that its field can't hold, it stays
 * failed (buf.failed) and further writes do nothing, so that one check at the end will do.
 */
#ifndef RBACCTL_VIEW_ENCODE_H
#define RBACCTL_VIEW_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/zone_offsets.h"

/* The key of a record: type byte and name. OUT holds RBAC_WALK_KEY_MAX bytes; returns the length, 0
 * when the name is too long. */
size_t encode_key(uint8_t *out, uint8_t type, const void *name, size_t len);
size_t encode_key_gid(uint8_t *out, uint8_t type, uint32_t gid);

/* Append the CRC-32C of KEY and of all that is in B. */
void encode_seal(struct buf *b, const uint8_t *key, size_t key_len);

/* Does the checksum at the end of the LEN bytes at VALUE hold? */
bool encode_is_sealed(const void *key, size_t key_len, const void *value, size_t len);

struct encode_meta {
	uint32_t flags;
	uint64_t generation;
	uint8_t identity[RBAC_IDENTITY];
	int64_t published;
	uint32_t gid_min, gid_max, n_unix;
	const uint32_t *extra;
	size_t n_extra; /* ascending */
	const uint32_t *exempt_gids;
	size_t n_exempt_gids; /* ascending */
	const struct zone_offset *zone;
	size_t n_zone; /* ascending */
	const char *const *exempt_users;
	size_t n_exempt_users;
	const char *const *hosts;
	size_t n_hosts;
};
void encode_meta(struct buf *b, const struct encode_meta *m);

struct encode_gid {
	uint32_t gid;
	struct rbac_window window;
};
struct encode_grant {
	uint64_t id;
	uint32_t role, flags;
	struct rbac_window window;
	const char *scope;
};
/* Windows are shared within the record; RBAC_TIME_MIN..RBAC_TIME_MAX becomes number 0. Order of
 * GIDS and GRANTS is kept. */
void encode_subject(struct buf *b, uint32_t uid, uint32_t flags, const struct encode_gid *gids,
		    size_t n_gids, const struct encode_grant *grants, size_t n_grants);

struct encode_member {
	const char *name;
	struct rbac_window window;
};
/*
 * MEMBERS sorted by name (strcmp); one name may stand several times. A name with an unlimited
 * window is written once, among those that are always members, and its other windows are left out.
 * NULL, 0: none.
 */
void encode_group(struct buf *b, uint32_t gid, uint8_t flags, const char *name,
		  const struct encode_member *members, size_t n);

struct encode_rule {
	uint16_t number, flags;
	uint32_t line;
	const char *file;
	const uint8_t *roles;
	size_t n_role_bytes;
	const char *const *users;
	size_t n_users;
	const uint32_t *groups;
	size_t n_groups;
	struct rbac_list conditions[RBAC_CONDITIONS]; /* entries as in the record */
};
void encode_rules(struct buf *b, const struct encode_rule *rules, size_t n);

void encode_uid(struct buf *b, const char *name);

void encode_role(struct buf *b, uint8_t flags, const char *name);

void encode_scope(struct buf *b, uint64_t created, const char *owner,
		  const char *plan); /* NULL: none */

#endif
