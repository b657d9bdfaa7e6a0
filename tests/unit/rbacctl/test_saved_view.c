/* The store is lost and the view is there: init makes the store again from what the view shows. */
#include "tests/unit/rbacctl/saved_lab.h"

#include <sys/stat.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(a_lost_store_comes_back_from_the_view),
		ON_A_HOST(what_files_say_is_theirs_again),
	};

	return cmocka_run_group_tests_name("rbacctl: a store from the view", tests, NULL, NULL);
}
