/*
 * start.h - start a host, for `init`: on what is in /etc/rbac already, on a policy that is put
 * there, or on what `export` wrote.
 */
#ifndef RBACCTL_CHANGE_INIT_START_H
#define RBACCTL_CHANGE_INIT_START_H

#include "rbacctl/change/change.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/new_files.h"

struct start_options {
	const char *policy, *root, *host, *admin; /* --policy and so on; NULL: not given */
};

struct start {
	struct policy_sources sources; /* what is in /etc/rbac, and what is to be written there */
	struct policy_sources there;   /* what is in /etc/rbac */
	struct policy *p;              /* loaded from them */
	char policy[300]; /* policy.d/NAME.conf, where --policy is to be written; "": nothing is */
	bool has_conf;    /* rbac.conf is there already */
	struct init_request request; /* for change_apply() */
	struct policy_sources saved; /* start_from_choose(): the tables (saved.h) */
	const char *from;            /* likewise: the folder */
	bool keep_etc; /* start_view_choose(): /etc/rbac is not what is applied, and stays */
	char root[RBAC_SCOPE_MAX + 1];
	char admin[RBAC_USER_MAX + 1]; /* "": nobody is to be made administrator */
};

/*
 * Find everything that can be wrong with the options and the files, before anything is made. The
 * exit status; what is wrong is said on stderr. *S, all zeros at first, is to be freed in any case.
 */
int start_choose(const struct invocation *a, const struct start_options *o, struct start *s);

/*
 * The same for `init --from DIR`, where DIR is what `export` wrote. /etc/rbac may have no other
 * files than DIR has.
 */
int start_from_choose(const struct invocation *a, const char *dir, struct start *s);

/*
 * The same for `init --from-view`: the store is lost, and the view of A shows what was in force.
 * The policy is that of /etc/rbac where it is the one of the view, else that of the view; then
 * /etc/rbac is left as it is, or gets the files of the view where it has none.
 */
int start_view_choose(const struct invocation *a, struct start *s);

/* What start_choose() begins with: what is in /etc/rbac, into S->sources and S->there. */
int start_read_etc(const struct invocation *a, struct start *s);

/* start_apply() is to put S->saved into the store, instead of a first administrator. */
void start_take_saved(struct start *s);

/* Load S->sources into S->p; what is wrong is said. The exit status. */
int start_load(struct start *s);

/*
 * Open C, apply the policy, write what /etc/rbac lacks, and commit. RBAC_OK or an error with a
 * message in C; FILES is what was written. C is to be closed in any case; where C->committed is
 * false after an error, the caller removes FILES.
 */
int start_apply(struct change *c, struct invocation *a, struct start *s, struct new_files *files);

void start_free(struct start *s);

#endif
