/* What this host says, and that no view outlives it: a fact that differs forces a compile, and
 * verify sees it. */
#include "tests/unit/rbacctl/facts_lab.h"

#include "rbacctl/view/compare.h"

/* ---- a fact that differs ---- */

static void gid_of_a_subject(void)
{
	passwd_drop_group("devs");
	passwd_group("devs", 5002);
}

static void a_subject_is_gone(void)
{
	passwd_drop_group("devs");
}

/* Each of them is a subject before and after, and the set of gids is the same. */
static void two_subjects_swap(void)
{
	passwd_drop_group("devs");
	passwd_drop_group("ops");
	passwd_group("devs", 5001);
	passwd_group("ops", 5000);
}

static void a_member_more(void)
{
	passwd_member("eve", 5000);
}

static void another_primary_group(void)
{
	passwd_user("pat", 1010, 100);
}

static void gid_of_an_extra_group(void)
{
	passwd_drop_group("docker");
	passwd_group("docker", 997);
}

static void gid_of_an_exempt_group(void)
{
	passwd_drop_group("exempted");
	passwd_group("exempted", 6012);
}

static void gid_of_a_group_in_a_rule(void)
{
	passwd_drop_group("ruled");
	passwd_group("ruled", 6011);
}

static void uid_of_a_user(void)
{
	passwd_user("cyd", 1999, 100);
}

static void a_user_is_gone(void)
{
	passwd_drop_user("cyd");
}

static const struct {
	const char *what;
	void (*change)(void);
} differences[] = {
	{ "gid of a subject", gid_of_a_subject },
	{ "a subject is gone", a_subject_is_gone },
	{ "two subjects swap", two_subjects_swap },
	{ "a member more", a_member_more },
	{ "another primary group", another_primary_group },
	{ "gid of an extra group", gid_of_an_extra_group },
	{ "gid of an exempt group", gid_of_an_exempt_group },
	{ "gid of a group in a rule", gid_of_a_group_in_a_rule },
	{ "uid of a user", uid_of_a_user },
	{ "a user is gone", a_user_is_gone },
};

static void any_fact_that_differs_forces_a_compile(void **state)
{
	for (size_t i = 0; i < COUNT(differences); i++) {
		if (i && setup(state))
			fail();
		struct lab *l = *state;
		size_t compiled = view_transaction(l);
		assert_int_equal(host_assign(l, "root", "dan", "other", "low:a/x"), RBAC_OK);
		assert_int_equal(view_transaction(l),
				 compiled + 1); /* nothing differs: an update */
		assert_same_content(l);
		differences[i].change();
		assert_different_content(l, differences[i].what);
		assert_int_equal(host_assign(l, "root", "dan", "box", "low:a/x"), RBAC_OK);
		if (view_transaction(l) != compiled)
			fail_msg("%s: the view was updated, not compiled", differences[i].what);
		assert_same_content(l);
		if (i + 1 < COUNT(differences))
			host_teardown(state);
	}
}

static void a_zone_that_never_changes_is_the_same_a_year_later(void **state)
{
	struct lab *l = *state;
	size_t compiled = view_transaction(l);
	assert_int_equal(host_assign(l, "root", "dan", "other", "low:a/x"), RBAC_OK);
	assert_int_equal(view_transaction(l), compiled + 1);
	l->now += INT64_C(366) *
		  86400; /* for zones that change, the table of offsets has a year more then */
	assert_int_equal(host_assign(l, "root", "dan", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(view_transaction(l), compiled + 2);
	assert_same_content(l);
}

#define BERLIN "version = 1; host = \"low:a/x\"; zone = \"Europe/Berlin\";\n"

/* What the copy says of the zone is another table a period later: compiled, and the same as a
 * compile says. */
static void another_table_of_offsets_forces_a_compile(void **state)
{
	struct lab *l = *state;
	assert_int_equal(host_apply(l, BERLIN, POLICY), RBAC_OK);
	size_t compiled = view_transaction(l);
	assert_int_equal(host_assign(l, "root", "dan", "other", "low:a/x"), RBAC_OK);
	assert_int_equal(view_transaction(l), compiled + 1);
	l->now += INT64_C(366) * 86400;
	assert_int_equal(host_assign(l, "root", "dan", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(view_transaction(l), compiled);
	assert_same_content(l);
}

static void count_difference(void *ctx, enum compare_how how, struct rbac_bytes key)
{
	assert_int_equal(how, COMPARE_DIFFERS);
	assert_int_equal(key.p[0], RBAC_REC_META);
	++*(size_t *)ctx;
}

/* Of the settings of the host every byte counts but the time of publishing. */
static void settings_are_compared_but_for_the_time(void **state)
{
	enum { PUBLISHED = 4 + 4 + 8 + RBAC_IDENTITY, AFTER = PUBLISHED + 8 };
	static const uint8_t key[] = { RBAC_REC_META };
	struct lab *l = *state;
	struct rbac_view v;
	struct rbac_bytes rec;
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_META, NULL, 0, &rec), RBAC_OK);
	for (size_t i = 0; i < rec.len; i++) {
		size_t n = 0;
		struct comparison c = { .view = &v, .fn = count_difference, .ctx = &n };
		struct buf b = { 0 };
		buf_put(&b, rec.p, rec.len);
		b.p[i] ^= 1;
		assert_int_equal(compare_record(&c, key, sizeof key, &b), RBAC_OK);
		assert_int_equal(n, i >= PUBLISHED && i < AFTER ? 0 : 1);
		buf_free(&b);
		compare_free(&c);
	}
	rbac_view_release(&v);
}

/* ---- a revoke that returned success took the role away ---- */

static void a_revoke_takes_the_role_away_whoever_has_the_gid_now(void **state)
{
	struct lab *l = *state;
	struct change c;
	assert_true(in_group(l, "dan", "box"));
	passwd_drop_group("devs");
	passwd_group("devs", 5002);
	passwd_group("interns", 5000); /* dan is in it now */
	int err = lab_begin(l, &c, "root", false);
	if (!err)
		err = change_revoke(&c, &(struct revoke_request){ .subject = "%devs",
								  .role = "box",
								  .scope = "low:a/x" });
	assert_int_equal(lab_end(l, &c, err), RBAC_OK);
	assert_false(in_group(l, "dan", "box"));
	assert_same_content(l);
}

/* ---- the account was deleted, or belonged to another person ---- */

static uint32_t flags_of(struct lab *l, const char *user)
{
	struct rbac_view v;
	struct rbac_bytes rec;
	struct rbac_subject s;
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_USER, user, strlen(user), &rec), RBAC_OK);
	assert_int_equal(rbac_subject_decode(rec, &s), RBAC_OK);
	uint32_t flags = s.flags;
	rbac_view_release(&v);
	return flags;
}

static void publish(struct lab *l)
{
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	if (!err)
		err = change_publish(&c);
	change_close(&c, RBAC_OK);
	assert_int_equal(err, RBAC_OK);
}

static void a_view_made_without_the_account_gives_the_name_nothing(void **state)
{
	struct lab *l = *state;
	assert_true(in_group(l, "bob", "box"));
	passwd_drop_user("bob");
	publish(l);
	assert_int_equal(flags_of(l, "bob"), RBAC_SUBJECT_ABSENT);
	passwd_user("bob", 1999, 100); /* useradd -u 1999 bob, and nobody has published yet */
	assert_false(in_group(l, "bob", "box"));
	publish(l);
	assert_int_equal(flags_of(l, "bob"), RBAC_SUBJECT_UID_CHANGED);
	assert_false(in_group(l, "bob", "box"));
	passwd_user("bob", 1002, 100);
	publish(l);
	assert_int_equal(flags_of(l, "bob"), 0);
	assert_true(in_group(l, "bob", "box"));
}

/* SSSD and its kind enumerate nobody: those whom passwd does not name are asked for. */
static void a_directory_is_believed_when_it_answers(void **state)
{
	struct lab *l = *state;
	passwd_remote_user("rita", 3001, 100);
	passwd_remote_user("ron", 3002, 100);
	assert_int_equal(host_assign(l, "root", "rita", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "ron", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(flags_of(l, "rita"), 0);
	passwd_drop_user("ron");
	publish(l);
	assert_int_equal(flags_of(l, "rita"), 0);
	assert_int_equal(flags_of(l, "ron"), RBAC_SUBJECT_ABSENT);
	assert_same_content(l);
	/* One that knows nobody may not be up yet; one that fails is not. */
	passwd_drop_user("rita");
	publish(l);
	assert_int_equal(flags_of(l, "rita"), 0);
	assert_int_equal(flags_of(l, "ron"), 0);
	passwd_remote_user("rita", 3001, 100);
	passwd_directory(false);
	publish(l);
	assert_int_equal(flags_of(l, "rita"), 0);
	assert_int_equal(flags_of(l, "ron"), 0);
}

static void another_uid_in_a_directory_is_seen_at_publish(void **state)
{
	struct lab *l = *state;
	passwd_remote_user("rita", 3001, 100);
	assert_int_equal(host_assign(l, "root", "rita", "box", "low:a/x"), RBAC_OK);
	passwd_remote_user("rita", 3009, 100);
	publish(l);
	assert_int_equal(flags_of(l, "rita"), RBAC_SUBJECT_UID_CHANGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(any_fact_that_differs_forces_a_compile),
		ON_A_HOST(a_zone_that_never_changes_is_the_same_a_year_later),
		ON_A_HOST(another_table_of_offsets_forces_a_compile),
		ON_A_HOST(settings_are_compared_but_for_the_time),
		ON_A_HOST(a_revoke_takes_the_role_away_whoever_has_the_gid_now),
		ON_A_HOST(a_view_made_without_the_account_gives_the_name_nothing),
		ON_A_HOST(a_directory_is_believed_when_it_answers),
		ON_A_HOST(another_uid_in_a_directory_is_seen_at_publish),
	};

	return cmocka_run_group_tests_name("rbacctl: facts of the host", tests, NULL, NULL);
}
