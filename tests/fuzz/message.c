/* Any bytes as what a peer of `rbacctl serve` sends: the request, its words as options and
 * arguments, and its words where a message repeats them. */
#include <string.h>

#include "rbacctl/options.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/serve/message.h"
#include "tests/fuzz/fuzz.h"

/* What was read is what was sent: writing it again gives the same bytes. */
static void same_again(const struct message *m, const char *bytes, size_t len)
{
	struct buf out = { 0 };

	claim(message_write(m->width, m->n, m->words, &out));
	claim(out.len == len && memcmp(out.p, bytes, len) == 0);
	buf_free(&out);
}

static void as_options(const struct message *m)
{
	char *argv[MESSAGE_WORDS + 2] = { "rbacctl" };
	struct args args = { 0 };
	struct buf wrong = { 0 };

	memcpy(argv + 1, m->words, (size_t)m->n * sizeof *m->words);
	options_read(OPTIONS_ANY, m->n + 1, argv, &args, &wrong);
	claim(args.n >= 0 && args.n <= m->n);
	for (int i = 0; i < args.n; i++)
		fuzz_touch(args.v[i], strlen(args.v[i]) + 1);
	for (int i = 0; i < OPT_COUNT; i++)
		if (args.value[i])
			fuzz_touch(args.value[i], strlen(args.value[i]) + 1);
	fuzz_touch(buf_text(&wrong), strlen(buf_text(&wrong)) + 1);
	buf_free(&wrong);
}

/* What steers a terminal reaches none: not as a reason, and not in an answer that repeats it. */
static void as_text(char *word)
{
	struct buf shown = { 0 };
	bool plain = plain_text_is(word);

	plain_text_escape(&shown, word);
	claim(plain_text_is(buf_text(&shown)));
	claim(!plain || strcmp(buf_text(&shown), word) == 0);
	plain_text_tame(word);
	for (const char *p = word; *p; p++)
		claim((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
	buf_free(&shown);
}

/* Pieces of an answer: all of it, and none too long. */
static void as_answer(const char *text, size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		n = message_piece(text + at, len - at);
		claim(n > 0 && n <= len - at && n < MESSAGE_REPLY);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of just this size, for the sanitizer to see what is read beyond. */
	char *bytes = malloc(size ? size : 1);
	struct message m;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	const char *wrong = message_read(bytes, size, &m);
	claim(memcmp(bytes, data, size) == 0);
	as_answer(bytes, size);
	if (!wrong) {
		claim(m.n >= 1 && m.n <= MESSAGE_WORDS && size <= MESSAGE_MAX && !m.words[m.n]);
		same_again(&m, bytes, size);
		as_options(&m);
		for (int i = 0; i < m.n; i++)
			as_text(m.words[i]);
	}
	free(bytes);
	return 0;
}
