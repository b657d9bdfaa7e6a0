#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/error.h"
#include "rbacctl/model/grammar.h"
#include "rbacctl/model/model.h"

/* What a login rule may ask beside who: the hour, and where from. */

enum { DAY_MINUTES = 24 * 60, ALL_DAYS = 0x7f };

static const char day_names[7][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static int day(const char **p)
{
	for (int i = 0; i < 7; i++)
		if (strncasecmp(*p, day_names[i], 3) == 0) {
			*p += 3;
			return i;
		}
	return -1;
}

/* "Mon-Fri", "Sat,Sun", "Fri-Mon,Wed". */
static bool days(const char **p, uint8_t *out)
{
	*out = 0;
	do {
		int first = day(p), last = first;
		if (first >= 0 && **p == '-') {
			(*p)++;
			last = day(p);
		}
		if (first < 0 || last < 0)
			return false;
		for (int i = first;; i = (i + 1) % 7) {
			*out |= (uint8_t)(1u << i);
			if (i == last)
				break;
		}
	} while (**p == ',' && (*p)++);
	return true;
}

/* HH:MM up to 24:00, in minutes; -1: no. */
static int minutes(const char **p)
{
	const char *s = *p;

	for (int i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : (s[i] < '0' || s[i] > '9'))
			return -1;
	int hour = (s[0] - '0') * 10 + s[1] - '0', minute = (s[3] - '0') * 10 + s[4] - '0';
	*p += 5;
	return minute > 59 || hour * 60 + minute > DAY_MINUTES ? -1 : hour * 60 + minute;
}

int policy_hours_parse(const char *text, struct policy_hours *out)
{
	const char *p = text;
	uint8_t on = ALL_DAYS;
	int start = 0, end = DAY_MINUTES;

	if (*p < '0' || *p > '9') {
		if (!days(&p, &on) || (*p && *p++ != ' '))
			return RBAC_INVALID;
		if (!*p && p[-1] == ' ')
			return RBAC_INVALID;
	}
	if (*p) {
		start = minutes(&p);
		end = start >= 0 && *p == '-' ? (p++, minutes(&p)) : -1;
		/* 08:00-08:00 might be no time or all day: neither is guessed. */
		if (end < 0 || *p || start == end || start == DAY_MINUTES || end == 0)
			return RBAC_INVALID;
	}
	*out = (struct policy_hours){ .days = on, .start = (uint16_t)start, .end = (uint16_t)end };
	return RBAC_OK;
}

/* ---- from ---- */

static bool only_zero_after(const uint8_t *bytes, unsigned len, unsigned prefix)
{
	for (unsigned i = prefix; i < len * 8; i++)
		if (bytes[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

/* Up to MAX, without sign or leading zeros. */
static int prefix_length(const char *text, int max)
{
	int n = 0;

	if (!*text || strlen(text) > 3 || (text[0] == '0' && text[1]))
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		n = n * 10 + (*text - '0');
	}
	return n <= max ? n : -1;
}

/* An address or a network. A mapped one (RFC 4291 section 2.5.5.2) is the IPv4 address it stands
 * for. */
static int parse_address(const char *text, struct policy_from *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char address[INET6_ADDRSTRLEN + 1];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	bool six = memchr(text, ':', len) != NULL;

	if (len >= sizeof(address))
		return RBAC_INVALID;
	memcpy(address, text, len);
	address[len] = '\0';
	*out = (struct policy_from){ .type = six ? RBAC_FROM_IPV6 : RBAC_FROM_IPV4,
				     .len = six ? 16 : 4 };
	if (inet_pton(six ? AF_INET6 : AF_INET, address, out->bytes) != 1)
		return RBAC_INVALID;
	int prefix = slash ? prefix_length(slash + 1, out->len * 8) : out->len * 8;
	if (prefix < 0 || !only_zero_after(out->bytes, out->len, (unsigned)prefix))
		return RBAC_INVALID;
	out->prefix = (uint8_t)prefix;
	if (six && prefix >= 96 && memcmp(out->bytes, mapped, sizeof(mapped)) == 0) {
		memmove(out->bytes, out->bytes + 12, 4);
		memset(out->bytes + 4, 0, 12);
		out->type = RBAC_FROM_IPV4;
		out->len = 4;
		out->prefix = (uint8_t)(prefix - 96);
	}
	return RBAC_OK;
}

static bool label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Labels of 1 to 63 bytes (RFC 1035 section 2.3.4). The last is no number: "10.0.0" is half an
 * address. */
static bool is_host(const char *s, size_t len)
{
	size_t label = 0;
	bool letters = false;

	for (size_t i = 0; i <= len; i++) {
		if (i == len || s[i] == '.') {
			if (label < 1 || label > 63 || s[i - 1] == '-')
				return false;
			if (i < len)
				letters = false;
			label = 0;
			continue;
		}
		if (!label_byte(s[i]) || (s[i] == '-' && label == 0))
			return false;
		letters |= s[i] < '0' || s[i] > '9';
		label++;
	}
	return letters;
}

/* host.example.org; .example.org is every host below that, and is kept with its dot. */
static int parse_host(const char *text, struct policy_from *out)
{
	size_t len = strlen(text), dot = text[0] == '.';

	if (len > sizeof(out->bytes))
		return RBAC_INVALID;
	*out = (struct policy_from){ .type = dot ? RBAC_FROM_DOMAIN : RBAC_FROM_HOST,
				     .len = (uint8_t)len };
	for (size_t i = 0; i < len; i++)
		out->bytes[i] = (uint8_t)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32
									   : text[i]);
	return is_host((const char *)out->bytes + dot, len - dot) ? RBAC_OK : RBAC_INVALID;
}

int policy_from_parse(const char *text, struct policy_from *out)
{
	int err = parse_address(text, out);

	return err == RBAC_OK || strpbrk(text, ":/") ? err : parse_host(text, out);
}

/* tty1, ttyS0, pts/3, :0, /dev/tty1, console: where somebody sits, which PAM tells as the terminal.
 */
static bool is_terminal(const char *s)
{
	if (strncmp(s, "/dev/", 5) == 0 || strncmp(s, "pts/", 4) == 0 || strcmp(s, "console") == 0)
		return true;
	if (*s == ':')
		return s[1] && strspn(s + 1, "0123456789.") == strlen(s + 1);
	if (strncmp(s, "tty", 3) != 0 && strncmp(s, "hvc", 3) != 0)
		return false;
	s += 3;
	s += strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return *s && strspn(s, "0123456789") == strlen(s);
}

static const char *from_foreign(const char *text)
{
	size_t len = strlen(text);

	if (strcasecmp(text, "ALL") == 0)
		return "leave from out, then the rule holds everywhere";
	if (strcasecmp(text, "LOCAL") == 0)
		return "a local login has none; name the services that are local (login, cron) "
		       "in a rule without from";
	if (strcasecmp(text, "EXCEPT") == 0)
		return "there is no exception, name the networks that are meant";
	if (is_terminal(text))
		return "it is a terminal; name the service (login) in a rule without from";
	if (text[0] == '@')
		return "netgroups are not known here, name networks or a .domain";
	if (text[0] == '*' || strchr(text, '*'))
		return "there are no wildcards, \".example.org\" is every host below that";
	if (len > 1 && text[len - 1] == '.' && strspn(text, "0123456789.") == len)
		return "expected a network with its prefix, like \"192.0.2.0/24\"";
	return NULL;
}

/* ---- as entries of the record ---- */

static size_t from_encode(const char *text, uint8_t entry[POLICY_CONDITION_ENTRY_MAX])
{
	struct policy_from f;
	if (policy_from_parse(text, &f) != RBAC_OK)
		return 0;
	entry[0] = f.type;
	entry[1] = f.prefix;
	entry[2] = f.len;
	memcpy(entry + 3, f.bytes, f.len);
	return 3 + (size_t)f.len;
}

static size_t hours_encode(const char *text, uint8_t entry[POLICY_CONDITION_ENTRY_MAX])
{
	struct policy_hours h;
	if (policy_hours_parse(text, &h) != RBAC_OK)
		return 0;
	entry[0] = h.days;
	entry[1] = (uint8_t)h.start;
	entry[2] = (uint8_t)(h.start >> 8);
	entry[3] = (uint8_t)h.end;
	entry[4] = (uint8_t)(h.end >> 8);
	return 5;
}

static const struct policy_condition_kind conditions[] = {
	[RBAC_CONDITION_FROM] = { L_FROM, "is no remote host", "everywhere",
				  "an address, a network (10.0.0.0/8: no bits behind the prefix), "
				  "a host name or a .domain",
				  "from", from_foreign, from_encode },
	[RBAC_CONDITION_HOURS] = { L_HOURS, "is no time of the day", "always",
				   "like \"Mon-Fri 08:00-18:00\", \"Sat,Sun\" or \"22:00-06:00\"",
				   "within the hours", NULL, hours_encode },
};
_Static_assert(sizeof conditions / sizeof *conditions == RBAC_CONDITIONS,
	       "a row for each enum rbac_condition");
const struct policy_condition_kind *const policy_conditions = conditions;

bool policy_login_names_hosts(const struct policy_login *l)
{
	const struct policy_condition *from = &l->conditions[RBAC_CONDITION_FROM];
	const uint8_t *p = from->entries;
	for (size_t i = 0; i < from->texts.n; i++) {
		if (p[0] == RBAC_FROM_HOST || p[0] == RBAC_FROM_DOMAIN)
			return true;
		p += rbac_condition_entry_size(RBAC_CONDITION_FROM, p);
	}
	return false;
}
