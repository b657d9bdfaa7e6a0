/*
 * random.h - one random world, as the project sees it, and the questions it is asked. For random.c,
 * random_rules.c.
 */
#ifndef TESTS_POLICY_RANDOM_H
#define TESTS_POLICY_RANDOM_H

#include "tests/policy/lab.h"
#include "tests/policy/plain.h"

#include "rbacctl/config/source.h"

struct trial {
	uint64_t seed;
	struct world w;
	struct lab lab;
	struct store *store;
	struct store_txn t;
	struct policy_sources sources;
	struct policy *p;
	struct rbac_view v;
	struct invocation a;
	unsigned long asked, wrong;
};

/* One answer is another than the plain one. */
void random_differ(struct trial *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "u3"; overwritten by the next call. */
const char *random_user(int u);

/* random_rules.c: keys, roles and by lists of USER; maxima; exclusive sets of USER or, with -1, of
 * GROUP. */
void random_ask_holdings(struct trial *x, int u);
void random_ask_limits(struct trial *x);
void random_ask_exclusive(struct trial *x, int u, int group);

#endif
