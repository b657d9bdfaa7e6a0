#define _GNU_SOURCE /* memmem */
#include "rbacctl/config/lex.h"

#include <string.h>
#include <strings.h>

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool name_rest(char c)
{
	return letter(c) || digit(c) || c == '-' || c == '_' || c == '*';
}

static bool number_rest(char c)
{
	return letter(c) || digit(c) || c == '.' || c == '_';
}

static const char *line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl : end;
}

static const char *scan_comment(const char *p, const char *end, enum policy_lex_kind *kind)
{
	*kind = LEX_COMMENT;
	if (p[0] == '#' || p[1] == '/')
		return line_end(p, end);
	const char *close = memmem(p + 2, (size_t)(end - p - 2), "*/", 2);
	if (close)
		return close + 2;
	*kind = LEX_COMMENT_OPEN;
	return end;
}

static const char *scan_string(const char *p, const char *end, enum policy_lex_kind *kind)
{
	for (p++; p < end; p++) {
		if (*p == '\\' && end - p > 1)
			p++;
		else if (*p == '"') {
			*kind = LEX_STRING;
			return p + 1;
		}
	}
	*kind = LEX_STRING_OPEN;
	return end;
}

/* Generous: whatever is glued to a number belongs to it, so that "1x" is refused as a whole. */
static const char *scan_number(const char *p, const char *end)
{
	bool hex = end - p > 1 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X');

	for (p++; p < end; p++) {
		bool exponent = !hex && (p[-1] == 'e' || p[-1] == 'E') && (*p == '+' || *p == '-');
		if (!number_rest(*p) && !exponent)
			break;
	}
	return p;
}

static bool starts_number(const char *p, const char *end)
{
	if (digit(*p))
		return true;
	if (*p == '.' || *p == '-' || *p == '+')
		return end - p > 1 && (digit(p[1]) || (p[1] == '.' && end - p > 2 && digit(p[2])));
	return false;
}

static const char *scan_word(const char *p, const char *end, enum policy_lex_kind *kind)
{
	const char *start = p;

	while (p < end && name_rest(*p))
		p++;
	size_t len = (size_t)(p - start);
	*kind = (len == 4 && strncasecmp(start, "true", 4) == 0) ||
				(len == 5 && strncasecmp(start, "false", 5) == 0)
			? LEX_BOOL
			: LEX_NAME;
	return p;
}

static const char *scan(const char *p, const char *end, enum policy_lex_kind *kind)
{
	static const char include[] = "@include";

	if (*p == '#' || (*p == '/' && end - p > 1 && (p[1] == '/' || p[1] == '*')))
		return scan_comment(p, end, kind);
	if (*p == '"')
		return scan_string(p, end, kind);
	if (letter(*p) || *p == '*')
		return scan_word(p, end, kind);
	if (starts_number(p, end)) {
		*kind = LEX_NUMBER;
		return scan_number(p, end);
	}
	if ((size_t)(end - p) >= sizeof(include) - 1 &&
	    memcmp(p, include, sizeof(include) - 1) == 0) {
		*kind = LEX_INCLUDE;
		return line_end(p, end);
	}
	*kind = *p && strchr("=:;,[](){}", *p) ? LEX_PUNCTUATION : LEX_OTHER;
	return p + 1;
}

void policy_lex_next(struct policy_lex *l, struct policy_token *t)
{
	while (l->p < l->end && *l->p && strchr(" \t\r\n\f", *l->p))
		l->line += *l->p++ == '\n';
	*t = (struct policy_token){ .kind = LEX_END, .p = l->p, .line = l->line };
	if (l->p == l->end)
		return;
	l->p = scan(t->p, l->end, &t->kind);
	t->len = (size_t)(l->p - t->p);
	for (size_t i = 0; i < t->len; i++)
		l->line += t->p[i] == '\n';
}

void policy_text_blank_comments(char *text, size_t len)
{
	struct policy_lex l = { .p = text, .end = text + len, .line = 1 };
	struct policy_token t;

	do {
		policy_lex_next(&l, &t);
		if (t.kind != LEX_COMMENT && t.kind != LEX_COMMENT_OPEN)
			continue;
		for (char *p = text + (t.p - text), *end = p + t.len; p < end; p++)
			if (*p != '\n' && *p != '\r')
				*p = ' ';
	} while (t.kind != LEX_END);
}
