#include "rbacctl/host/pam.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/buf.h"

enum {
	LINE = 4096,
	DEEP = 16
}; /* bytes of a line with its continuations; files that include one another (libpam has 32) */

const struct pam_folders pam_here = { { "/etc/pam.d", "/usr/lib/pam.d" } };

static FILE *open_file(const struct pam_folders *f, const char *name)
{
	char path[600];
	FILE *file = NULL;
	for (size_t i = 0;
	     i < sizeof f->v / sizeof *f->v && !file && f->v[i] && *name && !strchr(name, '/');
	     i++) {
		snprintf(path, sizeof path, "%.300s/%.255s", f->v[i], name);
		file = fopen(path, "re");
	}
	return file;
}

bool pam_has_file(const struct pam_folders *f, const char *service)
{
	FILE *file = open_file(f, service);
	if (file)
		fclose(file);
	return file != NULL;
}

/* ---- lines ---- */

/* The next line without its comment, continuations (a backslash before the end) joined. False: the
 * file is at its end. */
static bool next_line(FILE *file, char *line)
{
	size_t len = 0;
	bool any = false;
	while (len < LINE - 1 && fgets(line + len, (int)(LINE - len), file)) {
		any = true;
		line[len + strcspn(line + len, "#\n")] = 0;
		len = strlen(line);
		if (len == 0 || line[len - 1] != '\\')
			break;
		line[len - 1] = ' ';
	}
	return any;
}

/* The next word of *P; a control in [ ] is one. NULL: there is none. */
static char *word(char **p)
{
	char *start = *p + strspn(*p, " \t");
	if (!*start)
		return NULL;
	char *end = *start == '[' ? start + strcspn(start, "]") : start + strcspn(start, " \t");
	end += *start == '[' && *end;
	*p = *end ? end + 1 : end;
	*end = 0;
	return start;
}

static bool is_ours(const char *module)
{
	const char *slash = strrchr(module, '/');
	return strcmp(slash ? slash + 1 : module, "pam_rbac.so") == 0;
}

static enum pam_gate options(char *rest)
{
	enum pam_gate gate = PAM_GATED;
	for (char *w; (w = word(&rest));)
		if (strcmp(w, "unlisted=ignore") == 0)
			gate = PAM_UNLISTED_IGNORE;
	return gate;
}

/* What a line says: *INCLUDED gets the file that it takes in for the account stage, NULL for none.
 */
static enum pam_gate read_line(char *line, const char **included)
{
	char *type = word(&line);
	*included = NULL;
	if (!type)
		return PAM_OPEN;
	if (strcmp(type, "@include") == 0) {
		*included = word(&line);
		return PAM_OPEN;
	}
	if (strcmp(type, "account") != 0 && strcmp(type, "-account") != 0)
		return PAM_OPEN;
	char *control = word(&line), *module = control ? word(&line) : NULL;
	if (!module)
		return PAM_OPEN;
	if (strcmp(control, "include") == 0 || strcmp(control, "substack") == 0)
		*included = module;
	return !*included && is_ours(module) ? options(line) : PAM_OPEN;
}

static enum pam_gate stricter(enum pam_gate a, enum pam_gate b)
{
	return a > b ? a : b;
}

static enum pam_gate gate_of_file(const struct pam_folders *f, const char *name, int depth)
{
	char line[LINE];
	enum pam_gate gate = PAM_OPEN;
	const char *included;
	FILE *file = depth < DEEP ? open_file(f, name) : NULL;
	while (file && next_line(file, line)) {
		gate = stricter(gate, read_line(line, &included));
		if (included)
			gate = stricter(gate, gate_of_file(f, included, depth + 1));
	}
	if (file)
		fclose(file);
	return gate;
}

enum pam_gate pam_gate_of(const struct pam_folders *f, const char *service)
{
	return gate_of_file(f, pam_has_file(f, service) ? service : "other", 0);
}

/* ---- all of them ---- */

static int add(struct pam_names *n, const char *name)
{
	if (!buf_room(&n->v, n->n, &n->cap, sizeof *n->v) || !(n->v[n->n] = strdup(name)))
		return RBAC_NOMEM;
	n->n++;
	return RBAC_OK;
}

void pam_names_free(struct pam_names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->v[i]);
	free(n->v);
	*n = (struct pam_names){ 0 };
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has(const struct pam_names *n, const char *name)
{
	return n->n && bsearch(&name, n->v, n->n, sizeof *n->v, by_name);
}

static void sort(struct pam_names *n)
{
	size_t kept = 0;
	if (n->n)
		qsort(n->v, n->n, sizeof *n->v, by_name);
	for (size_t i = 0; i < n->n; i++) {
		if (kept && strcmp(n->v[kept - 1], n->v[i]) == 0)
			free(n->v[i]);
		else
			n->v[kept++] = n->v[i];
	}
	n->n = kept;
}

static bool is_leftover(const char *name)
{
	static const char *const marks[] = { "~",    ".dpkg-", ".rpm", ".ucf-",
					     ".bak", ".orig",  ".swp", ".pam-new" };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strstr(name, marks[i]))
			return true;
	return name[0] == '.';
}

/* Every file that another takes in, for whatever stage. */
static int add_included(const struct pam_folders *f, const char *name, struct pam_names *out)
{
	char line[LINE];
	int err = RBAC_OK;
	FILE *file = open_file(f, name);
	while (file && !err && next_line(file, line)) {
		char *p = line, *type = word(&p), *control = type ? word(&p) : NULL;
		if (type && control && strcmp(type, "@include") == 0)
			err = add(out, control);
		else if (control &&
			 (strcmp(control, "include") == 0 || strcmp(control, "substack") == 0) &&
			 (type = word(&p)))
			err = add(out, type);
	}
	if (file)
		fclose(file);
	return err;
}

static int list_folder(const char *folder, struct pam_names *out)
{
	int err = RBAC_OK;
	const struct dirent *e;
	DIR *d = folder ? opendir(folder) : NULL;
	while (d && !err && (e = readdir(d)))
		if (!is_leftover(e->d_name) && strcmp(e->d_name, "other") != 0)
			err = add(out, e->d_name);
	if (d)
		closedir(d);
	return err;
}

int pam_services(const struct pam_folders *f, struct pam_names *out)
{
	struct pam_names all = { 0 }, included = { 0 };
	int err = RBAC_OK;
	*out = (struct pam_names){ 0 };
	for (size_t i = 0; i < sizeof f->v / sizeof *f->v && !err; i++)
		err = list_folder(f->v[i], &all);
	sort(&all);
	for (size_t i = 0; i < all.n && !err; i++)
		err = add_included(f, all.v[i], &included);
	sort(&included);
	for (size_t i = 0; i < all.n && !err; i++)
		if (!has(&included, all.v[i]))
			err = add(out, all.v[i]);
	pam_names_free(&all);
	pam_names_free(&included);
	return err;
}
