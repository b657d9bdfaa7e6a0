/*
 * expects.h - what an administrator wants to hold, line by line: the tests of /etc/rbac/tests.d.
 * rbac.conf(5), "TESTS", has the grammar.
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
	int64_t at;
	bool dated;       /* AT was given; else it is the time when it is judged */
	const char *text; /* the line */
};

struct expects {
	struct expect *v;
	size_t n, cap;
	struct policy_sources files; /* the texts; cut into words */
	char **lines;
	size_t n_lines, cap_lines;
};

/*
 * Read the *.test files in DIR/tests.d, trusted as the policy is (config/trust.h). What is wrong
 * goes to PROBLEMS, by file and line. NOW: for times without a date (host/local_time.h). No such
 * folder: none. RBAC_OK, RBAC_INVALID, RBAC_NOMEM. *C is to be freed in any case.
 */
int expects_read(const char *dir, int64_t now, struct expects *c, struct problems *problems);

/* The same of texts that are there already; takes FILES over. */
int expects_parse(struct policy_sources *files, int64_t now, struct expects *c,
		  struct problems *problems);
void expects_free(struct expects *c);

/*
 * Judge them by SNAP at NOW. Each that does not hold is an error in PROBLEMS: expected what, what
 * is so. *ELSEWHERE gets how many are about a login on another host. RBAC_OK, RBAC_NOMEM,
 * RBAC_DAMAGED.
 */
int expects_judge(const struct snapshot *snap, const struct expects *c, int64_t now,
		  struct problems *problems, size_t *elsewhere);

#endif
