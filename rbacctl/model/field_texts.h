/*
 * field_texts.h - helpers of the files fields_*.c, which print each setting. Private to
 * rbacctl/model.
 */
#ifndef RBACCTL_MODEL_FIELD_TEXTS_H
#define RBACCTL_MODEL_FIELD_TEXTS_H

#include "rbacctl/buf.h"
#include "rbacctl/model/by.h"
#include "rbacctl/model/fields.h"

/* Begin the function NAME, which appends the setting of element I of P to OUT. */
#define TEXT(name) static void name(const struct policy *p, size_t i, struct buf *out)

/* Append a word, or "none"; "true" or "false"; one line for each string. */
static inline void field_word(struct buf *out, const char *text)
{
	buf_printf(out, "%s", text ? text : "none");
}

static inline void field_yes(struct buf *out, bool value)
{
	buf_printf(out, value ? "true" : "false");
}

static inline void field_lines(struct buf *out, const struct policy_strs *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_printf(out, "%s\n", s->v[i]);
}

/* Whole functions for settings that are one value of P. */
#define FIELD_TEXT(name, call)                                                                     \
	TEXT(name)                                                                                 \
	{                                                                                          \
		(void)i;                                                                           \
		call;                                                                              \
	}
#define FIELD_WORD(name, value) FIELD_TEXT(name, field_word(out, value))
#define FIELD_YES(name, value) FIELD_TEXT(name, field_yes(out, value))
#define FIELD_NUMBER(name, value) FIELD_TEXT(name, buf_printf(out, "%u", value))
#define FIELD_LINES(name, strings) FIELD_TEXT(name, field_lines(out, &(strings)))
/* One line for each number of LIST: the name of that element of ALL. */
#define FIELD_NAMES(setting, list, all)                                                            \
	TEXT(setting)                                                                              \
	{                                                                                          \
		for (size_t k = 0; k < (list).n; k++)                                              \
			buf_printf(out, "%s\n", (all)[(list).v[k]].name);                          \
	}
#define FIELD_BY(name, by) FIELD_TEXT(name, policy_by_text(p, &(by), out))

struct field_table {
	const struct field *v;
	size_t n;
};

/* The settings of rbac.conf; of policy.d, without roles; of roles. Each is in a file of its own. */
extern const struct field_table fields_host, fields_policy, fields_role;

#endif
