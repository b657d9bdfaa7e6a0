#define _GNU_SOURCE
#include "rbacctl/host/edit/edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/edit/add.h"
#include "rbacctl/host/edit/profile.h"
#include "rbacctl/host/nss/nss_line.h"
#include "rbacctl/host/nss/nsswitch.h"
#include "rbacctl/host/pam/modules.h"
#include "rbacctl/host/pam/text.h"

/* ---- nsswitch.conf ---- */

/* The line of DATABASE, with WORDS behind its last source. What a # begins glibc before 2.34 does
 * not read, and later ones take for the names of sources. */
static int extend(struct edits *e, const char *text, const struct nss_line *l, const char *words)
{
	struct buf line = { 0 };
	size_t len, at = edit_line_at(text, l->line, &len), kept = 0;

	while (kept < len && text[at + kept] != '#')
		kept++;
	size_t comment = kept;
	while (kept && strchr(" \t\r", text[at + kept - 1]))
		kept--;
	buf_printf(&line, "%.*s %s", (int)kept, text + at, words);
	if (comment < len)
		buf_printf(&line, " %.*s", (int)(len - comment), text + at + comment);
	int err = line.failed ? RBAC_NOMEM
			      : edit_add(e, nsswitch_conf, true, text, at,
					 len + (text[at + len] == '\n'), buf_text(&line));
	buf_free(&line);
	return err;
}

/* An initgroups line ends at the first source that has a group, unless told to go on. */
static int extend_initgroups(struct edits *e, const char *text, const struct nss_line *l,
			     struct buf *why)
{
	struct buf line = { 0 };
	size_t len, at = edit_line_at(text, l->line, &len);
	int err = RBAC_NOMEM;

	if (strchr(l->text, '[')) {
		buf_printf(why,
			   "%s:%u: put \"rbac\" at the end of this line, and [SUCCESS=continue] "
			   "behind each source before it: \"%s\"",
			   nsswitch_conf, l->line, l->text);
		return RBAC_REFUSED;
	}
	buf_printf(&line, "initgroups:%s", l->n ? "" : " files [SUCCESS=continue]");
	for (size_t i = 0; i < l->n; i++)
		buf_printf(&line, " %s [SUCCESS=continue]", l->v[i].name);
	buf_printf(&line, " rbac");
	if (!line.failed)
		err = edit_add(e, nsswitch_conf, true, text, at, len + (text[at + len] == '\n'),
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

/* The last line of TEXT, which has no newline, with one. */
static int end_line(struct edits *e, const char *text, const struct nss_line *l)
{
	size_t len, at = edit_line_at(text, l->line, &len);
	struct buf line = { 0 };

	buf_printf(&line, "%s", text + at);
	int err = line.failed ? RBAC_NOMEM
			      : edit_add(e, nsswitch_conf, true, text, at, len, buf_text(&line));
	buf_free(&line);
	return err;
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
		buf_printf(why, "%s:%u: \"%s\" hides the rest of the line: correct the line first",
			   nsswitch_conf, l.line, l.text);
		err = RBAC_REFUSED;
	} else if (l.lines == 0 && !initgroups) {
		err = edit_add(e, nsswitch_conf, true, text, strlen(text), 0, "group: files rbac");
	} else if (l.lines && nss_line_find(&l, "rbac") == l.n) {
		err = initgroups ? extend_initgroups(e, text, &l, why)
				 : extend(e, text, &l, l.n ? "rbac" : "files rbac");
	} else if (l.cut) { /* the C library does not read it */
		err = end_line(e, text, &l);
	}
	nss_line_free(&l);
	return err;
}

/* A line of a profile of authselect ends in what says when it counts: {include if "with-sudo"}. */
static size_t sources_end(const char *line, size_t len)
{
	static const char *const operators[] = { "{include", "{exclude", "{continue", "{stop" };

	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		const char *at = memmem(line, len, operators[i], strlen(operators[i]));
		if (at)
			len = (size_t)(at - line);
	}
	while (len && strchr(" \t\r", line[len - 1]))
		len--;
	return len;
}

/* rbac behind the sources of each group line in the profile that authselect goes by. */
static int extend_profile(struct edits *e, struct buf *why)
{
	char *path = NULL, *text = NULL;
	int err = edit_authselect_file(e, "nsswitch.conf", &path, &text, why);
	const char *now = text;
	size_t len, at, lines = 0;

	for (unsigned n = 1; !err && now[at = edit_line_at(now, n, &len)]; n++) {
		struct buf line = { 0 };
		const char *old = now + at;
		if (strncmp(old, "group:", 6) != 0 && strncmp(old, "initgroups:", 11) != 0)
			continue;
		size_t kept = sources_end(old, len);
		buf_printf(&line, "%.*s%s rbac%.*s", (int)kept, old,
			   *old == 'i' ? " [SUCCESS=continue]" : "", (int)(len - kept), old + kept);
		err = line.failed ? RBAC_NOMEM
				  : edit_add(e, path, true, now, at, len + (old[len] == '\n'),
					     buf_text(&line));
		buf_free(&line);
		if (!err)
			now = e->v[e->n - 1].after;
		lines++;
	}
	if (!err && !lines) {
		buf_printf(why, "%s has no line of group: add \"group: files rbac\"", path);
		err = RBAC_REFUSED;
	}
	free(path);
	free(text);
	return err;
}

int edit_nsswitch(struct edits *e, struct buf *why)
{
	struct edits by_hand = { 0 };
	struct stat st;
	char *text = NULL;

	/* The C library has defaults for what the file does not say. */
	if (lstat(nsswitch_conf, &st) && errno == ENOENT)
		return edit_add(e, nsswitch_conf, false, "", 0, 0, "group: files rbac");
	int err = edit_read(nsswitch_conf, &text, why);
	enum edit_maker maker = err ? EDIT_MAKER_NONE : edit_maker_of(nsswitch_conf, text);
	struct edits *to = maker == EDIT_MAKER_NONE ? e : &by_hand;
	size_t n = to->n;

	if (!err)
		err = edit_database(to, text, "group", why);
	/* The second edit of one file begins with what the first leaves. The lines that both look
	 * for are where they were: the first adds none before them. */
	if (!err)
		err = edit_database(to, to->n > n ? to->v[n].after : text, "initgroups", why);
	if (!err && by_hand.n)
		err = maker == EDIT_MAKER_AUTHSELECT
			      ? extend_profile(e, why)
			      : edit_refuse_link(nsswitch_conf, by_hand.v[0].added, why);
	edits_free(&by_hand);
	free(text);
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
	size_t begin = strspn(line, " \t"), name = strcspn(line + begin, ": \t");
	bool ours = (name == 5 && strncmp(line + begin, "group", 5) == 0) ||
		    (name == 10 && strncmp(line + begin, "initgroups", 10) == 0);

	for (size_t i = 0; ours && i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		for (size_t at = 0; at + n <= len; at++) {
			if (strncmp(line + at, words[i], n) != 0 ||
			    (at + n < len && !strchr(" \t\r", line[at + n])))
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
