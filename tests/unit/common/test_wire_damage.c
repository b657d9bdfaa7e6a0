/* Any bytes in the place of a record are refused, or read within their bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/wire.h"
#include "tests/unit/common/wire_samples.h"

enum { FLIPS = 4000 };

/* ---- reading all that a record gives out; the sum keeps the compiler from leaving reads out ----
 */

static unsigned sum;

static void touch(struct rbac_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		sum += b.p[i];
}

static int read_meta(struct rbac_bytes rec)
{
	struct rbac_meta m;
	int rc = rbac_meta_decode(rec, &m);

	if (rc != RBAC_OK)
		return rc;
	touch((struct rbac_bytes){ m.identity, RBAC_IDENTITY });
	touch(m.hosts);
	for (uint32_t gid = 0; gid < 1000; gid += 9)
		sum += (unsigned)rbac_meta_extra(&m, gid) + rbac_meta_exempt_gid(&m, gid);
	for (int64_t t = 0; t < 4000; t += 500)
		sum += (unsigned)rbac_meta_offset(&m, t);
	sum += rbac_meta_exempt_user(&m, "nobody", 6);
	return RBAC_OK;
}

static int read_subject(struct rbac_bytes rec)
{
	struct rbac_subject s;
	struct rbac_window w;
	struct rbac_grant g;
	uint32_t gid;
	int rc = rbac_subject_decode(rec, &s);

	for (uint32_t i = 0; rc == RBAC_OK && i < s.n_gids; i++)
		rc = rbac_subject_gid(&s, i, &gid, &w);
	for (uint32_t i = 0; rc == RBAC_OK && i < s.n_grants; i++) {
		rc = rbac_subject_grant(&s, i, &g);
		if (rc == RBAC_OK)
			touch(g.scope);
	}
	return rc;
}

static int read_group(struct rbac_bytes rec)
{
	struct rbac_group g;
	struct rbac_window w;
	const uint8_t *name;
	uint8_t len;
	size_t at = 0;
	int rc = rbac_group_decode(rec, &g);

	if (rc != RBAC_OK)
		return rc;
	sum += (unsigned)strlen((const char *)g.name);
	touch((struct rbac_bytes){ g.always, g.always_len });
	touch((struct rbac_bytes){ g.always_lens, g.n_always });
	while ((rc = rbac_group_windowed(&g, &at, &w, &name, &len)) == RBAC_OK)
		assert_int_equal(strlen((const char *)name), len);
	return rc == RBAC_NOTFOUND ? RBAC_OK : rc;
}

static int read_rules(struct rbac_bytes rec)
{
	struct rbac_rules r;
	struct rbac_rule rule;
	int rc = rbac_rules_decode(rec, &r);

	while (rc == RBAC_OK && (rc = rbac_rules_next(&r, &rule)) == RBAC_OK) {
		const uint8_t *p = rule.users.p;

		for (uint32_t i = 0; i < rule.n_users; i++, p += 1 + p[0])
			touch((struct rbac_bytes){ p + 1, p[0] });
		for (int k = 0; k < RBAC_CONDITIONS; k++) {
			p = rule.conditions[k].entries.p;
			for (uint32_t i = 0; i < rule.conditions[k].n; i++)
				p += rbac_condition_entry_size(k, p);
			assert_ptr_equal(p, rule.conditions[k].entries.p +
						    rule.conditions[k].entries.len);
			touch(rule.conditions[k].entries);
		}
		touch(rule.file);
		touch((struct rbac_bytes){ rule.roles, rule.n_role_bytes });
		touch((struct rbac_bytes){ rule.groups, rule.n_groups * (size_t)4 });
	}
	return rc == RBAC_NOTFOUND ? RBAC_OK : rc;
}

static int read_scope(struct rbac_bytes rec)
{
	struct rbac_scope_rec s;
	int rc = rbac_scope_decode(rec, &s);

	if (rc == RBAC_OK) {
		touch(s.owner);
		touch(s.plan);
	}
	return rc;
}

static const struct kind {
	const char *name;
	void (*sample)(struct buf *b);
	int (*read)(struct rbac_bytes rec);
	bool exact; /* every proper prefix is refused */
} kinds[] = {
	{ "meta", sample_meta, read_meta, true },
	{ "subject", sample_subject, read_subject, true },
	{ "group", sample_group, read_group, false }, /* windowed members end where the record does
						       */
	{ "rules", sample_rules, read_rules, true },
	{ "scope", sample_scope, read_scope, true },
};

/* The same bytes in memory of exactly their length, so that the sanitizer sees a read beyond. */
static int read_copy(const struct kind *k, const uint8_t *p, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, p, len);
	int rc = k->read((struct rbac_bytes){ copy, len });
	free(copy);
	return rc;
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct buf b = { 0 };

		kinds[k].sample(&b);
		assert_int_equal(read_copy(&kinds[k], b.p, b.len), RBAC_OK);
		for (size_t len = 0; len < b.len; len++) {
			int rc = read_copy(&kinds[k], b.p, len);

			if (kinds[k].exact || rc != RBAC_OK)
				assert_int_equal(rc, RBAC_DAMAGED);
		}
		buf_free(&b);
	}
}

static void flipped_bytes_cause_no_read_outside_the_record(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		for (int round = 0; round < FLIPS; round++) {
			struct buf b = { 0 };

			kinds[k].sample(&b);
			for (uint32_t n = 1 + rnd(4); n > 0; n--)
				b.p[rnd(rnd(2) ? (uint32_t)b.len : 40) % b.len] =
					rnd(3) ? (uint8_t)rnd(256) : 0xff;
			int rc = read_copy(&kinds[k], b.p,
					   rnd(4) ? b.len : rnd((uint32_t)b.len + 1));
			assert_true(rc == RBAC_OK || rc == RBAC_DAMAGED || rc == RBAC_NEWER);
			buf_free(&b);
		}
	}
}

static void counts_too_large_to_multiply_are_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct buf b = { 0 };

		kinds[k].sample(&b);
		for (size_t at = 0; at + 4 <= b.len && at < 100; at++) {
			uint8_t saved[4];

			memcpy(saved, b.p + at, 4);
			for (int bit = 26; bit < 32; bit++) {
				memset(b.p + at, 0xff, 4);
				b.p[at + 3] = (uint8_t)(1 << (bit - 24));
				(void)read_copy(&kinds[k], b.p, b.len);
			}
			memset(b.p + at, 0xff, 4);
			(void)read_copy(&kinds[k], b.p, b.len);
			memcpy(b.p + at, saved, 4);
		}
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(flipped_bytes_cause_no_read_outside_the_record),
		cmocka_unit_test(counts_too_large_to_multiply_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
