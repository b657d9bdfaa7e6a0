/* Our line in the account stage of a service. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/error.h"
#include "rbacctl/host/edit/add.h"
#include "rbacctl/host/edit/profile.h"
#include "rbacctl/host/pam/judge.h"
#include "rbacctl/host/pam/text.h"

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

/* The byte of TEXT, a file of PAM, before which our line goes: before the first account line. */
static size_t place_in(const struct pam_folders *f, char *text)
{
	struct pam_text t = { .file = *text ? fmemopen(text, strlen(text), "r") : NULL };
	size_t at = strlen(text), len;

	while (t.file && at == strlen(text) && pam_text_next(&t) == PAM_TEXT_LINE)
		if (is_account(f, t.line))
			at = edit_line_at(text, t.number, &len);
	if (t.file)
		fclose(t.file);
	return at;
}

static bool is_made_by_others(const char *service)
{
	return strncmp(service, "common-", 7) == 0 || edit_pam_is_shared(service);
}

bool edit_pam_is_shared(const char *service)
{
	return strcmp(service, "common-account") == 0 || strcmp(service, "system-auth") == 0 ||
	       strcmp(service, "password-auth") == 0;
}

static bool exempts(const struct pam_entry *gate, const char *group)
{
	size_t len = strlen(group);

	for (int i = 0; i < gate->argc; i++) {
		const char *p = gate->argv[i];
		if (strncmp(p, "exempt_group=", 13) != 0)
			continue;
		for (p += 13; *p; p += strcspn(p, ","), p += *p == ',')
			if (strcspn(p, ",") == len && strncmp(p, group, len) == 0)
				return true;
	}
	return false;
}

/* The line GATE, with GROUP exempt as well. */
static int exempt_too(struct edits *e, const char *file, const struct pam_entry *gate,
		      const char *group, struct buf *why)
{
	char *text = NULL;
	struct buf line = { 0 };
	size_t len;

	int err = edit_read(gate->at.file, &text, why);
	if (err)
		return err;
	size_t at = edit_line_at(text, gate->at.line, &len);
	const char *old = text + at, *option = memmem(old, len, "exempt_group=", 13);
	size_t kept = option ? (size_t)(option + 13 - old) : len;
	while (!option && kept && strchr(" \t\r", old[kept - 1]))
		kept--;
	buf_printf(&line, option ? "%.*s%s,%.*s" : "%.*s exempt_group=%s%.*s", (int)kept, old,
		   group, (int)(option ? len - kept : 0), old + kept);
	if (strcmp(gate->at.file, file) != 0 || memchr(old, '#', len) || memchr(old, '\\', len) ||
	    edit_maker_of(file, text) != EDIT_MAKER_NONE) {
		buf_printf(why, "put exempt_group=%s on the line of pam_rbac.so by hand: %s:%u",
			   group, gate->at.file, gate->at.line);
		err = RBAC_REFUSED;
	} else {
		err = line.failed ? RBAC_NOMEM
				  : edit_add(e, file, true, text, at, len + (old[len] == '\n'),
					     buf_text(&line));
	}
	buf_free(&line);
	free(text);
	return err;
}

/* Without an account line of its own, the service has those of "other" (pam.conf(5)). Our line
 * would put an end to that: an include keeps them. */
static int include_other(struct edits *e, const char *path, bool existed, const char **text)
{
	int err = edit_add(e, path, existed, *text, strlen(*text), 0, "account include other");

	if (!err)
		*text = e->v[e->n - 1].after;
	return err;
}

static const char *exempt_word(const char *group, char word[120])
{
	snprintf(word, 120, "%s%.100s", group ? " exempt_group=" : "", group ? group : "");
	return word;
}

/* Our line into the file of C, which libpam reads for SERVICE, or into PATH in its place. */
static int insert(struct edits *e, const struct pam_folders *f, const char *service,
		  const struct pam_config *c, const char *path, const char *group, struct buf *why)
{
	const char *file = c->file;
	char *text = NULL, *to = NULL, line[200], word[120];
	int err = edit_read(file, &text, why);
	enum edit_maker maker = err ? EDIT_MAKER_NONE : edit_maker_of(file, text);

	snprintf(line, sizeof line, "account required pam_rbac.so%s%s",
		 edit_pam_is_shared(service) ? " unlisted=ignore" : "", exempt_word(group, word));
	if (!err && maker == EDIT_MAKER_PAM_AUTH_UPDATE && group) {
		buf_printf(
			why,
			"pam-auth-update writes %s: set it up without --break-glass, then put "
			"exempt_group=%s on its line of pam_rbac.so, which pam-auth-update keeps",
			file, group);
		err = RBAC_REFUSED;
	} else if (!err && maker == EDIT_MAKER_PAM_AUTH_UPDATE) {
		err = edit_by_pam_auth_update(e, file, text, why);
	} else if (!err && maker == EDIT_MAKER_AUTHSELECT) {
		free(text);
		text = NULL;
		err = edit_authselect_file(e, service, &to, &text, why);
		/* The place is that in the vendor's file, which the custom one is a copy of. */
		if (!err)
			err = edit_add(e, to, true, text, place_in(f, text), 0, line);
	} else if (!err && maker == EDIT_MAKER_LINK) {
		err = edit_refuse_link(file, line, why);
	} else if (!err) {
		/* A file of a package in /usr/lib/pam.d is not changed: one in /etc goes first. */
		bool existed = strcmp(file, path) == 0;
		const char *now = text;
		size_t at = place_in(f, text);
		if (!c->own[PAM_ACCOUNT].n && c->other[PAM_ACCOUNT].n) {
			err = include_other(e, path, existed, &now);
			existed = true;
			at = strlen(text) + (at && text[at - 1] != '\n');
		}
		if (!err)
			err = edit_add(e, path, existed, now, at, 0, line);
	}
	free(to);
	free(text);
	return err;
}

int edit_pam(struct edits *e, const struct pam_folders *f, const char *service, const char *group,
	     struct buf *why)
{
	struct pam_config c;
	struct pam_judged j = { 0 };
	char path[400];

	if (is_made_by_others(service) && !edit_pam_is_shared(service)) {
		buf_printf(why,
			   "%s is made by pam-auth-update, and has no account stage: name "
			   "common-account, or services such as sshd",
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
		buf_printf(why, "libpam refuses %s as it is: correct it first", c.file);
		err = RBAC_REFUSED;
	}
	if (!err && j.state != PAM_GATE_COUNTS)
		err = insert(e, f, service, &c, path, group, why);
	else if (!err && group && !exempts(j.gate, group))
		err = exempt_too(e, path, j.gate, group, why);
	pam_config_free(&c);
	return err;
}
