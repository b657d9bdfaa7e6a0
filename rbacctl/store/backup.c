#include "rbacctl/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/files.h"
#include "rbacctl/store/help.h"

enum { CHUNK = 1 << 16, HEX = 2 * STORE_HASH };

static const char first_line[] = "rbac backup 1\n";

/* ---- bytes ---- */

/* Call FN with the first SIZE bytes of FD, piece by piece. RBAC_SYSTEM also where there are fewer.
 */
static int each_piece(int fd, uint64_t size, int (*fn)(void *ctx, const void *p, size_t len),
		      void *ctx)
{
	uint8_t *piece = malloc(CHUNK);
	int err = piece ? RBAC_OK : RBAC_NOMEM;
	for (uint64_t at = 0; at < size && !err;) {
		size_t want = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
		ssize_t got = pread(fd, piece, want, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO;
		err = got <= 0 ? RBAC_SYSTEM : fn(ctx, piece, (size_t)got);
		at += got > 0 ? (uint64_t)got : 0;
	}
	free(piece);
	return err;
}

static int hash_piece(void *ctx, const void *p, size_t len)
{
	crypto_generichash_update(ctx, p, len);
	return RBAC_OK;
}

static int digest_of(int fd, uint64_t size, uint8_t out[STORE_HASH])
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, NULL, 0, STORE_HASH);
	int err = each_piece(fd, size, hash_piece, &st);
	crypto_generichash_final(&st, out, STORE_HASH);
	return err;
}

/* ---- the seal ---- */

static void seal_text(const struct backup_seal *s, char text[BACKUP_SEAL + 1])
{
	char head[HEX + 1], digest[HEX + 1];
	sodium_bin2hex(head, sizeof head, s->head, STORE_HASH);
	sodium_bin2hex(digest, sizeof digest, s->digest, STORE_HASH);
	int n = snprintf(text, BACKUP_SEAL,
			 "%sgeneration %020" PRIu64 "\nhead %s\nsize %020" PRIu64 "\nblake2b %s\n",
			 first_line, s->generation, head, s->size, digest);
	memset(text + n, ' ', (size_t)(BACKUP_SEAL - n));
	text[BACKUP_SEAL - 1] = '\n';
	text[BACKUP_SEAL] = '\0';
}

/* TEXT is read, and must then be what would be written of that. */
static bool parse_seal(const char *text, struct backup_seal *s)
{
	char head[HEX + 1], digest[HEX + 1], again[BACKUP_SEAL + 1];
	if (strncmp(text, first_line, strlen(first_line)) != 0 ||
	    sscanf(text + strlen(first_line),
		   "generation %20" SCNu64 " head %64s size %20" SCNu64 " blake2b %64s",
		   &s->generation, head, &s->size, digest) != 4 ||
	    sodium_hex2bin(s->head, STORE_HASH, head, strlen(head), NULL, NULL, NULL) ||
	    sodium_hex2bin(s->digest, STORE_HASH, digest, strlen(digest), NULL, NULL, NULL))
		return false;
	seal_text(s, again);
	return strcmp(text, again) == 0;
}

int backup_read_seal(int fd, struct backup_seal *seal)
{
	char text[BACKUP_SEAL + 1];
	struct stat st;
	if (fstat(fd, &st) != 0)
		return RBAC_SYSTEM;
	if (!S_ISREG(st.st_mode) || st.st_size <= BACKUP_SEAL)
		return RBAC_INVALID;
	off_t at = st.st_size - BACKUP_SEAL;
	ssize_t got = pread(fd, text, BACKUP_SEAL, at);
	if (got < 0)
		return RBAC_SYSTEM;
	text[got] = '\0';
	return got == BACKUP_SEAL && parse_seal(text, seal) && seal->size == (uint64_t)at
		       ? RBAC_OK
		       : RBAC_INVALID;
}

int backup_check(int fd, struct backup_seal *seal)
{
	uint8_t digest[STORE_HASH];
	int err = backup_read_seal(fd, seal);
	if (!err)
		err = digest_of(fd, seal->size, digest);
	if (!err && memcmp(digest, seal->digest, STORE_HASH) != 0)
		err = RBAC_DAMAGED;
	return err;
}

/* ---- out ---- */

/* The compact copy is smaller and takes memory; any copy will do. */
static int copy_store(const char *dir, int fd, struct buf *why)
{
	struct store *s;
	int err = store_open(dir, STORE_READ, &s);
	if (!err) {
		int rc = mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT);
		if (rc == ENOMEM && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0)
			rc = mdb_env_copyfd2(s->env, fd, 0);
		err = store_lmdb(s, rc, "copy");
	}
	if (err)
		buf_printf(why, "%s%s", store_why(s), STORE_HELP(err));
	store_close(s);
	return err;
}

/* Which change the copy ends with is read from the copy: the store may have gone on. */
static int read_copy(const char *path, struct backup_seal *seal, struct buf *why)
{
	struct store *s;
	struct store_txn t = { 0 };
	int err = store_open_file(path, &s);
	if (!err)
		err = store_begin(s, &t);
	if (!err)
		err = store_generation(&t, &seal->generation);
	if (!err)
		err = store_audit_head(&t, seal->head);
	if (err)
		buf_printf(why, "%s", store_why(s));
	store_abort(&t);
	store_close(s);
	return err;
}

int backup_write(const char *dir, const char *path, int fd, struct backup_seal *seal,
		 struct buf *why)
{
	char text[BACKUP_SEAL + 1];
	struct stat st;
	int err = copy_store(dir, fd, why);
	if (!err)
		err = read_copy(path, seal, why);
	if (!err)
		err = fstat(fd, &st) ? RBAC_SYSTEM : RBAC_OK;
	if (!err) {
		seal->size = (uint64_t)st.st_size;
		err = digest_of(fd, seal->size, seal->digest);
	}
	if (!err) {
		seal_text(seal, text);
		err = lseek(fd, st.st_size, SEEK_SET) < 0 || files_write(fd, text, BACKUP_SEAL) ||
				      fsync(fd)
			      ? RBAC_SYSTEM
			      : RBAC_OK;
	}
	if (err && !why->len)
		buf_printf(why, "%s: %s", path,
			   err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	return err;
}

/* ---- back ---- */

static int write_piece(void *ctx, const void *p, size_t len)
{
	return files_write(*(const int *)ctx, p, len);
}

/* PATH with the bytes before the seal, whole and synced. */
static int write_data(const char *path, int from, const struct backup_seal *seal)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return RBAC_SYSTEM;
	int err = each_piece(from, seal->size, write_piece, &fd);
	if (!err && (fchmod(fd, 0600) || fsync(fd)))
		err = RBAC_SYSTEM;
	int e = errno;
	if (close(fd) && !err)
		return RBAC_SYSTEM;
	errno = e;
	return err;
}

int backup_put_back(const char *dir, int fd, const struct backup_seal *seal, struct buf *why)
{
	char temp[4200], path[4200];
	snprintf(temp, sizeof temp, "%.4100s/data.new", dir);
	snprintf(path, sizeof path, "%.4100s/data.mdb", dir);
	bool bad = (mkdir(dir, 0700) != 0 && errno != EEXIST) ||
		   (unlink(temp) != 0 && errno != ENOENT) || write_data(temp, fd, seal) ||
		   link(temp, path) != 0;
	int e = errno;
	unlink(temp);
	errno = e;
	bad = bad || files_sync_folder(dir);
	if (bad)
		buf_printf(why, "%s: %s", dir, strerror(errno));
	return bad ? RBAC_SYSTEM : RBAC_OK;
}
