#include "rbacctl/print_problems.h"

#include <stdlib.h>
#include <string.h>

static void print_line(const struct problem *x, FILE *to)
{
	static const char *const kinds[] = {
		[PROBLEM_ERROR] = "error", [PROBLEM_WARNING] = "warning", [PROBLEM_NOTE] = "note"
	};

	if (x->line)
		fprintf(to, "%s:%u: %s: %s\n", x->file, x->line, kinds[x->kind], x->text);
	else
		fprintf(to, "%s: %s: %s\n", x->file, kinds[x->kind], x->text);
}

/* A problem, and where the first of its file stands: files come in that order, and in a file lines.
 */
struct place {
	const struct problem *x;
	size_t i, file;
};

static int by_file_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int d = strcmp(x->x->file, y->x->file);

	return d ? d : (x->i > y->i) - (x->i < y->i);
}

static int by_line(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->x->line != y->x->line)
		return x->x->line < y->x->line ? -1 : 1;
	return (x->i > y->i) - (x->i < y->i);
}

void problems_print(const struct problems *p, FILE *to)
{
	struct place *v = calloc(p->n ? p->n : 1, sizeof(*v));

	for (size_t i = 0; i < p->n; i++) {
		if (v)
			v[i] = (struct place){ &p->v[i], i, i };
		else
			print_line(&p->v[i], to);
	}
	if (!v)
		return;
	qsort(v, p->n, sizeof(*v), by_file_name);
	for (size_t i = 1; i < p->n; i++)
		if (strcmp(v[i].x->file, v[i - 1].x->file) == 0)
			v[i].file = v[i - 1].file;
	qsort(v, p->n, sizeof(*v), by_line);
	for (size_t i = 0; i < p->n; i++)
		print_line(v[i].x, to);
	free(v);
}
