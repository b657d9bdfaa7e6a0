#include "rbacctl/plain_text.h"

#include <string.h>

#include "common/name.h"

enum { CHARACTER_MAX = 4 };   /* bytes of one in UTF-8 */

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

void plain_text_escape(struct buf *out, const char *text)
{
	for (size_t len; *text; text += len ? len : 1) {
		len = plain_text_character(text);
		if (len)
			buf_printf(out, "%.*s", (int)len, text);
		else
			buf_printf(out, "\\%03o", (unsigned char)*text);
	}
}
