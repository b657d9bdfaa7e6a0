#include "rbacctl/plain_text.h"

#include <stdio.h>
#include <string.h>

#include "common/name.h"

enum { CHARACTER_MAX = 4 }; /* bytes of one in UTF-8 */

size_t plain_text_character(const char *text)
{
	uint32_t c;
	size_t len = rbac_text_character(text, strnlen(text, CHARACTER_MAX), &c);

	return len && rbac_text_steers(c) ? 0 : len;
}

bool plain_text_is(const char *text)
{
	for (size_t len; *text; text += len)
		if (!(len = plain_text_character(text)))
			return false;
	return true;
}

/* One character of TEXT; how many bytes of it that was. */
static size_t escape_one(struct buf *out, const char *text)
{
	size_t len = plain_text_character(text);

	if (len)
		buf_put(out, text, len);
	else
		buf_printf(out, "\\%03o", (unsigned char)*text);
	return len ? len : 1;
}

void plain_text_escape(struct buf *out, const char *text)
{
	while (*text)
		text += escape_one(out, text);
	buf_printf(out, "%s", ""); /* a NUL behind the end */
}

void plain_text_lines(struct buf *out, const char *text)
{
	while (*text) {
		if (*text == '\n')
			buf_put(out, text++, 1);
		else
			text += escape_one(out, text);
	}
	buf_printf(out, "%s", "");
}

void plain_text_print(const char *text)
{
	struct buf shown = { 0 };

	plain_text_lines(&shown, text);
	fputs(shown.failed ? "(out of memory)\n" : buf_text(&shown), stdout);
	buf_free(&shown);
}

void plain_text_tame(char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c = 0;
		n = rbac_text_character(text + i, len - i, &c);
		bool harmless = n && (!rbac_text_steers(c) || c == '\n' || c == '\t');
		n = n ? n : 1;
		if (!harmless)
			memset(text + i, '?', n);
	}
}
