/* restore is a change like any other: the log goes on, and no group id is given twice. */
#include "tests/unit/rbacctl/backup_lab.h"

static int last_id(struct lab *l)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	uint64_t n;
	assert_int_equal(store_last_id(&t, &n), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return (int)n;
}

static void what_was_is_again_and_the_log_goes_on(void **state)
{
	struct lab *l = *state;
	assert_int_equal(host_assign(l, "root", "bob", "box", "top:a"), RBAC_OK);
	backup(l, "b");
	assert_int_equal(take_away(l, "bob"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "box", "top:a"), RBAC_OK);
	assert_int_equal(host_apply(l, HOST, POLICY("more = { kind = \"top\"; };")), RBAC_OK);
	int last = last_id(l);
	uint64_t before = generation_of(l);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_verified(l);
	assert_same_content(l);
	assert_true(holds(l, "bob", "box"));
	assert_false(holds(l, "cyd", "box"));
	assert_int_equal(generation_of(l), before + 1);
	assert_int_equal(host_assign(l, "root", "dan", "more", "top:a"), RBAC_INVALID);
	/* No id is given twice, also not those of assignments that are gone now. */
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	assert_true(last_id(l) > last);
}

static uint32_t gid_of(struct lab *l, const char *group, uint32_t *flags)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	uint32_t gid = 0;
	(void)store_gid_get(&t, group, &gid, flags);
	store_abort(&t);
	store_close(s);
	return gid;
}

static void a_group_id_given_since_is_never_given_again(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	char role[200];
	backup(l, "b");
	assert_int_equal(host_apply(l, HOST, POLICY("later = { kind = \"top\"; };")), RBAC_OK);
	uint32_t gid = gid_of(l, "later", &flags);
	assert_true(gid > 0);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_int_equal(gid_of(l, "later", &flags), gid);
	assert_int_equal(flags, STORE_GID_GONE);
	snprintf(role, sizeof role, POLICY("other = { kind = \"top\"; gid = %u; };"), gid);
	assert_int_equal(host_apply(l, HOST, role), RBAC_REFUSED);
	assert_int_equal(host_apply(l, HOST, POLICY("later = { kind = \"top\"; };")), RBAC_OK);
	assert_int_equal(gid_of(l, "later", &flags), gid);
	assert_int_equal(flags, 0);
}

static void a_group_that_was_renamed_since_has_its_name_and_its_id_back(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	assert_int_equal(host_apply(l, HOST, POLICY("early = { kind = \"top\"; };")), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "bob", "early", "top:a"), RBAC_OK);
	uint32_t gid = gid_of(l, "early", &flags);
	backup(l, "b");
	assert_int_equal(
		host_apply(l, HOST,
			   POLICY("late = { kind = \"top\"; renamed_from = \"early\"; };")),
		RBAC_OK);
	assert_int_equal(gid_of(l, "late", &flags), gid);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_int_equal(gid_of(l, "early", &flags), gid);
	assert_int_equal(gid_of(l, "late", &flags), 0);
	assert_true(holds(l, "bob", "early"));
	assert_verified(l);
	assert_same_content(l);
}

/* The view shows what the backup has not: its groups and its ids stay given. */
static void a_lost_store_comes_back_beside_a_view_that_is_newer(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	char role[200];
	assert_int_equal(host_assign(l, "root", "bob", "box", "top:a"), RBAC_OK);
	backup(l, "b");
	assert_int_equal(host_apply(l, HOST, POLICY("later = { kind = \"top\"; };")), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "box", "top:a"), RBAC_OK);
	uint32_t gid = gid_of(l, "later", &flags);
	int last = last_id(l);
	lose_store(l);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_verified(l);
	assert_same_content(l);
	assert_true(holds(l, "bob", "box"));
	assert_false(holds(l, "cyd", "box"));
	snprintf(role, sizeof role, POLICY("other = { kind = \"top\"; gid = %u; };"), gid);
	assert_int_equal(host_apply(l, HOST, role), RBAC_REFUSED);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	assert_true(last_id(l) > last);
	/* Killed after the store was put back, and before the change: once more does it. */
	lose_store(l);
	struct restore r = { 0 };
	assert_int_equal(restore_read(&l->a, in_state(l, "b"), &r, &l->said), RBAC_OK);
	assert_true(r.put_back);
	restore_close(&r);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_CONFLICT);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_verified(l);
}

/* N users who hold something are not recorded. */
static void assert_faults_told(struct lab *l, int n, const char *end)
{
	struct open o;
	char name[16];
	size_t lines = 0;
	open_store(l, &o);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "u%c", 'a' + i);
		const struct store_assignment a = { .id = 100 + (uint64_t)i,
						    .subject = name,
						    .role = "box",
						    .scope = "top:a",
						    .from = RBAC_TIME_MIN,
						    .until = RBAC_TIME_MAX,
						    .by = "root",
						    .when = NOW,
						    .source = "command",
						    .reason = "" };
		assert_int_equal(store_assignment_put(&o.t, &a), RBAC_OK);
	}
	assert_int_equal(store_commit(&o.t), RBAC_OK);
	store_close(o.s);
	backup(l, "faulty");
	assert_int_equal(restore(l, "faulty"), RBAC_DAMAGED);
	const char *said = buf_text(&l->said);
	assert_non_null(strstr(said, "what is in this backup does not fit together\n  "));
	for (const char *p = said; (p = strstr(p, "\n  ")); p++)
		lines++;
	assert_int_equal(lines, n < 5 ? n : *end ? 6 : 5);
	if (*end ? !strstr(said, end) : strstr(said, " more") != NULL)
		fail_msg("\"%s\" is not in: %s", end, said);
}

static void five_faults_of_a_backup_are_told_and_the_others_counted(void **state)
{
	assert_faults_told(*state, 5, "");
	assert_faults_told(*state, 6, "\n  and 1 more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(what_was_is_again_and_the_log_goes_on),
		ON_A_HOST(a_group_id_given_since_is_never_given_again),
		ON_A_HOST(a_group_that_was_renamed_since_has_its_name_and_its_id_back),
		ON_A_HOST(five_faults_of_a_backup_are_told_and_the_others_counted),
		ON_A_HOST(a_lost_store_comes_back_beside_a_view_that_is_newer),
	};

	return cmocka_run_group_tests_name("rbacctl: restore", tests, NULL, NULL);
}
