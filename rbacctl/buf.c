#include "rbacctl/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

static bool grow(struct buf *b, size_t n)
{
	if (n > SIZE_MAX / 2 - b->len)
		return false;
	size_t cap = b->cap ? b->cap : 256;
	while (cap - b->len < n)
		cap *= 2;
	uint8_t *p = realloc(b->p, cap);
	if (!p)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

uint8_t *buf_add(struct buf *b, size_t n)
{
	if (b->failed)
		return NULL;
	if ((!b->p || b->cap - b->len < n) && !grow(b, n)) {
		b->failed = true;
		return NULL;
	}
	uint8_t *at = b->p + b->len;
	b->len += n;
	return at;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	uint8_t *at = buf_add(b, n);
	if (at && n > 0)
		memcpy(at, p, n);
}

void buf_u8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, 1);
}

void buf_u16(struct buf *b, uint16_t v)
{
	buf_put(b, (uint8_t[]){ (uint8_t)v, (uint8_t)(v >> 8) }, 2);
}

static void store_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void buf_u32(struct buf *b, uint32_t v)
{
	uint8_t le[4];
	store_le32(le, v);
	buf_put(b, le, sizeof(le));
}

void buf_u64(struct buf *b, uint64_t v)
{
	buf_u32(b, (uint32_t)v);
	buf_u32(b, (uint32_t)(v >> 32));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *at = n < 0 ? NULL : (char *)buf_add(b, (size_t)n + 1);
	if (!at) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(at, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len--;
}

const char *buf_text(const struct buf *b)
{
	return b->failed || !b->p ? "" : (const char *)b->p;
}

bool buf_room(void *v, size_t n, size_t *cap, size_t size)
{
	void *old, *new;
	if (n < *cap)
		return true;
	memcpy(&old, v, sizeof old);
	new = reallocarray(old, *cap ? 2 * *cap : 16, size);
	if (!new)
		return false;
	*cap = *cap ? 2 * *cap : 16;
	memcpy(v, &new, sizeof new);
	return true;
}
