/* Which gids the roles of a user bring: their own, and those of their Unix groups. */
#include "tests/unit/common/decide_world.h"

struct gathered {
	uint32_t gids[16];
	size_t n;
};

static int gather(void *ctx, uint32_t gid)
{
	struct gathered *g = ctx;

	for (size_t i = 0; i < g->n; i++)
		if (g->gids[i] == gid)
			return RBAC_OK;
	g->gids[g->n++] = gid;
	return RBAC_OK;
}

static int collect(const char *user, uint32_t primary, struct gathered *g)
{
	const uint32_t *none = NULL;
	const struct rbac_subject_query query = { .view = &view,
						  .user = user,
						  .len = strlen(user),
						  .uid = RBAC_NO_UID,
						  .now = NOW,
						  .groups = &none,
						  .primary = primary };

	*g = (struct gathered){ .n = 0 };
	return rbac_groups_collect(&query, gather, g);
}

static void a_unix_group_brings_the_gids_of_its_roles(void **state)
{
	struct gathered g;

	(void)state;
	assert_int_equal(collect("bob", RBAC_NO_GID, &g), RBAC_OK);
	assert_true(g.n == 1 && g.gids[0] == OURS + 1);
	assert_int_equal(collect("nobody", RBAC_NO_GID, &g), RBAC_NOTFOUND);
	assert_int_equal(collect("nobody", DEVS, &g), RBAC_OK);
	assert_true(g.n == 1 && g.gids[0] == OURS + 1);
	assert_int_equal(collect("whale", RBAC_NO_GID, &g), RBAC_OK);
	assert_true(g.n == 2 && g.gids[0] == DOCKER && g.gids[1] == DISK);
	assert_int_equal(collect("ex-whale", RBAC_NO_GID, &g), RBAC_OK);
	assert_int_equal(g.n, 0);
	assert_int_equal(collect("barred", DEVS, &g), RBAC_OK);
	assert_int_equal(g.n, 0);
	assert_int_equal(collect("other-uid", DEVS, &g), RBAC_OK);
	assert_true(g.n == 1 && g.gids[0] == OURS + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_unix_group_brings_the_gids_of_its_roles),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
