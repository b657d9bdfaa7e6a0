/* Runs the case files that it is given: policies, assignments, times and requests as data.
 * README.md has the format. */
#include "tests/policy/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/policy/passwd.h"

#include "rbacctl/config/source.h"

enum { LINE = 1024, TEXT = 1 << 16, UID_FIRST = 1000 };

void run_case(struct run *r, bool ok, const char *fmt, ...)
{
	va_list ap;
	r->cases++;
	if (ok)
		return;
	r->failed++;
	printf("%s:%u: %s: ", r->file, r->line, r->scenario);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void run_wrong(struct run *r, const char *what)
{
	run_case(r, false, "%s", what);
}

const char *run_option(const struct run *r, int first, const char *name)
{
	size_t len = strlen(name);
	for (int i = first; i < r->n; i++)
		if (strncmp(r->w[i], name, len) == 0 && r->w[i][len] == '=')
			return r->w[i] + len + 1;
	return NULL;
}

bool run_flag(const struct run *r, int first, const char *name)
{
	for (int i = first; i < r->n; i++)
		if (strcmp(r->w[i], name) == 0)
			return true;
	return false;
}

bool run_time(const struct run *r, const char *text, int64_t *t)
{
	int64_t d;
	if (*text != '+' && *text != '-')
		return policy_time_parse(text, t) == RBAC_OK;
	if (policy_duration_parse(text + 1, &d) != RBAC_OK)
		return false;
	*t = *text == '+' ? r->lab.now + d : r->lab.now - d;
	return true;
}

/* ---- a scenario ---- */

static void end_scenario(struct run *r)
{
	if (!r->scenario[0])
		return;
	unsigned line = r->line;
	r->line = r->scenario_line;
	run_case(r, lab_verify(&r->lab), "afterwards: %s", buf_text(&r->lab.said));
	r->line = line;
	policy_sources_free(&r->sources);
	lab_close(&r->lab);
	r->scenario[0] = 0;
}

static void begin_scenario(struct run *r)
{
	end_scenario(r);
	if (!lab_open(&r->lab))
		exit(1);
	passwd_reset();
	passwd_group("users", RUN_USERS_GID);
	r->uid = UID_FIRST;
	r->n_actors = 0;
	r->scenario_line = r->line;
	snprintf(r->scenario, sizeof r->scenario, "%s", r->n > 1 ? r->w[1] : "?");
	for (int i = 2; i < r->n; i++)
		snprintf(r->scenario + strlen(r->scenario),
			 sizeof r->scenario - strlen(r->scenario), " %s", r->w[i]);
	policy_time_parse("2026-01-05T10:00:00Z", &r->lab.now); /* a Monday */
}

static void put_text(struct run *r, const char *name, const char *text)
{
	for (size_t i = 0; i < r->sources.n; i++)
		if (strcmp(r->sources.v[i].name, name) == 0) {
			free(r->sources.v[i].text);
			r->sources.v[i].text = strdup(text);
			r->sources.v[i].len = strlen(text);
			return;
		}
	policy_sources_add(&r->sources, name, text, strlen(text));
}

/* file NAME, then its text up to a line with a full stop alone. */
static void take_file(struct run *r, FILE *f)
{
	static char text[TEXT];
	char line[LINE], name[200];
	size_t len = 0;
	snprintf(name, sizeof name, "%s", r->n > 1 ? r->w[1] : "?");
	text[0] = 0;
	while (fgets(line, sizeof line, f) && strcmp(line, ".\n") != 0) {
		r->line++;
		if (len + strlen(line) >= sizeof text)
			exit(1);
		strcpy(text + len, line);
		len += strlen(line);
	}
	r->line++;
	put_text(r, name, text);
}

/* policy NAME: one that is shipped. */
static void take_policy(struct run *r)
{
	char name[200], path[200];
	snprintf(name, sizeof name, "policy.d/%s.conf", r->n > 1 ? r->w[1] : "?");
	snprintf(path, sizeof path, "conf/policies/%s.conf", r->n > 1 ? r->w[1] : "?");
	if (!lab_read(&r->sources, name, path))
		run_wrong(r, "no such policy");
}

static bool copy_sources(const struct policy_sources *from, struct policy_sources *to)
{
	*to = (struct policy_sources){ 0 };
	for (size_t i = 0; i < from->n; i++)
		if (policy_sources_add(to, from->v[i].name, from->v[i].text, from->v[i].len))
			return false;
	return true;
}

/* Does TEXT have each of the parts of EXPECT, which are parted by " | "? */
static const char *lacks(const char *text, char *expect)
{
	for (char *part = expect, *next; part; part = next) {
		next = strstr(part, " | ");
		if (next) {
			*next = 0;
			next += 3;
		}
		if (!strstr(text, part))
			return part;
	}
	return NULL;
}

/* init ROOT ADMIN; apply [drop]; refused [drop] | words: an apply that is refused */
static void apply(struct run *r, bool refused)
{
	struct policy_sources s;
	bool init = strcmp(r->w[0], "init") == 0;
	if (init && r->n < 3) {
		run_wrong(r, "init ROOT ADMIN");
		return;
	}
	if (!copy_sources(&r->sources, &s))
		exit(1);
	int err = lab_apply(&r->lab, &s, run_flag(r, 1, "drop"), init ? r->w[1] : NULL,
			    init ? r->w[2] : NULL);
	const char *without = r->expect ? lacks(buf_text(&r->lab.said), r->expect) : NULL;
	if (refused)
		run_case(r, err == RBAC_REFUSED && !without,
			 "expected a refusal with \"%s\": %s: %s", without ? without : "",
			 rbac_error_text(err), buf_text(&r->lab.said));
	else
		run_case(r, !err && !without, "%s: lacks \"%s\": %s", rbac_error_text(err),
			 without ? without : "", buf_text(&r->lab.said));
}

static void take_apply(struct run *r)
{
	apply(r, false);
}

static void take_refused(struct run *r)
{
	apply(r, true);
}

/* ---- who acts, and when ---- */

static void take_actors(struct run *r)
{
	r->n_actors = r->n - 1;
	for (int i = 0; i < r->n_actors; i++)
		snprintf(r->actors[i], sizeof r->actors[i], "%s", r->w[i + 1]);
}

static void take_now(struct run *r)
{
	if (r->n != 2 || !run_time(r, r->w[1], &r->lab.now))
		run_wrong(r, "now TIME");
}

/* ---- lines ---- */

static const struct {
	const char *name;
	void (*run)(struct run *r);
} lines[] = {
	{ "scenario", begin_scenario },
	{ "policy", take_policy },
	{ "init", take_apply },
	{ "apply", take_apply },
	{ "refused", take_refused },
	{ "users", run_users },
	{ "user", run_user },
	{ "group", run_group },
	{ "gone", run_gone },
	{ "alias", run_alias },
	{ "silent", run_silent },
	{ "publish", run_publish },
	{ "uids", run_uids },
	{ "recorded", run_recorded },
	{ "actors", take_actors },
	{ "now", take_now },
	{ "do", run_do },
	{ "ok", run_ok },
	{ "no", run_no },
	{ "bad", run_bad },
	{ "may", run_may },
	{ "login", run_login },
	{ "logins", run_logins },
	{ "groups", run_groups },
	{ "key", run_key },
	{ "role", run_role },
};

static void split(struct run *r, char *line)
{
	char *bar = strstr(line, " | "), *save;
	r->expect = bar ? bar + 3 : NULL;
	if (bar)
		*bar = 0;
	r->n = 0;
	for (char *word = strtok_r(line, " \t", &save); word && r->n < RUN_WORDS;
	     word = strtok_r(NULL, " \t", &save))
		r->w[r->n++] = word;
}

static void run_line(struct run *r, FILE *f)
{
	size_t i = 0;
	if (strcmp(r->w[0], "file") == 0) {
		take_file(r, f);
		return;
	}
	while (i < sizeof lines / sizeof *lines && strcmp(lines[i].name, r->w[0]) != 0)
		i++;
	if (i == sizeof lines / sizeof *lines)
		run_wrong(r, "no such line");
	else if (!r->scenario[0] && i > 0)
		run_wrong(r, "expected a scenario first");
	else
		lines[i].run(r);
}

static void run_file(struct run *r, const char *path)
{
	char line[LINE];
	FILE *f = fopen(path, "r");
	r->file = path;
	r->line = 0;
	if (!f) {
		run_wrong(r, "cannot be read");
		return;
	}
	while (fgets(line, sizeof line, f)) {
		r->line++;
		line[strcspn(line, "\n")] = 0;
		if (line[0] == 0 || line[0] == '#')
			continue;
		split(r, line);
		if (r->n)
			run_line(r, f);
	}
	end_scenario(r);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct run r = { 0 };
	for (int i = 1; i < argc; i++)
		run_file(&r, argv[i]);
	printf("policy cases: %u in %d files, %u failed\n", r.cases, argc - 1, r.failed);
	return r.failed || r.cases == 0;
}
