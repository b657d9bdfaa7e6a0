/*
 * seed_sheets.h - for seed.c: seeds of the sheets of a fleet. SAVE writes one, as seed.c does.
 */
#ifndef TESTS_FUZZ_SEED_SHEETS_H
#define TESTS_FUZZ_SEED_SHEETS_H

#include <stddef.h>

typedef void seed_save_fn(const char *harness, const char *name, const void *p, size_t len);
void seed_sheets(seed_save_fn *save);

#endif
