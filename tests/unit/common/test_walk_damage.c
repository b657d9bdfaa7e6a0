#include "tests/unit/common/db.h"

enum { GUARD = 65536, PAGE = 4096 };
enum {
	META_BODY = 16,
	META_VERSION = META_BODY + 4,
	META_PAGE_SIZE = META_BODY + 24,
	META_FLAGS = META_BODY + 76,
	META_DEPTH = META_BODY + 78,
	META_ROOT = META_BODY + 112,
	META_LAST = META_BODY + 120,
	META_TXN = META_BODY + 128
};

/* ---- damage: a copy between two inaccessible pages, so that a step outside is a crash ---- */

struct copy {
	uint8_t *p, *good;
	size_t size, records; /* records: how many the last reading came to */
	volatile uint8_t sink;
};

static void copy_make(struct copy *c)
{
	struct rbac_walk w;
	struct db db;
	uint8_t *area;

	srandom(11);
	db_open(&db);
	for (int i = 0; i < 3; i++)
		db_fill(&db, 60, 100, 6000);
	db_change(&db, 4);
	mdb_env_close(db.env);
	map_file(&w);
	assert_in_range(w.depth, 2, 4);
	c->size = w.size;
	assert_int_equal(c->size % PAGE, 0);
	area = mmap(NULL, c->size + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(area, MAP_FAILED);
	c->p = area + GUARD;
	assert_int_equal(mprotect(c->p, c->size, PROT_READ | PROT_WRITE), 0);
	c->good = malloc(c->size);
	assert_non_null(c->good);
	memcpy(c->good, w.map, c->size);
	memcpy(c->p, w.map, c->size);
	unmap_file(&w);
	unlink(file);
}

static void copy_free(struct copy *c)
{
	free(c->good);
	munmap(c->p - GUARD, c->size + 2 * GUARD);
}

static void touch(struct copy *c, const uint8_t *p, size_t len)
{
	uint8_t sum = 0;

	assert_true(p >= c->p && len <= c->size && (size_t)(p - c->p) <= c->size - len);
	for (size_t i = 0; i < len; i++)
		sum ^= p[i];
	c->sink = sum;
}

/* Read all there is, whatever state it is in; only ends, bounds and order are asked for. */
static int read_all(struct copy *c, size_t size)
{
	const uint8_t *key = NULL, *data;
	size_t key_len = 0, len;
	struct rbac_walk w;
	struct rbac_walk_place place = { 0 };
	int rc = rbac_walk_init(&w, c->p, size);

	c->records = 0;
	if (rc)
		return rc;
	while ((rc = rbac_walk_after(&w, key, key_len, &key, &key_len, &data, &len,
				     random() % 2 ? &place : NULL)) == RBAC_OK) {
		touch(c, key, key_len);
		touch(c, data, len);
		assert_true(++c->records < size);
	}
	for (unsigned i = 0; i < 4; i++) {
		uint8_t some[KEY_MAX];
		size_t some_len = random_key(some, 20, 240);

		if (rbac_walk_get(&w, some, some_len, &data, &len) == RBAC_OK)
			touch(c, data, len);
	}
	return rc;
}

static void a_flipped_byte_never_causes_a_read_outside_the_file(void **state)
{
	struct copy c;
	unsigned damaged = 0;

	(void)state;
	copy_make(&c);
	assert_int_equal(read_all(&c, c.size), RBAC_NOTFOUND);
	for (size_t i = 0; i < c.size; i++) {
		static const uint8_t flips[] = { 0xff, 0x01, 0x80 };

		/* The first bytes of a page decide: those get every kind, the others one. */
		size_t kinds = i % PAGE < 256 ? 3 : 1;

		for (size_t k = 0; k < kinds; k++) {
			c.p[i] ^= flips[k];
			damaged += read_all(&c, c.size) == RBAC_DAMAGED;
			c.p[i] ^= flips[k];
		}
	}
	assert_true(damaged > 100);
	copy_free(&c);
}

static void random_damage_never_causes_a_read_outside_the_file(void **state)
{
	static const uint16_t odd[] = { 0,   1,    2,    4,    15,     16,     17,     511,
					512, 4080, 4095, 4096, 0x7fff, 0x8000, 0xfffe, 0xffff };
	struct copy c;

	(void)state;
	copy_make(&c);
	for (int round = 0; round < 20000; round++) {
		size_t pages = c.size / PAGE, a = up_to(pages - 1) * PAGE,
		       b = up_to(pages - 1) * PAGE;

		if (round % 4 == 0)
			memcpy(c.p + a, c.good + b, PAGE);
		if (round % 4 == 1)
			memset(c.p + a, (int)random(), up_to(PAGE));
		for (size_t n = up_to(6); n > 0; n--)
			memcpy(c.p + up_to(pages - 1) * PAGE +
				       2 * up_to(random() % 3 ? 40 : PAGE / 2 - 1),
			       &odd[random() % 16], 2);
		/* The number of a page is a check that random damage seldom passes. */
		if (round % 2)
			memcpy(c.p + a, &(uint64_t){ a / PAGE }, 8);
		read_all(&c, c.size);
		if (round % 8 == 7)
			memcpy(c.p, c.good, c.size);
	}
	copy_free(&c);
}

static void exchanged_pages_are_damage(void **state)
{
	struct copy c;
	struct rbac_walk w;

	(void)state;
	copy_make(&c);
	assert_int_equal(rbac_walk_init(&w, c.p, c.size), RBAC_OK);
	for (size_t other = 2; other < w.pages; other++) {
		if (other == w.root)
			continue;
		memcpy(c.p + w.root * PAGE, c.good + other * PAGE, PAGE);
		assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
	}
	copy_free(&c);
}

/* Only pages that no record needs may be missing: liblmdb itself leaves such off. */
static void a_record_that_truncation_removed_is_damage(void **state)
{
	struct copy c;
	size_t all;

	(void)state;
	copy_make(&c);
	read_all(&c, c.size);
	all = c.records;
	assert_int_not_equal(all, 0);
	for (size_t size = c.size; size > 0;) {
		size -= size > 2 * PAGE ? PAGE : 64;
		assert_int_equal(mprotect(c.p + (size + PAGE - 1) / PAGE * PAGE, PAGE, PROT_NONE),
				 0);
		if (read_all(&c, size) != RBAC_DAMAGED)
			assert_int_equal(c.records, all);
		else
			assert_true(c.records < all);
	}
	copy_free(&c);
}

static void put_both(struct copy *c, size_t at, const void *v, size_t len)
{
	memcpy(c->p, c->good, 2 * PAGE);
	memcpy(c->p + at, v, len);
	memcpy(c->p + PAGE + at, v, len);
}

static void a_header_that_is_not_lmdbs_is_damage(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 256, 511, 513, 4097, 65536, 0x80000000u };
	struct copy c;

	(void)state;
	copy_make(&c);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		put_both(&c, META_PAGE_SIZE, &sizes[i], 4);
		assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
	}
	put_both(&c, META_BODY, &(uint32_t){ 0xDEC0EFBE }, 4);
	assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
	for (uint32_t version = 0; version < 1000; version += version == 2 ? 997 : 1) {
		put_both(&c, META_VERSION, &version, 4);
		assert_int_equal(read_all(&c, c.size), version == 1 ? RBAC_NOTFOUND : RBAC_DAMAGED);
	}
	put_both(&c, META_FLAGS, &(uint16_t){ MDB_DUPSORT }, 2);
	assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
	put_both(&c, META_DEPTH, &(uint16_t){ RBAC_WALK_DEPTH + 1 }, 2);
	assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
	put_both(&c, META_DEPTH, &(uint16_t){ 0 }, 2);
	assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
	for (int i = 0; i < 3; i++) {
		put_both(&c, META_ROOT, &(uint64_t[]){ UINT64_MAX, 1, c.size / PAGE }[i], 8);
		assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
		put_both(&c, META_LAST, &(uint64_t[]){ UINT64_MAX, 0, 2 }[i], 8);
		assert_int_equal(read_all(&c, c.size), RBAC_DAMAGED);
	}
	copy_free(&c);
}

static void the_newer_meta_page_counts(void **state)
{
	struct copy c;
	struct rbac_walk w;
	uint64_t newer;

	(void)state;
	copy_make(&c);
	for (uint64_t older = 0; older < 2; older++) {
		memcpy(c.p, c.good, c.size);
		for (uint64_t i = 0; i < 2; i++) {
			newer = i == older ? 5 : 6;
			memcpy(c.p + i * PAGE + META_TXN, &newer, 8);
			memcpy(c.p + i * PAGE + META_ROOT, &(uint64_t){ i + 10 }, 8);
			memcpy(c.p + i * PAGE + META_DEPTH, &(uint16_t){ 3 }, 2);
			memcpy(c.p + i * PAGE + META_LAST, &(uint64_t){ c.size / PAGE - 1 }, 8);
		}
		assert_int_equal(rbac_walk_init(&w, c.p, c.size), RBAC_OK);
		assert_int_equal(w.root, 10 + !older);
	}
	copy_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flipped_byte_never_causes_a_read_outside_the_file),
		cmocka_unit_test(random_damage_never_causes_a_read_outside_the_file),
		cmocka_unit_test(exchanged_pages_are_damage),
		cmocka_unit_test(a_record_that_truncation_removed_is_damage),
		cmocka_unit_test(a_header_that_is_not_lmdbs_is_damage),
		cmocka_unit_test(the_newer_meta_page_counts),
	};

	return db_main("walk, damaged", tests, sizeof(tests) / sizeof(tests[0]));
}
