/* Any bytes where a name, a time, an address, hours, or the words of a PAM line stand. The first
 * byte picks which. */
#include <string.h>

#include "common/error.h"
#include "common/match.h"
#include "common/name.h"
#include "pam_rbac/options.h"
#include "pam_rbac/text.h"
#include "rbacctl/model/model.h"
#include "tests/fuzz/fuzz.h"

static void as_name(const char *s, size_t len)
{
	bool user = rbac_name_is_user(s, len), group = rbac_name_is_group(s, len),
	     word = rbac_name_is_word(s, len);
	claim(!user || (len > 0 && len <= RBAC_USER_MAX && !memchr(s, ':', len) &&
			!memchr(s, '\0', len) && s[0] != '-' && s[0] != '%'));
	claim(!group || (len <= RBAC_GROUP_MAX && word));
	claim(!rbac_name_is_unix_group(s, len) ||
	      (len <= RBAC_UNIX_GROUP_MAX && !memchr(s, 0x1b, len) && !memchr(s, ':', len) &&
	       s[0] != '%'));
	claim(!word || (rbac_name_is_key(s, len) && !memchr(s, '/', len)));
	claim(rbac_name_is_scope(s, len) == (rbac_name_scope_depth(s, len) > 0));
}

static void as_time(const char *s)
{
	char text[32];
	int64_t t, again;
	if (policy_time_parse(s, &t) == RBAC_OK) {
		policy_time_print(t, text);
		/* An offset can lead out of the years 0 to 9999: "the end of time" then. */
		claim(text[0] == 't' || (policy_time_parse(text, &again) == RBAC_OK && again == t));
	}
	if (policy_duration_parse(s, &t) == RBAC_OK)
		claim(t >= 1 && t <= (int64_t)100 * 366 * 86400);
}

static void as_condition(const char *s)
{
	struct policy_hours hours;
	struct policy_from from;
	if (policy_hours_parse(s, &hours) == RBAC_OK) {
		claim(hours.days && hours.days < 128 && hours.start < 1440 && hours.end <= 1440);
		for (int64_t t = 0; t < 8 * 86400; t += 3541)
			rbac_hours_match(hours.days, hours.start, hours.end, t);
	}
	if (policy_from_parse(s, &from) == RBAC_OK)
		rbac_from_match(from.type, from.prefix,
				(struct rbac_bytes){ (const uint8_t *)from.bytes, from.len },
				"192.0.2.1");
}

/* The remote host is whatever the other side says it is. */
static void as_rhost(const char *s)
{
	static const uint8_t four[] = { 192, 0, 2, 0 }, six[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	static const char domain[] = "example.org";
	rbac_from_match(RBAC_FROM_IPV4, 24, (struct rbac_bytes){ four, 4 }, s);
	rbac_from_match(RBAC_FROM_IPV6, 32, (struct rbac_bytes){ six, 16 }, s);
	bool host = rbac_from_match(
		RBAC_FROM_HOST, 0,
		(struct rbac_bytes){ (const uint8_t *)domain, sizeof domain - 1 }, s);
	bool below = rbac_from_match(
		RBAC_FROM_DOMAIN, 0,
		(struct rbac_bytes){ (const uint8_t *)domain, sizeof domain - 1 }, s);
	claim(!(host && below));
	claim(!below || strlen(s) >= sizeof domain + 1);
}

static void as_options(char *s, size_t len)
{
	const char *argv[16], *name;
	int argc = 0, arg = 0;
	size_t at = 0, n, names = 0;
	struct rbac_options o;
	for (char *p = s; p < s + len && argc < 16; p += strlen(p) + 1)
		argv[argc++] = p;
	rbac_options_parse(&o, argc, argv);
	while (rbac_options_names(&o, "exempt_user=", &arg, &at, &name, &n)) {
		claim(n > 0 && !memchr(name, ',', n) && ++names <= len);
		char *whole = strndup(name, n);
		claim(whole && rbac_options_exempt_user(&o, whole));
		free(whole);
	}
	claim(!rbac_options_exempt_user(&o, ""));
}

static void as_log(const char *s, size_t len)
{
	struct rbac_text t = { 0 };
	for (int i = 0; i < 20; i++)
		rbac_text_field(&t, "user", s, len);
	claim(t.len < sizeof t.s && t.s[t.len] == '\0');
	for (size_t i = 0; i < t.len; i++)
		claim(t.s[i] >= 0x20 && t.s[i] <= 0x7e && t.s[i] != '\'' && t.s[i] != '`');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	/* Of just this size, for the sanitizer to see what is read beyond. */
	char *s = malloc(size);
	if (!s)
		return 0;
	memcpy(s, data + 1, size - 1);
	s[size - 1] = '\0';
	switch (data[0] % 6) {
	case 0:
		as_name(s, size - 1);
		break;
	case 1:
		as_time(s);
		break;
	case 2:
		as_condition(s);
		break;
	case 3:
		as_rhost(s);
		break;
	case 4:
		as_options(s, size);
		break;
	default:
		as_log(s, size - 1);
	}
	free(s);
	return 0;
}
