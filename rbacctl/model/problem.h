/*
 * problem.h - what is wrong with a configuration: collected, all of it, then printed in order.
 */
#ifndef RBACCTL_MODEL_PROBLEM_H
#define RBACCTL_MODEL_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct policy_pos {
	const char *
		file; /* as shown to people: "torque.conf", the name without its folder; borrowed */
	unsigned line; /* 1..; 0: the file as a whole */
};

struct problem {
	char *file;
	unsigned line;
	enum problem_kind { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE } kind;
	char *text;
};

struct problems {
	struct problem *v;
	size_t n, errors, warnings; /* notes are counted in N alone */
};

/* Add one: "what, expected what, what would help", printf style, without a full stop. Never fails:
 * out of memory ends in errors > 0. */
void problem_error(struct problems *p, struct policy_pos at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void problem_warn(struct problems *p, struct policy_pos at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What is good to know and needs no attention: a key that nothing uses. */
void problem_note(struct problems *p, struct policy_pos at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Make TEXT, which may hold whatever somebody typed or a file says, harmless for a terminal:
 * control characters (all but line ends and tabs), what turns the direction of text, and bytes that
 * are no UTF-8 become "?".
 */
void problem_tame(char *text);

/* "FILE:LINE: error|warning|note: TEXT" lines, by file (order of first mention) and line. Adds
 * nothing else. */
void problems_print(const struct problems *p, FILE *to);

void problems_free(struct problems *p);

/*
 * The name in NAMES nearest to WORD (edit distance at most a third of its length, at least 1), or
 * NULL. For "did you mean".
 */
const char *problem_nearest(const char *word, const char *const *names, size_t n);

#endif
