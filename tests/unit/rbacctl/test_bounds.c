/* Limits of the administration side: the last value that is within each, and the first beyond. */
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rbacctl/access/remedy.h"
#include "rbacctl/host/people/doubles.h"
#include "tests/unit/rbacctl/helper.h"

/* ---- STORE_TOUCHED_MAX: what one change may touch and still be an update of a few records ---- */

static void touch(struct store_txn *t, bool scopes, size_t n)
{
	char name[32];
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof name, "%s%zu", scopes ? "low:a/" : "u", i);
		if (scopes)
			store_touch_scope(t, name);
		else
			store_touch_subject(t, name);
	}
}

static void a_change_of_64_subjects_or_scopes_is_small(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	assert_int_equal(store_open(l->a.store, STORE_CREATE, &s), RBAC_OK);
	for (int scopes = 0; scopes < 2; scopes++) {
		assert_int_equal(store_begin(s, &t), RBAC_OK);
		touch(&t, scopes, STORE_TOUCHED_MAX);
		touch(&t, scopes, STORE_TOUCHED_MAX); /* the same again are no more */
		assert_false(t.touched.all);
		touch(&t, scopes, STORE_TOUCHED_MAX + 1);
		assert_true(t.touched.all);
		store_abort(&t);
	}
	store_close(s);
}

/* ---- LOCK_TRIES: a lock file that is another one after each attempt ---- */

static const char *lock_dir;
static int replace_lock; /* how many times more */

int flock(int fd, int how)
{
	int rc = (int)syscall(SYS_flock, fd, how);
	char path[4200];
	if (rc || replace_lock <= 0)
		return rc;
	replace_lock--;
	snprintf(path, sizeof path, "%s/lock", lock_dir);
	assert_int_equal(unlink(path), 0);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	return rc;
}

static void the_hundredth_attempt_to_lock_may_succeed(void **state)
{
	struct lab *l = *state;
	struct store *s;
	lock_dir = l->a.store;
	assert_int_equal(store_open(l->a.store, STORE_CREATE, &s), RBAC_OK);
	store_close(s);
	replace_lock = 99;
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(replace_lock, 0);
	store_close(s);
	replace_lock = 100;
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_SYSTEM);
	assert_non_null(strstr(store_why(s), "another one after each attempt to lock it"));
	assert_int_equal(replace_lock, 0);
	store_close(s);
}

/* ---- LOOKED_UP of doubles.c: recorded names that passwd does not list are looked up ---- */

static void count_spellings(void *ctx, const char *text, bool both)
{
	(void)both;
	*(size_t *)ctx += strstr(text, "passwd calls that person bob") != NULL;
}

/* How often it is said that zBOB is bob, after N recorded names that nobody knows. */
static size_t spellings_after(size_t n)
{
	struct doubles d = { 0 };
	struct facts passwd = { 0 };
	char name[24];
	size_t said = 0;
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof name, "nobody%zu", i);
		assert_int_equal(doubles_add(&d, name, RBAC_NO_UID), RBAC_OK);
	}
	assert_int_equal(doubles_add(&d, "zBOB", RBAC_NO_UID), RBAC_OK);
	assert_int_equal(facts_read_passwd(&passwd), RBAC_OK);
	assert_int_equal(doubles_find(&d, &passwd, count_spellings, &said), RBAC_OK);
	facts_free(&passwd);
	doubles_free(&d);
	return said;
}

static void a_thousand_names_are_looked_up_for_another_spelling(void **state)
{
	(void)state;
	passwd_alias("zBOB", "bob");
	assert_int_equal(spellings_after(999), 1);
	assert_int_equal(spellings_after(1000), 0);
}

/* ---- FACTS_LOOKUPS_MAX: users whom passwd does not list, asked for before the lock ---- */

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; }; keys = ( ); keychains = { };\n"                      \
	"roles = { boss = { kind = \"top\"; bootstrap = true; }; };\n"

static size_t asked;

static void count_questions(const char *call, const char *name)
{
	asked += strcmp(call, "getpwnam") == 0 && strncmp(name, "far", 3) == 0;
}

static size_t asked_of(const struct lab *l, bool everybody)
{
	struct facts_known k;
	asked = 0;
	passwd_watch(count_questions);
	facts_ask(&k, l->a.view, &(struct facts_wanted){ NULL, 0, everybody });
	passwd_watch(NULL);
	facts_known_free(&k);
	return asked;
}

static void record_far(struct lab *l, size_t from, size_t to)
{
	struct change c;
	char name[24];
	int err = lab_begin(l, &c, "root", false);
	for (size_t i = from; i < to && !err; i++) {
		snprintf(name, sizeof name, "far%zu", i);
		err = change_user_add(&c, name, NULL, true);
	}
	assert_int_equal(lab_end(l, &c, err), RBAC_OK);
}

static void a_thousand_users_of_a_directory_are_asked_for(void **state)
{
	struct lab *l = *state;
	host_init(l, HOST, POLICY, "top:a", "ann");
	passwd_directory(true);
	record_far(l, 0, FACTS_LOOKUPS_MAX);
	assert_int_equal(asked_of(l, false), FACTS_LOOKUPS_MAX);
	record_far(l, FACTS_LOOKUPS_MAX, FACTS_LOOKUPS_MAX + 1);
	assert_int_equal(asked_of(l, false), FACTS_LOOKUPS_MAX);
	assert_int_equal(asked_of(l, true), FACTS_LOOKUPS_MAX + 1);
}

/* ---- ACCOUNTS_ASKED: holders of whom nothing is known when the lock is taken ---- */

#define MINIMUM                                                                                    \
	"version = 1; kinds = { top = { }; }; keys = ( ); keychains = { };\n"                      \
	"roles = { boss = { kind = \"top\"; bootstrap = true; min = 1; }; };\n"

static void hold_far(struct lab *l, size_t from, size_t to)
{
	struct change c;
	char name[24];
	int err = lab_begin(l, &c, "root", false);
	for (size_t i = from; i < to && !err; i++) {
		struct assign_request r = { .subject = name,
					    .role = "boss",
					    .scope = "top:a",
					    .from = RBAC_TIME_MIN,
					    .until = RBAC_TIME_MAX,
					    .force = true };
		snprintf(name, sizeof name, "far%zu", i);
		err = change_assign(&c, &r);
	}
	assert_int_equal(lab_end(l, &c, err), RBAC_OK);
}

/* The last holder who has an account loses the role; the others have no account. */
static int revoke_ann(struct lab *l)
{
	struct change c;
	int err = lab_begin(l, &c, "root", true);
	return lab_end(
		l, &c,
		err ? err
		    : change_revoke(&c, &(struct revoke_request){ "ann", "boss", "top:a", 0 }));
}

static void a_thousand_holders_are_asked_for_under_the_lock(void **state)
{
	struct lab *l = *state;
	const size_t most = FACTS_LOOKUPS_MAX + 1000;
	host_init(l, HOST, MINIMUM, "top:a", "ann");
	passwd_directory(true);
	hold_far(l, 0, most);
	assert_int_equal(revoke_ann(l), RBAC_REFUSED);
	hold_far(l, most, most + 1); /* that one is taken to exist */
	assert_int_equal(revoke_ann(l), RBAC_OK);
}

/* ---- ASKED_ONE_BY_ONE: names without a uid that are looked up in one change ---- */

static int each_unbound(void *ctx, const char *name, const struct store_user *u)
{
	*(size_t *)ctx += u->uid == RBAC_NO_UID && strncmp(name, "far", 3) == 0;
	return RBAC_OK;
}

static size_t unbound(const struct lab *l)
{
	struct store_txn t;
	struct store *s;
	size_t n = 0;
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_users_all(&t, each_unbound, &n), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return n;
}

static void a_thousand_names_get_their_uid_in_one_change(void **state)
{
	struct lab *l = *state;
	const size_t most = FACTS_LOOKUPS_MAX + 1000;
	char name[24];
	host_init(l, HOST, POLICY, "top:a", "ann");
	passwd_directory(true);
	record_far(l, 0, most + 1);
	for (size_t i = 0; i <= most; i++) {
		snprintf(name, sizeof name, "far%zu", i);
		passwd_remote_user(name, (uid_t)(20000 + i), 100);
	}
	assert_int_equal(host_assign(l, "root", "bob", "boss", "top:a"), RBAC_OK);
	assert_int_equal(unbound(l), 1);
	assert_int_equal(host_assign(l, "root", "cyd", "boss", "top:a"), RBAC_OK);
	assert_int_equal(unbound(l), 0);
}

/* ---- REMEDY_EXCLUSIVE_TRIES: roles of exclusive sets that are tried for a remedy ---- */

/* "has" forbids each of the N roles before the last one in the order of the policy. */
static void many_roles(struct buf *b, size_t n)
{
	buf_printf(b, "version = 1; kinds = { top = { }; }; keys = ( { name = \"k\"; } );\n"
		      "keychains = { c = [ \"k\" ]; };\nroles = { has = { kind = \"top\"; };\n");
	for (size_t i = 0; i <= n; i++)
		buf_printf(b, "r%zu = { kind = \"top\"; keychains = [ \"c\" ]; };\n", i);
	buf_printf(b, "adm = { kind = \"top\"; bootstrap = true; }; };\nexclusive = (\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "{ name = \"e%zu\"; roles = [ \"has\", \"r%zu\" ]; at_most = 1; },\n",
			   i, i);
	buf_printf(b, "{ name = \"last\"; roles = [ \"adm\", \"r%zu\" ]; at_most = 1; } );\n", n);
}

static void remedy_with(struct lab *l, size_t n, struct buf *out)
{
	struct buf policy = { 0 };
	struct snapshot snap;
	struct holdings h;
	many_roles(&policy, n);
	host_init(l,
		  "version = 1; host = \"top:a\"; "
		  "login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; } );\n",
		  buf_text(&policy), "top:a", "ann");
	assert_int_equal(host_assign(l, "root", "bob", "has", "top:a"), RBAC_OK);
	assert_int_equal(snapshot_open(&snap, l->a.view), RBAC_OK);
	struct source source = snapshot_source(&snap);
	assert_int_equal(source_effective(&source, "bob", &h), RBAC_OK);
	struct question q = { &l->a, &snap, &h, "bob", "s", NULL, "", NOW };
	buf_reset(out);
	remedy_text(&q, &(struct rbac_verdict){ .why = RBAC_WHY_MISSING }, out);
	holdings_free(&h);
	snapshot_close(&snap);
	buf_free(&policy);
}

static void the_thousandth_role_of_an_exclusive_set_may_be_the_remedy(void **state)
{
	struct buf out = { 0 };
	remedy_with(*state, REMEDY_EXCLUSIVE_TRIES - 1, &out);
	assert_non_null(strstr(buf_text(&out), "rbacctl assign bob r999 --scope top:a"));
	buf_free(&out);
}

static void the_role_after_that_is_not_tried(void **state)
{
	struct buf out = { 0 };
	remedy_with(*state, REMEDY_EXCLUSIVE_TRIES, &out);
	assert_null(strstr(buf_text(&out), "rbacctl assign"));
	assert_non_null(strstr(buf_text(&out), "add a login rule to rbac.conf"));
	buf_free(&out);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, host_setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(a_change_of_64_subjects_or_scopes_is_small),
		ON_A_HOST(the_hundredth_attempt_to_lock_may_succeed),
		ON_A_HOST(a_thousand_names_are_looked_up_for_another_spelling),
		ON_A_HOST(a_thousand_users_of_a_directory_are_asked_for),
		ON_A_HOST(a_thousand_holders_are_asked_for_under_the_lock),
		ON_A_HOST(a_thousand_names_get_their_uid_in_one_change),
		ON_A_HOST(the_thousandth_role_of_an_exclusive_set_may_be_the_remedy),
		ON_A_HOST(the_role_after_that_is_not_tried),
	};

	return cmocka_run_group_tests_name("rbacctl: limits", tests, NULL, NULL);
}
