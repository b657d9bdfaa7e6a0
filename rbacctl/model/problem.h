/*
 * problem.h - a list of everything that is wrong with a configuration. rbacctl/print_problems.h
 * prints it.
 */
#ifndef RBACCTL_MODEL_PROBLEM_H
#define RBACCTL_MODEL_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"

struct policy_pos {
	const char *file; /* its name in messages, without the folder: "torque.conf"; borrowed */
	unsigned line;    /* from 1 on; 0: the whole file */
};

struct problem {
	char *file;
	unsigned line;
	enum problem_kind { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE } kind;
	char *text;
};

struct problems {
	struct problem *v;
	size_t n, errors, warnings; /* N counts notes, too */
};

/* Add an error, as printf(3): "what is wrong, what was expected, what would help", without a full
 * stop. If there is no memory, the text is lost, but ERRORS is increased. */
void problem_error(struct problems *p, struct policy_pos at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void problem_warn(struct problems *p, struct policy_pos at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Add a note: information that needs no action, such as a key that nothing uses. */
void problem_note(struct problems *p, struct policy_pos at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Append the errors of P to OUT, without warnings: a line "  FILE:LINE: TEXT" for each of the first
 * five, then the number of the others. */
void problems_excerpt(const struct problems *p, struct buf *out);

void problems_free(struct problems *p);

/*
 * For "did you mean": the name of the N at NAMES that is most similar to WORD. First choice: the
 * smallest edit distance, which must be at most a third of WORD's length (at least 1 is allowed).
 * Second choice: the only name that has WORD (3 bytes or more) as a part between "-", ".", "_", ":"
 * and "/", such as "host-operator" for "operator". NULL: no name is similar.
 */
const char *problem_nearest(const char *word, const char *const *names, size_t n);

#endif
