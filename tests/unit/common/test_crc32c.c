#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/crc32c.h"

typedef uint32_t crc_fn(uint32_t crc, const void *data, size_t len);

static void instruction_and_table_give_the_published_values(void **state)
{
	crc_fn *const ways[] = { rbac_crc32c, rbac_crc32c_table };
	uint8_t zeros[32] = { 0 }, ones[32], up[32], down[32];

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	for (uint8_t i = 0; i < 32; i++) {
		up[i] = i;
		down[i] = (uint8_t)(31 - i);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ways[i](0, "123456789", 9), 0xE3069283);
		/* RFC 3720, appendix B.4 */
		assert_int_equal(ways[i](0, zeros, 32), 0x8A9136AA);
		assert_int_equal(ways[i](0, ones, 32), 0x62A8AB43);
		assert_int_equal(ways[i](0, up, 32), 0x46DD794E);
		assert_int_equal(ways[i](0, down, 32), 0x113FDB5C);
	}
}

static void zero_bytes_leave_the_crc_unchanged(void **state)
{
	(void)state;
	assert_int_equal(rbac_crc32c(0, NULL, 0), 0);
	assert_int_equal(rbac_crc32c(0x12345678, "", 0), 0x12345678);
	assert_int_equal(rbac_crc32c_table(0x12345678, "", 0), 0x12345678);
}

/* Bit by bit, as the definition has it: what both are measured against. */
static uint32_t crc_by_bits(uint32_t crc, const uint8_t *p, size_t len)
{
	crc = ~crc;
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void instruction_and_table_agree_at_every_length_and_alignment(void **state)
{
	static uint8_t buf[2048 + 16];

	(void)state;
	srandom(1);
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)random();
	for (size_t len = 0; len <= 2048; len += len < 700 ? 1 : 61) {
		for (size_t at = 0; at < 16; at += len % 7 ? 5 : 1) {
			uint32_t want = crc_by_bits((uint32_t)len, buf + at, len);

			assert_int_equal(rbac_crc32c((uint32_t)len, buf + at, len), want);
			assert_int_equal(rbac_crc32c_table((uint32_t)len, buf + at, len), want);
		}
	}
}

static void the_crc_of_pieces_is_the_crc_of_the_whole(void **state)
{
	static uint8_t buf[100000];

	(void)state;
	srandom(2);
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)random();
	for (int round = 0; round < 1000; round++) {
		size_t len = (size_t)random() % (round < 10 ? sizeof(buf) : 4000),
		       cut = len ? (size_t)random() % len : 0;
		uint32_t whole = rbac_crc32c_table(0, buf, len);

		assert_int_equal(rbac_crc32c(rbac_crc32c(0, buf, cut), buf + cut, len - cut),
				 whole);
		assert_int_equal(
			rbac_crc32c_table(rbac_crc32c_table(0, buf, cut), buf + cut, len - cut),
			whole);
	}
}

static void every_flipped_bit_changes_the_crc(void **state)
{
	uint8_t buf[900];
	uint32_t want;

	(void)state;
	memset(buf, 0x5a, sizeof(buf));
	want = rbac_crc32c(0, buf, sizeof(buf));
	for (size_t bit = 0; bit < 8 * sizeof(buf); bit++) {
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(rbac_crc32c(0, buf, sizeof(buf)), want);
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instruction_and_table_give_the_published_values),
		cmocka_unit_test(zero_bytes_leave_the_crc_unchanged),
		cmocka_unit_test(instruction_and_table_agree_at_every_length_and_alignment),
		cmocka_unit_test(the_crc_of_pieces_is_the_crc_of_the_whole),
		cmocka_unit_test(every_flipped_bit_changes_the_crc),
	};

	return cmocka_run_group_tests_name("crc32c", tests, NULL, NULL);
}
