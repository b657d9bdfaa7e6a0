/*
 * buf.h - a growing buffer of bytes. Numbers are written little-endian, unaligned (common/wire.h
 * reads them).
 *
 * It grows with malloc; after out of memory it stays failed and further writes do nothing, so that
 * one look at buf.failed at the end will do. All zeros is an empty buffer.
 */
#ifndef RBACCTL_BUF_H
#define RBACCTL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *p;
	size_t len, cap;
	bool failed;
};

void buf_reset(struct buf *b); /* empty, memory kept, failed cleared */
void buf_free(struct buf *b);
uint8_t *buf_add(struct buf *b, size_t n); /* room for N more bytes, NULL on failure */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);

/* Text: append as printf does, and keep a NUL behind the end that LEN does not count. */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *buf_text(const struct buf *b); /* "" when empty or failed */

/*
 * Room for one more in an array of malloc's: V points at the pointer to its N elements of SIZE
 * bytes, *CAP is how many fit. False: out of memory, and the array is as it was.
 */
bool buf_room(void *v, size_t n, size_t *cap, size_t size);

#endif
