/*
 * cmd.h - one small file per family of verbs: reads arguments, calls one function below, prints.
 *
 * A verb gets the options it names (OPT_*); the others are refused with its usage. It returns the
 * exit status.
 */
#ifndef RBACCTL_CMD_CMD_H
#define RBACCTL_CMD_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/complain.h"
#include "rbacctl/invocation.h"

/* In the order of main.c's table of options. */
enum opt {
	OPT_SCOPE,
	OPT_FROM,
	OPT_UNTIL,
	OPT_FOR,
	OPT_REASON,
	OPT_REPLACE,
	OPT_FORCE,
	OPT_ID,
	OPT_OWNER,
	OPT_RECURSIVE,
	OPT_KEEP_ROLE,
	OPT_PLAN,
	OPT_KEY,
	OPT_MAY_ASSIGN,
	OPT_SERVICE,
	OPT_RHOST,
	OPT_AT,
	OPT_POLICY,
	OPT_ROOT,
	OPT_HOST,
	OPT_ADMIN,
	OPT_DROP,
	OPT_ALL,
	OPT_ACCEPT_OLDER,
	OPT_DRY_RUN,
	OPT_TRUST_CLOCK,
	OPT_HTML,
	OPT_CSV,
	OPT_VERIFY,
	OPT_JSON,
	OPT_AS,
	OPT_ELSEWHERE,
	OPT_ETC,
	OPT_STORE,
	OPT_WAIT,
	OPT_HELP,
	OPT_COUNT
};
#define OPT(name) (UINT64_C(1) << OPT_##name)

struct args {
	const char *verb;
	const char *value[OPT_COUNT]; /* of an option with a value; "" for a flag that was given;
					 NULL: not given */
	char **v;                     /* positional arguments */
	int n;
};

struct verb {
	const char *name; /* "assign", "scope create" */
	int (*run)(struct invocation *a, const struct args *args);
	uint64_t options;  /* beside --etc, --store, --help, which all take */
	int min, max;      /* positional arguments */
	const char *usage; /* what follows the name */
	const char *what;  /* one line */
	const char *help;  /* more, for --help; NULL: nothing more */
};

int cmd_assign(struct invocation *a, const struct args *args);
int cmd_revoke(struct invocation *a, const struct args *args);
int cmd_import(struct invocation *a, const struct args *args);
int cmd_scope_create(struct invocation *a, const struct args *args);
int cmd_scope_delete(struct invocation *a, const struct args *args);
int cmd_scope_transfer(struct invocation *a, const struct args *args);
int cmd_scope_set(struct invocation *a, const struct args *args);
int cmd_scope_show(struct invocation *a, const struct args *args);
int cmd_scope_list(struct invocation *a, const struct args *args);
int cmd_user_add(struct invocation *a, const struct args *args);
int cmd_user_rename(struct invocation *a, const struct args *args);
int cmd_user_rebind(struct invocation *a, const struct args *args);
int cmd_user_suspend(struct invocation *a, const struct args *args);
int cmd_user_resume(struct invocation *a, const struct args *args);
int cmd_user_forget(struct invocation *a, const struct args *args);
int cmd_user_show(struct invocation *a, const struct args *args);

int cmd_init(struct invocation *a, const struct args *args);
int cmd_check(struct invocation *a, const struct args *args);
int cmd_diff(struct invocation *a, const struct args *args);
int cmd_apply(struct invocation *a, const struct args *args);

int cmd_list(struct invocation *a, const struct args *args);
int cmd_matrix(struct invocation *a, const struct args *args);
int cmd_graph(struct invocation *a, const struct args *args);
int cmd_can(struct invocation *a, const struct args *args);
int cmd_who(struct invocation *a, const struct args *args);
int cmd_explain(struct invocation *a, const struct args *args);

int cmd_status(struct invocation *a, const struct args *args);
int cmd_verify(struct invocation *a, const struct args *args);
int cmd_publish(struct invocation *a, const struct args *args);
int cmd_log(struct invocation *a, const struct args *args);

/* ---- shared by commands ---- */

/*
 * The window that --from, --until and --for say, or the exit status EXIT_USAGE with a complaint.
 * --for counts from --from, else from now.
 */
int cmd_window(const struct invocation *a, const struct args *args, int64_t *from, int64_t *until);

/*
 * When something ends, in a table: human_relative for people, RFC 3339 for programs. "-" for no
 * end.
 */
void cmd_end(int64_t t, int64_t now, bool json, char *out, size_t size);

/* --at, or now. */
int cmd_at(const struct invocation *a, const struct args *args, int64_t *t);

/* --scope, or the host's, from the view; EXIT_USAGE with a complaint when it does not exist or
 * cannot be told. */
int cmd_scope(const struct snapshot *l, const struct args *args, const char **scope);

/* After a change: what the administrator should know beside it. */
struct change;
void cmd_report(const struct change *c);

/* Commit unless ERR, print the lines that the act wrote into C->done, close. The exit status. */
int cmd_finish(struct change *c, int err);

/* Standard output was written whole? EXIT_TROUBLE with a complaint when not, else STATUS. */
int cmd_done(int status);

#endif
