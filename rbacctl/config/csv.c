#include "rbacctl/config/csv.h"

#include <string.h>

static const char separators[] = ",;\t";

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

static bool ends_line(char ch)
{
	return ch == '\0' || ch == '\n' || ch == '\r';
}

/* The first separator outside of quotes; a text of one column has none. */
static char find_separator(const char *text)
{
	bool quoted = false;

	for (const char *p = text; *p; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (ends_line(*p))
			quoted = false;
		else if (!quoted && strchr(separators, *p))
			return *p;
	}
	return ',';
}

static char *after_line_end(char *p)
{
	if (p[0] == '\r' && p[1] == '\n')
		return p + 2;
	return *p ? p + 1 : p;
}

/* A first line "sep=;" says which separator follows. */
static bool take_separator_line(struct csv *c)
{
	char *p = c->next;
	size_t quote = *p == '"';

	if (strncmp(p + quote, "sep=", 4) != 0)
		return false;
	char separator = p[quote + 4];
	char *end = p + quote + 5;
	if (!separator || !strchr(separators, separator) || (quote && *end++ != '"') ||
	    !ends_line(*end))
		return false;
	c->separator = separator;
	c->next = after_line_end(end);
	c->ended = 1;
	return true;
}

void csv_begin(struct csv *c, char *text)
{
	static const char mark[] = "\xef\xbb\xbf";

	*c = (struct csv){ .next = text };
	if (strncmp(text, mark, strlen(mark)) == 0)
		c->next += strlen(mark);
	if (!take_separator_line(c))
		c->separator = find_separator(c->next);
}

/* Skip blanks that are no separator. */
static char *skip_blanks(const struct csv *c, char *p)
{
	while (is_blank(*p) && *p != c->separator)
		p++;
	return p;
}

static bool ends_value(const struct csv *c, char ch)
{
	return ch == c->separator || ends_line(ch);
}

/* May a value in quotes go on at FROM? */
static bool goes_on(struct csv *c, const char *from)
{
	if (*from == '"')
		return from[1] == '"';
	if (c->many_lines && (*from == '\n' || (*from == '\r' && from[1] != '\n')))
		c->ended++;
	return *from && (c->many_lines || !ends_line(*from));
}

/* The value behind the quote at P, put at P; *END gets what follows the other quote. */
static char *quoted_value(struct csv *c, char *p, char **end, struct csv_record *r)
{
	char *to = p, *from = p + 1;

	while (goes_on(c, from)) {
		from += *from == '"';
		*to++ = *from++;
	}
	if (*from != '"')
		r->wrong =
			"a quote is opened and not closed on this line; expected \" at the end of "
			"the value, and \"\" for a quote in it";
	*end = from + (*from == '"');
	if (to < *end)
		*to = '\0';
	return p;
}

/* The value at P; *END gets the separator or line end behind it, whose byte is in *BEHIND. */
static char *value(struct csv *c, char *p, char **end, char *behind, struct csv_record *r)
{
	char *v = skip_blanks(c, p);

	if (*v == '"') {
		v = quoted_value(c, v, end, r);
		*end = skip_blanks(c, *end);
		if (!ends_value(c, **end) && !r->wrong)
			r->wrong = "text follows a value in quotes; expected a separator, and \"\" "
				   "for a quote in the value";
		while (!ends_value(c, **end))
			++*end;
		*behind = **end;
		return v;
	}
	*end = v;
	while (!ends_value(c, **end))
		++*end;
	*behind = **end;
	char *last = *end;
	while (last > v && is_blank(last[-1]))
		last--;
	*last = '\0';
	return v;
}

/* Read one line. False: it has no value. */
static bool read_line(struct csv *c, struct csv_record *r)
{
	char *p = c->next, *end, behind;
	bool some = false;

	c->line = ++c->ended;
	r->n = 0;
	r->wrong = NULL;
	do {
		char *v = value(c, p, &end, &behind, r);
		some |= *v != '\0' || r->wrong;
		if (r->n < r->most)
			r->v[r->n] = v;
		r->n++;
		p = end + 1;
	} while (behind == c->separator);
	/* What closed the last value may be a NUL by now. */
	c->next = behind == '\0' ? end : behind == '\r' && end[1] == '\n' ? end + 2 : end + 1;
	return some;
}

bool csv_next(struct csv *c, struct csv_record *r)
{
	while (*c->next)
		if (read_line(c, r))
			return true;
	return false;
}

void csv_put(struct buf *out, const char *value, bool last)
{
	size_t len = strlen(value);
	bool quoted = value[strcspn(value, ",;\t\"\r\n")] != '\0' ||
		      (len && (is_blank(value[0]) || is_blank(value[len - 1])));

	if (quoted)
		buf_put(out, "\"", 1);
	for (const char *p = value; *p;) {
		size_t n = strcspn(p, "\"");
		buf_put(out, p, n + (p[n] == '"'));
		if (p[n] == '"')
			buf_put(out, "\"", 1);
		p += n + (p[n] == '"');
	}
	if (quoted)
		buf_put(out, "\"", 1);
	if (last)
		buf_printf(out, "\n"); /* with a NUL behind it */
	else
		buf_put(out, ",", 1);
}
