/*
 * starve.h - functions of this program that stand in front of the C library's for memory, mappings,
 * descriptors and the clock, and fail when they are told to. For programs that link it: it is in
 * front in all of the process.
 */
#ifndef TESTS_FAULT_STARVE_H
#define TESTS_FAULT_STARVE_H

#include <stdbool.h>
#include <stddef.h>

/* From now on the call number AT (from 1; 0: none) fails with ERROR, and with AND_AFTER all after
 * it. */
void starve_begin(int at, bool and_after, int error);

/* Nothing fails any more. How many calls there were since starve_begin(). */
int starve_end(void);

/* Blocks of memory that were allocated and are not freed. */
long starve_blocks(void);

/* malloc(3), whatever is to fail. */
void *starve_malloc(size_t size);

#endif
