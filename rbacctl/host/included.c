#define _GNU_SOURCE
#include "rbacctl/host/included.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"

static void push(struct included *r, const char *path, int mark)
{
	char *copy = strdup(path);

	if (!copy || !buf_room(&r->v, r->n, &r->cap, sizeof *r->v)) {
		r->cut = true;
		free(copy);
		return;
	}
	r->v[r->n++] = (struct included_file){ .path = copy, .mark = mark };
}

static void pop(struct included *r)
{
	struct included_file *f = &r->v[--r->n];

	if (f->file)
		fclose(f->file);
	free(f->path);
}

void included_begin(struct included *r, const char *path)
{
	*r = (struct included){ .n = 0 };
	push(r, path, 0);
}

char *included_next(struct included *r, struct included_file **at)
{
	while (r->n > 0) {
		struct included_file *f = &r->v[r->n - 1];

		if (!f->file && r->files >= INCLUDED_FILES)
			r->cut = true;
		else if (!f->file && ++r->files)
			f->file = fopen(f->path, "re");
		if (f->file && getline(&r->text, &r->size, f->file) >= 0) {
			f->line++;
			*at = f;
			return r->text;
		}
		pop(r);
	}
	return NULL;
}

void included_add(struct included *r, const char *pattern, bool (*wanted)(const char *name))
{
	int mark = r->n > 0 ? r->v[r->n - 1].mark : 0;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = found.gl_pathc; i > 0; i--) {
		const char *path = found.gl_pathv[i - 1], *slash = strrchr(path, '/');
		if (!wanted || wanted(slash ? slash + 1 : path))
			push(r, path, mark);
	}
	globfree(&found);
}

void included_end(struct included *r)
{
	while (r->n > 0)
		pop(r);
	free(r->v);
	free(r->text);
}
