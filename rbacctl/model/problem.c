#define _GNU_SOURCE /* vasprintf */
#include "rbacctl/model/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/plain_text.h"

enum {
	NEAREST_MAX = 128, /* longer words are no misspelt names */
	PART_MIN = 3,      /* shorter words stand in many names */
	EXCERPT_MAX = 5,   /* errors */
};

static bool grow(struct problems *p)
{
	if (p->n & (p->n - 1) && p->n)
		return true;
	struct problem *v = reallocarray(p->v, p->n ? p->n * 2 : 1, sizeof(*v));
	if (!v)
		return false;
	p->v = v;
	return true;
}

static __attribute__((format(printf, 4, 0))) void add(struct problems *p, struct policy_pos at,
						      enum problem_kind kind, const char *fmt,
						      va_list ap)
{
	char *file = strdup(at.file ? at.file : "configuration"), *text = NULL;

	p->warnings += kind == PROBLEM_WARNING;
	p->errors += kind == PROBLEM_ERROR;
	if (file && vasprintf(&text, fmt, ap) >= 0 && grow(p)) {
		plain_text_tame(text);
		p->v[p->n++] = (struct problem){
			.file = file, .line = at.line, .kind = kind, .text = text
		};
		return;
	}
	/* A problem that cannot be told must not pass for none. */
	if (kind != PROBLEM_ERROR)
		p->errors++;
	free(file);
	free(text);
}

void problem_error(struct problems *p, struct policy_pos at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, at, PROBLEM_ERROR, fmt, ap);
	va_end(ap);
}

void problem_warn(struct problems *p, struct policy_pos at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, at, PROBLEM_WARNING, fmt, ap);
	va_end(ap);
}

void problem_note(struct problems *p, struct policy_pos at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, at, PROBLEM_NOTE, fmt, ap);
	va_end(ap);
}

void problems_excerpt(const struct problems *p, struct buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct problem *x = &p->v[i];
		if (x->kind != PROBLEM_ERROR || shown++ >= EXCERPT_MAX)
			continue;
		buf_printf(out, "  %s", x->file);
		if (x->line)
			buf_printf(out, ":%u", x->line);
		buf_printf(out, ": %s\n", x->text);
	}
	if (shown > EXCERPT_MAX)
		buf_printf(out, "  and %zu more\n", shown - EXCERPT_MAX);
}

void problems_free(struct problems *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].file);
		free(p->v[i].text);
	}
	free(p->v);
	memset(p, 0, sizeof(*p));
}

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: insert, delete, replace, or swap two neighbours; each costs 1. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned rows[3][NEAREST_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t k = 0; k <= m; k++)
		last[k] = (unsigned)k;
	for (size_t i = 1; i <= n; i++) {
		now[0] = (unsigned)i;
		for (size_t k = 1; k <= m; k++) {
			now[k] = min(min(last[k] + 1, now[k - 1] + 1),
				     last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				now[k] = min(now[k], before[k - 2] + 1);
		}
		unsigned *t = before;
		before = last;
		last = now;
		now = t;
	}
	return last[m];
}

/* Is WORD some of the parts of NAME that "-", ".", "_", ":" and "/" divide, one after the other? */
static bool is_part(const char *word, size_t len, const char *name)
{
	static const char between[] = "-._:/";
	for (const char *at = strstr(name, word); at; at = strstr(at + 1, word))
		if ((at == name || strchr(between, at[-1])) &&
		    (!at[len] || strchr(between, at[len])))
			return true;
	return false;
}

const char *problem_nearest(const char *word, const char *const *names, size_t n)
{
	size_t len = strlen(word);
	size_t limit = (len / 3 ? len / 3 : 1) + 1; /* below this */
	const char *best = NULL;

	if (len < 2 || len > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < n && limit > 0; i++) {
		size_t other = strlen(names[i]);
		if (other > NEAREST_MAX || (other > len ? other - len : len - other) >= limit)
			continue;
		unsigned d = distance(word, len, names[i], other);
		if (d < limit) {
			best = names[i];
			limit = d;
		}
	}
	if (best)
		return best;
	for (size_t i = 0; i < n; i++) {
		if (len < PART_MIN || !is_part(word, len, names[i]))
			continue;
		if (best)
			return NULL;
		best = names[i];
	}
	return best;
}
