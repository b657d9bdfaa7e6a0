/*
 * viewfile.h - small views for the tests of the cache, and what is counted around it.
 *
 * A view holds its meta record and USERS users, each with a payload that names the view's
 * generation and the user, so that an answer from another file or about another user is noticed.
 */
#ifndef RBAC_TESTS_VIEWFILE_H
#define RBAC_TESTS_VIEWFILE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <lmdb.h>

#include "common/error.h"
#include "common/view.h"
#include "rbacctl/view/encode.h"

enum { USERS = 40, VERSION_NEXT = RBAC_VIEW_VERSION + 1, ERRNO_MARK = 4242 };

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* tests/memory.sh says so. */
static inline bool under_valgrind(void)
{
	return getenv("RBAC_VALGRIND") != NULL;
}

/* tests/arch/run.sh says so: qemu-user takes a hundred times as long, and notes each page mapped.
 */
static inline bool under_emulator(void)
{
	return getenv("RBAC_EMULATOR") != NULL;
}

static char folder[64], view_path[96], made_path[96];

static inline void put_record(MDB_txn *txn, MDB_dbi dbi, uint8_t type, const char *name,
			      struct buf *b)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	MDB_val k = { encode_key(key, type, name, strlen(name)), key }, v;

	assert_int_not_equal(k.mv_size, 0);
	encode_seal(b, key, k.mv_size);
	assert_false(b->failed);
	v = (MDB_val){ b->len, b->p };
	assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
	buf_reset(b);
}

static inline void user_payload(char out[64], uint64_t generation, const char *user)
{
	memset(out, 0, 64);
	snprintf(out, 64, "%llu %s", (unsigned long long)generation, user);
}

static inline void put_records(MDB_txn *txn, MDB_dbi dbi, uint64_t generation, uint32_t version)
{
	struct encode_meta meta = { .generation = generation, .gid_min = 1000, .gid_max = 2000 };
	struct buf b = { 0 };

	if (version) {
		encode_meta(&b, &meta);
		b.p[0] = (uint8_t)version;
		put_record(txn, dbi, RBAC_REC_META, "", &b);
	}
	for (int i = 0; i < USERS; i++) {
		char user[16], payload[64];

		snprintf(user, sizeof(user), "user%02d", i);
		user_payload(payload, generation, user);
		buf_put(&b, payload, sizeof(payload));
		put_record(txn, dbi, RBAC_REC_USER, user, &b);
	}
	buf_free(&b);
}

/* Write a view to PATH; version 0: one without a meta record. */
static inline void view_make(const char *path, uint64_t generation, uint32_t version)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	unlink(path);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0644), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	put_records(txn, dbi, generation, version);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static inline void view_publish(uint64_t generation)
{
	view_make(made_path, generation, RBAC_VIEW_VERSION);
	assert_int_equal(rename(made_path, view_path), 0);
}

/* Until the coarse clock has moved: what a publish does before it returns. */
static inline void tick_wait(void)
{
	struct timespec a, b, pause = { 0, 200000 };

	clock_gettime(CLOCK_MONOTONIC_COARSE, &a);
	do {
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_MONOTONIC_COARSE, &b);
	} while (a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec);
}

/* RBAC_OK when V answers about USER as the view of its own generation must; any thread. */
static inline int view_ask(const struct rbac_view *v, int user)
{
	char name[16], want[64];
	struct rbac_bytes rec;
	int rc;

	snprintf(name, sizeof(name), "user%02d", user);
	user_payload(want, v->meta.generation, name);
	rc = rbac_view_get(v, RBAC_REC_USER, name, strlen(name), &rec);
	if (rc)
		return rc;
	return rec.len == sizeof(want) && memcmp(rec.p, want, sizeof(want)) == 0 ? RBAC_OK
										 : RBAC_CONFLICT;
}

static inline unsigned fds_open(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* How many mappings of files in our folder this process has. */
static inline unsigned views_mapped(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	unsigned n = 0;

	if (!f)
		return UINT32_MAX;
	while (fgets(line, sizeof(line), f))
		n += strstr(line, folder) != NULL;
	fclose(f);
	return n;
}

/* ---- for tests of one thread ---- */

/* errno stays as it was. */
static inline int acquire(const char *path, int trust, struct rbac_view *v)
{
	int rc;

	errno = ERRNO_MARK;
	rc = rbac_view_acquire(path, trust, v);
	assert_int_equal(errno, ERRNO_MARK);
	return rc;
}

static inline void release(struct rbac_view *v)
{
	errno = ERRNO_MARK;
	rbac_view_release(v);
	assert_int_equal(errno, ERRNO_MARK);
}

/* What acquire and open say, which must be the same; descriptors and mappings as before. */
static inline int verdict(const char *path, int trust)
{
	unsigned fds = fds_open(), maps = views_mapped();
	struct rbac_view v;
	int opened, acquired;

	errno = ERRNO_MARK;
	opened = rbac_view_open(path, trust, &v);
	assert_int_equal(errno, ERRNO_MARK);
	release(&v);
	acquired = acquire(path, trust, &v);
	release(&v);
	assert_int_equal(opened, acquired);
	assert_int_equal(fds_open(), fds);
	assert_true(views_mapped() <= maps + 1);
	return acquired;
}

/* The generation that a lookup sees now. */
static inline uint64_t generation(void)
{
	struct rbac_view v;
	uint64_t g;

	assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(view_ask(&v, 7), RBAC_OK);
	g = v.meta.generation;
	release(&v);
	return g;
}

static inline int at_path(void)
{
	tick_wait();
	return verdict(view_path, RBAC_TRUST_SELF);
}

/* Without MADV_WIPEONFORK (before Linux 4.14, or in an emulator) nothing is cached, and some
 * statements are void. */
static inline void need_cache(void)
{
	struct rbac_view v;

	view_publish(1);
	assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_OK);
	release(&v);
	if (v.slot < 0)
		skip();
}

/* How many mappings there are of one that is kept between calls. */
static inline unsigned mapped_when_kept(void)
{
	struct rbac_view v;

	assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_OK);
	release(&v);
	return v.slot >= 0 ? 1 : 0;
}

static inline void write_file(const void *p, size_t len, off_t size)
{
	int fd = open(made_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, len), len);
	if (size && ftruncate(fd, size))
		print_message("no file of %lld bytes here\n", (long long)size);
	close(fd);
	rename(made_path, view_path);
}

static inline int view_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%.40s/rbac-view.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(view_path, sizeof(view_path), "%s/view.mdb", folder);
	snprintf(made_path, sizeof(made_path), "%s/made.mdb", folder);
	return chmod(folder, 0755);
}

static inline int view_teardown(void **state)
{
	(void)state;
	unlink(view_path);
	unlink(made_path);
	return rmdir(folder);
}

#endif
