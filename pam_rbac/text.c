#include "pam_rbac/text.h"

#include <stdbool.h>
#include <string.h>

/* False: it does not fit, and nothing was written. */
static bool put(struct rbac_text *t, const char *s, size_t len)
{
	if (len >= sizeof(t->s) - t->len)
		return false;
	memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
	return true;
}

void rbac_text_put(struct rbac_text *t, const char *s)
{
	put(t, s, strlen(s));
}

void rbac_text_number(struct rbac_text *t, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	put(t, digits + at, sizeof(digits) - at);
}

void rbac_text_escaped(struct rbac_text *t, const void *p, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *c = p;

	for (size_t i = 0, room = RBAC_TEXT_FIELD; i < len; i++) {
		const char escape[4] = { '\\', 'x', hex[c[i] >> 4], hex[c[i] & 15] };
		bool plain = c[i] >= 0x20 && c[i] <= 0x7e && !strchr("\"'\\`", c[i]);
		size_t takes = plain ? 1 : sizeof(escape);

		if (takes > room) {
			rbac_text_put(t, "...");
			return;
		}
		put(t, plain ? (const char *)&c[i] : escape, takes);
		room -= takes;
	}
}

/* Is WORD made of bytes that have no meaning for a shell? */
static bool is_plain(const char *word)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+:,./-";

	return *word && word[strspn(word, plain)] == '\0';
}

static bool is_shown(unsigned char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static bool put_octal(struct rbac_text *t, unsigned char c)
{
	const char escape[4] = { '\\', (char)('0' + (c >> 6)), (char)('0' + (c >> 3 & 7)),
				 (char)('0' + (c & 7)) };

	return put(t, escape, sizeof(escape));
}

bool rbac_text_word(struct rbac_text *t, const char *word)
{
	bool fits = true;

	if (is_plain(word))
		return put(t, word, strlen(word));
	if (!*word)
		return put(t, "''", 2);
	while (*word && fits) {
		bool shown = is_shown((unsigned char)*word);

		if (*word == '\'') {
			fits = put(t, "\\'", 2);
			word++;
			continue;
		}
		fits = put(t, shown ? "'" : "$'", shown ? 1 : 2);
		for (; *word && fits && *word != '\'' && is_shown((unsigned char)*word) == shown;
		     word++)
			fits = shown ? put(t, word, 1) : put_octal(t, (unsigned char)*word);
		fits = fits && put(t, "'", 1);
	}
	return fits;
}

void rbac_text_cut(struct rbac_text *t, size_t len)
{
	t->len = len;
	t->s[len] = '\0';
}

void rbac_text_field(struct rbac_text *t, const char *key, const void *p, size_t len)
{
	rbac_text_put(t, " ");
	rbac_text_put(t, key);
	rbac_text_put(t, "=\"");
	rbac_text_escaped(t, p, len);
	rbac_text_put(t, "\"");
}

void rbac_text_count(struct rbac_text *t, const char *key, uint64_t n)
{
	rbac_text_put(t, " ");
	rbac_text_put(t, key);
	rbac_text_put(t, "=");
	rbac_text_number(t, n);
}
