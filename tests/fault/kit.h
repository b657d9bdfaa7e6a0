/*
 * kit.h - cases that may end badly: each runs in a process of its own with a time limit, and a case
 * that crashes, hangs or leaves is a case that failed, not the end of the test.
 */
#ifndef TESTS_FAULT_KIT_H
#define TESTS_FAULT_KIT_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define KIT_BUILT_WITH KIT_ADDRESS
#elif defined(__SANITIZE_THREAD__)
#define KIT_BUILT_WITH KIT_THREAD
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KIT_BUILT_WITH KIT_ADDRESS
#elif __has_feature(thread_sanitizer)
#define KIT_BUILT_WITH KIT_THREAD
#endif
#endif

struct kit_case {
	const char *name;  /* a statement about the system */
	void (*run)(void); /* returns, or kit_fail() */
	unsigned seconds;  /* 0: 60; the long form and what watches have twenty times as much */
};

/* What watches this process: a sanitizer it was built with, or valgrind (tests/memory.sh). */
enum kit_watch { KIT_ALONE = 0, KIT_ADDRESS = 1, KIT_THREAD = 2, KIT_VALGRIND = 4 };
enum kit_watch kit_watch(void);

/* First thing in a case that one of WATCHES (enum kit_watch) can't go with: ends it there as left
 * out, saying WHY. */
void kit_not_under(unsigned watches, const char *why);

/* Run those of CASES whose name holds argv[1] (all without one). The exit status of the program. */
int kit_main(int argc, char **argv, const struct kit_case *cases, size_t n);

/* Say what did not hold, and end this process with status 1. */
void kit_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
#define need(cond) ((cond) ? (void)0 : kit_fail(__FILE__, __LINE__, "%s", #cond))
#define need_say(cond, ...) ((cond) ? (void)0 : kit_fail(__FILE__, __LINE__, __VA_ARGS__))

/* A figure for the reader: "  name: text". */
void kit_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Is this the long form (RBAC_FAULT_LONG set)? and IN_SHORT or IN_LONG by that; less under
 * valgrind, where all is slow. */
bool kit_long(void);
unsigned long kit_count(unsigned long in_short, unsigned long in_long);

/* Fork, run FN(CTX) in the child with SECONDS to live; its wait status. */
int kit_fork(void (*fn)(void *ctx), void *ctx, unsigned seconds);

/* Milliseconds of a clock that only goes forward. */
unsigned long kit_ms(void);

#define KIT_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
