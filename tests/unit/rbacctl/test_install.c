/*
 * What publish puts in the place of the view: only what readers can read, and nobody sees the old
 * one afterwards.
 *
 * liblmdb is stood in for here by one that spoils what it wrote or what it says; the clock of the
 * readers stands still but for those who sleep.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/walk.h"
#include "rbacctl/view/update.h"
#include "rbacctl/view/gather.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; } );\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; }; "                           \
	"roles = { r = { kind = \"top\"; keychains = [ \"c\" ]; }; };\n"

/* ---- a liblmdb that is not as it should be, for views alone ---- */

enum spoil {
	SOUND,
	OTHER_VERSION,
	OTHER_PAGE_NUMBER,
	OTHER_CHECKSUM,
	OTHER_COUNT,
	OTHER_ANSWER,
	SPOILS
};
static enum spoil spoil;
static bool updating; /* a copy; what is compiled gets its pages from the compact copy */

#define REAL(name)                                                                                 \
	static __typeof__(&name) real;                                                             \
	if (!real)                                                                                 \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

static bool is_view(MDB_env *env)
{
	const char *path = "";
	return mdb_env_get_path(env, &path) == 0 && strstr(path, "view.mdb.new");
}

/* Where the record of user bob is in the file of SIZE bytes at MAP. */
static size_t record_at(const uint8_t *map, size_t size, size_t *len)
{
	struct rbac_walk w;
	const uint8_t *data;
	assert_int_equal(rbac_walk_init(&w, map, size), RBAC_OK);
	assert_int_equal(rbac_walk_get(&w, "ubob", 4, &data, len), RBAC_OK);
	return (size_t)(data - map);
}

static void spoil_file(int fd)
{
	struct stat st;
	size_t len, page = (size_t)sysconf(_SC_PAGESIZE);
	assert_int_equal(fstat(fd, &st), 0);
	size_t size = (size_t)st.st_size;
	uint8_t *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	size_t at = record_at(map, size, &len);
	if (spoil == OTHER_VERSION)
		map[16 + 4]++, map[page + 16 + 4]++; /* docs/format.md: of both meta pages */
	else if (spoil == OTHER_PAGE_NUMBER)
		map[at / page * page]++;
	else if (spoil == OTHER_CHECKSUM)
		map[at + len - 1] ^= 1;
	munmap(map, size);
}

int mdb_txn_commit(MDB_txn *txn)
{
	REAL(mdb_txn_commit);
	MDB_env *env = mdb_txn_env(txn);
	int fd, rc = real(txn);
	if (!rc && spoil && updating && is_view(env) && mdb_env_get_fd(env, &fd) == 0)
		spoil_file(fd);
	return rc;
}

/* What liblmdb's copy fails with, after it has written a part; 0: it does not. */
static int copy_fails;

int mdb_env_copyfd2(MDB_env *env, mdb_filehandle_t fd, unsigned flags)
{
	REAL(mdb_env_copyfd2);
	if (copy_fails)
		return write(fd, "part", 4) == 4 ? copy_fails : EIO;
	int rc = real(env, fd, flags);
	if (!rc && spoil && is_view(env))
		spoil_file(fd);
	return rc;
}

int mdb_env_stat(MDB_env *env, MDB_stat *stat)
{
	REAL(mdb_env_stat);
	int rc = real(env, stat);
	stat->ms_entries += spoil == OTHER_COUNT && is_view(env);
	return rc;
}

/* The same record, one byte of it another. */
static void answer_otherwise(const MDB_val *key, MDB_val *data)
{
	static uint8_t other[4096];
	if (spoil != OTHER_ANSWER || key->mv_size != 4 || memcmp(key->mv_data, "ubob", 4) != 0)
		return;
	assert_true(data->mv_size <= sizeof other);
	memcpy(other, data->mv_data, data->mv_size);
	other[0] ^= 1;
	data->mv_data = other;
}

int mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data)
{
	REAL(mdb_get);
	int rc = real(txn, dbi, key, data);
	if (!rc && is_view(mdb_txn_env(txn)))
		answer_otherwise(key, data);
	return rc;
}

int mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op)
{
	REAL(mdb_cursor_get);
	int rc = real(cursor, key, data, op);
	if (!rc && is_view(mdb_txn_env(mdb_cursor_txn(cursor))))
		answer_otherwise(key, data);
	return rc;
}

/* ---- a clock that moves for those who sleep ---- */

static struct {
	bool stopped;
	struct timespec coarse;
	int slept;
} clocks;

int clock_gettime(clockid_t id, struct timespec *t)
{
	if (clocks.stopped && id == CLOCK_MONOTONIC_COARSE) {
		*t = clocks.coarse;
		return 0;
	}
	return (int)syscall(SYS_clock_gettime, id, t);
}

/* A tick is longer than one pause. */
int nanosleep(const struct timespec *pause, struct timespec *left)
{
	if (!clocks.stopped)
		return (int)syscall(SYS_nanosleep, pause, left);
	if (++clocks.slept % 3 == 0)
		clocks.coarse.tv_nsec += 4000000;
	return 0;
}

static int setup(void **state)
{
	spoil = SOUND;
	memset(&clocks, 0, sizeof clocks);
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(*state, "root", "bob", "r", "top:a"), RBAC_OK);
	return 0;
}

/* ---- the tests ---- */

static void test_a_view_that_cannot_be_read_back_is_not_installed(void **state)
{
	struct lab *l = *state;
	for (spoil = SOUND + 1; spoil < SPOILS; spoil++) {
		uint64_t before = view_generation(l);
		int err = host_assign(l, "root", "cyd", "r", "top:a");
		if (!err)
			fail_msg("way %d of spoiling it: installed", spoil);
		assert_said(l, "the view cannot be made");
		enum spoil was = spoil;
		spoil = SOUND;
		assert_int_equal(view_generation(l), before);
		assert_verified(l);
		spoil = was;
	}
	spoil = SOUND;
	assert_int_equal(host_assign(l, "root", "cyd", "r", "top:a"), RBAC_OK);
}

/* Is anything beside the view in its folder? */
static bool alone(const struct lab *l)
{
	char path[4200];
	snprintf(path, sizeof path, "%s.new.compact", l->a.view);
	if (access(path, F_OK) == 0)
		return false;
	snprintf(path, sizeof path, "%s.new", l->a.view);
	return access(path, F_OK) != 0;
}

/* Where the compact copy only lacks something of this host, the change is made without it. */
static void test_a_change_does_not_fail_for_want_of_a_compact_copy(void **state)
{
	static const struct {
		int rc, result;
	} rows[] = {
		{ ENOSPC, RBAC_OK }, { EDQUOT, RBAC_OK },  { EAGAIN, RBAC_OK },
		{ ENOMEM, RBAC_OK }, { EIO, RBAC_SYSTEM }, { MDB_CORRUPTED, RBAC_SYSTEM },
	};
	struct lab *l = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char user[8];
		snprintf(user, sizeof user, "u%zu", i);
		passwd_user(user, 2000 + (uid_t)i, 100);
		uint64_t before = view_generation(l);
		copy_fails = rows[i].rc;
		assert_int_equal(host_assign(l, "root", user, "r", "top:a"), rows[i].result);
		copy_fails = 0;
		assert_int_equal(view_generation(l), before + (rows[i].result == RBAC_OK));
		assert_true(alone(l));
		assert_verified(l);
	}
}

/* The update of a copy, which the change of a large store makes: bob's record is one that is
 * written anew. */
static int update(struct change *c, const char *from, const char *to)
{
	char why[1024] = "";
	struct problems problems = { 0 };
	struct role_groups groups;
	struct facts facts;
	assert_int_equal(role_groups_make(c->p, &groups, &problems), RBAC_OK);
	assert_int_equal(gather_facts(c->p, &c->t, c->a->now, NULL, &facts), RBAC_OK);
	struct compile job = { &c->t, c->p, &c->sources, &facts, &groups, c->a->now };
	updating = true;
	int err = update_view(&job, from, to, why, sizeof why);
	updating = false;
	facts_free(&facts);
	role_groups_free(&groups);
	problems_free(&problems);
	return err;
}

static void test_nor_is_an_update_of_it(void **state)
{
	struct lab *l = *state;
	char part[300];
	struct change c;
	snprintf(part, sizeof part, "%s/view.mdb.new", l->state);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	assert_int_equal(change_revoke(&c, &(struct revoke_request){ .subject = "bob",
								     .role = "r",
								     .scope = "top:a" }),
			 RBAC_OK);
	for (spoil = SOUND + 1; spoil < SPOILS; spoil++) {
		if (spoil == OTHER_COUNT)
			continue; /* of a copy the records that were written are read back, not all
				   */
		int err = update(&c, l->a.view, part);
		if (err != RBAC_DAMAGED)
			fail_msg("way %d of spoiling it: %s", spoil, rbac_error_text(err));
		assert_int_not_equal(access(part, F_OK), 0);
	}
	spoil = SOUND;
	assert_int_equal(update(&c, l->a.view, part), RBAC_OK);
	assert_int_equal(unlink(part), 0);
	assert_int_equal(lab_end(l, &c, RBAC_REFUSED), RBAC_REFUSED);
}

/* When revoke has returned, no process still sees the role, not even one that looked in the same
 * tick of the clock. */
static void test_revoked_within_a_tick(void **state)
{
	struct lab *l = *state;
	struct rbac_view v;
	struct change c;
	clocks.stopped = true;
	clocks.coarse.tv_sec = 1000;
	assert_int_equal(rbac_view_acquire(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	uint64_t before = v.meta.generation;
	rbac_view_release(&v);
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(clocks.slept, 0);
	err = lab_end(l, &c,
		      err ? err
			  : change_revoke(&c, &(struct revoke_request){ .subject = "bob",
									.role = "r",
									.scope = "top:a" }));
	assert_int_equal(err, RBAC_OK);
	assert_int_equal(rbac_view_acquire(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(v.meta.generation, before + 1);
	rbac_view_release(&v);
	assert_int_equal(clocks.slept, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_view_that_cannot_be_read_back_is_not_installed, setup,
			host_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_change_does_not_fail_for_want_of_a_compact_copy, setup,
			host_teardown),
		cmocka_unit_test_setup_teardown(test_nor_is_an_update_of_it, setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_revoked_within_a_tick, setup, host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
