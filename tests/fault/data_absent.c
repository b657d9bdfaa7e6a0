/* Corruption that hides a record is reported as damage, not as not-found; a missing record is never
 * called damage, however the file came about. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/view.h"
#include "common/view_file.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"
#include "tests/unit/make_view.h"

enum { USERS = 6000, PAGE = 4096 };

static const struct encode_gid some[] = { { 2010000000, { 1, RBAC_TIME_MAX } },
					  { 2010000001, ALWAYS },
					  { 2010000002, ALWAYS } };

static void name_of(unsigned i, char *out, size_t size)
{
	/* Of many lengths, so that nodes are of many sizes. */
	snprintf(out, size, "user%0*u", (int)(4 + i * 7 % 40), i);
}

static void put_user(struct maker *m, unsigned i)
{
	char name[64];
	name_of(i, name, sizeof name);
	encode_subject(&m->buf, i, i % 2, some, i % 4, NULL, 0);
	maker_put(m, RBAC_REC_USER, name);
}

static void make(unsigned step)
{
	struct maker m;
	maker_begin(&m, STAGE_VIEW);
	encode_meta(&m.buf, &(struct encode_meta){
				    .gid_min = 2010000000, .gid_max = 2010000999, .n_unix = 1 });
	maker_put(&m, RBAC_REC_META, "");
	for (unsigned i = 0; i < USERS; i += step)
		put_user(&m, i);
	maker_end(&m);
}

struct image {
	uint8_t *p;
	size_t len;
	struct rbac_view v;
};

static void map_image(struct image *im)
{
	struct stat st;
	int fd = open(STAGE_VIEW, O_RDONLY | O_CLOEXEC);
	need(fd >= 0 && fstat(fd, &st) == 0);
	im->len = (size_t)st.st_size;
	im->p = mmap(NULL, im->len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	need(im->p != MAP_FAILED);
	close(fd);
	im->v = (struct rbac_view){ .slot = -1 };
	need(rbac_walk_init(&im->v.walk, im->p, im->len) == RBAC_OK);
}

static int get(const struct rbac_view *v, const char *name)
{
	struct rbac_bytes rec;
	return rbac_view_file_get(&v->walk, RBAC_REC_USER, name, strlen(name), &rec);
}

static int absent(const struct rbac_view *v, const char *name)
{
	return rbac_view_prove_absent(v, RBAC_REC_USER, name, strlen(name));
}

/* All that are there, and others before, between and behind them. */
static void check_all(const struct image *im)
{
	char name[80];
	for (unsigned i = 0; i < USERS; i++) {
		name_of(i, name, sizeof name);
		int found = get(&im->v, name), no = absent(&im->v, name);
		need_say(found == RBAC_OK ? no == RBAC_DAMAGED
					  : found == RBAC_NOTFOUND && no == RBAC_NOTFOUND,
			 "%s: found %d, absent %d", name, found, no);
		strcat(name, "~");
		need_say(get(&im->v, name) == RBAC_NOTFOUND &&
				 absent(&im->v, name) == RBAC_NOTFOUND,
			 "%s", name);
	}
	need(absent(&im->v, "") == RBAC_NOTFOUND && absent(&im->v, "a") == RBAC_NOTFOUND &&
	     absent(&im->v, "zzz") == RBAC_NOTFOUND);
}

static void change_at_random(unsigned *seed)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	struct buf b = { 0 };
	need(mdb_env_create(&env) == 0 && mdb_env_set_mapsize(env, 64 << 20) == 0);
	need(mdb_env_open(env, STAGE_VIEW, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0644) == 0);
	need(mdb_txn_begin(env, NULL, 0, &txn) == 0 && mdb_dbi_open(txn, NULL, 0, &dbi) == 0);
	for (int i = 0; i < 800; i++) {
		uint8_t key[RBAC_WALK_KEY_MAX];
		char name[64];
		name_of((unsigned)rand_r(seed) % USERS, name, sizeof name);
		MDB_val k = { encode_key(key, RBAC_REC_USER, name, strlen(name)), key };
		if (rand_r(seed) % 2) {
			int rc = mdb_del(txn, dbi, &k, NULL);
			need(rc == 0 || rc == MDB_NOTFOUND);
			continue;
		}
		buf_reset(&b);
		encode_subject(&b, 1, 0, some, (size_t)rand_r(seed) % 4, NULL, 0);
		/* Now and then one that takes pages of its own. */
		for (int n = rand_r(seed) % 40 == 0 ? 600 : 0; n > 0; n--)
			buf_put(&b, "0123456789", 10);
		encode_seal(&b, key, k.mv_size);
		MDB_val v = { b.len, b.p };
		need(mdb_put(txn, dbi, &k, &v, 0) == 0);
	}
	need(mdb_txn_commit(txn) == 0);
	mdb_env_close(env);
	buf_free(&b);
}

static void what_is_not_there_is_never_called_damage(void)
{
	struct image im;
	unsigned seed = 1;
	for (unsigned step = 1; step < USERS * 2; step = step * 3 + 1) {
		make(step);
		map_image(&im);
		check_all(&im);
		munmap(im.p, im.len);
	}
	make(2);
	for (unsigned round = 0; round < kit_count(12, 300); round++) {
		change_at_random(&seed);
		map_image(&im);
		check_all(&im);
		munmap(im.p, im.len);
	}
}

/* The pages on the way to NAME: where a flip can hide it. */
static size_t pages_to(const struct image *im, const char *name, size_t *at, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < im->len && n < room; i += PAGE) {
		/* A page whose loss is felt is one. */
		uint8_t kept = im->p[i];
		im->p[i] ^= 0xff;
		if (get(&im->v, name) != RBAC_OK)
			at[n++] = i;
		im->p[i] = kept;
	}
	return n;
}

static void a_hidden_record_is_not_taken_for_absent(void)
{
	static const uint8_t masks[] = { 0xff, 0x01, 0x80, 0x04, 0x10, 0x02, 0x40, 0x08, 0x20 };
	size_t n_masks = kit_count(3, KIT_COUNT(masks)), hidden = 0, flips = 0;
	struct image im;
	make(1);
	map_image(&im);
	need(im.v.walk.depth == 3);
	for (unsigned user = 0; user < USERS; user += USERS / 16 + 1) {
		size_t at[8];
		char name[64];
		name_of(user, name, sizeof name);
		size_t n = pages_to(&im, name, at, KIT_COUNT(at));
		need(n == 3);
		for (size_t p = 0; p < n; p++)
			for (size_t i = at[p]; i < at[p] + PAGE; i++)
				for (size_t m = 0; m < n_masks; m++, flips++) {
					im.p[i] ^= masks[m];
					int found = get(&im.v, name);
					if (found == RBAC_NOTFOUND) {
						hidden++;
						need_say(absent(&im.v, name) == RBAC_DAMAGED,
							 "%s: byte %zu of page %zu, "
							 "mask %#x: taken for absent",
							 name, i % PAGE, i / PAGE, masks[m]);
					}
					im.p[i] ^= masks[m];
				}
	}
	kit_note("%zu flips, %zu hid the record, none was believed", flips, hidden);
	need(hidden > 0);
}

static void a_proof_is_cheap(void)
{
	enum { TIMES = 20000 };
	struct image im;
	make(1);
	map_image(&im);
	unsigned long from = kit_ms();
	for (int i = 0; i < TIMES; i++)
		need(absent(&im.v, "user0003000~") == RBAC_NOTFOUND);
	kit_note("%lu ns for each", (kit_ms() - from) * 1000000 / TIMES);
	need(kit_ms() - from < 2000);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "what is not there is never called damage",
		  what_is_not_there_is_never_called_damage, 60 },
		{ "a hidden record is not taken for absent",
		  a_hidden_record_is_not_taken_for_absent, 60 },
		{ "a proof is cheap", a_proof_is_cheap, 20 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
