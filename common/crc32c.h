/*
 * crc32c.h - CRC-32C (Castagnoli polynomial; RFC 3720 section 12.1: reflected, initial value and
 * final xor all ones). The CRC of "123456789" is 0xE3069283.
 *
 * It uses the processor's instruction on x86-64 with SSE 4.2, and a table elsewhere. No allocation,
 * no lock; safe from any thread.
 */
#ifndef RBAC_COMMON_CRC32C_H
#define RBAC_COMMON_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continue CRC (0 to begin) over LEN bytes: rbac_crc32c(rbac_crc32c(0, a, n), b, m) is the CRC of a
 * followed by b. */
uint32_t rbac_crc32c(uint32_t crc, const void *data, size_t len);

/* The same, always by table: the test compares the instruction with it. */
uint32_t rbac_crc32c_table(uint32_t crc, const void *data, size_t len);

#endif
