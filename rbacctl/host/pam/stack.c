/* Reading the files of a service into stacks. */
#include "rbacctl/host/pam/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/pam/open.h"
#include "rbacctl/host/pam/text.h"

enum {
	DEEP = 64,         /* includes within one another, of which each opens a file */
	ENTRIES_MAX = 4096 /* in all stages; a file that includes itself twice has no end */
};

/* One file that is being read. */
struct reading {
	const struct pam_folders *f;
	struct pam_config *c;
	const char *service; /* whose lines count in pam.conf */
	const char *file;
	int via;
	bool debian;
	bool all;             /* no stage was asked for: lines of every stage count */
	bool whole;           /* the file is pam.conf: each line begins with a service */
	bool other;           /* what is read goes into the stacks of `other` */
	enum pam_stage stage; /* unless ALL */
	int level, deep;
};

const char *pam_stage_name(enum pam_stage stage)
{
	static const char *const names[PAM_STAGES] = { "auth", "account", "password", "session" };
	return names[stage];
}

const struct pam_stack *pam_stack_of(const struct pam_config *c, enum pam_stage stage)
{
	return c->own[stage].n ? &c->own[stage] : &c->other[stage];
}

/* ---- what was read ---- */

static const char *keep_name(struct pam_config *c, const char *name)
{
	for (size_t i = 0; i < c->n_files; i++)
		if (strcmp(c->files[i], name) == 0)
			return c->files[i];
	if (!buf_room(&c->files, c->n_files, &c->cap_files, sizeof *c->files) ||
	    !(c->files[c->n_files] = strdup(name)))
		return NULL;
	return c->files[c->n_files++];
}

static int fault(struct reading *r, unsigned line, int what, const char *text)
{
	struct pam_config *c = r->c;
	char *copy = strdup(text);

	if (!copy || !buf_room(&c->faults, c->n_faults, &c->cap_faults, sizeof *c->faults)) {
		free(copy);
		return RBAC_NOMEM;
	}
	c->faults[c->n_faults].at = (struct pam_place){ r->file, line, r->via };
	c->faults[c->n_faults].what = what;
	c->faults[c->n_faults].stage = r->stage;
	c->faults[c->n_faults++].text = copy;
	return RBAC_OK;
}

static int add_words(struct pam_entry *e, char *rest)
{
	size_t cap = 0;

	for (char *w; (w = pam_text_word(&rest)); e->argc++)
		if (!buf_room(&e->argv, (size_t)e->argc, &cap, sizeof *e->argv) ||
		    !(e->argv[e->argc] = strdup(w)))
			return RBAC_NOMEM;
	return RBAC_OK;
}

static void free_entry(struct pam_entry *e)
{
	for (int i = 0; i < e->argc; i++)
		free(e->argv[i]);
	free(e->argv);
	free(e->module);
	free(e->control);
}

/* One line, cut into words. */
struct line {
	unsigned number;
	enum pam_stage stage;
	int what;
	int actions[PAM_RETURNS];
	char *control, *module, *rest;
};

static int add_entry(struct reading *r, const struct line *l)
{
	struct pam_stack *s = &(r->other ? r->c->other : r->c->own)[l->stage];
	struct pam_entry e = { .what = l->what,
			       .level = r->level,
			       .at = { r->file, l->number, r->via } };

	memcpy(e.actions, l->actions, sizeof e.actions);
	e.control = strdup(l->control ? l->control : "");
	e.module = l->module ? strdup(l->module) : NULL;
	int err = e.control && (e.module || !l->module) ? add_words(&e, l->rest) : RBAC_NOMEM;
	if (!err && !buf_room(&s->v, s->n, &s->cap, sizeof *s->v))
		err = RBAC_NOMEM;
	if (err)
		free_entry(&e);
	else
		s->v[s->n++] = e;
	return err;
}

/* ---- files ---- */

/* libpam will read PATH, and this user may not. */
static int leave_dark(struct reading *r, const char *path)
{
	const char *name = keep_name(r->c, path);

	r->c->dark = r->c->dark ? r->c->dark : name;
	return name ? RBAC_OK : RBAC_NOMEM;
}

static int read_file(struct reading *r, FILE *file, const char *path, bool *bad);

static bool is_within_itself(const struct reading *r, const char *path)
{
	for (int via = r->via; via >= 0; via = r->c->places[via].via)
		if (strcmp(r->c->places[via].file, path) == 0)
			return true;
	return strcmp(r->file, path) == 0;
}

/* The line takes in file NAME. *BAD: libpam could not read it. */
static int read_included(struct reading *r, const struct line *l, bool substack, const char *name,
			 bool *bad)
{
	char path[4200];
	struct reading inner = *r;
	struct pam_config *c = r->c;
	FILE *file = NULL;
	size_t n = 0;
	bool dark;

	*bad = true;
	for (int i = 0; i < PAM_STAGES; i++)
		n += c->own[i].n + c->other[i].n;
	inner.level += substack;
	inner.deep++;
	inner.whole = false;
	if (!name) {
		c->refused = true; /* libpam breaks off */
		return fault(r, l->number, PAM_FAULT_INCLUDE, "no file is named");
	}
	if (inner.level >= PAM_LEVELS || inner.deep > DEEP || n > ENTRIES_MAX)
		return fault(r, l->number, PAM_FAULT_INCLUDE,
			     "too many files are read within one another");
	file = pam_open(r->f, r->debian ? 1 : PAM_FOLDERS, name, path, sizeof path, &dark);
	if (dark) {
		*bad = false;
		return leave_dark(r, path);
	}
	if (!file) {
		snprintf(path, sizeof path, "there is no file %.4000s", name);
		return fault(r, l->number, PAM_FAULT_INCLUDE, path);
	}
	int err = RBAC_OK;
	if (is_within_itself(r, path)) {
		char text[4300];
		snprintf(text, sizeof text, "%.4200s is read within itself", path);
		err = fault(r, l->number, PAM_FAULT_INCLUDE, text);
		c->refused = true; /* libpam reads on until the process breaks off */
		fclose(file);
		return err;
	}
	if (!err && !buf_room(&c->places, c->n_places, &c->cap_places, sizeof *c->places))
		err = RBAC_NOMEM;
	if (!err) {
		c->places[c->n_places] = (struct pam_place){ r->file, l->number, r->via };
		inner.via = (int)c->n_places++;
		err = read_file(&inner, file, path, bad);
	}
	fclose(file);
	return err;
}

/* ---- lines ---- */

/* The stage that WORD names. False: none, and the line is one of the stage that was asked for, else
 * of auth, and fails. */
static bool stage_of(const struct reading *r, const char *word, enum pam_stage *stage)
{
	for (int i = 0; word && i < PAM_STAGES; i++)
		if (strcasecmp(word, pam_stage_name(i)) == 0) {
			*stage = i;
			return true;
		}
	*stage = r->all ? PAM_AUTH : r->stage;
	return false;
}

/* Whatever the line does not say. */
static void all_bad(struct line *l)
{
	for (int i = 0; i < PAM_RETURNS; i++)
		if (l->actions[i] == PAM_ACT_UNSET)
			l->actions[i] = PAM_ACT_BAD;
}

/* The line is one of @include (AT), include or substack, with the name of the file as L->module.
 * *REFUSED becomes true where libpam refuses the file that it stands in. */
static int take_in(struct reading *r, struct line *l, bool substack, bool at, bool *refused)
{
	struct reading inner = *r;
	bool bad = true;
	int err = RBAC_OK;

	inner.all = at && r->all;
	inner.stage = l->stage;
	if (substack) {
		struct line begin = *l;
		begin.what = PAM_ENTERS;
		begin.rest = NULL;
		err = add_entry(r, &begin);
	}
	if (!err)
		err = read_included(&inner, l, substack, l->module, &bad);
	if (err || !bad)
		return err;
	if (inner.all) {
		*refused = true;
		return RBAC_OK;
	}
	l->what = PAM_MUST_FAIL;
	all_bad(l);
	l->rest = NULL;
	return add_entry(r, l);
}

static bool is_word(const char *word, const char *is)
{
	return word && strcasecmp(word, is) == 0;
}

static int read_line(struct reading *r, char *p, unsigned number, bool *refused)
{
	struct line l = { .number = number, .what = PAM_RUNS };
	char *word = pam_text_word(&p);
	int err = RBAC_OK;

	for (int i = 0; i < PAM_RETURNS; i++)
		l.actions[i] = PAM_ACT_UNSET;
	const char *type = word && *word == '-' ? word + 1 : word;
	if (r->debian && is_word(type, "@include")) {
		l.control = word;
		l.module = pam_text_word(&p);
		l.stage = r->all ? PAM_AUTH : r->stage;
		return take_in(r, &l, false, true, refused);
	}
	if (!stage_of(r, type, &l.stage)) {
		l.what = PAM_MUST_FAIL;
		err = fault(r, number, PAM_FAULT_TYPE, type ? type : "");
	}
	if (!r->all && l.stage != r->stage)
		return err;
	l.control = pam_text_word(&p);
	bool substack = is_word(l.control, "substack");
	if (substack || is_word(l.control, "include")) {
		l.module = pam_text_word(&p);
		return err ? err : take_in(r, &l, substack, false, refused);
	}
	const char *wrong = l.control ? pam_text_control(l.control, l.actions) : "it is missing";
	if (!l.control)
		l.what = PAM_MUST_FAIL;
	if (wrong && !err)
		err = fault(r, number, PAM_FAULT_CONTROL, wrong);
	l.module = pam_text_word(&p);
	l.rest = p;
	if (!l.module && l.control && !err)
		err = fault(r, number, PAM_FAULT_MODULE, "");
	if (!l.module)
		l.what = PAM_MUST_FAIL;
	all_bad(&l);
	return err ? err : add_entry(r, &l);
}

/* In pam.conf: is the line one of the service, or of `other`? */
static bool is_meant(struct reading *r, char **p)
{
	const char *name = pam_text_word(p);

	r->other = is_word(name, "other");
	return r->other || is_word(name, r->service);
}

static int read_file(struct reading *r, FILE *file, const char *path, bool *bad)
{
	struct pam_text t = { .file = file };
	enum pam_text_result got = PAM_TEXT_LINE;
	int err = RBAC_OK;

	*bad = false;
	if (!(r->file = keep_name(r->c, path)))
		return RBAC_NOMEM;
	while (!err && !*bad && (got = pam_text_next(&t)) == PAM_TEXT_LINE) {
		char *p = t.line;
		if (t.cut)
			err = fault(r, t.number, PAM_FAULT_CUT, "");
		if (!err && (!r->whole || is_meant(r, &p)))
			err = read_line(r, p, t.number, bad);
	}
	if (!err && got == PAM_TEXT_BAD) {
		*bad = true;
		err = fault(r, t.number, PAM_FAULT_BROKEN, "");
	}
	return err;
}

/* ---- the whole ---- */

/* True: there is such a file, and *ERR says how it was read. */
static bool read_one(struct reading *r, const char *name, int *err)
{
	char path[4200];
	bool bad, dark;
	FILE *file = pam_open(r->f, PAM_FOLDERS, name, path, sizeof path, &dark);

	if (dark) {
		*err = leave_dark(r, path);
		r->file = r->c->dark;
		return true;
	}
	if (!file)
		return false;
	*err = read_file(r, file, path, &bad);
	r->c->refused |= bad;
	fclose(file);
	return true;
}

int pam_config_read(const struct pam_folders *f, const char *service, struct pam_config *c)
{
	struct reading r = {
		.f = f, .c = c, .service = service, .file = "", .via = -1, .all = true
	};
	r.debian = f->debian && access(f->debian, F_OK) == 0;
	int err = RBAC_OK;

	*c = (struct pam_config){ 0 };
	bool named = *service && !strchr(service, '/');
	r.other = strcmp(service, "other") == 0;
	c->has_file = named && read_one(&r, service, &err);
	c->file = c->has_file ? r.file : NULL;
	if (!c->has_file && f->conf && !pam_has_folders(f)) {
		r.whole = true;
		if (read_one(&r, f->conf, &err))
			for (int i = 0; i < PAM_STAGES; i++)
				c->has_file |= c->own[i].n > 0;
		c->file = c->has_file ? r.file : NULL;
	}
	r.whole = false;
	r.other = true;
	r.file = "";
	/* As libpam: not where the service's own file was refused, since nobody gets in then. */
	if (!err && !c->refused && read_one(&r, "other", &err) && !c->file)
		c->file = r.file;
	return err;
}

void pam_config_free(struct pam_config *c)
{
	for (int i = 0; i < PAM_STAGES; i++) {
		for (size_t j = 0; j < c->own[i].n; j++)
			free_entry(&c->own[i].v[j]);
		for (size_t j = 0; j < c->other[i].n; j++)
			free_entry(&c->other[i].v[j]);
		free(c->own[i].v);
		free(c->other[i].v);
	}
	for (size_t i = 0; i < c->n_files; i++)
		free(c->files[i]);
	for (size_t i = 0; i < c->n_faults; i++)
		free(c->faults[i].text);
	free(c->files);
	free(c->places);
	free(c->faults);
	*c = (struct pam_config){ 0 };
}
