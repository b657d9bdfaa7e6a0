/*
 * run.h - the runner of the cases: one file of cases at a time. README.md has the format.
 */
#ifndef TESTS_POLICY_RUN_H
#define TESTS_POLICY_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/policy/lab.h"

#include "rbacctl/config/source.h"

enum { RUN_WORDS = 48, RUN_USERS_GID = 100 };

struct run {
	const char *file;
	unsigned line, scenario_line;
	char scenario[200];
	struct lab lab;
	struct policy_sources sources; /* of the next init or apply */
	char actors[RUN_WORDS][64];
	int n_actors;
	unsigned uid; /* the last one that `users` gave out */
	unsigned cases, failed;
	char *w[RUN_WORDS]; /* the words of the line */
	int n;
	char *expect; /* what stands behind the first " | ", NULL: nothing */
};

/* One case: counts it, and says where and what when it is not OK. */
void run_case(struct run *r, bool ok, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A line that makes no sense: a failed case. */
void run_wrong(struct run *r, const char *what);

/* "NAME=VALUE" among the words from FIRST on; NULL: not there. */
const char *run_option(const struct run *r, int first, const char *name);
bool run_flag(const struct run *r, int first, const char *name);

/* An instant: RFC 3339, or +8h or -1s from now. False: neither. */
bool run_time(const struct run *r, const char *text, int64_t *t);

/* acts.c */
void run_do(struct run *r);  /* do ACTOR ACT */
void run_ok(struct run *r);  /* ok ACTOR ACT */
void run_no(struct run *r);  /* no ACTOR ACT | words */
void run_bad(struct run *r); /* bad ACTOR ACT | words */
void run_may(struct run *r); /* may MARKS ACT | words */

/* people.c: who there is on the host and in the store; each word is explained in README.md */
void run_users(struct run *r);
void run_user(struct run *r);
void run_group(struct run *r);
void run_gone(struct run *r);
void run_alias(struct run *r);
void run_silent(struct run *r);
void run_publish(struct run *r);
void run_uids(struct run *r);
void run_recorded(struct run *r);

/* ask.c */
void run_login(struct run *r);  /* login USER SERVICE [from=H] [at=T] = allow|deny ... */
void run_logins(struct run *r); /* logins MARKS SERVICE [from=H] [at=T] */
void run_groups(struct run *r); /* groups USER [at=T] = NAME... */
void run_key(struct run *r);    /* key MARKS KEY SCOPE [at=T] */
void run_role(struct run *r);   /* role MARKS ROLE SCOPE [at=T] */

#endif
