/*
 * expects.h - the tests of the policy in /etc/rbac/tests.d: each line says what a user may or may
 * not do. rbac.conf(5), "TESTS", has the grammar.
 */
#ifndef RBACCTL_ACCESS_EXPECTS_H
#define RBACCTL_ACCESS_EXPECTS_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/config/source.h"

enum expect_kind { EXPECT_MAY, EXPECT_MAY_NOT, EXPECT_NEVER };

struct expect {
	struct policy_pos pos;
	enum expect_kind kind;
	const char *user;
	const char *what;         /* a service or a key; NULL (EXPECT_NEVER): every service */
	const char *scope, *from; /* NULL: not given */
	int64_t at;               /* seconds since 1970 */
	bool dated;               /* AT was given; otherwise the time of the judgement counts */
	const char *text;         /* the line */
};

struct expects {
	struct expect *v;
	size_t n, cap;
	struct policy_sources files; /* the texts, cut into words; V borrows them */
	char **lines;
	size_t n_lines, cap_lines;
};

/*
 * Read the *.test files in DIR/tests.d into *C; if there is no such folder, there are none. The
 * files must be trusted (config/trust.h). Errors are added to PROBLEMS with file and line. NOW
 * completes times without a date (host/time/local_time.h). Returns RBAC_OK, RBAC_INVALID or
 * RBAC_NOMEM. Free *C in any case.
 */
int expects_read(const char *dir, int64_t now, struct expects *c, struct problems *problems);

/* The same for texts that are in memory already; *C becomes the owner of FILES. */
int expects_parse(struct policy_sources *files, int64_t now, struct expects *c,
		  struct problems *problems);
void expects_free(struct expects *c);

/*
 * Run the tests with SNAP at NOW. For each test that fails, an error is added to PROBLEMS, with
 * what was expected and what is the case. *ELSEWHERE gets the number of tests that are about a
 * login on another host; they are skipped. Returns RBAC_OK, RBAC_NOMEM or RBAC_DAMAGED.
 */
int expects_judge(const struct snapshot *snap, const struct expects *c, int64_t now,
		  struct problems *problems, size_t *elsewhere);

#endif
