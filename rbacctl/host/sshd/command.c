#define _GNU_SOURCE
#include "rbacctl/host/sshd/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"

static const char blanks[] = " \t\r\n";

static char *copy_of(const char *text)
{
	return text ? strdup(text) : NULL;
}

void sshd_command_line(struct sshd_command *c, const char *text, const char *file, unsigned line)
{
	free(c->line);
	free(c->file);
	c->line = *text ? strdup(text) : NULL;
	c->file = copy_of(file);
	c->at = line;
}

/* The next word of *P, without its quotes; NULL: there is none. Changed in place. */
static char *next_word(char **p)
{
	char *word = *p + strspn(*p, blanks), *to = word, *from = word, quote = 0;

	if (!*word)
		return NULL;
	for (; *from && (quote || !strchr(blanks, *from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'')
			quote = quote ? 0 : *from;
		else
			*to++ = *from;
	}
	*p = *from ? from + 1 : from;
	*to = 0;
	return word;
}

/* "NAME=VALUE" */
static void add_variable(struct sshd_command *c, const char *word, const char *file, unsigned line)
{
	const char *eq = strchr(word, '=');

	if (!eq || eq == word || !buf_room(&c->v, c->n_variables, &c->cap_variables, sizeof *c->v))
		return;
	c->v[c->n_variables++] = (struct sshd_variable){
		.name = strndup(word, (size_t)(eq - word)),
		.value = strdup(eq + 1),
		.file = copy_of(file),
		.line = line,
	};
}

void sshd_command_variables(struct sshd_command *c, const char *text, const char *file,
			    unsigned line)
{
	char *copy = strdup(text), *rest = copy, *word;

	while (copy && (word = next_word(&rest)))
		add_variable(c, word, file, line);
	free(copy);
}

void sshd_command_variables_of(struct sshd_command *c, const char *path)
{
	char text[4000], *word;
	unsigned n = 0;
	FILE *f;

	path += *path == '-';
	f = fopen(path, "re");
	while (f && fgets(text, sizeof text, f)) {
		char *rest = text + strspn(text, blanks);
		char *eq = strchr(rest, '=');
		n++;
		if (*rest == '#' || *rest == ';' || !eq)
			continue;
		/* The value is what stands behind =, with the quotes off if it has some. */
		char *value = eq + 1 + strspn(eq + 1, blanks);
		if (*value == '"' || *value == '\'') {
			word = next_word(&value);
		} else {
			value[strcspn(value, "\n")] = 0;
			word = value;
		}
		*eq = 0;
		char *line = NULL;
		if (asprintf(&line, "%s=%s", rest, word ? word : "") >= 0)
			add_variable(c, line, path, n);
		free(line);
	}
	if (f)
		fclose(f);
}

/* ---- words ---- */

struct words {
	struct sshd_word *v;
	size_t n, cap;
};

static void put(struct words *w, const char *text, const char *file, unsigned line)
{
	if (buf_room(&w->v, w->n, &w->cap, sizeof *w->v))
		w->v[w->n++] = (struct sshd_word){ copy_of(text), copy_of(file), line };
}

/* WORD is "$NAME" or "${NAME}": the variable, or NULL with *IS. Of two with one name the last
 * counts. */
static const struct sshd_variable *variable(const struct sshd_command *c, const char *word,
					    bool *is, bool *whole)
{
	char name[200];

	*is = *word == '$' && word[1];
	*whole = word[1] == '{';
	snprintf(name, sizeof name, "%s", *is ? word + 1 + *whole : "");
	name[strcspn(name, "}")] = 0;
	for (size_t i = c->n_variables; i > 0 && *is; i--)
		if (c->v[i - 1].name && strcmp(c->v[i - 1].name, name) == 0)
			return &c->v[i - 1];
	return NULL;
}

static void expand(const struct sshd_command *c, const char *word, struct words *w)
{
	bool is, whole;
	const struct sshd_variable *v = variable(c, word, &is, &whole);

	if (!is) {
		put(w, word, c->file, c->at);
	} else if (v && whole) {
		put(w, v->value, v->file, v->line);
	} else if (v) {
		char *copy = strdup(v->value ? v->value : ""), *rest = copy, *one;
		while (copy && (one = next_word(&rest)))
			put(w, one, v->file, v->line);
		free(copy);
	}
}

/* ---- options ---- */

static void add(struct sshd_daemon *d, const char *text, const struct sshd_word *from)
{
	if (buf_room(&d->v, d->n, &d->cap, sizeof *d->v))
		d->v[d->n++] = (struct sshd_word){ copy_of(text), copy_of(from->file), from->line };
}

/* The options of sshd(8) that change what it reads: -f -o -h -c -u -p; others are left out. */
static void take_options(const struct words *w, struct sshd_daemon *d)
{
	static const char with_value[] = "CEbcfghkopu", wanted[] = "cfhopu";

	for (size_t i = 0; i < w->n; i++) {
		const char *word = w->v[i].text ? w->v[i].text : "";
		for (const char *p = word + 1; *word == '-' && *p; p++) {
			if (!strchr(with_value, *p))
				continue;
			const struct sshd_word *from = &w->v[p[1] || i + 1 == w->n ? i : i + 1];
			const char *value = p[1] ? p + 1 : i + 1 < w->n ? from->text : "";
			i += !p[1];
			if (value && *value && strchr(wanted, *p)) {
				add(d, (char[]){ '-', *p, 0 }, from);
				add(d, value, from);
			}
			if (value && *p == 'f')
				snprintf(d->config, sizeof d->config, "%s", value);
			break;
		}
	}
}

static bool is_sshd(const char *program)
{
	char a[PATH_MAX], b[PATH_MAX];
	const char *slash = strrchr(program, '/');

	return (slash && strcmp(slash, "/sshd") == 0) ||
	       (*program == '/' && realpath(program, a) && realpath(SSHD_PROGRAM, b) &&
		strcmp(a, b) == 0);
}

bool sshd_command_options(const struct sshd_command *c, struct sshd_daemon *d)
{
	char *copy = copy_of(c->line), *rest = copy, *word;
	struct words w = { .n = 0 };
	size_t prefix = copy ? strspn(copy, "-@:+!|") : 0;
	bool named = copy && memchr(copy, '@', prefix);

	rest += prefix;
	const char *program = copy ? next_word(&rest) : NULL;
	bool yes = program && is_sshd(program);
	if (yes) {
		const char *slash = strrchr(program, '/');
		snprintf(d->program, sizeof d->program, "%s", slash ? slash + 1 : program);
	}
	if (yes && named)
		(void)next_word(&rest);
	while (yes && (word = next_word(&rest)))
		expand(c, word, &w);
	take_options(&w, d);
	for (size_t i = 0; i < w.n; i++) {
		free(w.v[i].text);
		free(w.v[i].file);
	}
	free(w.v);
	free(copy);
	return yes;
}

void sshd_command_free(struct sshd_command *c)
{
	for (size_t i = 0; i < c->n_variables; i++) {
		free(c->v[i].name);
		free(c->v[i].value);
		free(c->v[i].file);
	}
	free(c->v);
	free(c->line);
	free(c->file);
}
