/*
 * wire.h - the records of a view: their keys, their layouts, and decoders that check every bound.
 * docs/format.md describes the same in prose.
 *
 * A key is one type byte and a name. A value is a payload, then the CRC-32C of key and payload. All
 * numbers are little-endian and unaligned, unless a layout says "big-endian". Times are seconds
 * since 1970-01-01T00:00:00Z; a window is half-open [from, until).
 *
 * A decoder gets the payload, whose CRC has been verified, and borrows it: what it returns points
 * into it. It allocates nothing, and returns RBAC_OK or RBAC_DAMAGED unless its comment says more.
 */
#ifndef RBAC_COMMON_WIRE_H
#define RBAC_COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RBAC_VIEW_VERSION = 1 };

/* Types of records. */
enum {
	RBAC_REC_GID = 'G',   /* gid, big-endian u32: struct rbac_group without members */
	RBAC_REC_UNIX = 'U',  /* gid of a Unix group, big-endian u32: struct rbac_subject */
	RBAC_REC_FILE = 'f',  /* name of a policy file: its text, comments blanked */
	RBAC_REC_GROUP = 'g', /* group name: struct rbac_group */
	RBAC_REC_HOST = 'h',  /* name of a Unix group: what this host said about it; only rbacctl
				 reads it (rbacctl/view/records.h) */
	RBAC_REC_LOGIN = 'l', /* PAM service: struct rbac_rules */
	RBAC_REC_META = 'm',  /* empty name: struct rbac_meta */
	RBAC_REC_ROLE = 'r',  /* index of a role, big-endian u32: struct rbac_role */
	RBAC_REC_SCOPE = 's', /* scope: struct rbac_scope_rec */
	RBAC_REC_USER = 'u',  /* user: struct rbac_subject */
	RBAC_REC_UID = 'w',   /* uid, big-endian u32: the name that it is recorded under
				 (rbac_uid_decode()) */
};

/* A window without a begin or an end. */
#define RBAC_TIME_MIN INT64_MIN
#define RBAC_TIME_MAX INT64_MAX

#define RBAC_NO_UID UINT32_MAX /* (uid_t)-1: no uid is known */

enum { RBAC_EXTRA_MAX = 64 }; /* extra Unix groups of one host; a bit each (subject.h) */

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

/* The name of a record that is found by gid or uid: big-endian, so that such records are sorted. */
enum { RBAC_NUMBER_KEY = 4 };
static inline void rbac_number_key(uint8_t key[RBAC_NUMBER_KEY], uint32_t number)
{
	key[0] = (uint8_t)(number >> 24);
	key[1] = (uint8_t)(number >> 16);
	key[2] = (uint8_t)(number >> 8);
	key[3] = (uint8_t)number;
}

static inline bool rbac_window_open(struct rbac_window w, int64_t now)
{
	return w.from <= now && now < w.until;
}

/* ---- 'm': meta ---- */
enum { RBAC_META_MEMBERS = 1, RBAC_META_ENUMERATE = 2, RBAC_META_HOST_ANY = 4 };
enum { RBAC_IDENTITY = 32 }; /* bytes; the hash of the newest record of the audit chain */

/*
 * u32 version, u32 flags, u64 generation, u8 identity[32], i64 published, u32 gid_min, u32 gid_max,
 * u32 n_extra, u32 n_unix, u32 n_zone, u32 n_exempt_gids, u32 n_exempt_users, u32 n_hosts,
 * n_extra x        u32 gid, ascending            extra Unix groups
 * n_exempt_gids x  u32 gid, ascending
 * n_zone x         (i64 from, i32 offset)        ascending; seconds east of UTC from then on
 * n_exempt_users x (u8 len, bytes)
 * n_hosts x        (u16 len, bytes)              scopes of this host
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

/* Also RBAC_NEWER: the version is above RBAC_VIEW_VERSION, and only M->version is set. */
int rbac_meta_decode(struct rbac_bytes rec, struct rbac_meta *m);

/* Is GID in the range of the groups that rbac makes? */
static inline bool rbac_meta_in_range(const struct rbac_meta *m, uint32_t gid)
{
	return gid >= m->gid_min && gid <= m->gid_max;
}

/*
 * The time that a reader uses when its clock says CLOCK: never earlier than the publication of the
 * view. So a clock that is set back, or that begins in 1970 because a battery is empty, does not
 * open a window that had ended by then (docs/design.md, "Time").
 */
static inline int64_t rbac_meta_now(const struct rbac_meta *m, int64_t clock)
{
	return clock > m->published ? clock : m->published;
}

/* The index of GID among the extra Unix groups; -1: it is not one. Binary search. */
int rbac_meta_extra(const struct rbac_meta *m, uint32_t gid);

bool rbac_meta_exempt_gid(const struct rbac_meta *m, uint32_t gid);
bool rbac_meta_exempt_user(const struct rbac_meta *m, const char *user, size_t len);

/* Entry I (below n_zone) of the table of offsets. */
void rbac_meta_zone(const struct rbac_meta *m, uint32_t i, int64_t *from, int32_t *offset);

/* Seconds east of UTC at the time T, by the view's table; 0 if the table is empty. */
int32_t rbac_meta_offset(const struct rbac_meta *m, int64_t t);

/* ---- 'u' and 'U': everything that one user, or one Unix group, holds ---- */
enum {
	RBAC_SUBJECT_SUSPENDED = 1,
	RBAC_SUBJECT_UID_CHANGED = 2, /* the account had another uid at the publication */
	RBAC_SUBJECT_ABSENT = 4,      /* there was no such account at the publication */
};
enum { RBAC_GRANT_HERE = 1, RBAC_GRANT_OWNER = 2, RBAC_GRANT_NOCASCADE = 4 };

/*
 * u32 uid, u32 flags, u32 n_windows, u32 n_gids, u32 n_grants,
 * n_windows x (i64 from, i64 until)
 * n_gids x    (u32 gid, u32 window)             window: number of a window, from 1 on; 0: always
 * n_grants x  (u64 id, u32 role, u32 flags, u32 window, u32 scope_at)
 * text: the scopes, each (u16 len, bytes); scope_at is the offset of one in it
 */
struct rbac_subject {
	uint32_t uid, flags;
	uint32_t n_windows, n_gids, n_grants;
	const uint8_t *windows, *gids, *grants;
	struct rbac_bytes text;
};

struct rbac_grant {
	uint64_t id;    /* of the assignment; for an owner's role, of the scope's creation */
	uint32_t role;  /* index, in the order of the policy */
	uint32_t flags; /* RBAC_GRANT_* */
	struct rbac_window window;
	struct rbac_bytes scope; /* at which it was assigned */
};

int rbac_subject_decode(struct rbac_bytes rec, struct rbac_subject *s);

/* Entry I, below n_gids or n_grants. RBAC_DAMAGED if its window or scope is outside the record. */
int rbac_subject_gid(const struct rbac_subject *s, uint32_t i, uint32_t *gid,
		     struct rbac_window *w);
int rbac_subject_grant(const struct rbac_subject *s, uint32_t i, struct rbac_grant *g);

/* ---- 'g' and 'G': a group ---- */
enum { RBAC_GROUP_EXTRA = 1, RBAC_GROUP_NOMEMBERS = 2 };

/*
 * u32 gid, u8 flags, u8 name_len, u32 n_always, u32 always_len, u32 n_windowed,
 * name and NUL
 * n_always x   u8 length
 * always_len bytes: the names of permanent members, each with its NUL, ascending
 * n_windowed x (i64 from, i64 until, u8 length, name, NUL), ascending by name; a name may occur
 *              several times
 * A length does not count the NUL, so that a name of RBAC_USER_MAX bytes fits; always_len does.
 */
struct rbac_group {
	uint32_t gid;
	uint8_t flags, name_len;
	const uint8_t *name; /* ends with a NUL; that is checked */
	uint32_t n_always, always_len, n_windowed;
	/* The caller must check that the lengths and their NULs add up to always_len. */
	const uint8_t *always_lens, *always;
	struct rbac_bytes windowed; /* for rbac_group_windowed() */
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

/* The conditions of a rule, apart from who the user is: a list each; an empty one always holds
 * (match.h). */
enum rbac_condition { RBAC_CONDITION_FROM, RBAC_CONDITION_HOURS, RBAC_CONDITIONS };

/*
 * u16 n_rules, then each rule: u32 size of what follows,
 * u16 number, u16 flags, u32 line, u32 n_role_bytes, u32 n_users, u32 n_groups, for each condition
 * u32 n (n_from, n_hours), u8 file_len, file
 * n_role_bytes: bit r%8 of byte r/8 is set if role r lets in: the rule names it, or a role that it
 *               includes, or a key that it holds
 * n_users x  (u8 len, bytes)
 * n_groups x u32 gid
 * n_from x   (u8 type, u8 prefix, u8 len, bytes)  an address in network order and its prefix length
 *                                                 in bits, or a host name in lower case
 * n_hours x  (u8 days, u16 start, u16 end)        bit 0 of days is Monday; minutes of the day
 *                                                 (match.h)
 */
struct rbac_list {
	uint32_t n;
	struct rbac_bytes entries;
};
struct rbac_rules {
	struct rbac_bytes rest;
	uint16_t n;
};
struct rbac_rule {
	uint16_t number, flags;
	uint32_t line;
	uint32_t n_role_bytes, n_users, n_groups;
	struct rbac_bytes file;
	const uint8_t *roles, *groups;
	struct rbac_bytes users;
	struct rbac_list conditions[RBAC_CONDITIONS];
};

int rbac_rules_decode(struct rbac_bytes rec, struct rbac_rules *r);

/* Take the next rule from R. RBAC_OK, RBAC_NOTFOUND after the last, or RBAC_DAMAGED. */
int rbac_rules_next(struct rbac_rules *r, struct rbac_rule *rule);

/* The bytes of ENTRY, one of the list of KIND, which was decoded. */
size_t rbac_condition_entry_size(enum rbac_condition kind, const uint8_t *entry);

/* ---- 'r': a role ---- */
enum { RBAC_ROLE_ENDS_SESSIONS = 1 };

/* u8 flags, then the name, 1 to RBAC_WORD_MAX bytes without a NUL. Views that rbac 0.1.0
 * published have no such record. */
struct rbac_role {
	uint8_t flags; /* RBAC_ROLE_* */
	struct rbac_bytes name;
};

int rbac_role_decode(struct rbac_bytes rec, struct rbac_role *r);

/* ---- 's': a scope ---- */
/* u64 created (number of the change), u8 owner_len, owner, u8 plan_len, plan */
struct rbac_scope_rec {
	uint64_t created;
	struct rbac_bytes owner, plan; /* len 0: none */
};

int rbac_scope_decode(struct rbac_bytes rec, struct rbac_scope_rec *s);

/* ---- 'w': who has a uid ---- */
/* The record is the name, 1 to RBAC_USER_MAX bytes without a NUL. If several recorded users have
 * one uid, it is the one who was recorded first. */
int rbac_uid_decode(struct rbac_bytes rec, struct rbac_bytes *name);

#endif
