#include "rbacctl/serve/message.h"

#include <string.h>

enum { HEAD = 8 };
static const char magic[4] = { 'r', 'b', 'a', 'c' };

static bool right_width(unsigned width)
{
	return width == 0 || (width >= MESSAGE_WIDTH_MIN && width <= MESSAGE_WIDTH_MAX);
}

const char *message_read(char *p, size_t len, struct message *m)
{
	*m = (struct message){ 0 };
	if (len > MESSAGE_MAX)
		return "the request is longer than 16 KiB";
	if (len < HEAD || memcmp(p, magic, sizeof magic) != 0)
		return "this is no request of rbacctl";
	if (p[4] != MESSAGE_VERSION || p[5] != 0)
		return "the request and the listener are of different versions";
	m->width = (uint8_t)p[6] | (unsigned)(uint8_t)p[7] << 8;
	if (!right_width(m->width))
		return "the width of the terminal is not 0 or 20 to 1000";
	if (len == HEAD || p[len - 1] != '\0')
		return "the last argument has no end";
	for (size_t at = HEAD; at < len; at += strlen(p + at) + 1) {
		if (m->n == MESSAGE_WORDS)
			return "there are more than 64 arguments";
		m->words[m->n++] = p + at;
	}
	return NULL;
}

bool message_write(unsigned width, int n, char *const *words, struct buf *out)
{
	if (width && width < MESSAGE_WIDTH_MIN)
		width = MESSAGE_WIDTH_MIN;
	if (width > MESSAGE_WIDTH_MAX)
		width = MESSAGE_WIDTH_MAX;
	buf_put(out, magic, sizeof magic);
	buf_u8(out, MESSAGE_VERSION);
	buf_u8(out, 0);
	buf_u16(out, (uint16_t)width);
	for (int i = 0; i < n; i++)
		buf_put(out, words[i], strlen(words[i]) + 1);
	return n > 0 && n <= MESSAGE_WORDS && !out->failed && out->len <= MESSAGE_MAX;
}

size_t message_piece(const char *text, size_t len)
{
	enum { MOST = MESSAGE_REPLY - 1, TAIL = 3 }; /* bytes 2 to 4 of a character are 10xxxxxx */
	size_t n = MOST;

	if (len <= MOST)
		return len;
	while (n > MOST - TAIL && ((uint8_t)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}
