/* From the store to the published view: its records, its place, and what a crash leaves. */
#define _GNU_SOURCE /* memmem(3) */
#include <sys/stat.h>
#include <unistd.h>

#include "common/walk.h"
#include "rbacctl/config/source.h"
#include "rbacctl/view/publish.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST                                                                                       \
	"version = 1; host = \"low:a/x\"; # who we are\n"                                          \
	"login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; } );\n"                               \
	"exempt = { users = [ \"eve\" ]; groups = [ \"ops\", \"nogroup\" ]; };\n"                  \
	"groups = { extra = ( { role = \"box\"; unix_groups = [ \"docker\", \"missing\", "         \
	"\"zero\" ]; } ); }; zone = \"UTC\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; }; };\n"  \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; };\n"                          \
	"roles = { boss = { kind = \"top\"; includes = [ \"box\" ]; }; box = { kind = \"low\"; "   \
	"keychains = [ \"c\" ]; }; keeper = { kind = \"low\"; }; };\n"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	passwd_group("docker", 998);
	passwd_group("zero", 0);
	host_init(l, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(l, "root", "bob", "boss", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "%devs", "box", "low:a/x"), RBAC_OK);
	return 0;
}

static void open_view(struct lab *l, struct rbac_view *v)
{
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, v), RBAC_OK);
}

/* A record of TYPE and NAME, decoded; false: there is none. */
static bool subject_of(const struct rbac_view *v, uint8_t type, const void *name, size_t len,
		       struct rbac_subject *s)
{
	struct rbac_bytes rec;
	if (rbac_view_get(v, type, name, len, &rec) != RBAC_OK)
		return false;
	assert_int_equal(rbac_subject_decode(rec, s), RBAC_OK);
	return true;
}

static void test_user_records(void **state)
{
	struct rbac_view v;
	struct rbac_subject s;
	struct rbac_grant g;
	open_view(*state, &v);
	assert_true(subject_of(&v, RBAC_REC_USER, "bob", 3, &s));
	assert_int_equal(s.uid, 1002);
	assert_int_equal(s.flags, 0);
	assert_int_equal(s.n_grants, 1);
	assert_int_equal(
		s.n_gids,
		3); /* boss, box, docker; the group of gid 0 and one that is missing are left out */
	assert_int_equal(rbac_subject_grant(&s, 0, &g), RBAC_OK);
	assert_int_equal(g.flags, RBAC_GRANT_HERE);
	assert_memory_equal(g.scope.p, "top:a", 5);
	assert_true(subject_of(&v, RBAC_REC_USER, "ann", 3, &s));
	assert_int_equal(s.n_grants, 1); /* owner of the host's scope, which init made */
	assert_int_equal(rbac_subject_grant(&s, 0, &g), RBAC_OK);
	assert_int_equal(g.flags, RBAC_GRANT_HERE | RBAC_GRANT_OWNER);
	assert_false(subject_of(&v, RBAC_REC_USER, "eve", 3, &s));
	assert_true(subject_of(&v, RBAC_REC_UNIX, "\0\0\x13\x88", 4, &s)); /* devs, 5000 */
	assert_int_equal(s.n_gids, 2);
	rbac_view_release(&v);
}

static void test_meta(void **state)
{
	struct rbac_view v;
	open_view(*state, &v);
	assert_int_equal(v.meta.generation, 4);
	assert_int_equal(v.meta.published, NOW);
	assert_int_equal(v.meta.flags, RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	assert_int_equal(v.meta.n_extra, 1);
	assert_int_equal(rbac_meta_extra(&v.meta, 998), 0);
	assert_int_equal(v.meta.n_unix, 1);
	assert_int_equal(v.meta.n_hosts, 1);
	assert_true(rbac_meta_exempt_user(&v.meta, "eve", 3));
	assert_false(rbac_meta_exempt_user(&v.meta, "ev", 2));
	assert_true(rbac_meta_exempt_gid(&v.meta, 5001));
	assert_int_equal(v.meta.n_exempt_gids, 1);
	assert_int_equal(rbac_meta_offset(&v.meta, NOW), 0);
	rbac_view_release(&v);
}

static void test_texts_without_comments_and_assignments(void **state)
{
	struct lab *l = *state;
	struct policy_sources s;
	struct rbac_view v;
	struct rbac_bytes rec;
	static const char site[] =
		"version = 1; assignments = ( { user = \"dan\"; role = \"boss\"; "
		"scope = \"top:a\"; reason = \"secret\"; } );\n";
	two_files(&s, HOST, POLICY);
	policy_sources_add(&s, "assignments.d/site.conf", site, strlen(site));
	assert_int_equal(lab_apply(l, &s, false, NULL, NULL), RBAC_OK);
	open_view(l, &v);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_FILE, "rbac.conf", 9, &rec), RBAC_OK);
	assert_int_equal(rec.len, strlen(HOST));
	assert_null(memmem(rec.p, rec.len, "who we are", 10));
	assert_int_equal(rbac_view_get(&v, RBAC_REC_FILE, "assignments.d/site.conf", 23, &rec),
			 RBAC_NOTFOUND);
	rbac_view_release(&v);
}

static void test_members_off(void **state)
{
	struct lab *l = *state;
	struct rbac_view v;
	struct rbac_bytes rec;
	struct rbac_group g;
	open_view(l, &v);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_GROUP, "box", 3, &rec), RBAC_OK);
	assert_int_equal(rbac_group_decode(rec, &g), RBAC_OK);
	assert_int_equal(g.n_always, 2);
	assert_memory_equal(g.always, "bob\0cyd", 8);
	rbac_view_release(&v);
	assert_int_equal(host_apply(l,
				    "version = 1; host = \"low:a/x\"; groups = { members = false; "
				    "enumerate = false; };",
				    POLICY),
			 RBAC_OK);
	open_view(l, &v);
	assert_int_equal(v.meta.flags, 0);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_GROUP, "box", 3, &rec), RBAC_OK);
	assert_int_equal(rbac_group_decode(rec, &g), RBAC_OK);
	assert_true(g.flags & RBAC_GROUP_NOMEMBERS);
	assert_int_equal(g.n_always + g.n_windowed, 0);
	rbac_view_release(&v);
}

static void test_suspended_and_another_uid(void **state)
{
	struct lab *l = *state;
	struct rbac_view v;
	struct rbac_subject s;
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_user_suspend(&c, "bob", true, false)),
			 RBAC_OK);
	passwd_user("cyd", 7777, 100);
	err = lab_begin(l, &c, "root", false);
	assert_int_equal(err ? err : change_publish(&c), RBAC_OK);
	change_close(&c, RBAC_OK);
	open_view(l, &v);
	assert_true(subject_of(&v, RBAC_REC_USER, "bob", 3, &s));
	assert_int_equal(s.flags, RBAC_SUBJECT_SUSPENDED);
	assert_true(subject_of(&v, RBAC_REC_USER, "cyd", 3, &s));
	assert_int_equal(s.flags, RBAC_SUBJECT_UID_CHANGED);
	assert_int_equal(s.uid, 1003);
	rbac_view_release(&v);
}

/* The name that UID is recorded under in the view of L; "" : none. */
static const char *recorded_as(struct lab *l, uint32_t uid)
{
	static char name[256];
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_view v;
	struct rbac_bytes rec, found = { 0 };
	rbac_number_key(key, uid);
	open_view(l, &v);
	if (rbac_view_get(&v, RBAC_REC_UID, key, sizeof key, &rec) == RBAC_OK)
		assert_int_equal(rbac_uid_decode(rec, &found), RBAC_OK);
	snprintf(name, sizeof name, "%.*s", (int)found.len, (const char *)found.p);
	rbac_view_release(&v);
	return name;
}

/* Write users into the store behind rbacctl's back, as an older one did; the next command
 * publishes. */
static void record(struct lab *l, const struct store_user *u, const char *const *names, size_t n)
{
	struct store *s;
	struct store_txn t;
	struct store_audit a = {
		.when = NOW, .actor = "root", .person = "root", .verb = "test", .text = ""
	};
	struct change c;
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(store_user_put(&t, names[i], &u[i]), RBAC_OK);
	assert_int_equal(store_audit_append(&t, &a), RBAC_OK);
	assert_int_equal(store_commit(&t), RBAC_OK);
	store_close(s);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	change_close(&c, RBAC_OK);
}

static void test_uids(void **state)
{
	static const char *const names[] = { "aaa", "zed", "none" };
	static const struct store_user users[] = { { 1002, 0, 900 },
						   { 1003, 0, 1 },
						   { RBAC_NO_UID, 0, 1 } };
	struct lab *l = *state;
	struct change c;
	assert_string_equal(recorded_as(l, 1001), "ann");
	assert_string_equal(recorded_as(l, 1002), "bob");
	assert_string_equal(recorded_as(l, 1004), "");
	/* Of several, who was recorded first. */
	record(l, users, names, COUNT(users));
	assert_string_equal(recorded_as(l, 1002), "bob");
	assert_string_equal(recorded_as(l, 1003), "zed");
	assert_string_equal(recorded_as(l, RBAC_NO_UID), "");
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_user_forget(&c, "bob")), RBAC_OK);
	assert_string_equal(recorded_as(l, 1002), "aaa");
	err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_user_forget(&c, "aaa")), RBAC_OK);
	assert_string_equal(recorded_as(l, 1002), "");
}

/* Every record can be reached by name and by walking, and they come in order. */
static void test_walk(void **state)
{
	struct rbac_view v;
	struct rbac_bytes key = { NULL, 0 }, next, rec, again;
	int n = 0;
	open_view(*state, &v);
	while (rbac_view_next(&v, key, &next, &rec, NULL) == RBAC_OK) {
		assert_int_equal(rbac_view_get(&v, next.p[0], next.p + 1, next.len - 1, &again),
				 RBAC_OK);
		assert_ptr_equal(again.p, rec.p);
		key = next;
		n++;
	}
	/*
	 * m; ann bob cyd and their uids; %devs; boss box keeper docker twice; devs docker missing
	 * nogroup ops zero; two scopes; two files; one service; three roles
	 */
	assert_int_equal(n, 1 + 3 + 3 + 1 + 8 + 6 + 2 + 2 + 1 + 3);
	rbac_view_release(&v);
}

/* ---- in place, whole or not at all ---- */

static void test_replaced_never_changed(void **state)
{
	struct lab *l = *state;
	struct rbac_view before, after;
	struct stat one, two;
	open_view(l, &before);
	assert_int_equal(stat(l->a.view, &one), 0);
	assert_int_equal(host_assign(l, "root", "dan", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(stat(l->a.view, &two), 0);
	assert_true(one.st_ino != two.st_ino);
	open_view(l, &after);
	struct rbac_subject s;
	assert_false(subject_of(&before, RBAC_REC_USER, "dan", 3,
				&s)); /* the snapshot stays what it was */
	assert_true(subject_of(&after, RBAC_REC_USER, "dan", 3, &s));
	rbac_view_release(&before);
	rbac_view_release(&after);
}

/* What is committed and was never renamed is put in force by the next command of root's. */
static void test_repair_rows(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct store_audit a = {
		.when = NOW, .actor = "root", .person = "root", .verb = "test", .text = ""
	};
	struct change c;
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_audit_append(&t, &a), RBAC_OK);
	assert_int_equal(store_commit(&t), RBAC_OK);
	store_close(s);
	assert_false(lab_verify(l));
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	change_close(&c, RBAC_OK);
	assert_verified(l);
	/* likewise where it is gone, or is something else */
	assert_int_equal(unlink(l->a.view), 0);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	change_close(&c, RBAC_OK);
	assert_verified(l);
	assert_int_equal(truncate(l->a.view, 100), 0);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	change_close(&c, RBAC_OK);
	assert_verified(l);
}

static void test_matches(void **state)
{
	struct lab *l = *state;
	struct rbac_view v;
	uint8_t head[STORE_HASH];
	open_view(l, &v);
	memcpy(head, v.meta.identity, STORE_HASH);
	uint64_t generation = v.meta.generation;
	rbac_view_release(&v);
	assert_true(publish_matches(l->state, generation, head));
	assert_false(publish_matches(l->state, generation + 1, head));
	head[0] ^= 1;
	assert_false(
		publish_matches(l->state, generation, head)); /* the same number, another history */
	assert_false(publish_matches("/nowhere", generation, head));
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_user_records),
		ON_A_HOST(test_meta),
		ON_A_HOST(test_texts_without_comments_and_assignments),
		ON_A_HOST(test_members_off),
		ON_A_HOST(test_suspended_and_another_uid),
		ON_A_HOST(test_uids),
		ON_A_HOST(test_walk),
		ON_A_HOST(test_replaced_never_changed),
		ON_A_HOST(test_repair_rows),
		ON_A_HOST(test_matches),
	};

	return cmocka_run_group_tests_name("rbacctl: compile and publish", tests, NULL, NULL);
}
