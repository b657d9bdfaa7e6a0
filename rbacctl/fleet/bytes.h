/*
 * bytes.h - read numbers and strings from the front of untrusted bytes. Every bound is checked: the
 * first read beyond the end sets BAD, and all further reads return 0 or "". So it is enough to
 * check BAD once, at the end. The file also has the writers that buf.h does not have.
 */
#ifndef RBACCTL_FLEET_BYTES_H
#define RBACCTL_FLEET_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/wire.h"
#include "rbacctl/buf.h"

struct bytes {
	const uint8_t *p, *end;
	bool bad;
};

/* The next N bytes, which stay where they are; NULL if there are fewer. */
static inline const uint8_t *bytes_take(struct bytes *b, size_t n)
{
	const uint8_t *p = b->p;

	if (b->bad || (size_t)(b->end - p) < n) {
		b->bad = true;
		return NULL;
	}
	b->p += n;
	return p;
}

static inline uint8_t bytes_u8(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 1);

	return p ? *p : 0;
}

static inline uint16_t bytes_u16(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 2);

	return p ? rbac_le16(p) : 0;
}

static inline uint32_t bytes_u32(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 4);

	return p ? rbac_le32(p) : 0;
}

static inline uint64_t bytes_u64(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 8);

	return p ? rbac_le64(p) : 0;
}

/* The next text up to its NUL. It borrows the bytes. */
static inline const char *bytes_text(struct bytes *b)
{
	const uint8_t *nul = b->bad || b->p == b->end ? NULL
						      : memchr(b->p, 0, (size_t)(b->end - b->p));
	const char *text = (const char *)b->p;

	if (!nul) {
		b->bad = true;
		return "";
	}
	b->p = nul + 1;
	return text;
}

static inline uint64_t bytes_big_endian(struct bytes *b, int n)
{
	const uint8_t *p = bytes_take(b, (size_t)n);
	uint64_t v = 0;

	for (int i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static inline void bytes_put_text(struct buf *out, const char *s)
{
	buf_put(out, s, strlen(s) + 1);
}

static inline void bytes_put_big_endian(struct buf *out, uint64_t v, int n)
{
	while (n-- > 0)
		buf_u8(out, (uint8_t)(v >> 8 * n));
}

#endif
