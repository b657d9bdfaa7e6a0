#include "rbac_follow/inbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/fleet/chunk.h"

enum { HEX = 2 * FLEET_HASH + 1, STALE_AFTER = 3 };

static struct inbox_sheet *find(struct inbox *x, const char *name)
{
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->v[i].name, name) == 0)
			return &x->v[i];
	return NULL;
}

static int read_head(struct inbox_sheet *s)
{
	if (fleet_head_decode(s->bytes.p, s->bytes.len, &s->h) || strcmp(s->h.name, s->name) != 0)
		s->h = (struct fleet_head){ .name = "" };
	chunk_set_free(&s->named);
	return chunk_set_of_head(&s->h, &s->named);
}

/*
 * The chunks that the head of S does not name. They go when it has all of its own; until then they
 * may be of a head that is yet to come, and stay within the bound. What was there before this
 * session, or was named by an older head, counts as well.
 */
static void bound_unnamed(struct inbox *x, struct inbox_sheet *s)
{
	size_t others = x->unnamed - s->unnamed,
	       cost = folder_unnamed(x->dir, s->name, &s->named, s->whole);

	if (others + cost > INBOX_UNNAMED)
		cost = folder_unnamed(x->dir, s->name, &s->named, true);
	s->unnamed = cost;
	x->unnamed = others + cost;
}

static int make_sheet(struct inbox *x, const char *name)
{
	struct inbox_sheet *s = &x->v[x->n];
	char folder[PATH_MAX];

	if (strlen(name) > RBAC_SCOPE_MAX || !fleet_name_is_sheet(name, strlen(name)))
		return RBAC_OK; /* it cannot be a sheet */
	if (find(x, name))
		return RBAC_OK;
	strcpy(s->name, name);
	s->h.name = "";
	x->n++;
	folder_sheet_path(x->dir, name, "", folder);
	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		return RBAC_SYSTEM;
	int err = folder_read_head(x->dir, name, &s->bytes);
	if (err == RBAC_NOMEM)
		return err;
	if (err)
		buf_reset(&s->bytes);
	err = read_head(s);
	s->whole = *s->h.name && folder_has_chunks(x->dir, &s->h);
	if (!err)
		bound_unnamed(x, s);
	return err;
}

/* How many lists of keys there are, and the highest version of them. */
static unsigned count_keys(const char *dir, uint64_t *highest)
{
	char path[PATH_MAX];
	unsigned n = 0;

	*highest = 0;
	snprintf(path, sizeof(path), "%s/keys", dir);
	DIR *d = opendir(path);
	for (const struct dirent *e; d && (e = readdir(d));) {
		uint64_t version = strtoull(e->d_name, NULL, 10);
		n += version > 0;
		*highest = version > *highest ? version : *highest;
	}
	if (d)
		closedir(d);
	return n;
}

int inbox_open(struct inbox *x, const char *dir, char *const *names, size_t n_names)
{
	*x = (struct inbox){ .dir = dir };
	if (n_names > INBOX_SHEETS_MAX)
		return RBAC_INVALID;
	x->v = calloc(n_names + 1, sizeof(*x->v));
	if (!x->v)
		return RBAC_NOMEM;
	uint64_t highest;
	int err = folder_begin(dir);
	for (size_t i = 0; i < n_names && !err; i++)
		err = make_sheet(x, names[i]);
	x->keys = count_keys(dir, &highest);
	return err;
}

void inbox_close(struct inbox *x)
{
	for (size_t i = 0; i < x->n; i++) {
		buf_free(&x->v[i].bytes);
		chunk_set_free(&x->v[i].named);
	}
	free(x->v);
	*x = (struct inbox){ 0 };
}

/* ---- what comes ---- */

static int put(struct inbox *x, const char *path, const uint8_t *p, size_t len)
{
	int err = folder_put(path, p, len, false);

	if (!err)
		x->wrote = true;
	return err;
}

/* Room for the list of VERSION, at the cost of a higher one. */
static bool make_room(struct inbox *x, uint64_t version)
{
	char path[PATH_MAX];
	uint64_t highest;

	if (x->keys < INBOX_KEYS_MAX)
		return true;
	x->keys = count_keys(x->dir, &highest);
	folder_keys_path(x->dir, highest, path);
	if (x->keys >= INBOX_KEYS_MAX && (version > highest || unlink(path) != 0))
		return false;
	x->keys--;
	return true;
}

int inbox_keys(struct inbox *x, uint64_t version, const uint8_t *p, size_t len)
{
	char path[PATH_MAX];
	struct buf old = { 0 };

	if (len > FLEET_KEYS_MAX)
		return RBAC_REFUSED;
	bool is_there = folder_read_keys(x->dir, version, &old) == RBAC_OK;
	bool same = is_there && old.len == len && (!len || memcmp(old.p, p, len) == 0);
	buf_free(&old);
	if (same)
		return RBAC_OK;
	if (!is_there && !make_room(x, version))
		return RBAC_REFUSED;
	x->keys += !is_there;
	folder_keys_path(x->dir, version, path);
	return put(x, path, p, len);
}

int inbox_head(struct inbox *x, const char *name, const uint8_t *p, size_t len)
{
	struct inbox_sheet *s = find(x, name);
	char path[PATH_MAX];

	if (!s || len == 0 || len > FLEET_HEAD_MAX)
		return RBAC_REFUSED;
	if (s->bytes.len == len && memcmp(s->bytes.p, p, len) == 0)
		return RBAC_OK;
	buf_reset(&s->bytes);
	buf_put(&s->bytes, p, len);
	if (s->bytes.failed)
		return RBAC_NOMEM;
	int err = read_head(s);
	folder_sheet_path(x->dir, name, "head", path);
	if (!err)
		err = put(x, path, p, len);
	s->whole = !err && *s->h.name && folder_has_chunks(x->dir, &s->h);
	if (!err)
		bound_unnamed(x, s);
	return err;
}

int inbox_chunk(struct inbox *x, const char *name, const uint8_t *p, size_t len)
{
	struct inbox_sheet *s = find(x, name);
	uint8_t hash[FLEET_HASH];
	char path[PATH_MAX], hex[HEX];
	struct stat st;

	if (!s || len > FLEET_CHUNK_MAX)
		return RBAC_REFUSED;
	fleet_chunk_hash(p, len, hash);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	folder_sheet_path(x->dir, name, hex, path);
	bool named = chunk_set_find(&s->named, hash) != NULL;
	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)len)
		return RBAC_OK;
	size_t cost = named ? 0 : folder_file_cost(len);
	if (x->unnamed + cost > INBOX_UNNAMED)
		return RBAC_REFUSED;
	s->unnamed += cost;
	x->unnamed += cost;
	int err = put(x, path, p, len);
	if (!err && named && !s->whole)
		s->whole = folder_has_chunks(x->dir, &s->h);
	return err;
}

int inbox_tell(struct inbox *x)
{
	char path[PATH_MAX];

	if (!x->wrote)
		return RBAC_OK;
	snprintf(path, sizeof(path), "%s/changed", x->dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return RBAC_SYSTEM;
	x->wrote = false;
	return close(fd) == 0 ? RBAC_OK : RBAC_SYSTEM;
}

const char *inbox_lacks(struct inbox *x, int64_t *fresh_until)
{
	const struct inbox_sheet *f = find(x, FLEET_SHEET);
	struct fleet_recent r;
	size_t at = 0;

	*fresh_until = 0;
	if (!f || !*f->h.name)
		return "the sheet \"fleet\" has not arrived";
	*fresh_until = f->h.issued + (int64_t)f->h.interval * STALE_AFTER;
	while (fleet_head_recent(&f->h, &at, &r)) {
		const struct inbox_sheet *s = find(x, r.name);
		if (s && (!*s->h.name || s->h.number < r.number))
			return "the new state of a sheet has not arrived";
	}
	for (size_t i = 0; i < x->n; i++)
		if (*x->v[i].h.name && !x->v[i].whole)
			return "a part of a sheet has not arrived";
	return NULL;
}
