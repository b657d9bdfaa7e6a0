#include "rbacctl/model/fields.h"

#include "rbacctl/model/field_texts.h"

const struct field *field_next(const struct field *f)
{
	const struct field_table *const tables[] = { &fields_host, &fields_policy, &fields_role };
	enum { N = sizeof tables / sizeof *tables };

	for (size_t i = 0; f && i < N; i++)
		if (f >= tables[i]->v && f < tables[i]->v + tables[i]->n)
			return f + 1 < tables[i]->v + tables[i]->n ? f + 1
			       : i + 1 < N                         ? tables[i + 1]->v
								   : NULL;
	return f ? NULL : tables[0]->v;
}

const struct field *field_of(enum grammar_of of, int setting)
{
	const struct field *f = field_next(NULL);

	while (f && (f->of != of || f->setting != setting))
		f = field_next(f);
	return f;
}

void field_line(const struct field *f, const struct policy *p, size_t i, struct buf *out)
{
	size_t from = out->len;
	f->text(p, i, out);
	if (!f->list || out->len == from)
		return;
	out->p[--out->len] = 0; /* the end of the last line */
	for (size_t k = from; k < out->len; k++)
		if (out->p[k] == '\n')
			out->p[k] = ' ';
}
