#define _GNU_SOURCE /* stpcpy */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/config/syntax.h"

#include "rbacctl/config/lex.h"

/*
 * libconfig 1.5's grammar (its manual, section "Configuration Files"), walked before libconfig
 * does: it says "syntax error" and a line, and misreads silently what is refused here as a trap.
 */

enum { DEPTH_MAX = 16, SHOWN_MAX = 40 };

struct syntax {
	struct policy_lex lex;
	struct policy_token t; /* the one looked at */
	const char *file;
	struct problems *problems;
	unsigned depth;
};

static struct policy_pos at(const struct syntax *s, unsigned line)
{
	return (struct policy_pos){ .file = s->file, .line = line };
}

static void advance(struct syntax *s)
{
	do
		policy_lex_next(&s->lex, &s->t);
	while (s->t.kind == LEX_COMMENT);
}

static bool is_mark(const struct syntax *s, char c)
{
	return s->t.kind == LEX_PUNCTUATION && *s->t.p == c;
}

/* What stands there, for people. OUT holds SHOWN_MAX + 8 bytes. */
static const char *shown(const struct policy_token *t, char *out)
{
	size_t len = t->len < SHOWN_MAX ? t->len : SHOWN_MAX, n = 0;
	bool quoted = t->kind == LEX_STRING;

	if (t->kind == LEX_END)
		return "the end of the file";
	if (!quoted)
		out[n++] = '"';
	for (size_t i = 0; i < len; i++)
		out[n++] = t->p[i] >= 0x20 && t->p[i] < 0x7f ? t->p[i] : '?';
	if (len < t->len)
		n = (size_t)(stpcpy(out + n, "...") - out);
	if (!quoted || len < t->len)
		out[n++] = '"';
	out[n] = '\0';
	return out;
}

/* The file cannot be read on from here. */
static bool stop(struct syntax *s, const char *expected)
{
	char text[SHOWN_MAX + 8];

	switch (s->t.kind) {
	case LEX_COMMENT_OPEN:
		problem_error(s->problems, at(s, s->t.line), "comment is not closed, expected */");
		break;
	case LEX_STRING_OPEN:
		problem_error(s->problems, at(s, s->t.line),
			      "string is not closed, expected \" before the end of the line");
		break;
	case LEX_INCLUDE:
		problem_error(s->problems, at(s, s->t.line),
			      "@include is refused, put the file into policy.d instead");
		break;
	case LEX_OTHER:
		if ((unsigned char)*s->t.p < 0x20 || (unsigned char)*s->t.p >= 0x7f) {
			problem_error(s->problems, at(s, s->t.line),
				      "byte 0x%02x outside of a string, expected %s",
				      (unsigned char)*s->t.p, expected);
			break;
		}
		/* fall through */
	default:
		problem_error(s->problems, at(s, s->t.line), "found %s, expected %s",
			      shown(&s->t, text), expected);
	}
	return false;
}

/* ---- traps: libconfig silently takes these for something else ---- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool check_string(struct syntax *s)
{
	const struct policy_token *t = &s->t;

	if (memchr(t->p, '\n', t->len)) {
		problem_error(s->problems, at(s, t->line),
			      "string is not closed, expected \" before the end of the line");
		return false;
	}
	for (size_t i = 1; i + 1 < t->len; i++) {
		if (t->p[i] == '\0') {
			problem_error(s->problems, at(s, t->line), "string holds a NUL byte");
			return true;
		}
		if (t->p[i] != '\\')
			continue;
		i++;
		bool hex = i + 3 < t->len && (t->p[i] | 0x20) == 'x' &&
			   hex_value(t->p[i + 1]) >= 0 && hex_value(t->p[i + 2]) >= 0;
		if (!hex && t->p[i] != '\\' && t->p[i] != '"') {
			problem_error(s->problems, at(s, t->line),
				      "\\%c in a string %s: write \\\\ where a backslash is meant",
				      t->p[i] >= 0x20 && t->p[i] < 0x7f ? t->p[i] : '?',
				      strchr("abnrtvf", t->p[i])
					      ? "would become a control character"
					      : "is no escape that is known");
			return true;
		}
		if (hex && hex_value(t->p[i + 1]) == 0 && hex_value(t->p[i + 2]) == 0) {
			problem_error(s->problems, at(s, t->line),
				      "\\x00 in a string would end it there, leave it out");
			return true;
		}
	}
	return true;
}

/* Is T a float as libconfig reads it? Such a number is no trap: its type is wrong wherever it
 * stands, and said so later. */
static bool is_float(const struct policy_token *t)
{
	char text[64], *end;

	if (t->len >= sizeof(text) || memchr(t->p, '_', t->len))
		return false;
	memcpy(text, t->p, t->len);
	text[t->len] = '\0';
	if (strpbrk(text, "xXnNiIpP"))
		return false;
	strtod(text, &end);
	return *end == '\0';
}

static bool check_number(struct syntax *s)
{
	const char *p = s->t.p, *end = p + s->t.len;
	bool negative = *p == '-', hex, over = false;
	char text[SHOWN_MAX + 8];
	uint64_t n = 0;

	p += *p == '-' || *p == '+';
	if (end - p > 1 && p[0] == '0' && p[1] >= '0' && p[1] <= '9') {
		problem_error(
			s->problems, at(s, s->t.line),
			"number %s begins with 0, and would be taken as decimal: leave out the 0, "
			"or write 0x for hexadecimal",
			shown(&s->t, text));
		return true;
	}
	hex = p == s->t.p && end - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x';
	p += hex ? 2 : 0;
	for (; p < end; p++) {
		int d = hex_value(*p);
		if (d < 0 || (!hex && d > 9))
			break;
		n = n * (hex ? 16 : 10) + (unsigned)d;
		over |= n > 0x7fffffffu + (uint64_t)negative;
		n = over ? 0x80000001u : n;
	}
	bool suffix = p < end &&
		      ((end - p == 1 && *p == 'L') || (end - p == 2 && memcmp(p, "LL", 2) == 0));
	if (p < end && !suffix) {
		if (is_float(&s->t))
			return true;
		return stop(s, "a number (of digits alone), or a string in \"...\"");
	}
	if (suffix)
		problem_error(s->problems, at(s, s->t.line),
			      "number %s: leave out the L, numbers go from "
			      "-2147483648 to 2147483647 here",
			      shown(&s->t, text));
	else if (over)
		problem_error(s->problems, at(s, s->t.line),
			      "number %s is out of range, numbers go from -2147483648 "
			      "to 2147483647 (0x7fffffff) here",
			      shown(&s->t, text));
	return true;
}

/* ---- the grammar ---- */

static bool value(struct syntax *s);
static bool settings(struct syntax *s, bool nested);

static bool enter(struct syntax *s)
{
	if (++s->depth <= DEPTH_MAX)
		return true;
	problem_error(s->problems, at(s, s->t.line), "nested more than %d deep", DEPTH_MAX);
	return false;
}

/* [ scalars ] or ( values ), separated by commas; libconfig 1.5 takes none after the last. */
static bool elements(struct syntax *s, char close)
{
	unsigned line = s->t.line;
	char expected[64];

	snprintf(expected, sizeof(expected), "a value or %c (of the %c in line %u)", close,
		 close == ']' ? '[' : '(', line);
	advance(s);
	if (is_mark(s, close)) {
		advance(s);
		return true;
	}
	for (;;) {
		if (close == ']' && (is_mark(s, '[') || is_mark(s, '(') || is_mark(s, '{')))
			return stop(s, "strings or numbers in [ ], use ( ) for a list of groups");
		if (is_mark(s, close) || is_mark(s, ','))
			return stop(s, is_mark(s, close)
					       ? "a value after the comma: leave out the last comma"
					       : "a value");
		if (!value(s))
			return false;
		if (is_mark(s, close))
			break;
		if (!is_mark(s, ',')) {
			snprintf(expected, sizeof(expected), "a comma or %c (of the %c in line %u)",
				 close, close == ']' ? '[' : '(', line);
			return stop(s, expected);
		}
		advance(s);
	}
	advance(s);
	return true;
}

static bool string(struct syntax *s)
{
	char first[SHOWN_MAX + 8], second[SHOWN_MAX + 8];
	const struct policy_token before = s->t;

	if (!check_string(s))
		return false;
	advance(s);
	while (s->t.kind == LEX_STRING) {
		problem_error(s->problems, at(s, s->t.line),
			      "%s follows %s without a comma: they would be joined into one string",
			      shown(&s->t, second), shown(&before, first));
		if (!check_string(s))
			return false;
		advance(s);
	}
	return true;
}

static bool group(struct syntax *s)
{
	unsigned line = s->t.line;
	char expected[64];

	advance(s);
	if (!settings(s, true))
		return false;
	if (!is_mark(s, '}')) {
		snprintf(expected, sizeof(expected), "a setting's name or } (of the { in line %u)",
			 line);
		return stop(s, expected);
	}
	advance(s);
	return true;
}

static bool value(struct syntax *s)
{
	bool ok;

	if (s->t.kind == LEX_STRING)
		return string(s);
	if (s->t.kind == LEX_NUMBER || s->t.kind == LEX_BOOL) {
		if (s->t.kind == LEX_NUMBER && !check_number(s))
			return false;
		advance(s);
		return true;
	}
	if (!is_mark(s, '[') && !is_mark(s, '(') && !is_mark(s, '{'))
		return stop(s, s->t.kind == LEX_NAME
				       ? "a value: strings stand in \"...\", true and false without"
				       : "a value");
	if (!enter(s))
		return false;
	if (is_mark(s, '{'))
		ok = group(s);
	else
		ok = elements(s, is_mark(s, '[') ? ']' : ')');
	s->depth--;
	return ok;
}

static bool settings(struct syntax *s, bool nested)
{
	char text[SHOWN_MAX + 8];

	while (s->t.kind == LEX_NAME) {
		struct policy_token name = s->t;
		advance(s);
		if (!is_mark(s, '=') && !is_mark(s, ':')) {
			char expected[sizeof(text) + 32];
			snprintf(expected, sizeof(expected), "= after the name %s",
				 shown(&name, text));
			return stop(s, expected);
		}
		advance(s);
		if (!value(s))
			return false;
		if (is_mark(s, ';') || is_mark(s, ','))
			advance(s);
	}
	return nested || s->t.kind == LEX_END ||
	       stop(s, "a setting's name (a letter first, then letters, digits, - and _)");
}

bool policy_syntax_check(const char *file, const char *text, size_t len, struct problems *problems)
{
	struct syntax s = {
		.lex = { .p = text, .end = text + len, .line = 1 },
		.file = file,
		.problems = problems,
	};
	size_t before = problems->errors;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		problem_error(problems, at(&s, 1),
			      "the file begins with a byte order mark (EF BB BF): "
			      "save it as UTF-8 without one");
		return false;
	}
	advance(&s);
	(void)settings(&s, false);
	return problems->errors == before;
}
