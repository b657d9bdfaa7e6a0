#include "common/match.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	V4_LEN = 4,
	V6_LEN = 16,
	MAPPED_LEN = 12,
	MAPPED_BITS = 96,
	RHOST_MAX = 1025 /* NI_MAXHOST, getnameinfo(3) */
};

/* 4 or 16 bytes; 0: not an address. */
struct address {
	uint8_t bytes[V6_LEN];
	unsigned len;
};

static bool is_mapped(const uint8_t *v6)
{
	static const uint8_t mapped[MAPPED_LEN] = { [10] = 0xff, [11] = 0xff };

	return memcmp(v6, mapped, MAPPED_LEN) == 0;
}

static struct address address_parse(const char *text)
{
	struct address a = { .len = 0 };
	char plain[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	if (len >= sizeof(plain))
		return a;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (text[len] == '\0' && inet_pton(AF_INET, plain, a.bytes) == 1) {
		a.len = V4_LEN;
	} else if (inet_pton(AF_INET6, plain, a.bytes) == 1) {
		a.len = V6_LEN;
		if (is_mapped(a.bytes)) {
			memmove(a.bytes, a.bytes + MAPPED_LEN, V4_LEN);
			a.len = V4_LEN;
		}
	}
	return a;
}

static bool prefix_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) & (0xff << (8 - rest) & 0xff)) == 0;
}

static bool net_match(struct rbac_bytes net, unsigned prefix, const struct address *a)
{
	/* A network within ::ffff:0:0/96 is an IPv4 network, as the address is (is_mapped). */
	if (net.len == V6_LEN && prefix >= MAPPED_BITS && is_mapped(net.p)) {
		net.p += MAPPED_LEN;
		net.len = V4_LEN;
		prefix -= MAPPED_BITS;
	}
	return a->len == net.len && prefix <= net.len * 8 && prefix_equal(a->bytes, net.p, prefix);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool names_equal(const uint8_t *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower((uint8_t)b[i]))
			return false;
	return true;
}

static bool name_match(uint8_t type, struct rbac_bytes value, const char *rhost)
{
	size_t len = strnlen(rhost, RHOST_MAX);

	if (len == RHOST_MAX)
		return false;
	if (len > 0 && rhost[len - 1] == '.')
		len--;
	if (value.len > 0 && value.p[value.len - 1] == '.')
		value.len--;
	if (type == RBAC_FROM_DOMAIN && value.len > 0 && value.p[0] == '.') {
		value.p++;
		value.len--;
	}
	if (value.len == 0)
		return false;
	if (type == RBAC_FROM_HOST)
		return len == value.len && names_equal(value.p, rhost, len);
	/* At least one character and a dot come before the name of the domain. */
	if (len < value.len + 2 || rhost[len - value.len - 1] != '.')
		return false;
	return names_equal(value.p, rhost + len - value.len, value.len);
}

bool rbac_from_match(uint8_t type, uint8_t prefix, struct rbac_bytes value, const char *rhost)
{
	if (!rhost || !*rhost)
		return false;
	struct address a = address_parse(rhost);
	switch (type) {
	case RBAC_FROM_IPV4:
		return value.len == V4_LEN && net_match(value, prefix, &a);
	case RBAC_FROM_IPV6:
		return value.len == V6_LEN && net_match(value, prefix, &a);
	case RBAC_FROM_HOST:
	case RBAC_FROM_DOMAIN:
		/* An address is not a name: ".4" is not the domain of 192.0.2.4. */
		return a.len == 0 && name_match(type, value, rhost);
	default:
		return false;
	}
}

enum { DAY = 86400, EPOCH_WEEKDAY = 3 /* 1970-01-01 was a Thursday; Monday is 0 */ };

bool rbac_hours_match(uint8_t days, uint16_t start, uint16_t end, int64_t local)
{
	int64_t day = local / DAY, second = local % DAY;

	if (second < 0) {
		second += DAY;
		day--;
	}
	int today = (int)((day % 7 + 7 + EPOCH_WEEKDAY) % 7), yesterday = (today + 6) % 7;
	int minute = (int)(second / 60);
	bool started_today = days >> today & 1, started_yesterday = days >> yesterday & 1;
	if (start < end)
		return started_today && start <= minute && minute < end;
	return (started_today && start <= minute) || (started_yesterday && minute < end);
}

/* ---- all of a rule ---- */

static bool entry_matches(enum rbac_condition kind, const uint8_t *p, const char *rhost,
			  int64_t local)
{
	switch (kind) {
	case RBAC_CONDITION_FROM:
		return rbac_from_match(p[0], p[1], (struct rbac_bytes){ p + 3, p[2] }, rhost);
	case RBAC_CONDITION_HOURS:
		return rbac_hours_match(p[0], rbac_le16(p + 1), rbac_le16(p + 3), local);
	case RBAC_CONDITIONS:
		break;
	}
	return false;
}

const char *rbac_condition_text(enum rbac_condition kind)
{
	switch (kind) {
	case RBAC_CONDITION_FROM:
		return "not from there";
	case RBAC_CONDITION_HOURS:
		return "not at this hour";
	case RBAC_CONDITIONS:
		break;
	}
	return "not now";
}

unsigned rbac_conditions_failed(const struct rbac_meta *meta, const struct rbac_rule *rule,
				const char *rhost, int64_t now)
{
	int64_t local;
	unsigned failed = 0;

	if (__builtin_add_overflow(now, (int64_t)rbac_meta_offset(meta, now), &local))
		local = now;
	for (int k = 0; k < RBAC_CONDITIONS; k++) {
		const struct rbac_list *list = &rule->conditions[k];
		const uint8_t *p = list->entries.p;
		bool holds = list->n == 0;

		for (uint32_t i = 0; i < list->n && !holds; i++) {
			holds = entry_matches(k, p, rhost, local);
			p += rbac_condition_entry_size(k, p);
		}
		if (!holds)
			failed |= 1u << k;
	}
	return failed;
}
