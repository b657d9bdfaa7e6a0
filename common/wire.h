/*
 * wire.h - the records of a view: their keys, layouts and bounds-checked decoders. docs/format.md
 * has the same in prose.
 *
 * All numbers are little-endian and unaligned. A key is one type byte and a name. A value is a
 * payload and the CRC-32C of key and payload, little-endian, last. Decoders borrow the bytes they
 * are given; they allocate nothing and answer RBAC_OK or RBAC_DAMAGED. Times are seconds since
 * 1970-01-01T00:00:00Z; a window is half-open [from, until).
 */
#ifndef RBAC_COMMON_WIRE_H
#define RBAC_COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RBAC_VIEW_VERSION = 1 };

/* Types of records. */
enum {
	RBAC_REC_GID = 'G',  /* gid, big-endian u32          -> struct rbac_group without members */
	RBAC_REC_UNIX = 'U', /* gid of a Unix group, BE u32  -> struct rbac_subject */
	RBAC_REC_FILE = 'f', /* policy file name             -> its text, comments blanked */
	RBAC_REC_GROUP = 'g', /* group name                   -> struct rbac_group */
	RBAC_REC_HOST = 'h',  /* name of a Unix group         -> what this host said of it; for
				 rbacctl alone (view/records.h) */
	RBAC_REC_LOGIN = 'l', /* service                      -> struct rbac_rules */
	RBAC_REC_META = 'm',  /* (empty name)                 -> struct rbac_meta */
	RBAC_REC_SCOPE = 's', /* scope                        -> struct rbac_scope_rec */
	RBAC_REC_USER = 'u',  /* user                         -> struct rbac_subject */
	RBAC_REC_UID = 'w',   /* uid, big-endian u32          -> the name that it is recorded under
				 (rbac_uid_decode) */
};

/* Times that stand for "no limit". */
#define RBAC_TIME_MIN INT64_MIN
#define RBAC_TIME_MAX INT64_MAX

#define RBAC_NO_UID UINT32_MAX /* (uid_t)-1: no uid was recorded */

enum { RBAC_EXTRA_MAX = 64 }; /* distinct extra Unix groups of one host */

struct rbac_bytes {
	const uint8_t *p;
	size_t len;
};

struct rbac_window {
	int64_t from, until;
};

/* Unaligned little-endian loads. The caller has checked the bounds. */
static inline uint16_t rbac_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}
static inline uint32_t rbac_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t rbac_le64(const uint8_t *p)
{
	return (uint64_t)rbac_le32(p) | (uint64_t)rbac_le32(p + 4) << 32;
}

static inline bool rbac_window_open(struct rbac_window w, int64_t now)
{
	return w.from <= now && now < w.until;
}

/* ---- 'm': meta ---- */
enum { RBAC_META_MEMBERS = 1, RBAC_META_ENUMERATE = 2, RBAC_META_HOST_ANY = 4 };
enum { RBAC_IDENTITY = 32 }; /* bytes of the identity: the hash of the head of the audit chain */

/*
 * u32 version, u32 flags, u64 generation, u8 identity[32], i64 published, u32 gid_min, u32 gid_max,
 * u32 n_extra, u32 n_unix, u32 n_zone, u32 n_exempt_gids, u32 n_exempt_users, u32 n_hosts,
 * then n_extra  x u32 gid, ascending          (extra Unix groups)
 *      n_exempt_gids x u32 gid, ascending
 *      n_zone   x (i64 utc_from, i32 offset)  (seconds east of UTC from that instant on, ascending)
 *      n_exempt_users x (u8 len, bytes)
 *      n_hosts x (u16 len, bytes)             (host scopes)
 */
struct rbac_meta {
	uint32_t version, flags;
	uint64_t generation;
	const uint8_t *identity;
	int64_t published;
	uint32_t gid_min, gid_max;
	uint32_t n_extra, n_unix, n_zone, n_exempt_gids, n_exempt_users, n_hosts;
	const uint8_t *extra, *exempt_gids, *zone;
	struct rbac_bytes exempt_users, hosts;
};

/* RBAC_NEWER when the version is above RBAC_VIEW_VERSION (nothing else is read then). */
int rbac_meta_decode(struct rbac_bytes rec, struct rbac_meta *m);

/* Is GID one of ours, by range? */
static inline bool rbac_meta_in_range(const struct rbac_meta *m, uint32_t gid)
{
	return gid >= m->gid_min && gid <= m->gid_max;
}

/*
 * The time that a reader goes by when its clock says CLOCK: never before the view was published. A
 * clock that is set back, or begins in 1970 because a battery is empty, does not open again what
 * had ended by then (docs/design.md, "Time").
 */
static inline int64_t rbac_meta_now(const struct rbac_meta *m, int64_t clock)
{
	return clock > m->published ? clock : m->published;
}

/* Where GID stands among the extra Unix groups; -1: it is none. Binary search. */
int rbac_meta_extra(const struct rbac_meta *m, uint32_t gid);

bool rbac_meta_exempt_gid(const struct rbac_meta *m, uint32_t gid);
bool rbac_meta_exempt_user(const struct rbac_meta *m, const char *user, size_t len);

/* Entry I (below n_zone) of the table of offsets. */
void rbac_meta_zone(const struct rbac_meta *m, uint32_t i, int64_t *from, int32_t *offset);

/* Seconds east of UTC at instant T, by the view's table; 0 where the table is empty. */
int32_t rbac_meta_offset(const struct rbac_meta *m, int64_t t);

/* ---- 'u' and 'U': everything about one user, or about one Unix group as a subject ---- */
enum {
	RBAC_SUBJECT_SUSPENDED = 1,
	RBAC_SUBJECT_UID_CHANGED = 2, /* the account had another uid when the view was made */
	RBAC_SUBJECT_ABSENT = 4,      /* there was no such account when the view was made */
};
enum { RBAC_GRANT_HERE = 1, RBAC_GRANT_OWNER = 2, RBAC_GRANT_NOCASCADE = 4 };

/*
 * u32 uid, u32 flags, u32 n_windows, u32 n_gids, u32 n_grants,
 * n_windows x (i64 from, i64 until)           (number 1 is the first; 0 stands for always)
 * n_gids    x (u32 gid, u32 window)
 * n_grants  x (u64 id, u32 role, u32 flags, u32 window, u32 scope_at)   scope_at: (u16 len, bytes)
 * in what follows bytes
 */
struct rbac_subject {
	uint32_t uid, flags;
	uint32_t n_windows, n_gids, n_grants;
	const uint8_t *windows, *gids, *grants;
	struct rbac_bytes text;
};

struct rbac_grant {
	uint64_t id;    /* of the assignment; of the scope's creation for an owner's role */
	uint32_t role;  /* index, in the order of the policy */
	uint32_t flags; /* RBAC_GRANT_* */
	struct rbac_window window;
	struct rbac_bytes scope; /* where it is held */
};

int rbac_subject_decode(struct rbac_bytes rec, struct rbac_subject *s);

/* The I-th (below n_gids / n_grants). RBAC_DAMAGED where it points outside. */
int rbac_subject_gid(const struct rbac_subject *s, uint32_t i, uint32_t *gid,
		     struct rbac_window *w);
int rbac_subject_grant(const struct rbac_subject *s, uint32_t i, struct rbac_grant *g);

/* ---- 'g' and 'G': a group ---- */
enum { RBAC_GROUP_EXTRA = 1, RBAC_GROUP_NOMEMBERS = 2 };

/*
 * u32 gid, u8 flags, u8 name_len, u32 n_always, u32 always_len, u32 n_windowed,
 * name and NUL
 * n_always x u8 length; always_len bytes: the names, each with its NUL, ascending
 * n_windowed x (i64 from, i64 until, u8 length, name, NUL), by name; one name may stand several
 * times A length does not count the NUL (a name of RBAC_USER_MAX bytes would not fit otherwise);
 * always_len counts them.
 */
struct rbac_group {
	uint32_t gid;
	uint8_t flags, name_len;
	const uint8_t *name; /* ends with a NUL, checked */
	uint32_t n_always, always_len, n_windowed;
	const uint8_t *always_lens, *always; /* n_always + the sum of the lengths is always_len:
						whoever steps checks it */
	struct rbac_bytes windowed;
};

int rbac_group_decode(struct rbac_bytes rec, struct rbac_group *g);

/*
 * Step through the windowed members: set *AT to 0 before the first. RBAC_OK with *W, *NAME (ends
 * with a NUL) and *NAME_LEN; RBAC_NOTFOUND after the last; RBAC_DAMAGED.
 */
int rbac_group_windowed(const struct rbac_group *g, size_t *at, struct rbac_window *w,
			const uint8_t **name, uint8_t *name_len);

/* ---- 'l': the login rules of one service ---- */
enum { RBAC_RULE_ANYONE = 1 };
enum { RBAC_FROM_IPV4 = 4, RBAC_FROM_IPV6 = 6, RBAC_FROM_HOST = 1, RBAC_FROM_DOMAIN = 2 };

/*
 * u16 n_rules, then each rule: u32 size of what follows,
 * u16 number, u16 flags, u32 line, u32 n_role_bytes, u32 n_users, u32 n_groups, u32 n_from, u32
 * n_hours, u8 file_len, file, role bits (bit r%8 of byte r/8: role r lets in, be it named,
 * including a named one, or holding a named key), n_users  x (u8 len, bytes) n_groups x u32 gid
 * n_from   x (u8 type, u8 prefix, u8 len, bytes)   address in network order, or a host name in
 * lower case n_hours  x (u8 days, bit 0 Monday; u16 start, u16 end in minutes; end <= start runs
 * into the next day)
 */
struct rbac_rules {
	struct rbac_bytes rest;
	uint16_t n;
};
struct rbac_rule {
	uint16_t number, flags;
	uint32_t line;
	uint32_t n_role_bytes, n_users, n_groups, n_from, n_hours;
	struct rbac_bytes file;
	const uint8_t *roles, *groups, *hours;
	struct rbac_bytes users, from;
};

int rbac_rules_decode(struct rbac_bytes rec, struct rbac_rules *r);

/* Take the next rule off R. RBAC_OK, RBAC_NOTFOUND when none is left, RBAC_DAMAGED. */
int rbac_rules_next(struct rbac_rules *r, struct rbac_rule *rule);

/* ---- 's': a scope ---- */
/* u64 created (change number), u8 owner_len, owner, u8 plan_len, plan */
struct rbac_scope_rec {
	uint64_t created;
	struct rbac_bytes owner, plan; /* len 0: none */
};

int rbac_scope_decode(struct rbac_bytes rec, struct rbac_scope_rec *s);

/* ---- 'w': whose a uid is ---- */
/* The name, 1 to RBAC_USER_MAX bytes, without a NUL. Where several recorded users have one uid, the
 * one who was recorded first. */
int rbac_uid_decode(struct rbac_bytes rec, struct rbac_bytes *name);

#endif
