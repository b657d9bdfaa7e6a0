/* The lines of a test file, read: expects.h. */
#include "rbacctl/access/expects.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/host/time/local_time.h"
#include "rbacctl/plain_text.h"

static const char grammar[] =
	"expected: USER may SERVICE|KEY, USER may not SERVICE|KEY, or USER may never [SERVICE]; "
	"then, if wished, at SCOPE, from HOST, on TIME";

struct reading {
	struct expects *c;
	struct problems *problems;
	struct expect now; /* the line that is read */
	int64_t time;
	char *rest;
};

static const char *next_word(struct reading *r)
{
	char *word = r->rest + strspn(r->rest, " \t");
	size_t len = strcspn(word, " \t");

	if (len == 0)
		return NULL;
	r->rest = word + len;
	if (*r->rest)
		*r->rest++ = '\0';
	return word;
}

static bool complain_of(struct reading *r, const char *what, const char *word)
{
	problem_error(r->problems, r->now.pos, "%s%s%s; %s", what, word ? " " : "",
		      word ? word : "", grammar);
	return false;
}

/* The last of the line: a time may have a blank in it. */
static bool read_time(struct reading *r)
{
	const char *why;
	char *text = r->rest + strspn(r->rest, " \t");

	r->rest = text + strlen(text);
	if (!*text)
		return complain_of(r, "on: the time is missing", NULL);
	if (local_time_parse(text, r->time, &r->now.at, &why)) {
		problem_error(r->problems, r->now.pos, "on %s: %s", text, why);
		return false;
	}
	r->now.dated = true;
	return true;
}

/* at SCOPE, from HOST, on TIME. */
static bool read_where(struct reading *r, const char *word)
{
	for (; word; word = next_word(r)) {
		const char **to = strcmp(word, "at") == 0     ? &r->now.scope
				  : strcmp(word, "from") == 0 ? &r->now.from
							      : NULL;
		if (strcmp(word, "on") == 0)
			return read_time(r);
		if (!to)
			return complain_of(r, "unknown word", word);
		if (*to)
			return complain_of(r, "given twice:", word);
		*to = next_word(r);
		if (!*to)
			return complain_of(r, "nothing follows", word);
	}
	return true;
}

static bool is_where(const char *word)
{
	return strcmp(word, "at") == 0 || strcmp(word, "from") == 0 || strcmp(word, "on") == 0;
}

static bool read_expect(struct reading *r)
{
	r->now.user = next_word(r);
	const char *may = next_word(r), *word = may ? next_word(r) : NULL;
	bool never = word && strcmp(word, "never") == 0;

	if (!may || strcmp(may, "may") != 0)
		return complain_of(r, "\"may\" is missing", NULL);
	r->now.kind = never                              ? EXPECT_NEVER
		      : word && strcmp(word, "not") == 0 ? EXPECT_MAY_NOT
							 : EXPECT_MAY;
	if (r->now.kind != EXPECT_MAY)
		word = next_word(r);
	if (never && (!word || is_where(word)))
		return read_where(r, word);
	if (!word)
		return complain_of(r, "may what is missing", NULL);
	r->now.what = word;
	return read_where(r, next_word(r));
}

/* The line, without blanks around it, as messages show it. */
static const char *keep_line(struct expects *c, const char *line)
{
	size_t len = strlen(line);

	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (!buf_room(&c->lines, c->n_lines, &c->cap_lines, sizeof *c->lines))
		return NULL;
	char *copy = strndup(line, len);
	if (copy)
		c->lines[c->n_lines++] = copy;
	return copy;
}

static int read_line(struct reading *r, char *line)
{
	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	if (!*line)
		return RBAC_OK;
	r->now.text = keep_line(r->c, line);
	if (!r->now.text || !buf_room(&r->c->v, r->c->n, &r->c->cap, sizeof *r->c->v))
		return RBAC_NOMEM;
	r->rest = line;
	if (read_expect(r))
		r->c->v[r->c->n++] = r->now;
	return RBAC_OK;
}

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static int read_file(struct reading *r, struct policy_text *t)
{
	unsigned number = 0;
	int err = RBAC_OK;

	for (char *line = t->text, *next; line && !err; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		r->now = (struct expect){ .pos = { last_part(t->name), ++number } };
		char *tab = line;
		while ((tab = strchr(tab, '\t')))
			*tab = ' ';
		if (plain_text_is(line))
			err = read_line(r, line);
		else
			problem_error(r->problems, r->now.pos, "a control character, or not UTF-8");
	}
	return err;
}

int expects_parse(struct policy_sources *files, int64_t now, struct expects *c,
		  struct problems *problems)
{
	struct reading r = { .c = c, .problems = problems, .time = now };
	size_t before = problems->errors;
	int err = RBAC_OK;

	*c = (struct expects){ .files = *files };
	*files = (struct policy_sources){ 0 };
	for (size_t i = 0; i < c->files.n && !err; i++)
		err = read_file(&r, &c->files.v[i]);
	return err ? err : problems->errors > before ? RBAC_INVALID : RBAC_OK;
}

int expects_read(const char *dir, int64_t now, struct expects *c, struct problems *problems)
{
	struct policy_sources files = { 0 };

	*c = (struct expects){ 0 };
	int err = policy_sources_read_tests(dir, &files, problems);
	if (err && err != RBAC_INVALID) {
		policy_sources_free(&files);
		return err;
	}
	int parsed = expects_parse(&files, now, c, problems);
	return err ? err : parsed;
}

void expects_free(struct expects *c)
{
	for (size_t i = 0; i < c->n_lines; i++)
		free(c->lines[i]);
	free(c->lines);
	free(c->v);
	policy_sources_free(&c->files);
	*c = (struct expects){ 0 };
}
