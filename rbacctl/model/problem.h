/*
 * problem.h - what is wrong with a configuration: collected, all of it.
 * rbacctl/print_problems.h prints them.
 */
#ifndef RBACCTL_MODEL_PROBLEM_H
#define RBACCTL_MODEL_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"

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

/* A note: useful, but nothing needs to be done, such as a key that nothing uses. */
void problem_note(struct problems *p, struct policy_pos at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The errors in P, warnings left out: a line "  FILE:LINE: TEXT" for each of the first five, then
 * how many more there are. */
void problems_excerpt(const struct problems *p, struct buf *out);

void problems_free(struct problems *p);

/*
 * The name in NAMES nearest to WORD (edit distance at most a third of its length, at least 1);
 * where none is near, the only one that has WORD (3 bytes or more) as a part between "-", ".", "_",
 * ":" and "/": "host-operator" for "operator". NULL: neither. For "did you mean".
 */
const char *problem_nearest(const char *word, const char *const *names, size_t n);

#endif
