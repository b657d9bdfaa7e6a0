#include "rbacctl/carrier/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/carrier/chunk_set.h"
#include "rbacctl/files.h"

enum { HEX = 2 * FLEET_HASH + 1, READABLE = 200 };

static const char head_file[] = "head";
#define NEW_FILE ".new" /* behind the name of a file that is being written */

void folder_sheet_name(const char *name, char out[FOLDER_SHEET_MAX])
{
	size_t len = strlen(name), shown = len > READABLE ? READABLE : len;
	uint8_t hash[crypto_generichash_BYTES_MIN];

	for (size_t i = 0; i < shown; i++)
		out[i] = (char)(name[i] == ':' ? '=' : name[i] == '/' ? '+' : name[i]);
	out[shown] = '\0';
	if (shown == len)
		return;
	crypto_generichash(hash, sizeof(hash), (const uint8_t *)name, len, NULL, 0);
	out[shown] = '~';
	sodium_bin2hex(out + shown + 1, FOLDER_SHEET_MAX - shown - 1, hash, sizeof(hash));
}

void folder_sheet_path(const char *dir, const char *name, const char *file, char out[PATH_MAX])
{
	char sheet[FOLDER_SHEET_MAX];

	folder_sheet_name(name, sheet);
	snprintf(out, PATH_MAX, "%s/sheets/%s/%s", dir, sheet, file);
}

void folder_keys_path(const char *dir, uint64_t version, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/keys/%" PRIu64, dir, version);
}

/* ---- read ---- */

/* The whole of a regular file of at most MOST bytes, *TEXT to be freed. */
static int read_file(const char *path, size_t most, char **text, size_t *len)
{
	struct stat st;
	/* O_NONBLOCK: a FIFO must not hang us; it is refused by its type. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? RBAC_NOTFOUND : RBAC_SYSTEM;
	int err = fstat(fd, &st) == 0 ? RBAC_OK : RBAC_SYSTEM;
	if (!err && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		err = RBAC_SYSTEM;
	}
	if (!err)
		err = files_read(fd, most, text, len);
	int saved = errno;
	close(fd);
	errno = saved;
	return err == RBAC_INVALID ? RBAC_RANGE : err;
}

int folder_read(const char *path, size_t most, struct buf *out)
{
	char *text;
	size_t len;
	int err = read_file(path, most, &text, &len);

	if (err)
		return err;
	buf_put(out, text, len + 1); /* the NUL of files_read(), so that it is a text as well */
	if (!out->failed)
		out->len--;
	free(text);
	return out->failed ? RBAC_NOMEM : RBAC_OK;
}

int folder_read_keys(const char *dir, uint64_t version, struct buf *out)
{
	char path[PATH_MAX];

	folder_keys_path(dir, version, path);
	return folder_read(path, FLEET_KEYS_MAX, out);
}

int folder_read_head(const char *dir, const char *name, struct buf *out)
{
	char path[PATH_MAX];

	folder_sheet_path(dir, name, head_file, path);
	return folder_read(path, FLEET_HEAD_MAX, out);
}

int folder_read_chunks(const char *dir, const struct fleet_head *h, struct fleet_bytes **out,
		       size_t *n)
{
	char path[PATH_MAX], hex[HEX], *text;
	int err = RBAC_OK;

	*n = 0;
	*out = calloc(h->n_chunks + 1, sizeof(**out));
	if (!*out)
		return RBAC_NOMEM;
	for (uint32_t i = 0; i < h->n_chunks && !err; i++) {
		struct fleet_chunk_ref ref = fleet_head_chunk(h, i);
		size_t len;
		sodium_bin2hex(hex, sizeof(hex), ref.hash, FLEET_HASH);
		folder_sheet_path(dir, h->name, hex, path);
		err = read_file(path, ref.size, &text, &len);
		if (!err)
			(*out)[(*n)++] = (struct fleet_bytes){ (const uint8_t *)text, len };
		else if (err == RBAC_NOTFOUND || err == RBAC_RANGE)
			err = RBAC_OK; /* it has not come, or is not the one: it is waited for */
	}
	return err;
}

int folder_each_sheet(const char *dir, folder_head_fn *fn, void *ctx)
{
	char path[PATH_MAX];
	struct buf head = { 0 };
	int err = RBAC_OK;

	snprintf(path, sizeof(path), "%s/sheets", dir);
	DIR *d = opendir(path);
	if (!d)
		return errno == ENOENT ? RBAC_NOTFOUND : RBAC_SYSTEM;
	for (const struct dirent *e; !err && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/sheets/%s/%s", dir, e->d_name, head_file);
		buf_reset(&head);
		err = folder_read(path, FLEET_HEAD_MAX, &head);
		if (!err)
			err = fn(ctx, &head);
		else if (err == RBAC_NOTFOUND)
			err = RBAC_OK; /* a push was killed before its head */
	}
	closedir(d);
	buf_free(&head);
	return err;
}

bool folder_has_chunks(const char *dir, const struct fleet_head *h)
{
	char path[PATH_MAX], hex[HEX];
	struct stat st;

	for (uint32_t i = 0; i < h->n_chunks; i++) {
		struct fleet_chunk_ref ref = fleet_head_chunk(h, i);
		sodium_bin2hex(hex, sizeof(hex), ref.hash, FLEET_HASH);
		folder_sheet_path(dir, h->name, hex, path);
		if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size != ref.size)
			return false;
	}
	return true;
}

void folder_free_chunks(struct fleet_bytes *chunks, size_t n)
{
	for (size_t i = 0; chunks && i < n; i++)
		free((void *)(uintptr_t)chunks[i].p);
	free(chunks);
}

/* ---- write ---- */

static int make_folder(const char *path)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST ? RBAC_OK : RBAC_SYSTEM;
}

int folder_begin(const char *dir)
{
	char path[PATH_MAX];
	int err = make_folder(dir);

	snprintf(path, sizeof(path), "%s/keys", dir);
	if (!err)
		err = make_folder(path);
	snprintf(path, sizeof(path), "%s/sheets", dir);
	return err ? err : make_folder(path);
}

int folder_put(const char *path, const uint8_t *p, size_t len, bool sync)
{
	char temp[PATH_MAX + 8];

	snprintf(temp, sizeof(temp), "%s" NEW_FILE, path);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return RBAC_SYSTEM;
	int err = files_write(fd, p, len);
	if (!err && (fchmod(fd, 0644) != 0 || (sync && fsync(fd) != 0)))
		err = RBAC_SYSTEM;
	if (close(fd) != 0 || (!err && rename(temp, path) != 0))
		err = RBAC_SYSTEM;
	if (err) {
		int saved = errno;
		unlink(temp);
		errno = saved;
	}
	return err;
}

static int write_file(const char *path, const struct buf *b)
{
	return folder_put(path, b->p, b->len, true);
}

int folder_write_keys(const char *dir, uint64_t version, const struct buf *list)
{
	char path[PATH_MAX];

	folder_keys_path(dir, version, path);
	return write_file(path, list);
}

/* The file of a chunk; or, with NEW_FILE behind it, one that a writer was killed at. */
static bool is_chunk(const char *name)
{
	return strspn(name, "0123456789abcdef") == HEX - 1 &&
	       (!name[HEX - 1] || strcmp(name + HEX - 1, NEW_FILE) == 0);
}

size_t folder_unnamed(const char *dir, const char *name, const struct chunk_set *named, bool remove)
{
	char folder[PATH_MAX];
	struct stat st;
	size_t total = 0;

	folder_sheet_path(dir, name, "", folder);
	DIR *d = opendir(folder);
	for (const struct dirent *e; d && (e = readdir(d));) {
		if (!is_chunk(e->d_name) || chunk_set_find_hex(named, e->d_name))
			continue;
		if (remove)
			unlinkat(dirfd(d), e->d_name, 0);
		else if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			total += folder_file_cost((size_t)st.st_size);
	}
	if (d)
		closedir(d);
	return total;
}

/* What is there already is not written again: a change touches one chunk of many. */
static bool is_written(const char *path, const struct buf *b)
{
	char *text;
	size_t len;

	if (read_file(path, b->len, &text, &len))
		return false;
	bool same = len == b->len && memcmp(text, b->p, len) == 0;
	free(text);
	return same;
}

int folder_write_sheet(const char *dir, const char *name, const struct buf *head,
		       const struct buf *chunks, const struct fleet_chunk_ref *refs, uint32_t n)
{
	char folder[PATH_MAX], path[PATH_MAX], hex[HEX];
	struct chunk_set named = { 0 };
	int err;

	folder_sheet_path(dir, name, "", folder);
	err = make_folder(folder);
	for (uint32_t i = 0; i < n && !err; i++) {
		sodium_bin2hex(hex, sizeof(hex), refs[i].hash, FLEET_HASH);
		folder_sheet_path(dir, name, hex, path);
		if (!is_written(path, &chunks[i]))
			err = write_file(path, &chunks[i]);
	}
	folder_sheet_path(dir, name, head_file, path);
	if (!err)
		err = write_file(path, head);
	if (!err)
		err = files_sync_folder(folder);
	if (!err)
		err = chunk_set_of(refs, n, &named);
	if (!err)
		folder_unnamed(dir, name, &named, true);
	chunk_set_free(&named);
	return err;
}
