#include "common/name.h"

#include <stdint.h>
#include <string.h>

static bool word_first(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static bool word_rest(unsigned char c)
{
	return word_first(c) || c == '-' || c == '.';
}

static bool is_word(const char *s, size_t len, size_t max)
{
	if (len == 0 || len > max || !word_first((unsigned char)s[0]))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!word_rest((unsigned char)s[i]))
			return false;
	return true;
}

bool rbac_name_is_user(const char *s, size_t len)
{
	if (len == 0 || len > RBAC_USER_MAX || s[0] == '-' || s[0] == '+')
		return false;
	if ((len == 1 && s[0] == '.') || (len == 2 && s[0] == '.' && s[1] == '.'))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= 0x20 || c >= 0x7f || strchr("%:,/\"'", c))
			return false;
	}
	return true;
}

bool rbac_name_is_group(const char *s, size_t len)
{
	return is_word(s, len, RBAC_GROUP_MAX);
}

size_t rbac_text_character(const char *text, size_t left, uint32_t *c)
{
	const unsigned char *p = (const unsigned char *)text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *p < 0x80   ? 1
		   : *p < 0xc2 ? 0
		   : *p < 0xe0 ? 2
		   : *p < 0xf0 ? 3
		   : *p < 0xf5 ? 4
			       : 0;

	if (n == 0 || n > left)
		return 0;
	*c = n == 1 ? *p : *p & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

bool rbac_text_steers(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

bool rbac_name_is_unix_group(const char *s, size_t len)
{
	if (len == 0 || len > RBAC_UNIX_GROUP_MAX || strchr("%-+ ", s[0]) || s[len - 1] == ' ')
		return false;
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c;

		n = rbac_text_character(s + i, len - i, &c);
		if (n == 0 || rbac_text_steers(c) || c == ':' || c == ',')
			return false;
	}
	return true;
}

bool rbac_name_is_word(const char *s, size_t len)
{
	return is_word(s, len, RBAC_WORD_MAX);
}

bool rbac_name_is_key(const char *s, size_t len)
{
	return is_word(s, len, RBAC_KEY_MAX);
}

unsigned rbac_name_scope_depth(const char *s, size_t len)
{
	if (len > RBAC_SCOPE_MAX)
		return 0;
	const char *colon = memchr(s, ':', len);
	if (!colon || !rbac_name_is_word(s, (size_t)(colon - s)))
		return 0;
	const char *p = colon + 1, *end = s + len;
	for (unsigned depth = 1;; depth++) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		const char *stop = slash ? slash : end;

		if (!rbac_name_is_word(p, (size_t)(stop - p)))
			return 0;
		if (!slash)
			return depth;
		p = slash + 1;
	}
}

bool rbac_name_is_scope(const char *s, size_t len)
{
	return rbac_name_scope_depth(s, len) > 0;
}
