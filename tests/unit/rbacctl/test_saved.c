/* export, init --from, export again: byte for byte the same, for stores with all that there can be
 * in them. */
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/saved.h"
#include "rbacctl/change/start.h"
#include "rbacctl/complain.h"
#include "rbacctl/host/new_folder.h"
#include "tests/unit/rbacctl/helper.h"

#define LOGIN "login = ( { services = [ \"sshd\" ]; anyone = true; } );\n"
/* A policy beside the shipped one, whose roles go, are renamed, and stay. */
#define MORE(roles) "version = 1; roles = { " roles " };\n"

static const char *const odd_users[] = { "o;brien", "CORP\\bob", "eve@realm", "x=1", "=cmd|x" };
static const char *const odd_groups[] = { "domain users@corp", "CORP\\devs", "\303\274ber;all" };
static const char *const reasons[] = { "",
				       "He said \"yes\", twice; \"\"",
				       "Gr\303\274\303\237e an J\303\266rg \342\202\254",
				       " blanks at both ends ",
				       "\"",
				       "a,b;c",
				       "sep=;" };

struct built {
	struct lab *l;
	const char *host, *shipped; /* the host's scope; the file of the policy */
};

static void sources_of(const struct built *b, const char *more, const char *assignments,
		       struct policy_sources *s)
{
	char conf[300];
	snprintf(conf, sizeof conf, "version = 1; host = \"%s\";\n" LOGIN, b->host);
	*s = (struct policy_sources){ 0 };
	assert_int_equal(policy_sources_add(s, "rbac.conf", conf, strlen(conf)), RBAC_OK);
	assert_true(lab_read(s, "policy.d/site \"1\".conf", b->shipped));
	assert_int_equal(policy_sources_add(s, "policy.d/zz.conf", more, strlen(more)), RBAC_OK);
	assert_int_equal(
		policy_sources_add(s, "assignments.d/s.conf", assignments, strlen(assignments)),
		RBAC_OK);
}

static void apply(const struct built *b, const char *more, const char *assignments,
		  const char *root)
{
	struct policy_sources s;
	sources_of(b, more, assignments, &s);
	int err = lab_apply(b->l, &s, true, root, "ann");
	if (err)
		fail_msg("apply: %s: %s", rbac_error_text(err), buf_text(&b->l->said));
}

/* Give each role to each subject where it can be given; what a rule refuses is left out. Returns
 * how many. */
static size_t give_all(const struct built *b)
{
	size_t given = 0, n = 0;
	struct change c;
	int err = lab_begin(b->l, &c, "root", false);
	size_t roles = c.p->n_roles;
	lab_end(b->l, &c, err ? err : RBAC_REFUSED);
	for (size_t u = 0; u < COUNT(odd_users) + COUNT(odd_groups); u++)
		for (size_t r = 0; r < roles; r++, n++) {
			char subject[300], scope[RBAC_SCOPE_MAX + 1];
			snprintf(subject, sizeof subject, "%s%s", u < COUNT(odd_users) ? "" : "%",
				 u < COUNT(odd_users) ? odd_users[u]
						      : odd_groups[u - COUNT(odd_users)]);
			struct assign_request q = {
				.subject = subject,
				.from = n % 3 ? RBAC_TIME_MIN : NOW + (int64_t)n,
				.until = n % 4 ? RBAC_TIME_MAX : NOW + 86400 * (1 + (int64_t)n),
				.reason = reasons[n % COUNT(reasons)],
			};
			err = lab_begin(b->l, &c, "root", false);
			const struct policy_role *role = &c.p->roles[r];
			if (!err)
				err = policy_scope_ancestor(c.p, b->host, role->kind, scope);
			q.role = role->name;
			q.scope = scope;
			given += lab_end(b->l, &c, err ? err : change_assign(&c, &q)) == RBAC_OK;
		}
	return given;
}

/* What an old store, or one of another hand, may have: a reason of several lines. */
static void spoil_a_reason(const struct built *b)
{
	struct change c;
	struct store_assignment a;
	assert_int_equal(lab_begin(b->l, &c, "root", false), RBAC_OK);
	assert_int_equal(store_assignment_get(&c.t, 1, &a), RBAC_OK);
	a.request = 7;
	a.review_from = NOW + 1;
	a.reviewed = NOW;
	a.reviewed_by = "cyd";
	a.reason = "first\nsecond \"line\"\r\n\tthird\r.\x01\xff";
	assert_int_equal(store_assignment_put(&c.t, &a), RBAC_OK);
	assert_int_equal(store_gid_keep(&c.t, "keep", 2010000000), RBAC_OK);
	c.verb = "test";
	assert_int_equal(lab_end(b->l, &c, RBAC_OK), RBAC_OK);
}

static void build(const struct built *b)
{
	char files[1200], root[RBAC_SCOPE_MAX + 1];
	struct change c;
	snprintf(root, sizeof root, "%.*s", (int)strcspn(b->host, "/"), b->host);
	if (strchr(b->host, '/') && strncmp(root, "host", 4) != 0) {
		const char *kind = strstr(b->shipped, "torque") ? "account" : "provider";
		snprintf(root, sizeof root, "%s:%.*s", kind,
			 (int)strcspn(strchr(b->host, ':') + 1, "/"), strchr(b->host, ':') + 1);
	}
	snprintf(files, sizeof files,
		 "version = 1;\n# a comment\nassignments = (\n"
		 "{ user = \"bob\"; role = \"stays\"; scope = \"%s\"; "
		 "reason = \"from \\\"file\\\"\"; "
		 "},\n{ group = \"domain users@corp\"; role = \"stays\"; scope = \"%s\";\n"
		 "until = \"2027-01-01T00:00:00Z\"; } );\n",
		 root, root);
	char kind[64];
	snprintf(kind, sizeof kind, "%.*s", (int)strcspn(root, ":"), root);
	char more[600];
	snprintf(more, sizeof more,
		 MORE("stays = { kind = \"%s\"; }; goes = { kind = \"%s\"; }; "
		      "early = { kind = \"%s\"; };"),
		 kind, kind, kind);
	apply(b, more, files, root);
	assert_true(give_all(b) >= COUNT(odd_users));
	snprintf(more, sizeof more,
		 MORE("stays = { kind = \"%s\"; }; "
		      "late = { kind = \"%s\"; renamed_from = \"early\"; };"),
		 kind, kind);
	apply(b, more, files, NULL);
	assert_int_equal(lab_begin(b->l, &c, "root", false), RBAC_OK);
	assert_int_equal(lab_end(b->l, &c, change_user_suspend(&c, "x=1", true, true)), RBAC_OK);
	assert_int_equal(lab_begin(b->l, &c, "root", false), RBAC_OK);
	assert_int_equal(lab_end(b->l, &c, change_user_add(&c, "unknown", NULL, true)), RBAC_OK);
	spoil_a_reason(b);
	assert_verified(b->l);
}

static struct policy_sources saved(struct lab *l)
{
	struct policy_sources files;
	struct buf why = { 0 };
	uint64_t generation;
	int err = saved_write(&l->a, NULL, &files, &generation, &why);
	if (err)
		fail_msg("export: %s", buf_text(&why));
	buf_free(&why);
	return files;
}

/* A new host on what is in DIR. The exit status of the checks, or that of the error. */
static int begin_on(struct lab *l, const char *dir)
{
	struct start s = { 0 };
	struct new_files files = { 0 };
	struct change c = { 0 };
	l->a.as = "root";
	l->a.now = NOW;
	int status = start_from_choose(&l->a, dir, &s);
	if (!status)
		status = change_close(&c, start_apply(&c, &l->a, &s, &files));
	new_files_free(&files);
	start_free(&s);
	return status;
}

static void assert_same(const struct policy_sources *a, const struct policy_sources *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->v[i].name, b->v[i].name);
		assert_string_equal(a->v[i].text, b->v[i].text);
		assert_int_equal(a->v[i].len, b->v[i].len);
	}
}

static void round_trip(struct lab *l, const char *shipped, const char *host)
{
	struct built b = { l, host, shipped };
	struct lab other;
	char dir[200];
	struct buf why = { 0 };
	build(&b);
	struct policy_sources first = saved(l);
	snprintf(dir, sizeof dir, "%s/out", l->state);
	assert_int_equal(new_folder_write(dir, &first, &why), RBAC_OK);
	assert_true(lab_open(&other));
	assert_int_equal(begin_on(&other, dir), EXIT_DONE);
	assert_verified(&other);
	assert_same_content(&other);
	struct policy_sources second = saved(&other);
	assert_same(&first, &second);
	policy_sources_free(&first);
	policy_sources_free(&second);
	lab_close(&other);
	buf_free(&why);
}

/* ---- the store is lost, the view is there ---- */

static void lose_store(struct lab *l)
{
	static const char *const files[] = { "data.mdb", "lock.mdb", "lock", "" };
	for (size_t i = 0; i < COUNT(files); i++) {
		char path[4300];
		snprintf(path, sizeof path, "%s/%s", l->a.store, files[i]);
		assert_int_equal(remove(path), 0);
	}
}

static int recover(struct lab *l)
{
	struct start s = { 0 };
	struct new_files files = { 0 };
	struct change c = { 0 };
	l->a.as = "root";
	l->a.now = NOW;
	int status = start_view_choose(&l->a, &s);
	if (!status)
		status = change_close(&c, start_apply(&c, &l->a, &s, &files));
	new_files_free(&files);
	start_free(&s);
	return status;
}

/* Everything that A shows, but for the number of the change and the head, B shows as well. */
static void assert_shows(const struct rbac_view *a, const struct rbac_view *b)
{
	struct rbac_bytes key = { 0 }, next, x, y;
	size_t n = 0;
	for (; rbac_view_next(a, key, &next, &x, NULL) == RBAC_OK; key = next, n++) {
		if (next.p[0] == RBAC_REC_META)
			continue;
		assert_int_equal(rbac_view_get(b, next.p[0], next.p + 1, next.len - 1, &y),
				 RBAC_OK);
		assert_int_equal(x.len, y.len);
		assert_memory_equal(x.p, y.p, x.len);
	}
	assert_true(n > 20);
}

static void lose_and_recover(struct lab *l, const struct policy_sources *there)
{
	struct rbac_view before, after;
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &before), RBAC_OK);
	lose_store(l);
	for (size_t i = 0; i < there->n; i++) {
		char path[4300];
		snprintf(path, sizeof path, "%s/%.*s", l->state,
			 (int)strcspn(there->v[i].name, "/"), there->v[i].name);
		if (strchr(there->v[i].name, '/'))
			mkdir(path, 0755);
		snprintf(path, sizeof path, "%s/%s", l->state, there->v[i].name);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(there->v[i].text, f);
		fclose(f);
		chmod(path, 0644);
	}
	assert_int_equal(host_assign(l, "root", "bob", "stays", "account:main"), RBAC_ABSENT);
	assert_said(l, "is lost");
	assert_int_equal(recover(l), EXIT_DONE);
	assert_verified(l);
	assert_same_content(l);
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &after), RBAC_OK);
	assert_shows(&before, &after);
	assert_shows(&after, &before);
	rbac_view_release(&before);
	rbac_view_release(&after);
}

/* The line of assignment ID in an export. */
static const char *line_of(const struct policy_sources *files, const char *id)
{
	static char line[600];
	const char *text = policy_sources_find(files, saved_files[SAVED_ASSIGNMENTS])->text;
	char begin[40];
	snprintf(begin, sizeof begin, "\n%s,", id);
	const char *p = strstr(text, begin);
	assert_non_null(p);
	snprintf(line, sizeof line, "%.*s", (int)strcspn(p + 1, "\n"), p + 1);
	return line;
}

static void a_lost_store_comes_back_from_the_view(void **state)
{
	struct lab *l = *state;
	struct policy_sources nothing = { 0 };
	build(&(struct built){ l, "workspace:main/acme/web", "conf/policies/layer5.conf" });
	lose_and_recover(l, &nothing);
	struct policy_sources files = saved(l);
	assert_non_null(strstr(line_of(&files, "2"), ",recovered from the view of change "));
	assert_non_null(strstr(line_of(&files, "2"), ",command,"));
	policy_sources_free(&files);
	/* Ids go on. */
	assert_int_equal(host_assign(l, "root", "cyd", "stays", "provider:main"), RBAC_OK);
}

/* Where /etc/rbac has the policy of the view, its files count: what they say is theirs again. */
static void what_files_say_is_theirs_again(void **state)
{
	struct lab *l = *state;
	struct built b = { l, "space:main/web", "conf/policies/torque.conf" };
	build(&b);
	struct policy_sources first = saved(l), there = { 0 };
	for (size_t i = 0; i < first.n; i++)
		if (!strstr(first.v[i].name, ".csv"))
			policy_sources_add(&there, first.v[i].name, first.v[i].text,
					   first.v[i].len);
	lose_and_recover(l, &there);
	struct policy_sources files = saved(l);
	assert_non_null(strstr(line_of(&files, "2"), ",\"from \"\"file\"\"\",unknown,"));
	assert_non_null(strstr(line_of(&files, "2"), ",s.conf:4,"));
	assert_non_null(strstr(line_of(&files, "3"), ",s.conf:5,"));
	policy_sources_free(&first);
	policy_sources_free(&there);
	policy_sources_free(&files);
}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	for (size_t i = 0; i < COUNT(odd_users); i++)
		passwd_user(odd_users[i], (uid_t)(2000 + i), 100);
	for (size_t i = 0; i < COUNT(odd_groups); i++)
		passwd_group(odd_groups[i], (gid_t)(6000 + i));
	return 0;
}

static void torque_comes_back(void **state)
{
	round_trip(*state, "conf/policies/torque.conf", "space:main/web");
}

static void layer5_comes_back(void **state)
{
	round_trip(*state, "conf/policies/layer5.conf", "workspace:main/acme/web");
}

static void unix_comes_back(void **state)
{
	round_trip(*state, "conf/policies/unix.conf", "host:main");
}

/* The texts of TABLE in FILES become TEXT. */
static void replace(struct policy_sources *files, enum saved_table table, const char *text)
{
	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->v[i].name, saved_files[table]) == 0) {
			free(files->v[i].text);
			files->v[i].text = strdup(text);
			files->v[i].len = strlen(text);
		}
}

static int read_into(struct lab *l, const struct policy_sources *files, struct problems *problems)
{
	struct change c;
	struct saved_count n;
	int err = lab_begin(l, &c, "root", true);
	for (const char **name = (const char *[]){ "bob", "o;brien", NULL }; *name && !err; name++)
		store_user_del(&c.t, *name);
	if (!err)
		err = saved_read(&c, files, problems, &n);
	change_close(&c, RBAC_OK);
	return err;
}

/* Every wrong value of every table by file and line, and none of it is written. */
static void what_is_wrong_is_named(void **state)
{
	struct lab *l = *state;
	struct problems problems = { 0 };
	struct policy_sources files = { 0 };
	static const struct {
		enum saved_table table;
		const char *text;
		unsigned errors[6]; /* lines */
	} wrong[] = {
		{ SAVED_NUMBERS, "name,value\nformat,1\nlast_id,x\nmore,1\n", { 3, 4 } },
		{ SAVED_GROUPS,
		  "gid,group,state\n2010000001,a,living\n2010000001,b,gone\nx,c,gone\n"
		  "2010000002,d,dead\n2010000003,a,gone\n",
		  { 3, 4, 5, 6 } },
		{ SAVED_USERS,
		  "user,uid,suspended,change\nbob,1002,no,1\nbob,1002,no,1\nb b,1,no,1\nx,1,no\n"
		  "y,-1,no,1\n",
		  { 3, 4, 5, 6 } },
		{ SAVED_SCOPES,
		  "scope,owner,plan,source,change\nlow:b/x,,,command,1\nlow:b,,,command,1\n"
		  "top:c,bob,,command,1\ntop:d,,gold,command,1\n",
		  { 3, 4, 5, 0 } },
		{ SAVED_ASSIGNMENTS,
		  "id,subject,role,scope,from,until,reason,by,when,source,change\n"
		  "900,bob,boss,top:a,,,,ann,,command,1\n900,bob,boss,top:a,,,,ann,,command,1\n"
		  "901,nobody,boss,top:a,,,,ann,,command,1\n902,bob,no,top:a,,,,ann,,command,1\n"
		  "903,bob,boss,low:a/x,never,,,ann,,command,1\n"
		  "0,bob,boss,top:a,,,\"two\nlines\",ann,,command,1\n",
		  { 3, 4, 5, 6, 6, 7 } },
	};
	host_init(l, "version = 1; host = \"low:a/x\";\n",
		  "version = 1; kinds = { top = { }; low = { parent = \"top\"; }; };\n"
		  "roles = { boss = { kind = \"top\"; bootstrap = true; }; };\n",
		  "top:a", "ann");
	for (size_t i = 0; i < SAVED_TABLES; i++) {
		char head[200];
		snprintf(head, sizeof head, "%s\n%s", saved_columns[i],
			 i == SAVED_NUMBERS ? "format,1\nlast_id,1000\n"
			 : i == SAVED_USERS ? "bob,1002,no,1\n"
					    : "");
		policy_sources_add(&files, saved_files[i], head, strlen(head));
	}
	assert_int_equal(read_into(l, &files, &problems), RBAC_OK);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct policy_sources copy;
		assert_int_equal(policy_sources_copy(&files, &copy), RBAC_OK);
		replace(&copy, wrong[i].table, wrong[i].text);
		assert_int_equal(read_into(l, &copy, &problems), RBAC_INVALID);
		size_t n = 0;
		for (size_t j = 0; j < COUNT(wrong[i].errors); j++)
			n += wrong[i].errors[j] || (wrong[i].table == SAVED_SCOPES && j == 3);
		for (size_t j = 0; j < problems.n; j++) {
			if (j >= n || problems.v[j].line != wrong[i].errors[j])
				fail_msg("%s:%u: %s", problems.v[j].file, problems.v[j].line,
					 problems.v[j].text);
			assert_string_equal(problems.v[j].file, saved_files[wrong[i].table]);
		}
		assert_int_equal(problems.n, n);
		problems_free(&problems);
		problems = (struct problems){ 0 };
		policy_sources_free(&copy);
	}
	policy_sources_free(&files);
}

static void a_folder_comes_whole_and_replaces_nothing(void **state)
{
	struct lab *l = *state;
	struct policy_sources s;
	struct buf why = { 0 };
	char path[200], file[260];
	struct stat st;
	two_files(&s, "a", "b");
	snprintf(path, sizeof path, "%s/new/", l->state);
	assert_int_equal(new_folder_write(path, &s, &why), RBAC_OK);
	snprintf(file, sizeof file, "%spolicy.d/p.conf", path);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(new_folder_write(path, &s, &why), RBAC_CONFLICT);
	assert_int_equal(new_folder_write(file, &s, &why), RBAC_CONFLICT);
	snprintf(path, sizeof path, "%s/none/new", l->state);
	assert_int_equal(new_folder_write(path, &s, &why), RBAC_SYSTEM);
	snprintf(path, sizeof path, "%s/empty", l->state);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(new_folder_write(path, &s, &why), RBAC_OK);
	buf_free(&why);
	policy_sources_free(&s);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(torque_comes_back),
		ON_A_HOST(layer5_comes_back),
		ON_A_HOST(unix_comes_back),
		ON_A_HOST(a_lost_store_comes_back_from_the_view),
		ON_A_HOST(what_files_say_is_theirs_again),
		ON_A_HOST(what_is_wrong_is_named),
		ON_A_HOST(a_folder_comes_whole_and_replaces_nothing),
	};

	return cmocka_run_group_tests_name("rbacctl: saved", tests, NULL, NULL);
}
