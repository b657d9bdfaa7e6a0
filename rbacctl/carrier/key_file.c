#include "rbacctl/carrier/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/files.h"

static const char prefix[] = "rbac fleet key 1 ";

enum { LINE = sizeof(prefix) - 1 + 2 * FLEET_SEED + 1 };

int key_file_make(const char *path, struct fleet_key *key)
{
	uint8_t seed[FLEET_SEED];
	char line[LINE + 1];

	if (sodium_init() < 0) {
		errno = EIO;
		return RBAC_SYSTEM;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == EEXIST ? RBAC_CONFLICT : RBAC_SYSTEM;
	randombytes_buf(seed, sizeof(seed));
	memcpy(line, prefix, sizeof(prefix) - 1);
	sodium_bin2hex(line + sizeof(prefix) - 1, 2 * FLEET_SEED + 1, seed, sizeof(seed));
	line[LINE - 1] = '\n';
	int err = write(fd, line, LINE) == LINE && fchmod(fd, 0600) == 0 && fsync(fd) == 0
			  ? RBAC_OK
			  : RBAC_SYSTEM;
	if (close(fd) != 0)
		err = RBAC_SYSTEM;
	fleet_key_make(seed, key);
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(line, sizeof(line));
	if (err)
		unlink(path);
	return err;
}

static int parse(const char *text, size_t len, struct fleet_key *key)
{
	uint8_t seed[FLEET_SEED];
	size_t got;

	if (len != LINE || memcmp(text, prefix, sizeof(prefix) - 1) != 0 ||
	    text[LINE - 1] != '\n' ||
	    sodium_hex2bin(seed, sizeof(seed), text + sizeof(prefix) - 1, 2 * FLEET_SEED, NULL,
			   &got, NULL) != 0 ||
	    got != FLEET_SEED)
		return RBAC_DAMAGED;
	fleet_key_make(seed, key);
	sodium_memzero(seed, sizeof(seed));
	return RBAC_OK;
}

int key_file_read(const char *path, struct fleet_key *key)
{
	struct stat st;
	char *text;
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT ? RBAC_NOTFOUND : RBAC_SYSTEM;
	int err = fstat(fd, &st) == 0 ? RBAC_OK : RBAC_SYSTEM;
	if (!err && (!S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) ||
		     (st.st_mode & 077)))
		err = RBAC_UNTRUSTED;
	if (!err)
		err = files_read(fd, LINE, &text, &len);
	close(fd);
	if (err)
		return err == RBAC_INVALID ? RBAC_DAMAGED : err;
	err = parse(text, len, key);
	sodium_memzero(text, len);
	free(text);
	return err;
}
