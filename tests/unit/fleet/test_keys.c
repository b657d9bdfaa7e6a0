/* The list of keys: a member follows it from its token on, through every change of the root keys
 * that enough of the old ones have signed. */
#include "world.h"

static struct fleet_keys with_roots(uint64_t version, int threshold, int first, int n)
{
	struct fleet_keys k = world_keys();

	k.version = version;
	k.threshold = (uint8_t)threshold;
	k.n_roots = (uint8_t)n;
	for (int i = 0; i < n; i++)
		memcpy(k.roots[i], world_key(first + i).public, FLEET_PUBLIC);
	return k;
}

/* The list as bytes, signed by root keys FIRST to LAST. */
static struct buf list(const struct fleet_keys *k, int first, int last)
{
	struct buf b = { 0 };

	assert_int_equal(fleet_keys_encode(k, &b), RBAC_OK);
	for (int i = first; i <= last; i++) {
		struct fleet_key key = world_key(i);
		assert_int_equal(fleet_keys_sign(&b, &key), RBAC_OK);
	}
	return b;
}

static enum fleet_keys_verdict judge(const struct fleet_keys *held,
				     const struct fleet_anchor *anchor, struct buf b,
				     struct fleet_keys *out)
{
	struct buf held_bytes = held ? list(held, 1, 0) : (struct buf){ 0 };
	enum fleet_keys_verdict v = fleet_keys_judge(held, &held_bytes, anchor, b.p, b.len, out);

	buf_free(&held_bytes);
	buf_free(&b);
	return v;
}

static void test_the_first_list_comes_by_the_token(void **state)
{
	struct fleet_keys k = with_roots(3, 2, 1, 3), other = with_roots(3, 2, 2, 3),
			  fewer = with_roots(3, 1, 1, 3), old = with_roots(2, 2, 1, 3), out;
	struct fleet_anchor anchor, wrong;
	(void)state;
	fleet_anchor_of(&k, &anchor);
	assert_int_equal(judge(NULL, &anchor, list(&k, 1, 2), &out), FLEET_KEYS_TAKE);
	assert_memory_equal(&out, &k, sizeof(k));
	assert_int_equal(judge(NULL, &anchor, list(&k, 2, 3), &out), FLEET_KEYS_TAKE);
	assert_int_equal(judge(NULL, &anchor, list(&k, 1, 1), &out), FLEET_KEYS_UNSIGNED);
	assert_int_equal(judge(NULL, &anchor, list(&k, 1, 0), &out), FLEET_KEYS_UNSIGNED);
	assert_int_equal(judge(NULL, &anchor, list(&other, 2, 4), &out), FLEET_KEYS_OTHER_ROOTS);
	assert_int_equal(judge(NULL, &anchor, list(&fewer, 1, 1), &out), FLEET_KEYS_OTHER_ROOTS);
	assert_int_equal(judge(NULL, &anchor, list(&old, 1, 3), &out), FLEET_KEYS_TOO_OLD);
	wrong = anchor;
	wrong.fleet[0] ^= 1;
	assert_int_equal(judge(NULL, &wrong, list(&k, 1, 3), &out), FLEET_KEYS_OTHER_FLEET);
}

/* Version N+1 needs the threshold of N and of N+1. */
static void test_new_root_keys_need_the_old_and_the_new(void **state)
{
	struct fleet_keys held = with_roots(1, 2, 1, 3), next = with_roots(2, 2, 4, 3), out;
	(void)state;
	assert_int_equal(judge(&held, NULL, list(&next, 4, 6), &out), FLEET_KEYS_UNSIGNED);
	assert_int_equal(judge(&held, NULL, list(&next, 3, 6), &out), FLEET_KEYS_UNSIGNED);
	assert_int_equal(judge(&held, NULL, list(&next, 2, 4), &out), FLEET_KEYS_UNSIGNED);
	assert_int_equal(judge(&held, NULL, list(&next, 2, 5), &out), FLEET_KEYS_TAKE);
	assert_int_equal(judge(&held, NULL, list(&next, 1, 6), &out), FLEET_KEYS_TAKE);
	/* A version in between may have been missed, while the root keys stay. */
	next = with_roots(7, 2, 1, 3);
	assert_int_equal(judge(&held, NULL, list(&next, 1, 2), &out), FLEET_KEYS_TAKE);
}

static void test_older_and_other_lists_change_nothing(void **state)
{
	struct fleet_keys held = with_roots(5, 1, 1, 1), old = with_roots(4, 1, 1, 1), other = held,
			  out;
	(void)state;
	assert_int_equal(judge(&held, NULL, list(&held, 1, 1), &out), FLEET_KEYS_SAME);
	assert_int_equal(judge(&held, NULL, list(&old, 1, 1), &out), FLEET_KEYS_SAME);
	other.n_authorities--;
	assert_int_equal(judge(&held, NULL, list(&other, 1, 1), &out), FLEET_KEYS_FORK);
	other = with_roots(6, 1, 1, 1);
	other.fleet[2] ^= 1;
	assert_int_equal(judge(&held, NULL, list(&other, 1, 1), &out), FLEET_KEYS_OTHER_FLEET);
}

static void test_one_key_signs_once(void **state)
{
	struct fleet_keys k = with_roots(1, 2, 1, 2), out;
	struct fleet_key one = world_key(1);
	struct fleet_anchor anchor;
	struct buf b = list(&k, 1, 1);
	(void)state;
	fleet_anchor_of(&k, &anchor);
	assert_int_equal(fleet_keys_sign(&b, &one), RBAC_CONFLICT);
	buf_put(&b, b.p + b.len - FLEET_KEY_ID - FLEET_SIGNATURE, FLEET_KEY_ID + FLEET_SIGNATURE);
	assert_int_equal(fleet_keys_signatures(b.p, b.len, &k), 1);
	assert_int_equal(judge(NULL, &anchor, b, &out), FLEET_KEYS_UNSIGNED);
}

static void test_every_byte_of_a_list_counts(void **state)
{
	struct fleet_keys k = with_roots(1, 2, 1, 2), out;
	struct fleet_anchor anchor;
	struct buf b = list(&k, 1, 2);
	(void)state;
	fleet_anchor_of(&k, &anchor);
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= 1;
		assert_int_not_equal(fleet_keys_judge(NULL, NULL, &anchor, b.p, b.len, &out),
				     FLEET_KEYS_TAKE);
		b.p[i] ^= 1;
	}
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *part = malloc(len + 1);
		memcpy(part, b.p, len);
		assert_int_not_equal(fleet_keys_judge(NULL, NULL, &anchor, part, len, &out),
				     FLEET_KEYS_TAKE);
		free(part);
	}
	buf_free(&b);
}

static void test_a_list_with_an_impossible_threshold_is_not_encoded(void **state)
{
	struct buf b = { 0 };
	(void)state;
	for (int what = 0; what < 7; what++) {
		struct fleet_keys k = with_roots(1, 2, 1, 2);
		switch (what) {
		case 0:
			k.version = 0;
			break;
		case 1:
			k.threshold = 0;
			break;
		case 2:
			k.threshold = 3;
			break;
		case 3:
			k.n_roots = 0;
			break;
		case 4:
			memcpy(k.roots[1], k.roots[0], FLEET_PUBLIC);
			break;
		case 5:
			k.authorities[1] = k.authorities[0];
			break;
		default:
			k.n_roots = FLEET_ROOTS_MAX + 1;
			break;
		}
		assert_int_equal(fleet_keys_encode(&k, &b), RBAC_INVALID);
	}
	struct fleet_keys most = with_roots(1, FLEET_ROOTS_MAX, 30, FLEET_ROOTS_MAX), got;
	most.n_authorities = 0;
	for (int i = 0; i < FLEET_AUTHORITIES_MAX; i++)
		memcpy(most.authorities[most.n_authorities++].public, world_key(60 + i).public,
		       FLEET_PUBLIC);
	b = list(&most, 30, 30 + FLEET_ROOTS_MAX - 1);
	assert_int_equal(fleet_keys_decode(b.p, b.len, &got), RBAC_OK);
	assert_int_equal(fleet_keys_signatures(b.p, b.len, &got), FLEET_ROOTS_MAX);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_list_comes_by_the_token),
		cmocka_unit_test(test_new_root_keys_need_the_old_and_the_new),
		cmocka_unit_test(test_older_and_other_lists_change_nothing),
		cmocka_unit_test(test_one_key_signs_once),
		cmocka_unit_test(test_every_byte_of_a_list_counts),
		cmocka_unit_test(test_a_list_with_an_impossible_threshold_is_not_encoded),
	};

	return cmocka_run_group_tests_name("fleet: keys", tests, NULL, NULL);
}
