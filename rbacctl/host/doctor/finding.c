#define _GNU_SOURCE
#include "rbacctl/host/doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"

static void free_list(struct finding_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

static void free_finding(struct finding *f)
{
	free(f->service);
	free(f->file);
	free(f->found);
	free(f->wanted);
	free(f->what);
	free(f->why);
	free(f->mend);
	free_list(&f->via);
	free_list(&f->subjects);
}

struct finding *findings_add(struct findings *all, const char *id, bool trouble)
{
	struct finding *f = &all->lost;

	if (buf_room(&all->v, all->n, &all->cap, sizeof *all->v)) {
		f = &all->v[all->n++];
	} else {
		all->failed = true;
		free_finding(f);
	}
	*f = (struct finding){ .id = id, .trouble = trouble };
	return f;
}

void finding_text(struct findings *all, char **field, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL;
		all->failed = true;
	}
	va_end(ap);
	free(*field); /* an argument may have been of it */
	*field = text;
}

void finding_append(struct findings *all, struct finding_list *list, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (text && buf_room(&list->v, list->n, &list->cap, sizeof *list->v)) {
		list->v[list->n++] = text;
		return;
	}
	free(text);
	all->failed = true;
}

void finding_at(struct findings *all, struct finding *f, const char *file, unsigned line)
{
	finding_text(all, &f->file, "%s", file);
	f->line = line;
}

static void add_via(struct findings *all, struct finding *f, const struct pam_config *c, int via)
{
	if (via < 0)
		return;
	add_via(all, f, c, c->places[via].via);
	finding_append(all, &f->via, "%s:%u", c->places[via].file, c->places[via].line);
}

void finding_at_place(struct findings *all, struct finding *f, const struct pam_config *c,
		      const struct pam_place *at)
{
	finding_at(all, f, at->file, at->line);
	add_via(all, f, c, at->via);
}

bool findings_has(const struct findings *all, const char *id, const char *service)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i].id, id) == 0 &&
		    (!service || (all->v[i].service && strcmp(all->v[i].service, service) == 0)))
			return true;
	return false;
}

size_t findings_troubles(const struct findings *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->v[i].trouble;
	return n;
}

void findings_free(struct findings *all)
{
	for (size_t i = 0; i < all->n; i++)
		free_finding(&all->v[i]);
	free(all->v);
	free_finding(&all->lost);
	free_list(&all->checked);
	free_list(&all->skipped);
	*all = (struct findings){ 0 };
}
