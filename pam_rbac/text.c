#include "pam_rbac/text.h"

#include <stdbool.h>
#include <string.h>

static void put(struct rbac_text *t, const char *s, size_t len)
{
	if (len >= sizeof(t->s) - t->len)
		return;
	memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
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
