#include "rbacctl/host/edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/new_files.h"
#include "rbacctl/host/nss_line.h"
#include "rbacctl/host/nsswitch.h"
#include "rbacctl/host/pam_judge.h"
#include "rbacctl/host/pam_text.h"

static void free_edit(struct edit *e)
{
	free(e->path);
	free(e->before);
	free(e->after);
	free(e->added);
}

void edits_free(struct edits *e)
{
	for (size_t i = 0; i < e->n; i++)
		free_edit(&e->v[i]);
	free(e->v);
	*e = (struct edits){ 0 };
}

/* The edit of PATH: LINE, without its end, is put before byte AT of TEXT, or in the place of the
 * LEN bytes there. Owns nothing of them. */
static int add(struct edits *e, const char *path, bool existed, const char *text, size_t at,
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
	if (!x.path || !x.before || !x.added || !x.after ||
	    !buf_room(&e->v, e->n, &e->cap, sizeof *e->v)) {
		free_edit(&x);
		return RBAC_NOMEM;
	}
	e->v[e->n++] = x;
	return RBAC_OK;
}

static int read_text(const char *path, char **text, struct buf *why)
{
	size_t len;
	int err = new_files_read(path, text, &len);

	if (err == RBAC_SYSTEM)
		buf_printf(why, "%s: %s", path, strerror(errno));
	return err;
}

/* Who else writes the file at PATH? NULL: nobody. */
static const char *owned_by(const char *path)
{
	char target[400];
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n < 0)
		return NULL;
	target[n] = 0;
	return strstr(target, "authselect") ? "authselect" : "a symbolic link";
}

static int refuse_owned(const char *path, const char *what, struct buf *why)
{
	const char *owner = owned_by(path);

	if (!owner)
		return RBAC_OK;
	buf_printf(why,
		   "%s is %s's, and what is written there would be lost: make a custom profile "
		   "(authselect create-profile) with %s",
		   path, owner, what);
	return RBAC_REFUSED;
}

/* ---- nsswitch.conf ---- */

/* Where the line NUMBER of TEXT begins, and its length without the end. */
static size_t line_at(const char *text, unsigned number, size_t *len)
{
	const char *p = text;

	for (unsigned i = 1; i < number && *p; i++) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	*len = strcspn(p, "\n");
	return (size_t)(p - text);
}

/* The line of DATABASE, with WORDS behind its last source. */
static int extend(struct edits *e, const char *text, const struct nss_line *l, const char *words)
{
	struct buf line = { 0 };
	size_t len, at = line_at(text, l->line, &len), kept = len;

	while (kept && strchr(" \t\r", text[at + kept - 1]))
		kept--;
	buf_printf(&line, "%.*s %s", (int)kept, text + at, words);
	int err = line.failed ? RBAC_NOMEM
			      : add(e, nsswitch_conf, true, text, at,
				    len + (text[at + len] == '\n'), buf_text(&line));
	buf_free(&line);
	return err;
}

/* An initgroups line ends at the first source that has a group, unless told to go on. */
static int extend_initgroups(struct edits *e, const char *text, const struct nss_line *l,
			     struct buf *why)
{
	struct buf line = { 0 };
	size_t len, at = line_at(text, l->line, &len);
	int err = RBAC_NOMEM;

	if (strchr(l->text, '[')) {
		buf_printf(why,
			   "%s:%u: put \"rbac\" at the end of this line, and [SUCCESS=continue] "
			   "behind each source before it: \"%s\"",
			   nsswitch_conf, l->line, l->text);
		return RBAC_REFUSED;
	}
	buf_printf(&line, "initgroups:");
	for (size_t i = 0; i < l->n; i++)
		buf_printf(&line, " %s [SUCCESS=continue]", l->v[i].name);
	buf_printf(&line, " rbac");
	if (!line.failed)
		err = add(e, nsswitch_conf, true, text, at, len + (text[at + len] == '\n'),
			  buf_text(&line));
	buf_free(&line);
	return err;
}

/* Does a source before rbac, or before the end of the line, keep rbac from being asked? */
static bool hides(const struct nss_line *l, bool initgroups)
{
	size_t at = nss_line_find(l, "rbac");

	return nss_line_stops(l, at, NSS_NOTFOUND) < at ||
	       (initgroups && at < l->n && nss_line_stops(l, at, NSS_SUCCESS) < at);
}

static int edit_database(struct edits *e, const char *text, const char *database, struct buf *why)
{
	bool initgroups = strcmp(database, "initgroups") == 0;
	struct nss_line l;
	int err = RBAC_OK;

	if (!nss_line_read(nsswitch_conf, database, &l))
		err = RBAC_SYSTEM;
	if (err) {
		buf_printf(why, "%s: %s", nsswitch_conf, strerror(errno));
	} else if (l.wrong || hides(&l, initgroups)) {
		buf_printf(why, "%s:%u: \"%s\" hides what stands behind it: mend the line first",
			   nsswitch_conf, l.line, l.text);
		err = RBAC_REFUSED;
	} else if (l.lines == 0 && !initgroups) {
		err = add(e, nsswitch_conf, true, text, strlen(text), 0, "group: files rbac");
	} else if (l.lines && nss_line_find(&l, "rbac") == l.n) {
		err = initgroups ? extend_initgroups(e, text, &l, why)
				 : extend(e, text, &l, "rbac");
	}
	nss_line_free(&l);
	return err;
}

int edit_nsswitch(struct edits *e, struct buf *why)
{
	char *text = NULL;
	size_t n = e->n;
	int err = read_text(nsswitch_conf, &text, why);

	if (!err)
		err = edit_database(e, text, "group", why);
	/* The second edit of one file begins with what the first leaves. The lines that both look
	 * for stand where they stood: the first adds none before them. */
	if (!err)
		err = edit_database(e, e->n > n ? e->v[n].after : text, "initgroups", why);
	if (!err && e->n > n)
		err = refuse_owned(nsswitch_conf, "\"rbac\" behind the sources of group", why);
	free(text);
	return err;
}

/* ---- PAM ---- */

/* Does the line P begin the account stage, or take in a file that has lines of it? */
static bool is_account(const struct pam_folders *f, char *p)
{
	char *type = pam_text_word(&p), *name;
	struct pam_config c;
	bool yes = false;

	if (!type)
		return false;
	type += *type == '-';
	if (strcasecmp(type, "@include") != 0)
		return strcasecmp(type, "account") == 0;
	name = pam_text_word(&p);
	if (name && pam_config_read(f, name, &c) == RBAC_OK) {
		yes = c.own[PAM_ACCOUNT].n > 0;
		pam_config_free(&c);
	}
	return yes;
}

/* The byte of the text of FILE before which our line goes: before the first account line. */
static size_t place_in(const struct pam_folders *f, const char *path, const char *text)
{
	struct pam_text t = { .file = fopen(path, "re") };
	size_t at = strlen(text), len;

	while (t.file && at == strlen(text) && pam_text_next(&t) == PAM_TEXT_LINE)
		if (is_account(f, t.line))
			at = line_at(text, t.number, &len);
	if (t.file)
		fclose(t.file);
	return at;
}

static bool is_made_by_others(const char *service)
{
	return strncmp(service, "common-", 7) == 0 || strcmp(service, "system-auth") == 0 ||
	       strcmp(service, "password-auth") == 0;
}

int edit_pam(struct edits *e, const struct pam_folders *f, const char *service, const char *line,
	     struct buf *why)
{
	struct pam_config c;
	struct pam_judged j = { 0 };
	char path[400], *text = NULL;

	if (is_made_by_others(service)) {
		buf_printf(why,
			   "%s is made by pam-auth-update or authselect, and other services take "
			   "it in: name the services, such as sshd",
			   service);
		return RBAC_REFUSED;
	}
	int err = pam_config_read(f, service, &c);
	if (!err)
		err = pam_judge(f, &c, service, true, &j);
	snprintf(path, sizeof path, "%.200s/%.180s", f->v[0], service);
	if (!err && !pam_has_file(f, service)) {
		buf_printf(why, "there is no PAM service %s: no such file in %s", service, f->v[0]);
		err = RBAC_REFUSED;
	}
	if (!err && c.refused) {
		buf_printf(why, "libpam refuses %s as it is: mend it first", c.file);
		err = RBAC_REFUSED;
	}
	if (!err && j.state != PAM_GATE_COUNTS)
		err = read_text(c.file, &text, why);
	if (!err && text)
		err = refuse_owned(c.file, "the line of pam_rbac.so", why);
	/* A file of a package in /usr/lib/pam.d is not changed: one in /etc takes its place. */
	if (!err && text)
		err = add(e, path, strcmp(c.file, path) == 0, text, place_in(f, c.file, text), 0,
			  line);
	free(text);
	pam_config_free(&c);
	return err;
}

/* ---- undo ---- */

static bool is_pam_line(const char *line, size_t len)
{
	char copy[PAM_LINE], *p = copy, *type, *control, *module;

	if (len >= sizeof copy)
		return false;
	memcpy(copy, line, len);
	copy[len] = 0;
	type = pam_text_word(&p);
	control = type ? pam_text_word(&p) : NULL;
	module = control ? pam_text_word(&p) : NULL;
	return type && *type != '#' && module && pam_module_is_ours(module);
}

/* A line of nsswitch.conf without " rbac" and what we put before it. */
static void without_word(const char *line, size_t len, struct buf *out)
{
	static const char *const words[] = { " [SUCCESS=continue] rbac", "\trbac", " rbac" };
	bool ours = strncmp(line, "group:", 6) == 0 || strncmp(line, "initgroups:", 11) == 0;

	for (size_t i = 0; ours && i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		for (size_t at = 0; at + n <= len; at++) {
			if (strncmp(line + at, words[i], n) != 0 ||
			    (at + n < len && !strchr(" \t", line[at + n])))
				continue;
			buf_printf(out, "%.*s%.*s", (int)at, line, (int)(len - at - n),
				   line + at + n);
			return;
		}
	}
	buf_printf(out, "%.*s", (int)len, line);
}

char *edit_take_out(const char *path, const char *text)
{
	struct buf out = { 0 };
	bool nss = strcmp(path, nsswitch_conf) == 0;

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");
		bool end = p[len] == '\n';
		if (nss)
			without_word(p, len, &out);
		else if (!is_pam_line(p, len))
			buf_printf(&out, "%.*s", (int)len, p);
		if (end && (nss || !is_pam_line(p, len)))
			buf_printf(&out, "\n");
		p += len + end;
	}
	char *copy = out.failed ? NULL : strdup(buf_text(&out));
	buf_free(&out);
	return copy;
}
