/* box.h - an empty store with an open transaction, for tests of its tables. */
#ifndef TESTS_UNIT_RBACCTL_BOX_H
#define TESTS_UNIT_RBACCTL_BOX_H

#include "tests/unit/rbacctl/helper.h"

struct box {
	struct lab lab;
	struct store *s;
	struct store_txn t;
};

static inline int box_setup(void **state)
{
	struct box *b = calloc(1, sizeof *b);
	assert_non_null(b);
	if (!lab_open(&b->lab))
		return -1;
	assert_int_equal(store_open(b->lab.a.store, STORE_CREATE, &b->s), RBAC_OK);
	assert_int_equal(store_begin(b->s, &b->t), RBAC_OK);
	*state = b;
	return 0;
}

static inline int box_teardown(void **state)
{
	struct box *b = *state;
	store_abort(&b->t);
	store_close(b->s);
	lab_close(&b->lab);
	free(b);
	return 0;
}

static inline void put_assignment(struct box *b, uint64_t id, const char *subject, const char *role,
				  const char *scope)
{
	struct store_assignment a = { .id = id,
				      .change = 4,
				      .when = 5,
				      .from = -6,
				      .until = 7,
				      .subject = subject,
				      .role = role,
				      .scope = scope,
				      .by = "root",
				      .reason = "why",
				      .source = "command" };
	assert_int_equal(store_assignment_put(&b->t, &a), RBAC_OK);
}

#endif
