/*
 * facts.h - what this host says, looked up once per compile: gids of Unix groups, uids of users, the time zone.
 *
 * Looked up through the host's own NSS. Users are read by one pass over getpwent(3), which covers the local sources;
 * users of a directory that does not enumerate are judged at login by pam_rbac (uid) and by `doctor`.
 */
#ifndef RBACCTL_PUBLISH_FACTS_H
#define RBACCTL_PUBLISH_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/lookup.h"
#include "rbacctl/policy/model.h"
#include "rbacctl/publish/encode.h"
#include "rbacctl/store/store.h"

struct fact_group { char *name; uint32_t gid; bool found; };
struct fact_user { char *name; uint32_t uid; size_t at; };   /* AT: its place in passwd */

struct facts {
	struct fact_group *groups; size_t n_groups;     /* sorted by name, once they are gathered */
	size_t cap_groups;
	struct lookup group_at;                         /* numbers in GROUPS while they are gathered */
	struct fact_user *users; size_t n_users;        /* sorted by name; the first of several of one name */
	struct encode_zone *zone; size_t n_zone;
};

/*
 * Everything POLICY and the %group subjects in the store need; of users all that passwd enumerates or, with TOUCHED_ONLY, those
 * that T has touched. RBAC_OK, RBAC_NOMEM, or the store's error.
 */
int facts_gather(const struct policy *p, struct store_txn *t, bool touched_only, struct facts *f);
void facts_free(struct facts *f);

/* Only the users that passwd lists, by one pass. F all zeros. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM. */
int facts_read_passwd(struct facts *f);

/* The gid of a Unix group; false when this host has none of that name, or its gid is 0 or one of ours by range. */
bool facts_gid(const struct facts *f, const struct policy *p, const char *group, uint32_t *gid);

/* The uid of USER in passwd; RBAC_NO_UID when the pass over passwd did not find it. */
uint32_t facts_uid(const struct facts *f, const char *user);

/*
 * UTC offsets of ZONE (NULL: /etc/localtime) from 2020-01-01 to 30 years from NOW, as *OUT (malloc). The C library does
 * the arithmetic. RBAC_OK, RBAC_NOMEM.
 */
int facts_zone(const char *zone, int64_t now, struct encode_zone **out, size_t *n);

#endif
