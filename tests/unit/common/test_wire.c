/* Records come back as they were written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/name.h"
#include "common/walk.h"
#include "common/wire.h"
#include "tests/unit/common/wire_samples.h"

enum { ROUNDS = 200 };

static struct rbac_bytes bytes(const struct buf *b)
{
	assert_false(b->failed);
	return (struct rbac_bytes){ b->p, b->len };
}

static void assert_bytes(struct rbac_bytes got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.p, want, got.len);
}

static void a_meta_record_decodes_to_what_was_encoded(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct rbac_meta m;
	sample_meta(&b);
	assert_int_equal(rbac_meta_decode(bytes(&b), &m), RBAC_OK);
	assert_int_equal(m.version, RBAC_VIEW_VERSION);
	assert_int_equal(m.generation, 42);
	assert_int_equal(m.published, 1700000000);
	assert_int_equal(m.n_unix, 3);
	assert_int_equal(m.identity[31], 0x5a);
	assert_true(rbac_meta_in_range(&m, 2010000000) && rbac_meta_in_range(&m, 2139999999));
	assert_false(rbac_meta_in_range(&m, 2009999999) || rbac_meta_in_range(&m, 2140000000));
	assert_int_equal(rbac_meta_extra(&m, 27), 0);
	assert_int_equal(rbac_meta_extra(&m, 998), 1);
	assert_int_equal(rbac_meta_extra(&m, 28), -1);
	assert_true(rbac_meta_exempt_gid(&m, 4) && rbac_meta_exempt_gid(&m, 500));
	assert_false(rbac_meta_exempt_gid(&m, 0) || rbac_meta_exempt_gid(&m, 501));
	assert_true(rbac_meta_exempt_user(&m, "rescue", 6) && rbac_meta_exempt_user(&m, "a", 1));
	assert_false(rbac_meta_exempt_user(&m, "rescu", 5) || rbac_meta_exempt_user(&m, "", 0) ||
		     rbac_meta_exempt_user(&m, "A", 1));
	assert_int_equal(m.n_hosts, 2);
	assert_int_equal(rbac_meta_offset(&m, 999), 3600);
	assert_int_equal(rbac_meta_offset(&m, 1000), 3600);
	assert_int_equal(rbac_meta_offset(&m, 1999), 3600);
	assert_int_equal(rbac_meta_offset(&m, 2000), -7200);
	assert_int_equal(rbac_meta_offset(&m, RBAC_TIME_MAX), -7200);
	buf_free(&b);
}

static void a_newer_version_is_not_damage(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct rbac_meta m;
	buf_u32(&b, RBAC_VIEW_VERSION + 1);
	assert_int_equal(rbac_meta_decode(bytes(&b), &m), RBAC_NEWER);
	b.p[0] = 0;
	assert_int_equal(rbac_meta_decode(bytes(&b), &m), RBAC_DAMAGED);
	buf_free(&b);
}

static void an_empty_meta_record_exempts_nobody_and_has_no_offset(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct rbac_meta m;
	encode_meta(&b, &(struct encode_meta){ .gid_min = 1, .gid_max = 1 });
	assert_int_equal(rbac_meta_decode(bytes(&b), &m), RBAC_OK);
	assert_int_equal(rbac_meta_extra(&m, 0), -1);
	assert_false(rbac_meta_exempt_gid(&m, 0) || rbac_meta_exempt_user(&m, "", 0));
	assert_int_equal(rbac_meta_offset(&m, 5), 0);
	buf_free(&b);
}

static void more_than_64_extra_groups_are_refused(void **state)
{
	(void)state;
	uint32_t extra[RBAC_EXTRA_MAX + 1];
	struct buf b = { 0 };
	struct rbac_meta m;
	for (uint32_t i = 0; i <= RBAC_EXTRA_MAX; i++)
		extra[i] = 100 + i;
	struct encode_meta e = {
		.gid_min = 1, .gid_max = 1, .extra = extra, .n_extra = RBAC_EXTRA_MAX
	};
	encode_meta(&b, &e);
	assert_int_equal(rbac_meta_decode(bytes(&b), &m), RBAC_OK);
	assert_int_equal(rbac_meta_extra(&m, 100 + RBAC_EXTRA_MAX - 1), RBAC_EXTRA_MAX - 1);
	buf_reset(&b);
	e.n_extra++;
	encode_meta(&b, &e);
	assert_true(b.failed);
	buf_free(&b);
}

static void a_subject_decodes_to_what_was_encoded(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct encode_gid gids[MANY];
		struct encode_grant grants[MANY];
		static char scopes[MANY][400];
		size_t n_gids = rnd(MANY + 1), n_grants = rnd(MANY + 1);
		struct buf b = { 0 };
		struct rbac_subject s;

		for (size_t i = 0; i < n_gids; i++)
			gids[i] = (struct encode_gid){ rnd(UINT32_MAX), random_window() };
		for (size_t i = 0; i < n_grants; i++) {
			random_name(scopes[i], 0, 380);
			grants[i] = (struct encode_grant){ (uint64_t)rnd(UINT32_MAX) << 20,
							   rnd(900), rnd(8), random_window(),
							   scopes[rnd((uint32_t)i + 1)] };
		}
		encode_subject(&b, 1000, RBAC_SUBJECT_SUSPENDED, gids, n_gids, grants, n_grants);
		assert_int_equal(rbac_subject_decode(bytes(&b), &s), RBAC_OK);
		assert_int_equal(s.uid, 1000);
		assert_int_equal(s.flags, RBAC_SUBJECT_SUSPENDED);
		assert_int_equal(s.n_gids, n_gids);
		assert_int_equal(s.n_grants, n_grants);
		assert_true(s.n_windows <= 25);
		for (uint32_t i = 0; i < n_gids; i++) {
			uint32_t gid;
			struct rbac_window w;

			assert_int_equal(rbac_subject_gid(&s, i, &gid, &w), RBAC_OK);
			assert_int_equal(gid, gids[i].gid);
			assert_memory_equal(&w, &gids[i].window, sizeof(w));
		}
		for (uint32_t i = 0; i < n_grants; i++) {
			struct rbac_grant g;

			assert_int_equal(rbac_subject_grant(&s, i, &g), RBAC_OK);
			assert_true(g.id == grants[i].id && g.role == grants[i].role &&
				    g.flags == grants[i].flags);
			assert_memory_equal(&g.window, &grants[i].window, sizeof(g.window));
			assert_bytes(g.scope, grants[i].scope);
		}
		struct rbac_grant none;
		assert_int_equal(rbac_subject_grant(&s, (uint32_t)n_grants, &none), RBAC_DAMAGED);
		buf_free(&b);
	}
}

static void a_group_has_permanent_and_windowed_members(void **state)
{
	(void)state;
	char longest[256];
	memset(longest, 'z', 255);
	longest[255] = '\0';
	const struct encode_member m[] = {
		{ "al", { 1, 2 } }, { "al", ALWAYS }, { "bo", { 1, 5 } },  { "bo", { 7, 9 } },
		{ "cy", ALWAYS },   { "cy", ALWAYS }, { longest, ALWAYS },
	};
	struct buf b = { 0 };
	struct rbac_group g;
	encode_group(&b, 5, RBAC_GROUP_EXTRA, "docker", m, COUNT(m));
	assert_int_equal(rbac_group_decode(bytes(&b), &g), RBAC_OK);
	assert_int_equal(g.gid, 5);
	assert_int_equal(g.flags, RBAC_GROUP_EXTRA);
	assert_string_equal(g.name, "docker");
	assert_int_equal(g.name_len, 6);
	assert_int_equal(g.n_always, 3);
	assert_int_equal(g.always_len, 3 + 3 + 256);
	assert_int_equal(g.always_lens[0], 2);
	assert_int_equal(g.always_lens[2], 255);
	assert_memory_equal(g.always, "al\0cy\0zz", 8);
	assert_int_equal(g.n_windowed, 2);

	struct rbac_window w;
	const uint8_t *name;
	uint8_t len;
	size_t at = 0;
	assert_int_equal(rbac_group_windowed(&g, &at, &w, &name, &len), RBAC_OK);
	assert_true(w.from == 1 && w.until == 5 && len == 2);
	assert_string_equal(name, "bo");
	assert_int_equal(rbac_group_windowed(&g, &at, &w, &name, &len), RBAC_OK);
	assert_true(w.from == 7 && w.until == 9);
	assert_int_equal(rbac_group_windowed(&g, &at, &w, &name, &len), RBAC_NOTFOUND);
	at = 1 << 20;
	assert_int_equal(rbac_group_windowed(&g, &at, &w, &name, &len), RBAC_DAMAGED);
	buf_free(&b);
}

static void a_name_with_a_nul_inside_is_damage(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct rbac_group g;
	encode_group(&b, 5, 0, "docker", NULL, 0);
	assert_int_equal(rbac_group_decode(bytes(&b), &g), RBAC_OK);
	b.p[b.len - 3] = '\0';
	assert_int_equal(rbac_group_decode(bytes(&b), &g), RBAC_DAMAGED);
	b.p[b.len - 3] = 'k';
	b.p[b.len - 1] = 'x';
	assert_int_equal(rbac_group_decode(bytes(&b), &g), RBAC_DAMAGED);
	buf_free(&b);
}

static void login_rules_decode_in_their_order(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct rbac_rules r;
	struct rbac_rule rule;
	sample_rules(&b);
	assert_int_equal(rbac_rules_decode(bytes(&b), &r), RBAC_OK);
	assert_int_equal(rbac_rules_next(&r, &rule), RBAC_OK);
	assert_true(rule.number == 1 && rule.flags == 0 && rule.line == 4);
	assert_bytes(rule.file, "rbac.conf");
	assert_true(rule.n_role_bytes == 3 && rule.roles[0] == 0x81 && rule.roles[2] == 0x02);
	assert_true(rule.n_users == 2 && rule.users.len == 1 + 6 + 1 + 1);
	assert_memory_equal(rule.users.p, "\006backup\001x", 9);
	assert_true(rule.n_groups == 2 && rbac_le32(rule.groups + 4) == 9);
	const struct rbac_list *from = &rule.conditions[RBAC_CONDITION_FROM],
			       *hours = &rule.conditions[RBAC_CONDITION_HOURS];
	assert_true(from->n == 2 && from->entries.p[0] == RBAC_FROM_IPV4 &&
		    from->entries.p[1] == 24);
	assert_true(hours->n == 2 && hours->entries.len == 10 &&
		    rbac_le16(hours->entries.p + 5 + 3) == 1440);
	assert_int_equal(rbac_rules_next(&r, &rule), RBAC_OK);
	assert_true(rule.number == 7 && rule.flags == RBAC_RULE_ANYONE && rule.line == 70000 &&
		    rule.file.len == 0);
	assert_int_equal(rbac_rules_next(&r, &rule), RBAC_NOTFOUND);
	buf_free(&b);
}

static void a_scope_decodes_to_what_was_encoded(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct rbac_scope_rec s;
	sample_scope(&b);
	assert_int_equal(rbac_scope_decode(bytes(&b), &s), RBAC_OK);
	assert_int_equal(s.created, 12);
	assert_bytes(s.owner, "alice");
	assert_bytes(s.plan, "small");
	buf_reset(&b);
	encode_scope(&b, UINT64_MAX, NULL, NULL);
	assert_int_equal(rbac_scope_decode(bytes(&b), &s), RBAC_OK);
	assert_true(s.created == UINT64_MAX && s.owner.len == 0 && s.plan.len == 0);
	buf_free(&b);
}

static void a_uid_decodes_to_the_recorded_name(void **state)
{
	char name[257];
	struct buf b = { 0 };
	struct rbac_bytes got;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t len = 0; len <= 256; len++) {
		name[len] = '\0';
		buf_reset(&b);
		encode_uid(&b, name);
		assert_int_equal(rbac_uid_decode(bytes(&b), &got),
				 len >= 1 && len <= 255 ? RBAC_OK : RBAC_DAMAGED);
		if (len >= 1 && len <= 255)
			assert_bytes(got, name);
		name[len] = 'n';
	}
	assert_int_equal(rbac_uid_decode((struct rbac_bytes){ (const uint8_t *)"a\0b", 3 }, &got),
			 RBAC_DAMAGED);
	buf_free(&b);
}

static void a_role_decodes_to_its_name_and_flags(void **state)
{
	char name[RBAC_WORD_MAX + 2];
	struct buf b = { 0 };
	struct rbac_role got;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t len = 0; len <= RBAC_WORD_MAX + 1; len++) {
		name[len] = '\0';
		buf_reset(&b);
		encode_role(&b, RBAC_ROLE_ENDS_SESSIONS, name);
		assert_int_equal(rbac_role_decode(bytes(&b), &got),
				 len >= 1 && len <= RBAC_WORD_MAX ? RBAC_OK : RBAC_DAMAGED);
		if (len >= 1 && len <= RBAC_WORD_MAX) {
			assert_int_equal(got.flags, RBAC_ROLE_ENDS_SESSIONS);
			assert_bytes(got.name, name);
		}
		name[len] = 'n';
	}
	assert_int_equal(
		rbac_role_decode((struct rbac_bytes){ (const uint8_t *)"\0a\0b", 4 }, &got),
		RBAC_DAMAGED);
	assert_int_equal(rbac_role_decode((struct rbac_bytes){ NULL, 0 }, &got), RBAC_DAMAGED);
	buf_free(&b);
}

static void a_value_too_large_for_its_field_is_not_encoded(void **state)
{
	(void)state;
	char name[257];
	struct buf b = { 0 };
	memset(name, 'n', 256);
	name[256] = '\0';
	encode_group(&b, 1, 0, "g", &(struct encode_member){ name, ALWAYS }, 1);
	assert_true(b.failed);
	buf_reset(&b);
	encode_group(&b, 1, 0, "g", &(struct encode_member){ name, { 0, 1 } }, 1);
	assert_true(b.failed);
	buf_reset(&b);
	encode_scope(&b, 1, name, NULL);
	assert_true(b.failed);
	buf_reset(&b);
	encode_scope(&b, 1, name + 1, NULL);
	assert_false(b.failed);
	buf_free(&b);
}

static void a_key_is_a_type_and_a_name_and_a_record_ends_with_its_crc(void **state)
{
	(void)state;
	uint8_t key[RBAC_WALK_KEY_MAX], name[RBAC_WALK_KEY_MAX] = { 0 };
	struct buf b = { 0 };
	assert_int_equal(encode_key(key, RBAC_REC_META, "", 0), 1);
	assert_int_equal(encode_key(key, RBAC_REC_USER, name, RBAC_WALK_KEY_MAX - 1),
			 RBAC_WALK_KEY_MAX);
	assert_int_equal(encode_key(key, RBAC_REC_USER, name, RBAC_WALK_KEY_MAX), 0);
	assert_int_equal(encode_key_gid(key, RBAC_REC_GID, 0x01020304), 5);
	assert_memory_equal(key, "G\001\002\003\004", 5);
	buf_put(&b, "456789", 6);
	encode_seal(&b, (const uint8_t *)"123", 3);
	assert_int_equal(b.len, 10);
	assert_int_equal(rbac_le32(b.p + 6), 0xe3069283);
	buf_free(&b);
}

static void a_service_has_at_most_65535_rules(void **state)
{
	struct encode_rule *rules = calloc(UINT16_MAX + 1, sizeof(*rules));
	struct buf b = { 0 };

	(void)state;
	assert_non_null(rules);
	for (size_t i = 0; i <= UINT16_MAX; i++)
		rules[i].file = "";
	encode_rules(&b, rules, UINT16_MAX);
	assert_false(b.failed);
	buf_reset(&b);
	encode_rules(&b, rules, UINT16_MAX + 1);
	assert_true(b.failed); /* never as the 0 rules that the number would say */
	buf_free(&b);
	free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_has_at_most_65535_rules),
		cmocka_unit_test(a_meta_record_decodes_to_what_was_encoded),
		cmocka_unit_test(a_newer_version_is_not_damage),
		cmocka_unit_test(an_empty_meta_record_exempts_nobody_and_has_no_offset),
		cmocka_unit_test(more_than_64_extra_groups_are_refused),
		cmocka_unit_test(a_subject_decodes_to_what_was_encoded),
		cmocka_unit_test(a_group_has_permanent_and_windowed_members),
		cmocka_unit_test(a_name_with_a_nul_inside_is_damage),
		cmocka_unit_test(login_rules_decode_in_their_order),
		cmocka_unit_test(a_scope_decodes_to_what_was_encoded),
		cmocka_unit_test(a_uid_decodes_to_the_recorded_name),
		cmocka_unit_test(a_role_decodes_to_its_name_and_flags),
		cmocka_unit_test(a_value_too_large_for_its_field_is_not_encoded),
		cmocka_unit_test(a_key_is_a_type_and_a_name_and_a_record_ends_with_its_crc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
