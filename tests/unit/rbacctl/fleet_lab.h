/* fleet_lab.h - an authority and a member over a folder, and acts on both. */
#ifndef TESTS_UNIT_RBACCTL_FLEET_LAB_H
#define TESTS_UNIT_RBACCTL_FLEET_LAB_H

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/change/fleet/fleet.h"
#include "rbacctl/change/take/take.h"
#include "rbacctl/store/fleet.h"

#define POLICY                                                                                     \
	"version = 1;\n"                                                                           \
	"kinds = { site = { }; team = { parent = \"site\"; owner = \"lead\"; }; };\n"              \
	"keys = ( { name = \"run\"; } );\n"                                                        \
	"keychains = { all = [ \"run\" ]; };\n"                                                    \
	"roles = {\n"                                                                              \
	"  op     = { kind = \"site\"; keychains = [ \"all\" ]; bootstrap = true; };\n"            \
	"  guest  = { kind = \"site\"; keychains = [ \"all\" ]; };\n"                              \
	"  lead   = { kind = \"team\"; };\n"                                                       \
	"  member = { kind = \"team\"; keychains = [ \"all\" ]; };\n"                              \
	"};\n"
#define CONF(host)                                                                                 \
	"version = 1;\nhost = \"" host "\";\n"                                                     \
	"login = ( { services = [ \"sshd\" ]; keys = [ \"run\" ]; } );\n"

struct fleet_lab {
	struct lab authority, member;
	char dir[200];
	struct take_result took;
};

static inline int on_authority(struct fleet_lab *f, int (*act)(struct change *c, const char *arg),
			       const char *arg)
{
	struct change c;
	int err = lab_begin(&f->authority, &c, "root", false);

	if (!err)
		err = act(&c, arg);
	err = lab_end(&f->authority, &c, err);
	if (err)
		fail_msg("on the authority: %s", buf_text(&f->authority.said));
	return err;
}

static char token[FLEET_TOKEN_MAX];

static inline int act_init(struct change *c, const char *arg)
{
	return change_fleet_init(c, arg, 60);
}

static inline int act_enrol(struct change *c, const char *arg)
{
	return change_fleet_enrol(c, "m1", arg, token);
}

static inline void push(struct fleet_lab *f)
{
	struct push_result r;
	struct buf why = { 0 };

	f->authority.a.now = f->authority.now;
	if (fleet_push(&f->authority.a, f->dir, false, &r, &why))
		fail_msg("push: %s", buf_text(&why));
}

/* What take returns; f->member.said has its notes. */
static inline int take_from(struct fleet_lab *f, const char *dir)
{
	struct change c;

	f->member.a.now = f->member.now;
	f->member.a.as = "root";
	int err = change_take(&c, &f->member.a, dir, &f->took);
	buf_reset(&f->member.said);
	buf_printf(&f->member.said, "%s%s", buf_text(&c.notes), buf_text(&c.message));
	buf_reset(&c.message);
	buf_printf(&c.message, "(told)");
	change_close(&c, err);
	return err;
}

static inline void take(struct fleet_lab *f)
{
	if (take_from(f, f->dir))
		fail_msg("take: %s", buf_text(&f->member.said));
}

static inline void took_all(struct fleet_lab *f)
{
	take(f);
	if (f->took.attention)
		fail_msg("take: %s", buf_text(&f->member.said));
}

static inline int setup(void **state)
{
	static const char *const names[] = { "ann", "bob", "cyd", "dan", "eve" };
	struct fleet_lab *f = calloc(1, sizeof(*f));
	struct buf notes = { 0 }, why = { 0 };

	assert_non_null(f);
	assert_true(lab_open(&f->authority) && lab_open(&f->member));
	f->authority.now = f->member.now = NOW;
	snprintf(f->dir, sizeof(f->dir), "%s/carrier", f->authority.state);
	passwd_reset();
	for (size_t i = 0; i < COUNT(names); i++)
		passwd_user(names[i], (uid_t)(1001 + i), 100);
	host_init(&f->authority, CONF("site:main"), POLICY, "site:main", "ann");
	on_authority(f, act_init, "campus");
	*state = f;
	f->member.a.now = NOW;
	struct change c;
	int err = lab_begin(&f->authority, &c, "root", false);
	if (!err)
		err = change_scope_create(&c, "team:main/a", "bob");
	assert_int_equal(lab_end(&f->authority, &c, err), RBAC_OK);
	on_authority(f, act_enrol, "team:main/a");
	push(f);
	if (fleet_join(&f->member.a, token, &notes, &why))
		fail_msg("join: %s", buf_text(&why));
	buf_free(&notes);
	return 0;
}

static inline int teardown(void **state)
{
	struct fleet_lab *f = *state;

	lab_close(&f->authority);
	lab_close(&f->member);
	free(f);
	return 0;
}

/* ---- acts by their words: "+bob member team:main/a" ---- */

static inline int act_words(struct change *c, const char *words)
{
	char subject[64], role[64], scope[64];

	assert_int_equal(sscanf(words + 1, "%63s %63s %63s", subject, role, scope), 3);
	if (words[0] == '+')
		return change_assign(c, &(struct assign_request){ .subject = subject,
								  .role = role,
								  .scope = scope,
								  .from = RBAC_TIME_MIN,
								  .until = RBAC_TIME_MAX,
								  .reason = "test" });
	return change_revoke(
		c, &(struct revoke_request){ .subject = subject, .role = role, .scope = scope });
}

static inline void does(struct fleet_lab *f, const char *words)
{
	on_authority(f, act_words, words);
}

static inline void apply_policy(struct fleet_lab *f, const char *policy)
{
	struct policy_sources s;

	two_files(&s, CONF("site:main"), policy);
	if (lab_apply(&f->authority, &s, false, NULL, NULL))
		fail_msg("apply: %s", buf_text(&f->authority.said));
}

/* ---- rows and the folder ---- */

static inline int on_row(void *ctx, const struct store_assignment *a)
{
	buf_printf(ctx, "%llu %llu %lld %lld %lld %s %s %s %s %s\n", (unsigned long long)a->id,
		   (unsigned long long)a->change, (long long)a->when, (long long)a->from,
		   (long long)a->until, a->subject, a->role, a->scope, a->by, a->reason);
	return RBAC_OK;
}

/* The rows of L at the member's scopes, as text. */
static inline char *rows_of(struct lab *l)
{
	static const char *const scopes[] = { "site:main", "team:main/a" };
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct store_scope row;
	struct buf out = { 0 };

	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	for (size_t i = 0; i < COUNT(scopes); i++) {
		if (store_scope_get(&t, scopes[i], &row) == RBAC_OK)
			buf_printf(&out, "%s %s %s %llu\n", scopes[i], row.owner, row.plan,
				   (unsigned long long)row.change);
		assert_int_equal(store_assignments_at(&t, scopes[i], NULL, on_row, &out), RBAC_OK);
	}
	store_abort(&t);
	store_close(s);
	return (char *)out.p;
}

static inline void same_rows(struct fleet_lab *f)
{
	char *a = rows_of(&f->authority), *m = rows_of(&f->member);

	assert_string_equal(a ? a : "", m ? m : "");
	free(a);
	free(m);
	if (!lab_verify(&f->member))
		fail_msg("%s", buf_text(&f->member.said));
}

static inline void copy_folder(const char *from, const char *to)
{
	char command[2000];

	snprintf(command, sizeof(command), "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
	assert_int_equal(system(command), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
