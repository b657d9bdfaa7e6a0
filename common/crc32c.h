/*
 * crc32c.h - CRC-32C (Castagnoli; RFC 3720 section 12.1, reflected, init and final xor all ones).
 *
 * Uses the processor's instruction where there is one (SSE 4.2), a table elsewhere. Pure; no
 * allocation, no lock. Check value: crc of "123456789" is 0xE3069283.
 */
#ifndef RBAC_COMMON_CRC32C_H
#define RBAC_COMMON_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continue CRC (0 to begin) over LEN bytes. rbac_crc32c(rbac_crc32c(0, a), b) is the CRC of a
 * followed by b. */
uint32_t rbac_crc32c(uint32_t crc, const void *data, size_t len);

/* The same by table alone; what the fast way is tested against. */
uint32_t rbac_crc32c_table(uint32_t crc, const void *data, size_t len);

#endif
