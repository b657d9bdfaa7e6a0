
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/config/load.h"
#include "rbacctl/config/lex.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/split.h"
#include "rbacctl/config/syntax.h"
#include "rbacctl/model/checks.h"

static const char *base(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* The name without its folder, but for two files that would then look the same. */
static const char *shown(const struct policy_sources *s, size_t i)
{
	const char *b = base(s->v[i].name);

	for (size_t k = 0; k < s->n; k++)
		if (k != i && strcmp(base(s->v[k].name), b) == 0)
			return s->v[i].name;
	return b;
}

static enum policy_file where(const char *name)
{
	if (strncmp(name, "policy.d/", 9) == 0)
		return FILE_POLICY;
	return strncmp(name, "assignments.d/", 14) == 0 ? FILE_ASSIGNMENTS : FILE_RBAC;
}

static void open_files(struct loader *l, const struct policy_sources *s)
{
	l->n_files = s->n;
	l->files = policy_alloc(l->p, s->n, sizeof(*l->files));
	for (size_t i = 0; i < s->n; i++) {
		l->files[i].text = &s->v[i];
		l->files[i].where = where(s->v[i].name);
		l->files[i].shown = policy_arena_strdup(&l->p->own->arena, shown(s, i));
	}
}

/* The name set in LINE, when it is the only one; else "". libconfig tells no more than the line. */
static const char *set_in_line(struct loader *l, const struct load_file *f, unsigned line)
{
	struct policy_lex lex = { .p = f->text->text,
				  .end = f->text->text + f->text->len,
				  .line = 1 };
	struct policy_token t, name = { .kind = LEX_END };
	const char *found = "";

	for (policy_lex_next(&lex, &t); t.kind != LEX_END && t.line <= line;
	     policy_lex_next(&lex, &t)) {
		if (name.kind == LEX_NAME && name.line == line && t.kind == LEX_PUNCTUATION &&
		    (*t.p == '=' || *t.p == ':')) {
			if (*found)
				return "";
			found = load_text(l, "%.*s", (int)name.len, name.p);
		}
		if (t.kind != LEX_COMMENT)
			name = t;
	}
	return found;
}

static void parse(struct loader *l, struct load_file *f)
{
	struct policy_pos at = { .file = f->shown };

	/* libconfig would take the text up to there for the whole. */
	if (strlen(f->text->text) != f->text->len) {
		problem_error(l->problems, at, "holds a NUL byte: this is no text file");
		return;
	}
	if (!policy_syntax_check(f->shown, f->text->text, f->text->len, l->problems))
		return;
	config_init(&f->config);
	f->parsed = true;
	if (config_read_string(&f->config, load_split(l, f)))
		return;
	at.line = (unsigned)config_error_line(&f->config);
	const char *text = config_error_text(&f->config), *name = set_in_line(l, f, at.line);
	if (strcmp(text, "duplicate setting name") == 0)
		text = load_text(l, "%s%s%s occurs twice in its group, expected it once",
				 *name ? "\"" : "a setting", name, *name ? "\"" : "");
	else if (strcmp(text, "mismatched element type in array") == 0)
		text = "values of different types in [ ], expected one type";
	problem_error(l->problems, at, "%s", text);
}

/* version = 1 comes with every file, so that a later grammar can tell. */
static void check_version(struct loader *l)
{
	config_setting_t *s = config_lookup(&l->file->config, "version");

	if (!s)
		problem_error(l->problems, load_pos_file(l),
			      "version is missing, expected version = 1;");
	else if (config_setting_type(s) == CONFIG_TYPE_INT && config_setting_get_int(s) != 1)
		load_error(l, s, "version must be 1, the one this rbacctl knows");
}

static void read_all(struct loader *l)
{
	for (size_t i = 0; i < l->n_files; i++) {
		l->file = &l->files[i];
		check_version(l);
	}
	load_declare(l);
	load_kinds(l);
	load_keys(l);
	load_keychains(l);
	load_plans(l);
	load_roles(l);
	policy_closure(l->p, l->problems);
	policy_close_kinds(l->p);
	load_users(l);
	load_exclusives(l);
	policy_close_exclusives(l->p);
	load_host(l);
	policy_check_roles(l->p, l->problems);
	policy_check_length(l->p, l->problems);
	load_assignments(l);
	policy_check_bys(l->p, l->problems);
	policy_check_groups(l->p, l->problems);
	policy_check_rules(l->p, l->problems);
	policy_check_unused(l->p, l->problems);
}

struct sorted {
	struct problem x;
	size_t rank, i;
};

static int by_place(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->x.line != y->x.line)
		return x->x.line < y->x.line ? -1 : 1;
	return (x->i > y->i) - (x->i < y->i);
}

/* From 1 in loading order; 0: a file that is missing. */
static size_t rank(const struct loader *l, const char *file)
{
	for (size_t i = 0; i < l->n_files; i++)
		if (strcmp(l->files[i].shown, file) == 0)
			return i + 1;
	return 0;
}

/* What was found from FIRST on, in the order of files and lines. */
static void sort(struct loader *l, size_t first)
{
	size_t n = l->problems->n - first;
	struct sorted *v = policy_alloc(l->p, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		struct problem x = l->problems->v[first + i];
		v[i] = (struct sorted){ .x = x, .rank = rank(l, x.file), .i = i };
	}
	qsort(v, n, sizeof(*v), by_place);
	for (size_t i = 0; i < n; i++)
		l->problems->v[first + i] = v[i].x;
}

static void load(struct loader *l, const struct policy_sources *sources)
{
	size_t before = l->problems->errors, first = l->problems->n;

	if (!policy_sources_find(sources, "rbac.conf"))
		problem_error(l->problems, (struct policy_pos){ .file = "rbac.conf" }, "missing");
	open_files(l, sources);
	for (size_t i = 0; i < l->n_files; i++)
		parse(l, &l->files[i]);
	if (l->problems->errors == before)
		read_all(l);
	sort(l, first);
}

static void close_files(struct loader *l)
{
	for (size_t i = 0; l->files && i < l->n_files; i++)
		if (l->files[i].parsed)
			config_destroy(&l->files[i].config);
}

/* A function of its own: nothing that lives in registers here is looked at after the longjmp. */
static int load_guarded(struct loader *l, const struct policy_sources *sources)
{
	size_t before = l->problems->errors;
	jmp_buf full;

	l->p->own->arena.full = &full;
	if (setjmp(full))
		return RBAC_NOMEM;
	load(l, sources);
	return l->problems->errors > before ? RBAC_INVALID : RBAC_OK;
}

int policy_load(const struct policy_sources *sources, struct policy **out,
		struct problems *problems)
{
	struct loader *l = calloc(1, sizeof(*l));
	struct policy *p = policy_new();
	int err = RBAC_NOMEM;

	*out = NULL;
	if (l && p) {
		*l = (struct loader){ .p = p, .problems = problems };
		err = load_guarded(l, sources);
		close_files(l);
		p->own->arena.full = NULL;
	}
	free(l);
	if (err == RBAC_OK)
		*out = p;
	else
		policy_free(p);
	return err;
}
