/*
 * saved.h - what a store holds, as texts outside of it: what `export` writes and `init --from`
 * takes.
 *
 * The applied policy is rbac.conf, policy.d and assignments.d as they were applied; the rest is CSV
 * with a line of names first, in UTF-8 (config/csv.h), one file for each table:
 *
 *	users.csv        user,uid,suspended,change
 *	scopes.csv       scope,owner,plan,source,change
 *	assignments.csv  id,subject,role,scope,from,until,reason,by,when,source,change,request,
 *	                 review_from,reviewed,reviewed_by
 *	                                      the last four may be left out in all lines
 *	groups.csv       gid,group,state      every gid that was ever given; state: living; gone; or
 *	                                      kept: the group of that name has another gid now
 *	numbers.csv      name,value           format, and the last id of an assignment
 *
 * Times are RFC 3339 in UTC. A value that is not there, such as no uid, no end, is empty.
 */
#ifndef RBACCTL_CHANGE_INIT_SAVED_H
#define RBACCTL_CHANGE_INIT_SAVED_H

#include "rbacctl/change/change.h"

enum {
	SAVED_FORMAT = 1,
	SAVED_ASKED = 4, /* columns of assignments.csv that may be left out */
};

/* The tables, in the order in which they are read back. */
enum saved_table {
	SAVED_NUMBERS,
	SAVED_GROUPS,
	SAVED_USERS,
	SAVED_SCOPES,
	SAVED_ASSIGNMENTS,
	SAVED_TABLES
};
extern const char *const saved_files[SAVED_TABLES];   /* "numbers.csv" */
extern const char *const saved_columns[SAVED_TABLES]; /* the first line, without its end */

/*
 * Append everything that the store of A holds to FILES, by their names, and say in GENERATION of
 * which change that is. STEP (may be NULL) is told of each file as it begins. RBAC_OK;
 * RBAC_NOTFOUND: no policy was ever applied; or the store's error, with lines in WHY. FILES is to
 * be freed in any case.
 */
int saved_write(const struct invocation *a, void (*step)(const char *file),
		struct policy_sources *files, uint64_t *generation, struct buf *why);

/* Append one cell of such a table to OUT: a number; a time, empty where there is no limit. LAST:
 * the row ends behind it. */
void saved_put_number(struct buf *out, uint64_t n, bool last);
void saved_put_time(struct buf *out, int64_t t);

/*
 * Append the tables of what the view SNAP shows to OUT: users, scopes with owners and plans,
 * assignments with their ids and windows, group ids. P: the policy with the files of assignments.d
 * that are still there; what they say comes from them. A view has not: who gave a role and why,
 * windows that ended, what Unix groups hold that this host does not have, ids of groups that are
 * gone. RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED.
 */
int saved_from_view(const struct snapshot *snap, const struct policy *p,
		    struct policy_sources *out);

/*
 * Write what the texts of the tables in FILES say into the store of C, which has none of it yet;
 * for change_apply(), once C->p is the policy that goes with them. Everything that is wrong goes to
 * PROBLEMS: RBAC_INVALID. N gets how many of each there are.
 */
struct saved_count {
	size_t users, scopes, assignments, groups;
};
int saved_read(struct change *c, const struct policy_sources *files, struct problems *problems,
	       struct saved_count *n);

#endif
