/* export, init --from, export again: byte for byte the same, for stores with all that there can be
 * in them. */
#include "tests/unit/rbacctl/saved_lab.h"

#include <sys/stat.h>

#include "rbacctl/host/new_folder.h"

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
	const struct CMUnitTest tests[] = {
		ON_A_HOST(torque_comes_back),
		ON_A_HOST(layer5_comes_back),
		ON_A_HOST(unix_comes_back),
		ON_A_HOST(what_is_wrong_is_named),
		ON_A_HOST(a_folder_comes_whole_and_replaces_nothing),
	};

	return cmocka_run_group_tests_name("rbacctl: saved", tests, NULL, NULL);
}
