/* The bytes of RFC 4533: the request, and the cookie in what a server sends, whatever that is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "rbac_follow/sync.h"

#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

static struct buf cookie_of(const char *text)
{
	struct buf b = { 0 };

	buf_put(&b, text, strlen(text));
	return b;
}

static void test_request_without_a_cookie(void **state)
{
	struct buf none = { 0 }, out = { 0 };

	(void)state;
	sync_request(&none, &out);
	assert_int_equal(out.len, 5);
	assert_memory_equal(out.p, "\x30\x03\x0a\x01\x03", 5);
	buf_free(&out);
}

static void test_request_with_cookies_of_each_length(void **state)
{
	char text[SYNC_COOKIE_MAX + 2];
	(void)state;
	for (size_t len = 1; len <= SYNC_COOKIE_MAX + 1; len += len < 130 ? 1 : 661) {
		struct buf out = { 0 }, c;
		memset(text, 'x', len);
		text[len] = '\0';
		c = cookie_of(text);
		sync_request(&c, &out);
		/* The value is one sequence to its end; over the limit the cookie is left out. */
		size_t head = len > SYNC_COOKIE_MAX ? 2 : out.p[1] == 0x82 ? 4 : 2;
		size_t says = head == 4 ? (size_t)out.p[2] << 8 | out.p[3] : out.p[1];
		assert_int_equal(says + head, out.len);
		assert_int_equal(len > SYNC_COOKIE_MAX, out.len == 5);
		buf_free(&out);
		buf_free(&c);
	}
}

static void has_cookie(const char *oid, const uint8_t *p, size_t len, const char *want,
		       bool refreshed)
{
	struct sync_news n;

	assert_true(sync_read(oid, p, len, &n));
	assert_int_equal(n.refreshed, refreshed);
	assert_int_equal(n.len, want ? strlen(want) : 0);
	if (want)
		assert_memory_equal(n.cookie, want, n.len);
	else
		assert_null(n.cookie);
}

static void test_the_cookie_of_each_kind(void **state)
{
	(void)state;
	has_cookie(SYNC_STATE, BYTES(0x30, 9, 0x0a, 1, 1, 4, 0, 4, 2, 'a', 'b'), "ab", false);
	has_cookie(SYNC_STATE, BYTES(0x30, 7, 0x0a, 1, 1, 4, 2, 'i', 'd'), NULL, false);
	has_cookie(SYNC_DONE, BYTES(0x30, 3, 4, 1, 'c'), "c", false);
	has_cookie(SYNC_INFO, BYTES(0x80, 2, 'n', 'w'), "nw", false);
	has_cookie(SYNC_INFO, BYTES(0xa1, 3, 4, 1, 'd'), "d", true);
	has_cookie(SYNC_INFO, BYTES(0xa2, 6, 4, 1, 'p', 1, 1, 0), "p", false);
	has_cookie(SYNC_INFO, BYTES(0xa2, 0), NULL, true);
	has_cookie(SYNC_INFO, BYTES(0xa3, 3, 4, 1, 's'), "s", false);
	has_cookie(SYNC_STATE, BYTES(0x30, 0x81, 9, 0x0a, 1, 1, 4, 0, 4, 2, 'a', 'b'), "ab", false);
}

static void test_malformed_bytes_are_refused(void **state)
{
	struct sync_news n;

	(void)state;
	assert_false(sync_read(SYNC_STATE, NULL, 0, &n));
	assert_false(sync_read(SYNC_STATE, BYTES(0x30), &n));
	assert_false(sync_read(SYNC_STATE, BYTES(0x30, 3, 4, 1), &n));
	assert_false(sync_read(SYNC_STATE, BYTES(0x31, 0), &n));
	assert_false(sync_read(SYNC_STATE, BYTES(0x30, 0, 0), &n));
	assert_false(sync_read(SYNC_DONE, BYTES(0x30, 0x80), &n));
	assert_false(sync_read(SYNC_DONE, BYTES(0x30, 0x84, 0xff, 0xff, 0xff, 0xff), &n));
	assert_false(sync_read(SYNC_DONE, BYTES(0x30, 3, 4, 2, 'c'), &n));
	assert_false(sync_read(SYNC_INFO, BYTES(0xa4, 0), &n));
	assert_false(sync_read("1.2.3", BYTES(0x30, 0), &n));
}

/* Each byte of a good message, with each value: read within bounds, whatever comes of it. */
static void test_any_byte_is_read_within_bounds(void **state)
{
	static const char *const oids[] = { SYNC_STATE, SYNC_DONE, SYNC_INFO };
	const uint8_t good[] = { 0xa2, 9, 0x0a, 1, 1, 4, 0, 4, 2, 'a', 'b' };
	(void)state;
	for (size_t i = 0; i < sizeof(good); i++)
		for (unsigned v = 0; v < 256; v++) {
			uint8_t *copy = test_malloc(sizeof(good));
			struct sync_news n;
			memcpy(copy, good, sizeof(good));
			copy[i] = (uint8_t)v;
			for (size_t k = 0; k < 3; k++)
				if (sync_read(oids[k], copy, sizeof(good), &n) && n.cookie)
					assert_true(n.cookie >= copy &&
						    n.cookie + n.len <= copy + sizeof(good));
			test_free(copy);
		}
}

static bool of_several(const char *text)
{
	return sync_cookie_is_of_several((const uint8_t *)text, strlen(text));
}

static void test_a_cookie_with_the_number_of_a_server_is_of_several(void **state)
{
	(void)state;
	assert_true(of_several("rid=000,sid=001,csn=20261127040526.144080Z#000000#001#000000"));
	assert_true(of_several("sid=00a"));
	assert_true(of_several("rid=000,sid="));
	assert_false(of_several("rid=000,csn=20261127040526.144080Z#000000#000#000000"));
	assert_false(of_several("rid=000,xsid=001"));
	assert_false(of_several("rid=000,sid"));
	assert_false(of_several("server.example:389#cn=bind,#42"));
	assert_false(of_several(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_without_a_cookie),
		cmocka_unit_test(test_request_with_cookies_of_each_length),
		cmocka_unit_test(test_the_cookie_of_each_kind),
		cmocka_unit_test(test_malformed_bytes_are_refused),
		cmocka_unit_test(test_any_byte_is_read_within_bounds),
		cmocka_unit_test(test_a_cookie_with_the_number_of_a_server_is_of_several),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
