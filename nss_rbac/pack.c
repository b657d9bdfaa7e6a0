#include "nss_rbac/pack.h"

#include <limits.h>
#include <stdalign.h>
#include <string.h>

#include "common/error.h"

static const char PASSWORD[] = "x";   /* group(5): not here; there is no group password */

/* The windowed members whose window is open. */
struct open_members {
	size_t n, bytes;
};

/*
 * Step to the next windowed member whose window is open, each name once: *LAST is the name that came before, NULL at first.
 * Entries of one name stand together.
 */
static int next_open(const struct rbac_group *g, int64_t now, size_t *at, const uint8_t **last, uint8_t *len)
{
	struct rbac_window w;
	const uint8_t *name;
	int rc;
	while ((rc = rbac_group_windowed(g, at, &w, &name, len)) == RBAC_OK) {
		if (!rbac_window_open(w, now) || (*last && strcmp((const char *)*last, (const char *)name) == 0))
			continue;
		*last = name;
		return RBAC_OK;
	}
	return rc;
}

static int measure_open(const struct rbac_group *g, int64_t now, struct open_members *open)
{
	const uint8_t *last = NULL;
	uint8_t len;
	size_t at = 0;
	int rc;
	*open = (struct open_members){ 0 };
	while ((rc = next_open(g, now, &at, &last, &len)) == RBAC_OK) {
		open->n++;
		open->bytes += (size_t)len + 1;
	}
	return rc == RBAC_NOTFOUND ? RBAC_OK : rc;
}

/* One copy of all the names, and pointers by their lengths: no name is looked at. */
static int put_always(const struct rbac_group *g, char **slot, char *text)
{
	size_t at = 0;
	if (g->always_len > 0)
		memcpy(text, g->always, g->always_len);
	for (uint32_t i = 0; i < g->n_always; i++) {
		size_t end = at + g->always_lens[i];
		if (end >= g->always_len || text[end] != '\0')
			return RBAC_DAMAGED;
		slot[i] = text + at;
		at = end + 1;
	}
	return at == g->always_len ? RBAC_OK : RBAC_DAMAGED;
}

static int put_open(const struct rbac_group *g, int64_t now, char **slot, char *text)
{
	const uint8_t *last = NULL;
	uint8_t len;
	size_t at = 0;
	int rc;
	while ((rc = next_open(g, now, &at, &last, &len)) == RBAC_OK) {
		memcpy(text, last, (size_t)len + 1);
		*slot++ = text;
		text += (size_t)len + 1;
	}
	return rc == RBAC_NOTFOUND ? RBAC_OK : rc;
}

static size_t misaligned(const char *buf)
{
	return -(uintptr_t)buf % alignof(char *);
}

int rbac_pack_group(const struct rbac_group *g, bool members, int64_t now, struct group *out, char *buf, size_t buflen)
{
	struct rbac_group shown = *g;
	struct open_members open;
	if (!members) {
		shown.n_always = shown.always_len = 0;
		shown.windowed.len = 0;
	}
	int rc = measure_open(&shown, now, &open);
	if (rc != RBAC_OK)
		return rc;

	/* Counts are bounded by the record's length, so that none of this overflows 64 bits. */
	uint64_t n = (uint64_t)shown.n_always + open.n;
	uint64_t need = misaligned(buf) + (n + 1) * sizeof(char *) + shown.always_len + open.bytes + shown.name_len + 1 + sizeof(PASSWORD);
	if (need > INT_MAX)
		return RBAC_INVALID;
	if (need > buflen)
		return RBAC_RANGE;

	char **slots = (char **)(void *)(buf + misaligned(buf));
	char *always = (char *)(slots + n + 1);
	char *windowed = always + shown.always_len;
	char *name = windowed + open.bytes;
	char *password = name + shown.name_len + 1;
	rc = put_always(&shown, slots, always);
	if (rc == RBAC_OK)
		rc = put_open(&shown, now, slots + shown.n_always, windowed);
	if (rc != RBAC_OK)
		return rc;
	slots[n] = NULL;
	memcpy(name, shown.name, (size_t)shown.name_len + 1);
	memcpy(password, PASSWORD, sizeof(PASSWORD));
	*out = (struct group){ .gr_name = name, .gr_passwd = password, .gr_gid = shown.gid, .gr_mem = slots };
	return RBAC_OK;
}
