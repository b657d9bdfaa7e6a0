#include "rbacctl/host/pam/pam.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <strings.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/pam/modules.h"
#include "rbacctl/host/pam/open.h"
#include "rbacctl/host/pam/stack.h"
#include "rbacctl/host/pam/text.h"

const struct pam_folders pam_here = {
	{ "/etc/pam.d", "/usr/lib/pam.d" }, "/etc/pam.conf", "/etc/debian_version", RBAC_PAM_DIR
};

static FILE *open_file(const struct pam_folders *f, const char *name, bool *dark)
{
	char path[600];

	*dark = false;
	return *name && !strchr(name, '/') ? pam_open(f, PAM_FOLDERS, name, path, sizeof path, dark)
					   : NULL;
}

bool pam_has_file(const struct pam_folders *f, const char *service)
{
	bool dark;
	FILE *file = open_file(f, service, &dark);
	if (file)
		fclose(file);
	return file || dark;
}

enum pam_gate pam_gate_of(const struct pam_folders *f, const char *service)
{
	struct pam_config c;
	enum pam_gate gate = PAM_OPEN;
	int err = pam_config_read(f, service, &c);
	const struct pam_stack *s = pam_stack_of(&c, PAM_ACCOUNT);

	for (size_t i = 0; i < s->n && !err; i++) {
		if (s->v[i].what != PAM_RUNS || !pam_module_is_ours(s->v[i].module))
			continue;
		if (!pam_entry_has(&s->v[i], "unlisted=ignore"))
			gate = PAM_GATED;
		else if (gate == PAM_OPEN)
			gate = PAM_UNLISTED_IGNORE;
	}
	if (gate == PAM_OPEN && c.dark)
		gate = PAM_DARK;
	pam_config_free(&c);
	return gate;
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

static int add_line(char *p, struct pam_names *out)
{
	char *type = pam_text_word(&p), *control = type ? pam_text_word(&p) : NULL;

	if (control && strcasecmp(type + (*type == '-'), "@include") == 0)
		return add(out, control);
	if (control &&
	    (strcasecmp(control, "include") == 0 || strcasecmp(control, "substack") == 0) &&
	    (type = pam_text_word(&p)))
		return add(out, type);
	return RBAC_OK;
}

/* Every file that another takes in, for whatever stage. */
static int add_included(const struct pam_folders *f, const char *name, struct pam_names *out)
{
	bool dark;
	struct pam_text t = { .file = open_file(f, name, &dark) };
	int err = RBAC_OK;

	while (t.file && !err && pam_text_next(&t) == PAM_TEXT_LINE)
		err = add_line(t.line, out);
	if (t.file)
		fclose(t.file);
	return err;
}

/* Where NAME is a link to a longer name in FOLDER, as sudo to sudo-ac, that is no service of its
 * own; su is one where su-l is a link to it. */
static int add_linked(const char *folder, const char *name, struct pam_names *out)
{
	char path[4200], to[1024];
	size_t dir = folder ? strlen(folder) : 0;

	if (!folder)
		return RBAC_OK;
	snprintf(path, sizeof path, "%.3000s/%.1000s", folder, name);
	ssize_t len = readlink(path, to, sizeof to - 1);
	if (len <= 0)
		return RBAC_OK;
	to[len] = 0;
	const char *base = strncmp(to, folder, dir) == 0 && to[dir] == '/' ? to + dir + 1 : to;
	bool longer = strncmp(base, name, strlen(name)) == 0;
	return longer && !strchr(base, '/') ? add(out, base) : RBAC_OK;
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
	for (size_t i = 0; i < all.n && !err; i++)
		for (size_t k = 0; k < sizeof f->v / sizeof *f->v && !err; k++)
			err = add_linked(f->v[k], all.v[i], &included);
	sort(&included);
	for (size_t i = 0; i < all.n && !err; i++)
		if (!has(&included, all.v[i]))
			err = add(out, all.v[i]);
	pam_names_free(&all);
	pam_names_free(&included);
	return err;
}
