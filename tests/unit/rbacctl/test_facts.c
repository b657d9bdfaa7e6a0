/* What publish learns of this host: passwd, Unix groups, the time zone. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "rbacctl/view/gather.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; "      \
	"groups = [ \"devs\", \"root\", \"ours\", \"last\", \"below\", \"none\" ]; } );\n"         \
	"groups = { gid_min = 100000; gid_max = 200000; };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; }; "                           \
	"roles = { r = { kind = \"top\"; keychains = [ \"c\" ]; }; };\n"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(*state, "root", "bob", "r", "top:a"), RBAC_OK);
	return 0;
}

/* ---- passwd ---- */

static int publish(struct lab *l)
{
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	if (!err)
		err = change_publish(&c);
	change_close(&c, RBAC_OK);
	return err;
}

/*
 * An empty passwd, or one that was cut short because there were no descriptors, publishes nothing:
 * each name that is missing in it would count as an account that is gone. A directory that does not
 * answer keeps nobody from a revoke.
 */
static void test_a_passwd_that_is_cut_short(void **state)
{
	static const struct {
		int n, err, result;
	} cuts[] = {
		{ 0, 0, RBAC_SYSTEM },      { 0, EIO, RBAC_SYSTEM },
		{ 3, EMFILE, RBAC_SYSTEM }, { 3, ENFILE, RBAC_SYSTEM },
		{ 6, EMFILE, RBAC_SYSTEM }, { 3, ENOMEM, RBAC_NOMEM },
		{ 0, ENOMEM, RBAC_NOMEM },  { 1, 0, RBAC_OK },
		{ 6, EIO, RBAC_OK },        { 6, ECONNREFUSED, RBAC_OK },
	};
	struct lab *l = *state;
	for (size_t i = 0; i < COUNT(cuts); i++) {
		struct facts f = { 0 };
		uint64_t before = view_generation(l);
		passwd_cut(cuts[i].n, cuts[i].err);
		int err = facts_read_passwd(&f);
		if (err != cuts[i].result)
			fail_msg("%d entries, then %s: %s", cuts[i].n, strerror(cuts[i].err),
				 rbac_error_text(err));
		if (!err)
			assert_int_equal(f.n_users, cuts[i].n);
		facts_free(&f);
		assert_int_equal(publish(l), cuts[i].result);
		assert_int_equal(host_assign(l, "root", "cyd", "r", "top:a"), cuts[i].result);
		passwd_cut(1000, 0);
		assert_int_equal(view_generation(l), before + (err == RBAC_OK));
		assert_verified(l);
		if (!err) {
			struct change c;
			err = lab_begin(l, &c, "root", false);
			assert_int_equal(lab_end(l, &c,
						 err ? err
						     : change_revoke(&c,
								     &(struct revoke_request){
									     .subject = "cyd",
									     .role = "r",
									     .scope = "top:a" })),
					 RBAC_OK);
		}
	}
}

/* Of two entries of one name getpwnam(3) finds the first; so does the pass over passwd. */
static void test_uids(void **state)
{
	struct fact_user users[] = { { "ann", 5, 100, 0 },
				     { "bob", 7, 100, 1 },
				     { "bob", 6, 100, 2 },
				     { "cyd", 8, 100, 3 } };
	struct facts f = { .users = users, .n_users = COUNT(users) }, none = { 0 };
	(void)state;
	assert_int_equal(facts_uid(&f, "ann"), 5);
	assert_int_equal(facts_uid(&f, "bob"), 7);
	assert_int_equal(facts_uid(&f, "cyd"), 8);
	assert_int_equal(facts_uid(&f, "bo"), RBAC_NO_UID);
	assert_int_equal(facts_uid(&f, "bobo"), RBAC_NO_UID);
	assert_int_equal(facts_uid(&none, "ann"), RBAC_NO_UID);
}

/* ---- groups ---- */

/* The group of root and those in our own range are no Unix groups that could count. */
static void test_gids(void **state)
{
	struct lab *l = *state;
	struct change c;
	struct facts f;
	uint32_t gid = 0;
	passwd_group("ours", 100000);
	passwd_group("last", 200000);
	passwd_group("below", 99999);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	assert_int_equal(gather_facts(c.p, &c.t, NOW, NULL, &f), RBAC_OK);
	assert_true(facts_gid(&f, c.p, "devs", &gid));
	assert_int_equal(gid, 5000);
	assert_true(facts_gid(&f, c.p, "below", &gid));
	assert_int_equal(gid, 99999);
	assert_false(facts_gid(&f, c.p, "root", &gid));
	assert_false(facts_gid(&f, c.p, "ours", &gid));
	assert_false(facts_gid(&f, c.p, "last", &gid));
	assert_false(facts_gid(&f, c.p, "none", &gid));
	assert_false(facts_gid(&f, c.p, "never-asked", &gid));
	assert_int_equal(gid, 99999);
	facts_free(&f);
	assert_false(facts_gid(&f, c.p, "devs", &gid));
	change_close(&c, RBAC_OK);
}

/* Where not even root's group is found, /etc/group cannot be read: what its members hold must not
 * vanish. */
static void test_groups_that_cannot_be_read(void **state)
{
	struct lab *l = *state;
	uint64_t before = view_generation(l);
	passwd_drop_group("root");
	assert_int_equal(publish(l), RBAC_SYSTEM);
	passwd_group("root", 0);
	assert_int_equal(view_generation(l), before);
	assert_int_equal(publish(l), RBAC_OK);
}

/* ---- the time zone ---- */

static int32_t offset(const struct zone_offset *z, size_t n, int64_t t)
{
	size_t i = n;
	while (i > 0 && z[i - 1].from > t)
		i--;
	return i ? z[i - 1].offset : -1;
}

/* To the second: summer time in Berlin in 2026 is from 2026-03-29T01:00Z to 2026-10-25T01:00Z, and
 * so on in 2049. */
static void test_zone(void **state)
{
	enum { HOUR = 3600 };
	struct zone_offset *z;
	size_t n;
	(void)state;
	assert_int_equal(zone_offsets("Europe/Berlin", NOW, &z, &n), RBAC_OK);
	assert_int_equal(z[0].from, 1577836800);
	assert_int_equal(offset(z, n, 1577836800), HOUR);
	assert_int_equal(offset(z, n, 1774746000 - 1), HOUR);
	assert_int_equal(offset(z, n, 1774746000), 2 * HOUR);
	assert_int_equal(offset(z, n, 1792890000 - 1), 2 * HOUR);
	assert_int_equal(offset(z, n, 1792890000), HOUR);
	assert_int_equal(offset(z, n, 2500506000 - 1), HOUR);
	assert_int_equal(offset(z, n, 2500506000), 2 * HOUR);
	for (size_t i = 1; i < n; i++) {
		assert_true(z[i].from > z[i - 1].from);
		assert_true(z[i].offset != z[i - 1].offset);
	}
	/* two changes a year for 30 years and 6 */
	assert_in_range(n, 70, 75);
	free(z);
	/* It reaches as far from the time that is asked for, whatever the clock of this machine
	 * says. */
	const int64_t later = 4070908800; /* 2099-01-01T00:00:00Z */
	assert_int_equal(zone_offsets("Europe/Berlin", later, &z, &n), RBAC_OK);
	assert_true(z[n - 1].from > later + (int64_t)29 * 365 * 24 * HOUR);
	free(z);
	assert_int_equal(zone_offsets("Asia/Kolkata", NOW, &z, &n), RBAC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(z[0].offset, 19800);
	free(z);
}

/* TZ is the caller's: it decides nothing, and is afterwards what it was. */
static void test_zone_and_environment(void **state)
{
	static const char *const before[] = { NULL, "Asia/Tokyo" };
	struct zone_offset *z;
	size_t n;
	(void)state;
	for (size_t i = 0; i < COUNT(before); i++) {
		struct tm tm;
		time_t t = 0;
		if (before[i])
			setenv("TZ", before[i], 1);
		else
			unsetenv("TZ");
		tzset();
		localtime_r(&t, &tm);
		long own = tm.tm_gmtoff;
		assert_int_equal(zone_offsets("America/Caracas", NOW, &z, &n), RBAC_OK);
		assert_int_equal(z[0].offset, -4 * 3600);
		free(z);
		localtime_r(&t, &tm);
		assert_int_equal(tm.tm_gmtoff, own);
		if (before[i])
			assert_string_equal(getenv("TZ"), before[i]);
		else
			assert_null(getenv("TZ"));
	}
	unsetenv("TZ");
	tzset();
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_a_passwd_that_is_cut_short),
		cmocka_unit_test(test_uids),
		ON_A_HOST(test_gids),
		ON_A_HOST(test_groups_that_cannot_be_read),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_zone_and_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
