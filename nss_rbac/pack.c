#include "nss_rbac/pack.h"

#include <limits.h>
#include <stdalign.h>
#include <string.h>

#include "common/error.h"

static const char PASSWORD[] = "x"; /* group(5): the password is elsewhere; there is none */

/* The windowed members whose window is open. */
struct open_members {
	size_t n, bytes;
};

/*
 * Step to the next windowed member whose window is open, each name once. *LAST is the previous
 * name, NULL at first, and becomes the next one. Entries of one name are adjacent.
 */
static int next_open(const struct rbac_group *g, int64_t now, size_t *at, const uint8_t **last,
		     uint8_t *len)
{
	struct rbac_window w;
	const uint8_t *name;
	int err;

	while ((err = rbac_group_windowed(g, at, &w, &name, len)) == RBAC_OK) {
		if (!rbac_window_open(w, now) ||
		    (*last && strcmp((const char *)*last, (const char *)name) == 0))
			continue;
		*last = name;
		return RBAC_OK;
	}
	return err;
}

static int measure_open(const struct rbac_group *g, int64_t now, struct open_members *open)
{
	const uint8_t *last = NULL;
	uint8_t len;
	size_t at = 0;
	int err;

	*open = (struct open_members){ 0 };
	while ((err = next_open(g, now, &at, &last, &len)) == RBAC_OK) {
		open->n++;
		open->bytes += (size_t)len + 1;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/*
 * Copy all names at once and compute the pointers from the lengths; of each name only its NUL is
 * checked. Four names at a time, so that the processor adds lengths in parallel and checks the
 * bound once: this loop is a third of the time of a lookup (docs/performance.md).
 */
static int put_always(const struct rbac_group *g, char **slot, char *text)
{
	const uint8_t *len = g->always_lens;
	size_t left = g->always_len;
	uint32_t n = g->n_always;
	char ends = 0;

	if (left > 0)
		memcpy(text, g->always, left);
	for (; n >= 4; n -= 4, len += 4, slot += 4) {
		size_t one = len[0], two = one + len[1], three = two + len[2],
		       four = two + (len[2] + (size_t)len[3]);

		if (four + 4 > left)
			return RBAC_DAMAGED;
		slot[0] = text;
		slot[1] = text + one + 1;
		slot[2] = text + two + 2;
		slot[3] = text + three + 3;
		ends |= text[one] | text[two + 1] | text[three + 2] | text[four + 3];
		text += four + 4;
		left -= four + 4;
	}
	for (; n > 0; n--, len++, slot++) {
		size_t size = *len + (size_t)1;

		if (size > left)
			return RBAC_DAMAGED;
		*slot = text;
		ends |= text[size - 1];
		text += size;
		left -= size;
	}
	return left == 0 && ends == 0 ? RBAC_OK : RBAC_DAMAGED;
}

static int put_open(const struct rbac_group *g, int64_t now, char **slot, char *text)
{
	const uint8_t *last = NULL;
	uint8_t len;
	size_t at = 0;
	int err;

	while ((err = next_open(g, now, &at, &last, &len)) == RBAC_OK) {
		memcpy(text, last, (size_t)len + 1);
		*slot++ = text;
		text += (size_t)len + 1;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static size_t misaligned(const char *buf)
{
	return -(uintptr_t)buf % alignof(char *);
}

int rbac_pack_group(const struct rbac_group *g, bool members, int64_t now, struct group *out,
		    char *buf, size_t buflen)
{
	struct rbac_group shown = *g;
	struct open_members open;

	if (!members) {
		shown.n_always = shown.always_len = 0;
		shown.windowed.len = 0;
	}
	int err = measure_open(&shown, now, &open);
	if (err != RBAC_OK)
		return err;

	/* The length of the record bounds each count, so this does not overflow 64 bits. */
	uint64_t n = (uint64_t)shown.n_always + open.n;
	uint64_t need = misaligned(buf) + (n + 1) * sizeof(char *) + shown.always_len + open.bytes +
			shown.name_len + 1 + sizeof(PASSWORD);
	if (need > INT_MAX)
		return RBAC_INVALID;
	if (need > buflen)
		return RBAC_RANGE;

	char **slots = (char **)(void *)(buf + misaligned(buf));
	char *always = (char *)(slots + n + 1);
	char *windowed = always + shown.always_len;
	char *name = windowed + open.bytes;
	char *password = name + shown.name_len + 1;
	err = put_always(&shown, slots, always);
	if (err == RBAC_OK)
		err = put_open(&shown, now, slots + shown.n_always, windowed);
	if (err != RBAC_OK)
		return err;
	slots[n] = NULL;
	memcpy(name, shown.name, (size_t)shown.name_len + 1);
	memcpy(password, PASSWORD, sizeof(PASSWORD));
	*out = (struct group){
		.gr_name = name, .gr_passwd = password, .gr_gid = shown.gid, .gr_mem = slots
	};
	return RBAC_OK;
}
