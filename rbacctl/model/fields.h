/*
 * fields.h - the table of all settings of a policy, each with a function that prints its value.
 * `diff`, JSON and `role show` use it.
 *
 * tests/unit/rbacctl/test_difference fails if an entry of the grammar is missing here. Two values
 * that mean the same are printed the same way; a setting that was left out and has no default is
 * "none".
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
	int setting; /* the setting of that section: H_HOST, R_KIND, ... */
	bool list;   /* the value is a list: TEXT writes one item in a line */
	/* Append the value for element I of the section (the index of a kind, role, key, login
	 * rule, ...; 0 if the section occurs once) to OUT. */
	void (*text)(const struct policy *p, size_t i, struct buf *out);
};

/* The row after F, or the first row if F is NULL. NULL: there are no more. */
const struct field *field_next(const struct field *f);

/* The row of SETTING of section OF. NULL if there is none, because the setting is a name or a
 * section. */
const struct field *field_of(enum grammar_of of, int setting);

/* Append the value of F for element I in one line; the items of a list have spaces between them. */
void field_line(const struct field *f, const struct policy *p, size_t i, struct buf *out);

static inline const char *field_name(const struct field *f)
{
	return policy_grammar[f->of].known[f->setting].name;
}

#endif
