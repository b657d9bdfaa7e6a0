/* message.c: what the listener takes for a request, and what goes into one message of an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rbacctl/serve/message.h"

static char *const three[] = { "assign", "bob", "" };

/* A request of three words, with the byte AT set to VALUE. */
static const char *with_byte(size_t at, uint8_t value)
{
	struct buf b = { 0 };
	struct message m;
	char bytes[64];

	assert_true(message_write(80, 3, three, &b));
	assert_true(b.len <= sizeof bytes);
	memcpy(bytes, b.p, b.len);
	bytes[at] = (char)value;
	const char *wrong = message_read(bytes, b.len, &m);
	buf_free(&b);
	return wrong;
}

static void a_request_is_read_as_it_was_written(void **state)
{
	struct buf b = { 0 };
	struct message m;
	(void)state;

	assert_true(message_write(80, 3, three, &b));
	assert_null(message_read((char *)b.p, b.len, &m));
	assert_int_equal(m.n, 3);
	assert_int_equal(m.width, 80);
	for (int i = 0; i < 3; i++)
		assert_string_equal(m.words[i], three[i]);
	assert_null(m.words[3]);
	buf_free(&b);
}

static void another_head_is_refused(void **state)
{
	(void)state;
	assert_null(with_byte(4, MESSAGE_VERSION));
	assert_non_null(with_byte(0, 'R'));
	assert_non_null(with_byte(4, MESSAGE_VERSION + 1));
	assert_non_null(with_byte(5, 1));
}

/* 80 is 0x50; the high byte makes 336, and more than 1000 from 3 on with 0xe9. */
static void a_wrong_width_is_refused(void **state)
{
	(void)state;
	assert_null(with_byte(6, 0));
	assert_null(with_byte(6, MESSAGE_WIDTH_MIN));
	assert_non_null(with_byte(6, MESSAGE_WIDTH_MIN - 1));
	assert_null(with_byte(7, 2));
	assert_non_null(with_byte(7, 4));
	assert_non_null(with_byte(7, 255));
}

static void a_width_out_of_bounds_is_sent_as_the_nearest_one(void **state)
{
	static const unsigned widths[][2] = {
		{ 0, 0 }, { 5, MESSAGE_WIDTH_MIN }, { 80, 80 }, { 70000, MESSAGE_WIDTH_MAX }
	};
	(void)state;

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		struct buf b = { 0 };
		struct message m;
		assert_true(message_write(widths[i][0], 3, three, &b));
		assert_null(message_read((char *)b.p, b.len, &m));
		assert_int_equal(m.width, widths[i][1]);
		buf_free(&b);
	}
}

static void sixteen_kib_are_taken_and_one_byte_more_is_not(void **state)
{
	static char bytes[MESSAGE_MAX + 1], word[MESSAGE_MAX];
	char *words[] = { word };
	struct buf b = { 0 };
	struct message m;
	(void)state;

	memset(word, 'x', sizeof word - 1);
	word[MESSAGE_MAX - 8 - 1] = '\0';
	assert_true(message_write(0, 1, words, &b));
	assert_int_equal(b.len, MESSAGE_MAX);
	memcpy(bytes, b.p, b.len);
	assert_null(message_read(bytes, MESSAGE_MAX, &m));
	assert_int_equal(strlen(m.words[0]), MESSAGE_MAX - 9);
	assert_non_null(message_read(bytes, MESSAGE_MAX + 1, &m));
	buf_reset(&b);
	word[MESSAGE_MAX - 8 - 1] = 'x';
	word[MESSAGE_MAX - 8] = '\0';
	assert_false(message_write(0, 1, words, &b));
	buf_free(&b);
}

static void sixty_four_words_are_taken_and_one_more_is_not(void **state)
{
	char *words[MESSAGE_WORDS + 1];
	struct buf b = { 0 };
	struct message m;
	(void)state;

	for (int i = 0; i <= MESSAGE_WORDS; i++)
		words[i] = "w";
	assert_true(message_write(0, MESSAGE_WORDS, words, &b));
	assert_null(message_read((char *)b.p, b.len, &m));
	assert_int_equal(m.n, MESSAGE_WORDS);
	buf_put(&b, "w", 2);
	assert_non_null(message_read((char *)b.p, b.len, &m));
	buf_reset(&b);
	assert_false(message_write(0, MESSAGE_WORDS + 1, words, &b));
	buf_reset(&b);
	assert_false(message_write(0, 0, words, &b));
	buf_free(&b);
}

static void a_truncated_request_is_refused(void **state)
{
	struct buf b = { 0 };
	struct message m;
	(void)state;

	assert_true(message_write(80, 2, three, &b));
	/* All but where the first word ends. */
	for (size_t len = 0; len < b.len; len++)
		if (len != 8 + sizeof "assign")
			assert_non_null(message_read((char *)b.p, len, &m));
	buf_free(&b);
}

static void an_answer_is_cut_between_characters(void **state)
{
	static char text[2 * MESSAGE_REPLY];
	const size_t most = MESSAGE_REPLY - 1;
	(void)state;

	memset(text, 'x', sizeof text);
	assert_int_equal(message_piece(text, most), most);
	assert_int_equal(message_piece(text, sizeof text), most);
	memcpy(text + most - 3, "\xf0\x9f\x94\x92", 4);
	assert_int_equal(message_piece(text, sizeof text), most - 3);
	memcpy(text + most - 1, "\xc3\xa9", 2);
	assert_int_equal(message_piece(text, sizeof text), most - 1);
	memset(text, 0x80, sizeof text); /* no UTF-8 at all: it goes on nevertheless */
	assert_true(message_piece(text, sizeof text) >= most - 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_as_it_was_written),
		cmocka_unit_test(another_head_is_refused),
		cmocka_unit_test(a_wrong_width_is_refused),
		cmocka_unit_test(a_width_out_of_bounds_is_sent_as_the_nearest_one),
		cmocka_unit_test(sixteen_kib_are_taken_and_one_byte_more_is_not),
		cmocka_unit_test(sixty_four_words_are_taken_and_one_more_is_not),
		cmocka_unit_test(a_truncated_request_is_refused),
		cmocka_unit_test(an_answer_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
