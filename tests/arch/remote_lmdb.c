/*
 * remote_lmdb.c - liblmdb, as far as the unit tests of the modules use it, for 32-bit programs:
 * each call goes to a 64-bit program (lmdb_server.c, which RBAC_LMDB_SERVER names). A 32-bit
 * liblmdb writes other files than those that the modules read: a view comes from a 64-bit rbacctl.
 *
 * What get gives stays valid for a few more calls, not until the transaction ends.
 */
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/arch/remote.h"

enum { KEPT = 16 };

struct MDB_env {
	uint64_t handle;
};
struct MDB_txn {
	uint64_t handle;
};
struct MDB_cursor {
	uint64_t handle;
};

static int server = -1;

static void die(const char *what)
{
	fprintf(stderr, "remote_lmdb: %s: %s\n", what, strerror(errno));
	abort();
}

/* Before the tests: what they count of descriptors has this one in it from the beginning. */
__attribute__((constructor)) static void start(void)
{
	const char *program = getenv("RBAC_LMDB_SERVER");
	int ends[2];
	pid_t pid;

	if (!program) {
		errno = ENOENT;
		die("RBAC_LMDB_SERVER names no program (make check-arch does)");
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		die("socketpair");
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 0);
		execl(program, program, (char *)NULL);
		die(program);
	}
	if (pid < 0)
		die("fork");
	close(ends[1]);
	server = ends[0];
}

/* LEN bytes that the server sends, in one of a few buffers that take turns. */
static void *receive(uint64_t len)
{
	static void *kept[KEPT];
	static unsigned turn;
	void **slot = &kept[turn++ % KEPT];

	free(*slot);
	*slot = malloc((size_t)len + 1);
	if (!*slot || !remote_read(server, *slot, (size_t)len))
		die("the server's answer");
	return *slot;
}

/* KEY and VALUE, unless NULL, are sent; with GIVES they are filled from the answer. */
static int ask(struct remote_request rq, MDB_val *key, MDB_val *value, bool gives, uint64_t *handle)
{
	bool sends_key = key && key->mv_data, sends_value = value && !gives;
	struct remote_reply re;

	rq.key_len = sends_key ? key->mv_size : 0;
	rq.value_len = sends_value ? value->mv_size : 0;
	if (!remote_write(server, &rq, sizeof(rq)) ||
	    (sends_key && !remote_write(server, key->mv_data, key->mv_size)) ||
	    (sends_value && !remote_write(server, value->mv_data, value->mv_size)) ||
	    !remote_read(server, &re, sizeof(re)))
		die("the server");
	if (gives && re.rc == 0) {
		*key = (MDB_val){ (size_t)re.key_len, receive(re.key_len) };
		*value = (MDB_val){ (size_t)re.value_len, receive(re.value_len) };
	}
	if (handle)
		*handle = re.handle;
	return (int)re.rc;
}

#define REQUEST(...)                                                                               \
	(struct remote_request)                                                                    \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

/* ---- environments ---- */

int mdb_env_create(MDB_env **env)
{
	*env = calloc(1, sizeof(**env));
	if (!*env)
		return ENOMEM;
	return ask(REQUEST(.op = REMOTE_ENV_CREATE), NULL, NULL, false, &(*env)->handle);
}

int mdb_env_set_mapsize(MDB_env *env, size_t size)
{
	return ask(REQUEST(.op = REMOTE_ENV_MAPSIZE, .handle = env->handle, .a = size), NULL, NULL,
		   false, NULL);
}

/* The server is in another folder by now. */
int mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
	char whole[4096], *cwd = path[0] == '/' ? NULL : getcwd(NULL, 0);
	MDB_val key = { 0, whole };

	key.mv_size = (size_t)snprintf(whole, sizeof(whole), "%s%s%s", cwd ? cwd : "",
				       cwd ? "/" : "", path) +
		      1;
	free(cwd);
	if (key.mv_size > sizeof(whole))
		return ENAMETOOLONG;
	return ask(REQUEST(.op = REMOTE_ENV_OPEN, .handle = env->handle, .a = flags, .b = mode),
		   &key, NULL, false, NULL);
}

void mdb_env_close(MDB_env *env)
{
	ask(REQUEST(.op = REMOTE_ENV_CLOSE, .handle = env->handle), NULL, NULL, false, NULL);
	free(env);
}

int mdb_env_info(MDB_env *env, MDB_envinfo *info)
{
	uint64_t last;
	int rc = ask(REQUEST(.op = REMOTE_ENV_LAST_PAGE, .handle = env->handle), NULL, NULL, false,
		     &last);

	memset(info, 0, sizeof(*info));
	info->me_last_pgno = (size_t)last;
	return rc;
}

/* ---- transactions ---- */

int mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn)
{
	*txn = parent ? NULL : calloc(1, sizeof(**txn));
	if (!*txn)
		return parent ? EINVAL : ENOMEM;
	return ask(REQUEST(.op = REMOTE_TXN_BEGIN, .handle = env->handle, .a = flags), NULL, NULL,
		   false, &(*txn)->handle);
}

static int end(MDB_txn *txn, enum remote_op op)
{
	int rc = ask(REQUEST(.op = op, .handle = txn->handle), NULL, NULL, false, NULL);

	free(txn);
	return rc;
}

int mdb_txn_commit(MDB_txn *txn)
{
	return end(txn, REMOTE_TXN_COMMIT);
}

void mdb_txn_abort(MDB_txn *txn)
{
	end(txn, REMOTE_TXN_ABORT);
}

/* The unnamed database alone. */
int mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi)
{
	uint64_t number = 0;
	int rc = name ? EINVAL
		      : ask(REQUEST(.op = REMOTE_DBI_OPEN, .handle = txn->handle, .a = flags), NULL,
			    NULL, false, &number);

	*dbi = (MDB_dbi)number;
	return rc;
}

int mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags)
{
	return ask(REQUEST(.op = REMOTE_PUT, .handle = txn->handle, .a = dbi, .b = flags), key,
		   value, false, NULL);
}

int mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value)
{
	MDB_val asked = *key;

	return ask(REQUEST(.op = REMOTE_GET, .handle = txn->handle, .a = dbi), &asked, value, true,
		   NULL);
}

int mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value)
{
	(void)value; /* of duplicates, which a view has none of */
	return ask(REQUEST(.op = REMOTE_DEL, .handle = txn->handle, .a = dbi), key, NULL, false,
		   NULL);
}

int mdb_drop(MDB_txn *txn, MDB_dbi dbi, int del)
{
	return ask(REQUEST(.op = REMOTE_DROP, .handle = txn->handle, .a = dbi, .b = (uint64_t)del),
		   NULL, NULL, false, NULL);
}

/* ---- cursors ---- */

int mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor)
{
	*cursor = calloc(1, sizeof(**cursor));
	if (!*cursor)
		return ENOMEM;
	return ask(REQUEST(.op = REMOTE_CURSOR_OPEN, .handle = txn->handle, .a = dbi), NULL, NULL,
		   false, &(*cursor)->handle);
}

void mdb_cursor_close(MDB_cursor *cursor)
{
	ask(REQUEST(.op = REMOTE_CURSOR_CLOSE, .handle = cursor->handle), NULL, NULL, false, NULL);
	free(cursor);
}

int mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op)
{
	MDB_val none = { 0, NULL }, *asked = op == MDB_SET_KEY || op == MDB_SET_RANGE ? key : &none;
	int rc = ask(REQUEST(.op = REMOTE_CURSOR_GET, .handle = cursor->handle, .a = (uint64_t)op),
		     asked, value, true, NULL);

	if (rc == 0)
		*key = *asked;
	return rc;
}

int mdb_cursor_del(MDB_cursor *cursor, unsigned flags)
{
	return ask(REQUEST(.op = REMOTE_CURSOR_DEL, .handle = cursor->handle, .a = flags), NULL,
		   NULL, false, NULL);
}
