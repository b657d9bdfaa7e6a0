/*
 * encode.h - encode the records of a view. common/wire.h describes the layouts and decodes them.
 *
 * Each encoder appends a payload to the buffer B; encode_seal() appends the checksum of key and
 * payload. If there is no memory, or a value does not fit into its field, B->failed is set and
 * further writes do nothing: so it is enough to check it once, at the end.
 */
#ifndef RBACCTL_VIEW_ENCODE_H
#define RBACCTL_VIEW_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/time/zone_offsets.h"

/* Write the key of a record, type byte and name, into OUT of RBAC_WALK_KEY_MAX bytes. Returns its
 * length, or 0 if the name is too long. */
size_t encode_key(uint8_t *out, uint8_t type, const void *name, size_t len);
size_t encode_key_gid(uint8_t *out, uint8_t type, uint32_t gid);

/* Append the CRC-32C (RFC 3720) of KEY and of the bytes in B. */
void encode_seal(struct buf *b, const uint8_t *key, size_t key_len);

/* Is the checksum at the end of the LEN bytes at VALUE right? */
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
/* Equal windows are written once in a record; a window without begin and end is number 0. GIDS and
 * GRANTS keep their order. */
void encode_subject(struct buf *b, uint32_t uid, uint32_t flags, const struct encode_gid *gids,
		    size_t n_gids, const struct encode_grant *grants, size_t n_grants);

struct encode_member {
	const char *name;
	struct rbac_window window;
};
/*
 * MEMBERS must be sorted by name (strcmp(3)); a name may occur several times, with several windows.
 * A name that has an unlimited window is written once, among those that are always members, without
 * its other windows. NULL and 0: no members.
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
