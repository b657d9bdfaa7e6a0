/*
 * remote.h - what remote_lmdb.c, in a 32-bit test, asks of lmdb_server.c, which is a 64-bit
 * program. Both run on one machine, so numbers go in its byte order; each is 64 bits wide.
 */
#ifndef RBAC_TESTS_ARCH_REMOTE_H
#define RBAC_TESTS_ARCH_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

enum remote_op {
	REMOTE_ENV_CREATE,
	REMOTE_ENV_MAPSIZE,
	REMOTE_ENV_OPEN,
	REMOTE_ENV_CLOSE,
	REMOTE_ENV_LAST_PAGE,
	REMOTE_TXN_BEGIN,
	REMOTE_TXN_COMMIT,
	REMOTE_TXN_ABORT,
	REMOTE_DBI_OPEN,
	REMOTE_PUT,
	REMOTE_GET,
	REMOTE_DEL,
	REMOTE_DROP,
	REMOTE_CURSOR_OPEN,
	REMOTE_CURSOR_CLOSE,
	REMOTE_CURSOR_GET,
	REMOTE_CURSOR_DEL,
};

/* A request, then KEY_LEN bytes of key and VALUE_LEN of value. A and B are the other arguments. */
struct remote_request {
	uint64_t op, handle, a, b, key_len, value_len;
};

/* The answer likewise: RC is LMDB's, HANDLE what was opened or counted. */
struct remote_reply {
	int64_t rc;
	uint64_t handle, key_len, value_len;
};

/* All LEN bytes, or false. */
static inline bool remote_write(int fd, const void *p, size_t len)
{
	const char *at = p;
	ssize_t n;

	for (; len > 0; at += n, len -= (size_t)n) {
		n = write(fd, at, len);
		if (n <= 0)
			return false;
	}
	return true;
}

static inline bool remote_read(int fd, void *p, size_t len)
{
	char *at = p;
	ssize_t n;

	for (; len > 0; at += n, len -= (size_t)n) {
		n = read(fd, at, len);
		if (n <= 0)
			return false;
	}
	return true;
}

#endif
