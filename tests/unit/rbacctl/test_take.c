/*
 * An authority and a member over a folder: what the authority has for the member's scopes, the
 * member has, row for row; what the folder does in between never gives a row that the authority did
 * not make.
 */
#define _GNU_SOURCE
#include "helper.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/fleet.h"
#include "rbacctl/change/records.h"
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

static int on_authority(struct fleet_lab *f, int (*act)(struct change *c, const char *arg),
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

static int act_init(struct change *c, const char *arg)
{
	return change_fleet_init(c, arg, 60);
}

static int act_enrol(struct change *c, const char *arg)
{
	return change_fleet_enrol(c, "m1", arg, token);
}

static void push(struct fleet_lab *f)
{
	struct push_result r;
	struct buf why = { 0 };

	f->authority.a.now = f->authority.now;
	if (fleet_push(&f->authority.a, f->dir, false, &r, &why))
		fail_msg("push: %s", buf_text(&why));
}

/* What take returns; f->member.said has its notes. */
static int take_from(struct fleet_lab *f, const char *dir)
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

static void take(struct fleet_lab *f)
{
	if (take_from(f, f->dir))
		fail_msg("take: %s", buf_text(&f->member.said));
}

static void took_all(struct fleet_lab *f)
{
	take(f);
	if (f->took.attention)
		fail_msg("take: %s", buf_text(&f->member.said));
}

static int setup(void **state)
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

static int teardown(void **state)
{
	struct fleet_lab *f = *state;

	lab_close(&f->authority);
	lab_close(&f->member);
	free(f);
	return 0;
}

/* ---- acts by their words: "+bob member team:main/a" ---- */

static int act_words(struct change *c, const char *words)
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

static void does(struct fleet_lab *f, const char *words)
{
	on_authority(f, act_words, words);
}

/* ---- rows ---- */

static int on_row(void *ctx, const struct store_assignment *a)
{
	buf_printf(ctx, "%llu %llu %lld %lld %lld %s %s %s %s %s\n", (unsigned long long)a->id,
		   (unsigned long long)a->change, (long long)a->when, (long long)a->from,
		   (long long)a->until, a->subject, a->role, a->scope, a->by, a->reason);
	return RBAC_OK;
}

/* The rows of L at the member's scopes, as text. */
static char *rows_of(struct lab *l)
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

static void same_rows(struct fleet_lab *f)
{
	char *a = rows_of(&f->authority), *m = rows_of(&f->member);

	assert_string_equal(a ? a : "", m ? m : "");
	free(a);
	free(m);
	if (!lab_verify(&f->member))
		fail_msg("%s", buf_text(&f->member.said));
}

/* ---- the folder ---- */

static void copy_folder(const char *from, const char *to)
{
	char command[2000];

	snprintf(command, sizeof(command), "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
	assert_int_equal(system(command), 0);
}

/* ---- tests ---- */

static void test_rows_arrive_and_go(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	same_rows(f);
	does(f, "+cyd member team:main/a");
	does(f, "+dan guest site:main");
	push(f);
	took_all(f);
	same_rows(f);
	does(f, "-cyd member team:main/a");
	push(f);
	took_all(f);
	same_rows(f);
	took_all(f);
	assert_int_equal(f->took.taken, 0);
}

/* What was signed anew and says the same is no change of the member's. */
static void test_nothing_new_is_no_change(void **state)
{
	struct fleet_lab *f = *state;
	struct records_state before, after;
	struct buf why = { 0 };

	took_all(f);
	assert_int_equal(records_state(&f->member.a, &before, &why), RBAC_OK);
	f->authority.now += 86400;
	f->member.now += 86400;
	push(f);
	took_all(f);
	assert_int_equal(records_state(&f->member.a, &after, &why), RBAC_OK);
	assert_true(before.generation == after.generation);
}

static void test_old_state_is_refused_and_told(void **state)
{
	struct fleet_lab *f = *state;
	char old[256];

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	snprintf(old, sizeof(old), "%s/old", f->authority.state);
	copy_folder(f->dir, old);
	does(f, "-cyd member team:main/a");
	push(f);
	took_all(f);
	assert_int_equal(take_from(f, old), RBAC_OK);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "refused: team:main/a"));
	same_rows(f);
}

/* A new member believes nothing below its token, nor below what the fleet's head says. */
static void test_a_new_member_takes_no_old_state(void **state)
{
	struct fleet_lab *f = *state;
	char old[256], path[600], from[600];
	struct buf notes = { 0 }, why = { 0 };

	does(f, "+cyd member team:main/a");
	push(f);
	snprintf(old, sizeof(old), "%s/old", f->authority.state);
	copy_folder(f->dir, old);
	does(f, "-cyd member team:main/a");
	push(f);
	/* The head of the fleet's sheet is of now, that of the scope of before. */
	snprintf(from, sizeof(from), "%s/sheets/team=main+a", old);
	snprintf(path, sizeof(path), "%s/sheets/team=main+a", f->dir);
	copy_folder(from, path);
	take(f);
	assert_true(f->took.attention);
	char *rows = rows_of(&f->member);
	assert_null(strstr(rows, "cyd"));
	free(rows);
	buf_free(&notes);
	buf_free(&why);
}

static void test_silence_is_told(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	f->member.now += 180;
	took_all(f);
	f->member.now += 1;
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "stale"));
}

/* A sheet that does not come although the fleet's head names it. */
static void test_a_sheet_that_is_held_back_is_told(void **state)
{
	struct fleet_lab *f = *state;
	char old[600], now[600];

	took_all(f);
	snprintf(old, sizeof(old), "%s/kept", f->authority.state);
	snprintf(now, sizeof(now), "%s/sheets/team=main+a", f->dir);
	copy_folder(now, old);
	does(f, "+cyd member team:main/a");
	push(f);
	copy_folder(old, now);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "waiting: team:main/a"));
}

/* ---- what is of this host alone ---- */

static void test_a_group_that_is_taken_here_stops_no_revocation(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	passwd_group("member", 4711);
	does(f, "-cyd member team:main/a");
	push(f);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "left out: the group member"));
	char *m = rows_of(&f->member);
	assert_null(strstr(m, "cyd"));
	free(m);
	struct rbac_view v;
	assert_int_equal(rbac_view_open(f->member.a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	struct gids g = lab_gids(&v, "bob", NOW);
	for (size_t i = 0; i < g.n; i++)
		assert_true(g.v[i] != 4711);
	gids_free(&g);
	rbac_view_release(&v);
}

static int act_suspend(struct change *c, const char *arg)
{
	return change_user_suspend(c, arg + 1, arg[0] == '-', false);
}

static bool is_suspended(struct lab *l, const char *user)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct store_user u = { 0 };

	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	(void)store_user_get(&t, user, &u);
	store_abort(&t);
	store_close(s);
	return u.flags & STORE_USER_SUSPENDED;
}

static void test_suspensions_arrive(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	on_authority(f, act_suspend, "-cyd");
	push(f);
	took_all(f);
	assert_true(is_suspended(&f->member, "cyd"));
	on_authority(f, act_suspend, "+cyd");
	push(f);
	took_all(f);
	assert_false(is_suspended(&f->member, "cyd"));
}

/* uids are each host's own. */
static void test_a_user_that_this_host_does_not_know_is_recorded_without_uid(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+dan member team:main/a");
	push(f);
	passwd_drop_user("dan");
	took_all(f);
	same_rows(f);
}

static void apply_policy(struct fleet_lab *f, const char *policy)
{
	struct policy_sources s;

	two_files(&s, CONF("site:main"), policy);
	if (lab_apply(&f->authority, &s, false, NULL, NULL))
		fail_msg("apply: %s", buf_text(&f->authority.said));
}

static void test_a_new_policy_arrives(void **state)
{
	struct fleet_lab *f = *state;
	char *policy;

	took_all(f);
	assert_true(asprintf(&policy, "%splans = { };\n# %05000d\n", POLICY, 7) > 0);
	apply_policy(f, policy);
	free(policy);
	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	same_rows(f);
}

/* host.conf that cannot be read is told, and what was applied counts. */
static void test_a_broken_host_conf_stops_nothing(void **state)
{
	struct fleet_lab *f = *state;
	char path[300];

	took_all(f);
	snprintf(path, sizeof(path), "%s/host.conf", f->member.state);
	FILE *h = fopen(path, "w");
	assert_true(h && fputs("version = 1;\nhost = team:main/a\n", h) > 0 && fclose(h) == 0);
	does(f, "+cyd member team:main/a");
	push(f);
	take(f);
	assert_true(f->took.attention);
	same_rows(f);
}

/* A policy with a setting that this rbacctl does not know yet, and in the same change a role that
 * ends. */
static int act_newer_policy(struct change *c, const char *arg)
{
	struct policy_sources s;
	int err = act_words(c, arg);

	two_files(&s, CONF("site:main"), POLICY "later = true;\n");
	if (!err)
		err = store_texts_put(&c->t, c->change, &s);
	policy_sources_free(&s);
	return err;
}

static void test_a_policy_that_cannot_be_read_here_stops_no_revocation(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	on_authority(f, act_newer_policy, "-cyd member team:main/a");
	push(f);
	for (int i = 0; i < 2; i++) { /* it is told each time */
		take(f);
		assert_true(f->took.attention);
		assert_non_null(
			strstr(buf_text(&f->member.said), "cannot be read by this rbacctl"));
		same_rows(f);
	}
}

/* A role of a policy that could not be read gives nothing, and is told. */
static int act_newer_role(struct change *c, const char *arg)
{
	struct store_assignment a = { .id = 900,
				      .change = c->change,
				      .when = NOW,
				      .from = RBAC_TIME_MIN,
				      .until = RBAC_TIME_MAX,
				      .subject = "dan",
				      .role = "later",
				      .scope = "team:main/a",
				      .by = "root",
				      .reason = "",
				      .source = STORE_SOURCE_FLEET };
	(void)arg;
	c->verb = "test";
	buf_printf(&c->done, "dan +later\n");
	return store_assignment_put(&c->t, &a);
}

static void test_a_role_that_is_not_known_here_gives_nothing(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	on_authority(f, act_newer_role, NULL);
	push(f);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "no such role"));
	char *a = rows_of(&f->authority), *m = rows_of(&f->member);
	assert_string_equal(a, m);
	free(a);
	free(m);
}

/* ---- refusals ---- */

static void test_a_member_changes_nothing_itself(void **state)
{
	struct fleet_lab *f = *state;
	struct change c;

	took_all(f);
	f->member.a.as = "root";
	int err = lab_begin(&f->member, &c, "root", false);
	assert_int_equal(lab_end(&f->member, &c, err), RBAC_REFUSED);
	assert_non_null(strstr(buf_text(&f->member.said), "member of the fleet campus"));
}

/* The policy with MORE in the role guest. */
static char *policy_with(const char *more)
{
	static char text[sizeof(POLICY) + 200];
	const char *at = strstr(POLICY, "  guest  = {") + strlen("  guest  = {");

	snprintf(text, sizeof(text), "%.*s %s%s", (int)(at - POLICY), POLICY, more, at);
	return text;
}

static void new_policy(struct fleet_lab *f, const char *more)
{
	apply_policy(f, policy_with(more));
	push(f);
}

struct ask {
	const char *user, *role;
	int64_t until, found;
	uint64_t id;
};

static int on_asked(void *ctx, const struct store_assignment *a)
{
	struct ask *x = ctx;

	if (strcmp(a->subject, x->user) == 0 && strcmp(a->role, x->role) == 0) {
		x->found++;
		x->until = a->until;
		x->id = a->id;
	}
	return RBAC_OK;
}

static struct ask held_here(struct fleet_lab *f, const char *user, const char *role)
{
	struct ask x = { .user = user, .role = role };
	struct store *s = NULL;
	struct store_txn t = { 0 };

	assert_int_equal(store_open(f->member.a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_assignments_all(&t, on_asked, &x), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return x;
}

static void later(struct fleet_lab *f, int64_t seconds)
{
	f->authority.now += seconds;
	f->member.now += seconds;
}

static void test_max_stale_ends_what_is_not_refreshed(void **state)
{
	struct fleet_lab *f = *state;

	new_policy(f, "max_stale = \"24h\";");
	does(f, "+cyd guest site:main");
	does(f, "+cyd op site:main");
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 86400);
	assert_true(held_here(f, "cyd", "op").until == RBAC_TIME_MAX);
	/* A fresh word alone writes nothing before a quarter of the time is over. */
	later(f, 6 * 3600 - 1);
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 86400);
	later(f, 1);
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 6 * 3600 + 86400);
	/* No word: the end stays where it is, and passes. */
	later(f, 30 * 3600);
	take(f);
	assert_true(f->took.attention);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 6 * 3600 + 86400);
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, f->member.now + 86400);
	/* The policy takes it back. */
	new_policy(f, "");
	took_all(f);
	assert_true(held_here(f, "cyd", "guest").until == RBAC_TIME_MAX);
	same_rows(f);
}

/* What the member does itself. */
static int member_does(struct fleet_lab *f, const char *subject, int64_t until, bool revoke)
{
	struct revoke_request r = { .subject = subject, .role = "guest", .scope = "site:main" };
	struct assign_request g = { .subject = subject,
				    .role = "guest",
				    .scope = "site:main",
				    .from = RBAC_TIME_MIN,
				    .until = until };
	struct change c;

	f->member.a.now = f->member.now;
	f->member.a.as = "root";
	int err = change_open_on_member(&c, &f->member.a, false);
	if (!err)
		err = change_local_role(&c, "guest", revoke ? 0 : until);
	if (!err)
		err = revoke ? change_revoke(&c, &r) : change_assign(&c, &g);
	if (!err)
		err = change_commit(&c);
	buf_reset(&f->member.said);
	buf_printf(&f->member.said, "%s", buf_text(&c.message));
	buf_reset(&c.message);
	buf_printf(&c.message, "(told)");
	change_close(&c, err);
	return err;
}

static void test_a_local_role_is_given_with_an_end(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	assert_int_equal(member_does(f, "dan", NOW + 3600, false), RBAC_REFUSED);
	new_policy(f, "local = true;");
	took_all(f);
	assert_int_equal(member_does(f, "dan", RBAC_TIME_MAX, false), RBAC_REFUSED);
	assert_non_null(strstr(buf_text(&f->member.said), "with an end"));
	assert_int_equal(member_does(f, "dan", NOW + 3600, false), RBAC_OK);
	assert_true(held_here(f, "dan", "guest").id > STORE_LOCAL_IDS);
	/* The fleet's rows come and go beside it. */
	does(f, "+cyd guest site:main");
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "dan", "guest").found, 1);
	assert_int_equal(member_does(f, "cyd", 0, true), RBAC_REFUSED);
	assert_int_equal(held_here(f, "cyd", "guest").found, 1);
	assert_int_equal(member_does(f, "dan", 0, true), RBAC_OK);
	assert_int_equal(held_here(f, "dan", "guest").found, 0);
}

/* Two groups here, four more on the member, and five gids. */
#define FEW                                                                                        \
	CONF("site:main")                                                                          \
	"groups = { name = \"%{role}-%{scope}\"; gid_min = 2010000000; gid_max = 2010000004; };\n"

static void test_groups_that_would_clash_on_a_member_are_told_on_the_authority(void **state)
{
	struct fleet_lab *f = *state;
	struct policy_sources s;
	struct change c;

	two_files(&s, FEW, POLICY);
	/* m1 was enrolled for team:main/a: the policy is refused. */
	assert_int_equal(lab_apply(&f->authority, &s, false, NULL, NULL), RBAC_REFUSED);
	/* Without members it is fine, and then no member comes. */
	int err = lab_begin(&f->authority, &c, "root", false);
	if (!err)
		err = change_fleet_remove(&c, "m1");
	assert_int_equal(lab_end(&f->authority, &c, err), RBAC_OK);
	two_files(&s, FEW, POLICY);
	assert_int_equal(lab_apply(&f->authority, &s, false, NULL, NULL), RBAC_OK);
	err = lab_begin(&f->authority, &c, "root", false);
	if (!err)
		err = change_fleet_enrol(&c, "m2", "team:main/a", token);
	assert_int_equal(lab_end(&f->authority, &c, err), RBAC_INVALID);
	assert_non_null(strstr(buf_text(&f->authority.said), "would clash"));
}

static void test_the_authority_takes_nothing(void **state)
{
	struct fleet_lab *f = *state;
	struct change c;

	f->authority.a.as = "root";
	int err = change_take(&c, &f->authority.a, f->dir, &f->took);
	assert_int_equal(err, RBAC_REFUSED);
	change_close(&c, err);
}

/* An old store on the authority would publish numbers that members have seen. */
static void test_an_old_store_pushes_nothing(void **state)
{
	struct fleet_lab *f = *state;
	char kept[300], store[300];
	struct push_result r;
	struct buf why = { 0 };

	snprintf(kept, sizeof(kept), "%s/kept", f->member.state);
	snprintf(store, sizeof(store), "%s/store", f->authority.state);
	copy_folder(store, kept);
	does(f, "+cyd member team:main/a");
	push(f);
	copy_folder(kept, store);
	assert_int_equal(fleet_push(&f->authority.a, f->dir, false, &r, &why), RBAC_CONFLICT);
	assert_non_null(strstr(buf_text(&why), "an old store was put back"));
	buf_free(&why);
}

/* ---- at random ---- */

/* Bytes of any file of the folder, altered; or the file gone. */
static void spoil(const char *dir)
{
	char command[400];

	snprintf(command, sizeof(command), "find '%s/sheets' -type f | sort", dir);
	FILE *p = popen(command, "r");
	char files[40][300];
	int n = 0;
	while (p && n < 40 && fgets(files[n], sizeof(files[n]), p))
		files[n][strcspn(files[n], "\n")] = '\0', n++;
	pclose(p);
	assert_true(n > 0);
	const char *path = files[rand() % n];
	if (rand() % 4 == 0) {
		unlink(path);
		return;
	}
	int fd = open(path, O_RDWR);
	struct stat st;
	char c;
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	off_t at = rand() % (st.st_size ? st.st_size : 1);
	if (pread(fd, &c, 1, at) == 1) {
		c ^= (char)(1 << rand() % 8);
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
	}
	close(fd);
}

static void random_act(struct fleet_lab *f)
{
	static const char *const users[] = { "cyd", "dan", "eve" };
	const char *user = users[rand() % 3];
	char words[100], *rows = rows_of(&f->authority), mark[40];

	snprintf(mark, sizeof(mark), " %s member ", user);
	snprintf(words, sizeof(words), "%c%s member team:main/a", strstr(rows, mark) ? '-' : '+',
		 user);
	free(rows);
	does(f, words);
}

/* Every state of the member's rows is one that the authority had; and when the folder is whole, it
 * is that of now. */
static void test_a_random_carrier_gives_nothing_that_the_authority_did_not(void **state)
{
	enum { ROUNDS = 25 };
	struct fleet_lab *f = *state;
	char *had[ROUNDS + 1], whole[300];
	int n = 0;

	srand(7);
	took_all(f);
	had[n++] = rows_of(&f->authority);
	snprintf(whole, sizeof(whole), "%s/whole", f->authority.state);
	for (int i = 1; i <= ROUNDS; i++) {
		random_act(f);
		had[n++] = rows_of(&f->authority);
		push(f);
		copy_folder(f->dir, whole);
		for (int k = rand() % 3; k >= 0; k--)
			spoil(whole);
		if (take_from(f, whole))
			fail_msg("take: %s", buf_text(&f->member.said));
		char *m = rows_of(&f->member);
		bool known = false;
		for (int k = 0; k < n; k++)
			known |= strcmp(m, had[k]) == 0;
		assert_true(known);
		free(m);
		if (rand() % 3 == 0) {
			took_all(f);
			same_rows(f);
		}
	}
	took_all(f);
	same_rows(f);
	while (n > 0)
		free(had[--n]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows_arrive_and_go),
		TEST(test_nothing_new_is_no_change),
		TEST(test_old_state_is_refused_and_told),
		TEST(test_a_new_member_takes_no_old_state),
		TEST(test_silence_is_told),
		TEST(test_a_sheet_that_is_held_back_is_told),
		TEST(test_a_group_that_is_taken_here_stops_no_revocation),
		TEST(test_suspensions_arrive),
		TEST(test_a_user_that_this_host_does_not_know_is_recorded_without_uid),
		TEST(test_a_new_policy_arrives),
		TEST(test_a_broken_host_conf_stops_nothing),
		TEST(test_a_policy_that_cannot_be_read_here_stops_no_revocation),
		TEST(test_a_role_that_is_not_known_here_gives_nothing),
		TEST(test_a_member_changes_nothing_itself),
		TEST(test_max_stale_ends_what_is_not_refreshed),
		TEST(test_a_local_role_is_given_with_an_end),
		TEST(test_groups_that_would_clash_on_a_member_are_told_on_the_authority),
		TEST(test_the_authority_takes_nothing),
		TEST(test_an_old_store_pushes_nothing),
		TEST(test_a_random_carrier_gives_nothing_that_the_authority_did_not),
	};

	return cmocka_run_group_tests_name("rbacctl: a fleet over a folder", tests, NULL, NULL);
}
