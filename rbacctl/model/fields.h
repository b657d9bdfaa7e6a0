/*
 * fields.h - every setting of a policy with what it says, as text: one table for whatever has to go
 * through all of them.
 *
 * An entry of the grammar that is missing here fails tests/unit/rbacctl/test_difference. Two
 * settings that mean the same have the same text ("none" for one that is left out and has no
 * default).
 */
#ifndef RBACCTL_MODEL_FIELDS_H
#define RBACCTL_MODEL_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/grammar.h"
#include "rbacctl/model/model.h"

struct field {
	enum grammar_of of;
	int setting; /* of that section */
	bool list;   /* TEXT writes one item a line: items come and go */
	/* Of the section's element I (kind, role, key, login rule, ...; 0 where there is one
	 * alone). Appends to OUT. */
	void (*text)(const struct policy *p, size_t i, struct buf *out);
};

/* The row after F; NULL: the first of all. NULL: there is none. */
const struct field *field_next(const struct field *f);

/* The row of SETTING of section OF. NULL: none (a name, or a section). */
const struct field *field_of(enum grammar_of of, int setting);

/* Append the text of F of element I; the items of a list with spaces between them. */
void field_line(const struct field *f, const struct policy *p, size_t i, struct buf *out);

static inline const char *field_name(const struct field *f)
{
	return policy_grammar[f->of].known[f->setting].name;
}

#endif
