/*
 * What liblmdb alone takes for records that are there already: to append them in the order of their
 * keys to a new file, in one transaction, and to sync it. Nothing that keeps such a file can be
 * faster; reading the old one is in it, from the page cache.
 */
#include <lmdb.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define MAP_SIZE ((size_t)8 << 30)
enum { TABLES = 16 };

struct pair {
	MDB_env *from_env, *to_env;
	MDB_txn *from, *to;
};

static bool append_table(const struct pair *p, const char *name)
{
	MDB_cursor *in, *out;
	MDB_dbi from, to;
	MDB_val k, v;
	int rc;

	if (mdb_dbi_open(p->from, name, 0, &from) ||
	    mdb_dbi_open(p->to, name, name ? MDB_CREATE : 0, &to) ||
	    mdb_cursor_open(p->from, from, &in) || mdb_cursor_open(p->to, to, &out))
		return false;
	while ((rc = mdb_cursor_get(in, &k, &v, MDB_NEXT)) == 0)
		if ((rc = mdb_cursor_put(out, &k, &v, MDB_APPEND)) != 0)
			break;
	mdb_cursor_close(in);
	mdb_cursor_close(out);
	return rc == MDB_NOTFOUND;
}

/* The names of a store's tables are the keys of its unnamed database. */
static bool append_tables(const struct pair *p)
{
	char name[32];
	MDB_cursor *c;
	MDB_dbi dbi;
	MDB_val k, v;
	bool ok = !mdb_dbi_open(p->from, NULL, 0, &dbi) && !mdb_cursor_open(p->from, dbi, &c);

	while (ok && mdb_cursor_get(c, &k, &v, MDB_NEXT) == 0) {
		snprintf(name, sizeof(name), "%.*s", (int)k.mv_size, (const char *)k.mv_data);
		ok = append_table(p, name);
	}
	return ok;
}

static bool open_pair(struct pair *p, const char *from, const char *to)
{
	const unsigned flags = MDB_NOSUBDIR | MDB_NOLOCK;

	return !mdb_env_create(&p->from_env) && !mdb_env_set_maxdbs(p->from_env, TABLES) &&
	       !mdb_env_set_mapsize(p->from_env, MAP_SIZE) &&
	       !mdb_env_open(p->from_env, from, flags | MDB_RDONLY, 0600) &&
	       !mdb_txn_begin(p->from_env, NULL, MDB_RDONLY, &p->from) &&
	       !mdb_env_create(&p->to_env) && !mdb_env_set_maxdbs(p->to_env, TABLES) &&
	       !mdb_env_set_mapsize(p->to_env, MAP_SIZE) &&
	       !mdb_env_open(p->to_env, to, flags, 0600) &&
	       !mdb_txn_begin(p->to_env, NULL, 0, &p->to);
}

double floor_append(const char *from, const char *to, bool tables)
{
	struct pair p;
	int status;

	unlink(to);
	fflush(stdout);
	double began = now_ns();
	/* In a child: what it takes of memory is not this process's, which the next program would
	 * be measured with. */
	pid_t pid = fork();
	if (pid == 0)
		_exit(!(open_pair(&p, from, to) &&
			(tables ? append_tables(&p) : append_table(&p, NULL)) &&
			mdb_txn_commit(p.to) == 0));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		world_fail("liblmdb alone");
	began = now_ns() - began;
	unlink(to);
	return began / 1e9;
}
