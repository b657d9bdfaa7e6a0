/*
 * fuzz.h - what a harness is: one function that takes any bytes, as libFuzzer wants it. replay.c
 * runs the same function over kept inputs without libFuzzer. A claim that does not hold ends the
 * process.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define claim(cond)                                                                                \
	((cond) ? (void)0                                                                          \
		: (fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond),       \
		   abort()))

/* The walker and the decoders have to touch what they give out: these see to it that it is read. */
static inline void fuzz_touch(const void *p, size_t len)
{
	const volatile uint8_t *b = p;
	if (len > 0) {
		(void)b[0];
		(void)b[len / 2];
		(void)b[len - 1];
	}
}

#endif
