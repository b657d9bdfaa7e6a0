/*
 * rbac.conf(5) has every setting of the grammar in its place, and no other: its items are compared
 * with the table that the loader goes by. The names that an item gives stand behind Ic; those
 * behind the = are of the group that it describes.
 */
#include "tests/unit/model/helper.h"

#include "common/name.h"
#include "rbacctl/model/grammar.h"

#define MANUAL "conf/rbac.conf.5"

enum { FOUND_MAX = 256, DEEP = 8 };

struct found {
	enum policy_file where;
	char section[64], name[64];
};

static struct found found[FOUND_MAX];
static size_t n_found;

static void add(enum policy_file where, const char *section, const char *name)
{
	assert_true(n_found < FOUND_MAX);
	found[n_found].where = where;
	snprintf(found[n_found].section, sizeof(found[n_found].section), "%s", section);
	snprintf(found[n_found++].name, sizeof(found->name), "%s", name);
}

static void joined(const char *outer, const char *inner, char *out)
{
	char text[64];

	snprintf(text, sizeof(text), "%.30s%s%.30s", outer, *outer ? "." : "", inner);
	memcpy(out, text, sizeof(text));
}

/* ".It Ic keys , roles", ".It Ic extra No = ( { Ic role No = Ar ROLE ; ... }". FIRST gets the first
 * name. */
static void item(char *line, enum policy_file where, const char *section, char *first)
{
	char inner[64] = "";
	bool names = false, behind = false;

	*first = '\0';
	for (char *w = strtok(line + 4, " \n"); w; w = strtok(NULL, " \n")) {
		if (strcmp(w, "Ic") == 0) {
			names = true;
		} else if (strcmp(w, "No") == 0 || strcmp(w, "Ar") == 0 || strcmp(w, "Li") == 0) {
			names = false;
		} else if (strcmp(w, "=") == 0 && !behind) {
			behind = true;
			joined(section, first, inner);
		} else if (names && *w >= 'a' && *w <= 'z') {
			if (!*first)
				snprintf(first, 64, "%.63s", w);
			add(where, behind ? inner : section, w);
		}
	}
}

/* The items of one .Sh: those in lists within an item are of the group of that name. */
static void read_manual(void)
{
	static char line[4096], path[DEEP][64];
	int where = -1, depth = 0;
	FILE *f = fopen(MANUAL, "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, ".Sh ", 4) == 0)
			where = strncmp(line, ".Sh RBAC.CONF", 13) == 0       ? FILE_RBAC
				: strncmp(line, ".Sh POLICY.D", 12) == 0      ? FILE_POLICY
				: strncmp(line, ".Sh ASSIGNMENTS.D", 17) == 0 ? FILE_ASSIGNMENTS
									      : -1;
		if (where < 0)
			continue;
		if (strncmp(line, ".Bl ", 4) == 0)
			assert_true(++depth < DEEP - 1);
		if (strncmp(line, ".El", 3) == 0)
			depth--;
		if (strncmp(line, ".It Ic ", 7) == 0) {
			char first[64];
			item(line, (enum policy_file)where, path[depth - 1], first);
			joined(path[depth - 1], first, path[depth]);
		}
	}
	fclose(f);
}

static const struct grammar_section *section(enum policy_file where, const char *name)
{
	for (size_t i = 0; i < GRAMMAR_COUNT; i++)
		if (policy_grammar[i].where == where && strcmp(policy_grammar[i].name, name) == 0)
			return &policy_grammar[i];
	return NULL;
}

static bool in_grammar(const struct found *x)
{
	const struct grammar_section *s = section(x->where, x->section);

	for (size_t i = 0; s && i < s->n; i++)
		if (strcmp(s->known[i].name, x->name) == 0)
			return true;
	return false;
}

static bool in_manual(const struct grammar_section *s, const char *name)
{
	for (size_t i = 0; i < n_found; i++)
		if (found[i].where == s->where && strcmp(found[i].section, s->name) == 0 &&
		    strcmp(found[i].name, name) == 0)
			return true;
	return false;
}

static void test_settings(void **state)
{
	int failed = 0;

	(void)state;
	read_manual();
	assert_true(n_found > 50);
	for (size_t i = 0; i < n_found; i++)
		if (!in_grammar(&found[i])) {
			print_error(MANUAL " has \"%s\" in \"%s\", the grammar has not\n",
				    found[i].name, found[i].section);
			failed++;
		}
	for (size_t i = 0; i < GRAMMAR_COUNT; i++)
		for (size_t k = 0; k < policy_grammar[i].n; k++) {
			const char *name = policy_grammar[i].known[k].name;
			/* version is said once, for every file */
			if (strcmp(name, "version") != 0 && !in_manual(&policy_grammar[i], name)) {
				print_error("the grammar has \"%s\" in \"%s\", " MANUAL
					    " has not\n",
					    name, policy_grammar[i].name);
				failed++;
			}
		}
	assert_int_equal(failed, 0);
}

/* The table of names: the bytes of each row are the limit in common/name.h. */
static void test_names(void **state)
{
	static const struct {
		const char *row;
		int bytes;
	} rows[] = {
		{ "role, keychain, kind, plan, limit", RBAC_WORD_MAX },
		{ "key", RBAC_KEY_MAX },
		{ "scope", RBAC_SCOPE_MAX },
		{ "PAM service", RBAC_WORD_MAX },
		{ "Unix group", RBAC_UNIX_GROUP_MAX },
		{ "group of a role", RBAC_GROUP_MAX },
		{ "user", RBAC_USER_MAX },
	};
	static char text[1 << 17];
	FILE *f = fopen(MANUAL, "r");

	(void)state;
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char want[128];
		snprintf(want, sizeof(want), ".It %s Ta %d Ta ", rows[i].row, rows[i].bytes);
		if (!strstr(text, want))
			fail_msg(MANUAL " has no line \"%s\"", want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_settings),
					    cmocka_unit_test(test_names) };

	return cmocka_run_group_tests_name("policy: the manual", tests, NULL, NULL);
}
