#include "rbacctl/host/edit/add.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/host/new_files.h"

static void free_edit(struct edit *e)
{
	free(e->path);
	free(e->before);
	free(e->after);
	free(e->added);
	free(e->run);
	free(e->undo);
}

void edits_free(struct edits *e)
{
	for (size_t i = 0; i < e->n; i++)
		free_edit(&e->v[i]);
	free(e->v);
	*e = (struct edits){ 0 };
}

/* Owns X in any case. WHOLE: it has all its texts. */
static int append(struct edits *e, struct edit *x, bool whole)
{
	if (!whole || !buf_room(&e->v, e->n, &e->cap, sizeof *e->v)) {
		free_edit(x);
		return RBAC_NOMEM;
	}
	e->v[e->n++] = *x;
	return RBAC_OK;
}

int edit_add(struct edits *e, const char *path, bool existed, const char *text, size_t at,
	     size_t len, const char *line)
{
	struct buf after = { 0 };
	struct edit x = { .existed = existed, .line = 1 };
	bool open_end = at > 0 && text[at - 1] != '\n';

	buf_printf(&after, "%.*s%s%s\n%s", (int)at, text, open_end ? "\n" : "", line,
		   text + at + len);
	for (size_t i = 0; i < at; i++)
		x.line += text[i] == '\n';
	x.line += open_end;
	x.path = strdup(path);
	x.before = strdup(existed ? text : "");
	x.added = strdup(line);
	x.after = after.failed ? NULL : strdup(buf_text(&after));
	buf_free(&after);
	return append(e, &x, x.path && x.before && x.added && x.after);
}

static char *copy(const char *text, bool *whole)
{
	char *to = text ? strdup(text) : NULL;

	*whole &= !text || to;
	return to;
}

int edit_add_command(struct edits *e, const char *path, const char *before, const char *run,
		     const char *undo)
{
	bool whole = true;
	struct edit x = { .existed = before != NULL,
			  .path = copy(path, &whole),
			  .before = copy(before, &whole),
			  .added = copy(run, &whole),
			  .run = copy(run, &whole),
			  .undo = copy(undo, &whole) };

	return append(e, &x, whole);
}

int edit_read(const char *path, char **text, struct buf *why)
{
	size_t len;
	int err = new_files_read(path, text, &len);

	if (err == RBAC_SYSTEM)
		buf_printf(why, "%s: %s", path, strerror(errno));
	if (err || strlen(*text) == len)
		return err;
	buf_printf(why, "%s has a NUL byte, and is no text: take the byte out first", path);
	free(*text);
	*text = NULL;
	return RBAC_REFUSED;
}

size_t edit_line_at(const char *text, unsigned number, size_t *len)
{
	const char *p = text;

	for (unsigned i = 1; i < number && *p; i++) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	*len = strcspn(p, "\n");
	return (size_t)(p - text);
}
