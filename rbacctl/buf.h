/*
 * buf.h - a growing buffer of bytes. Numbers are written little-endian, unaligned (common/wire.h
 * reads them).
 *
 * It grows with malloc(3). If there is no memory, FAILED is set and further writes do nothing: so
 * it is enough to check FAILED once, at the end. All zeros is an empty buffer.
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

void buf_reset(struct buf *b); /* empty it, keep its memory, clear FAILED */
void buf_free(struct buf *b);
uint8_t *buf_add(struct buf *b,
		 size_t n); /* append N bytes for the caller to set; NULL: no memory */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);

/* Append text as printf(3); a NUL follows, which LEN does not count. */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *buf_text(const struct buf *b); /* "" if B is empty or failed; borrows B */

/*
 * Make space for one more element of an array from malloc(3). V is the address of the pointer to
 * the array, which has N elements of SIZE bytes; *CAP is how many fit. False: there is no memory,
 * and the array is unchanged.
 */
bool buf_room(void *v, size_t n, size_t *cap, size_t size);

#endif
