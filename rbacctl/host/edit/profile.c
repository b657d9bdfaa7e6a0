#include "rbacctl/host/edit/profile.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/edit/add.h"
#include "rbacctl/host/program.h"

/* What authselect calls the custom profile that setup makes, and where custom profiles are. */
#define OURS "custom/rbac"
#define CUSTOM "/etc/authselect/"

/* A line that pam-auth-update goes by: pam-auth-update(8). */
static const char debian_mark[] = "\n# here are the per-package modules (the \"Primary\" block)\n";

enum edit_maker edit_maker_of(const char *path, const char *text)
{
	char target[400];
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n < 0)
		return strstr(text, debian_mark) ? EDIT_MAKER_PAM_AUTH_UPDATE : EDIT_MAKER_NONE;
	target[n] = 0;
	return strstr(target, "authselect") ? EDIT_MAKER_AUTHSELECT : EDIT_MAKER_LINK;
}

int edit_refuse_link(const char *path, const char *what, struct buf *why)
{
	char target[400];
	ssize_t n = readlink(path, target, sizeof target - 1);

	target[n > 0 ? n : 0] = 0;
	buf_printf(why,
		   "%s is a symbolic link to %s, and setup does not know who writes that: put "
		   "\"%s\" into it by hand",
		   path, target, what);
	return RBAC_REFUSED;
}

int edit_by_pam_auth_update(struct edits *e, const char *path, const char *text, struct buf *why)
{
	static const char profile[] = "/usr/share/pam-configs/rbac";

	if (access(profile, R_OK)) {
		buf_printf(
			why,
			"pam-auth-update writes %s, and its profile of rbac is not installed: %s "
			"(package libpam-rbac)",
			path, profile);
		return RBAC_REFUSED;
	}
	return edit_add_command(e, path, text, "pam-auth-update --enable rbac",
				"pam-auth-update --disable rbac");
}

/* ---- authselect ---- */

static bool is_plain(const char *words)
{
	return words[strspn(words, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789/._- ")] == 0;
}

/* "sssd with-mkhomedir with-sudo\n" */
static int ask_current(struct edit_authselect *as, struct buf *why)
{
	static const char *const argv[] = { "/usr/bin/env", "authselect", "current", "--raw",
					    NULL };
	struct buf out = { 0 };
	int status = 0, err = program_run(argv, 20, &out, &status);
	char *said = out.failed || err ? NULL : strdup(buf_text(&out));

	buf_free(&out);
	if (said)
		said[strcspn(said, "\n")] = 0;
	if (!said || status != 0 || !is_plain(said) || !*said) {
		buf_printf(why, "\"authselect current --raw\" does not say which profile it is: %s",
			   said ? said : strerror(errno));
		free(said);
		return RBAC_REFUSED;
	}
	size_t len = strcspn(said, " ");
	if (len >= sizeof as->profile || strlen(said + len) >= sizeof as->features) {
		buf_printf(why,
			   "authselect has a profile of %zu bytes and features of %zu: setup takes "
			   "%zu and %zu",
			   len, strlen(said + len), sizeof as->profile - 1,
			   sizeof as->features - 1);
		free(said);
		return RBAC_REFUSED;
	}
	snprintf(as->profile, sizeof as->profile, "%.*s", (int)len, said);
	snprintf(as->features, sizeof as->features, "%s", said + len);
	as->custom = strncmp(said, "custom/", 7) == 0;
	free(said);
	return RBAC_OK;
}

/* The profile of the host's own is edited, or one is made of the vendor's. */
static int begin(struct edits *e, struct buf *why)
{
	struct edit_authselect *as = &e->authselect;
	char make[300];
	int err = as->begun ? RBAC_OK : ask_current(as, why);

	if (err || as->begun)
		return err;
	as->begun = true;
	if (as->custom) /* undone last, when its files are as they were */
		return edit_add_command(e, "/etc/authselect", NULL, NULL,
					"authselect apply-changes");
	if (access(CUSTOM OURS, F_OK) == 0) {
		buf_printf(why,
			   "authselect has a profile " OURS
			   ", and goes by %s: select it, or remove " CUSTOM OURS,
			   as->profile);
		return RBAC_REFUSED;
	}
	snprintf(make, sizeof make, "authselect create-profile rbac -b %s", as->profile);
	return edit_add_command(e, CUSTOM OURS, NULL, make, "rm -rf " CUSTOM OURS);
}

int edit_authselect_file(struct edits *e, const char *name, char **path, char **text,
			 struct buf *why)
{
	static const char *const vendors[] = { "/etc/authselect", "/usr/share/authselect/vendor",
					       "/usr/share/authselect/default" };
	const struct edit_authselect *as = &e->authselect;
	char from[400] = "", to[400];
	struct stat st;
	int err = begin(e, why);

	if (err)
		return err;
	for (size_t i = as->custom ? 0 : 1; i < sizeof vendors / sizeof *vendors; i++) {
		snprintf(from, sizeof from, "%s/%s/%s", vendors[i], as->profile, name);
		if (access(from, R_OK) == 0)
			break;
	}
	if (as->custom && lstat(from, &st) == 0 && S_ISLNK(st.st_mode))
		return edit_refuse_link(from, name, why);
	snprintf(to, sizeof to, CUSTOM "%s/%s", as->custom ? as->profile : OURS, name);
	err = edit_read(from, text, why);
	*path = err ? NULL : strdup(to);
	return err || *path ? err : RBAC_NOMEM;
}

int edit_end(struct edits *e)
{
	const struct edit_authselect *as = &e->authselect;
	char run[1200], undo[1200];

	if (!as->begun)
		return RBAC_OK;
	if (as->custom)
		return edit_add_command(e, "/etc/authselect", NULL, "authselect apply-changes",
					NULL);
	snprintf(run, sizeof run, "authselect select " OURS "%s", as->features);
	snprintf(undo, sizeof undo, "authselect select %s%s", as->profile, as->features);
	return edit_add_command(e, "/etc/authselect", NULL, run, undo);
}

/* ---- the group that always gets in ---- */

int edit_group(struct edits *e, const char *group)
{
	char run[200], undo[200], *text = NULL;
	struct buf why = { 0 };

	if (getgrnam(group))
		return RBAC_OK;
	int err = edit_read("/etc/group", &text, &why);
	buf_free(&why);
	snprintf(run, sizeof run, "groupadd --system %s", group);
	snprintf(undo, sizeof undo, "groupdel %s", group);
	if (err != RBAC_NOMEM)
		err = edit_add_command(e, "/etc/group", text ? text : "", run, undo);
	free(text);
	return err;
}
