/*
 * world.h - an authority for tests of sheets: its keys, and sheets that it signs. Everything that
 * is made is to be freed with world_free().
 */
#ifndef TESTS_UNIT_FLEET_WORLD_H
#define TESTS_UNIT_FLEET_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire.h"
#include "rbacctl/fleet/judge.h"
#include "rbacctl/fleet/token.h"

#define MAIN "space:main/web"
enum { NOW = 1767607200, YEAR = 366 * 86400 };

/* Keys by number: the same number is the same key in every test. */
static inline struct fleet_key world_key(int number)
{
	uint8_t seed[FLEET_SEED] = { 7, (uint8_t)number };
	struct fleet_key key;

	fleet_key_make(seed, &key);
	return key;
}

/* Key 1 is the root, key 10 + T the authority's of term T, for terms 1 to 3; key 20 has ended. */
static inline struct fleet_keys world_keys(void)
{
	struct fleet_keys k = { .version = 1, .threshold = 1, .n_roots = 1 };

	memset(k.fleet, 0xf1, FLEET_ID);
	memcpy(k.roots[0], world_key(1).public, FLEET_PUBLIC);
	for (int t = 1; t <= 3; t++) {
		struct fleet_authority *a = &k.authorities[k.n_authorities++];
		memcpy(a->public, world_key(10 + t).public, FLEET_PUBLIC);
		a->term = (uint64_t)t;
		a->until = NOW + YEAR;
	}
	struct fleet_authority *a = &k.authorities[k.n_authorities++];
	memcpy(a->public, world_key(20).public, FLEET_PUBLIC);
	a->term = 1;
	a->until = NOW - 10;
	return k;
}

struct made {
	struct buf head, *chunks;
	struct fleet_chunk_ref *refs;
	struct fleet_bytes *bytes; /* of the chunks */
	uint32_t n;
};

/* A sheet of RECORDS, which is used up, with the head H (n_chunks and key are filled in), signed by
 * KEY. */
static inline struct made world_sheet(struct fleet_head h, const struct fleet_recent *recent,
				      struct fleet_records *records, const struct fleet_key *key)
{
	struct made m = { 0 };

	assert_int_equal(fleet_chunks_make(records, &m.chunks, &m.refs, &m.n), RBAC_OK);
	h.n_chunks = m.n;
	h.owner = h.owner ? h.owner : "";
	h.plan = h.plan ? h.plan : "";
	memcpy(h.key, key->id, FLEET_KEY_ID);
	assert_int_equal(fleet_head_encode(&h, recent, m.refs, &m.head), RBAC_OK);
	assert_int_equal(fleet_sign(key, &m.head), RBAC_OK);
	m.bytes = calloc(m.n + 1, sizeof(*m.bytes));
	for (uint32_t i = 0; i < m.n; i++)
		m.bytes[i] = (struct fleet_bytes){ m.chunks[i].p, m.chunks[i].len };
	fleet_records_free(records);
	return m;
}

static inline void world_free(struct made *m)
{
	fleet_chunks_free(m->chunks, m->refs, m->n);
	buf_free(&m->head);
	free(m->bytes);
}

static inline struct fleet_record world_row(uint64_t id, const char *subject, const char *role)
{
	return (struct fleet_record){ .type = FLEET_ASSIGNMENT,
				      .id = id,
				      .change = id,
				      .when = NOW - 100,
				      .from = RBAC_TIME_MIN,
				      .until = RBAC_TIME_MAX,
				      .name = subject,
				      .role = role,
				      .by = "root",
				      .reason = "OPS-12" };
}

/* N rows for as many users, ids from FIRST on. */
static inline struct fleet_records world_rows(uint64_t first, size_t n)
{
	struct fleet_records r = { 0 };
	char name[32];

	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "user%zu", i);
		struct fleet_record row = world_row(first + i, name, "developer");
		assert_int_equal(fleet_records_add(&r, &row), RBAC_OK);
	}
	return r;
}

static inline struct fleet_head world_head(const char *name, uint64_t term, uint64_t number)
{
	struct fleet_head h = { .name = name,
				.owner = "",
				.plan = "",
				.term = term,
				.number = number,
				.issued = NOW,
				.exists = true,
				.created = 3 };

	memset(h.fleet, 0xf1, FLEET_ID);
	return h;
}

#endif
