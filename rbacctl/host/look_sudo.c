/* sudo, by the Defaults that cvtsudoers(1) finds: does it ask PAM about the account, as which
 * service, and does it say who calls it? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/look.h"
#include "rbacctl/host/program.h"
#include "rbacctl/model/rules.h"

static const char sudoers[] = "/etc/sudoers", cvtsudoers[] = "/usr/bin/cvtsudoers";

enum { SECONDS = 10 };

static const struct known {
	const char *setting; /* as cvtsudoers writes it; = is the begin of a value */
	const char *id;
	bool trouble;
	const char *what, *why, *mend;
} known[] = {
	{ "!pam_acct_mgmt", "sudo.no-account-stage", true,
	  "sudo does not ask the account stage of PAM, so that the gate does not count",
	  "whoever has no role uses sudo as sudoers has it", "take the setting out" },
	{ "!pam_ruser", "sudo.no-invoker", true,
	  "sudo does not tell PAM who calls it, and that is who the gate judges",
	  "the gate denies everybody, root too", "take the setting out" },
	{ "targetpw", "sudo.target-password", false,
	  "sudo asks for the password of the target user; the gate judges who calls sudo",
	  "who knows that password needs a role all the same", "nothing, if that is meant" },
	{ "rootpw", "sudo.target-password", false,
	  "sudo asks for the password of root; the gate judges who calls sudo",
	  "who knows that password needs a role all the same", "nothing, if that is meant" },
	{ "runaspw", "sudo.target-password", false,
	  "sudo asks for the password of another user; the gate judges who calls sudo",
	  "who knows that password needs a role all the same", "nothing, if that is meant" },
	{ "group_source=static", "sudo.group-source", false,
	  "sudo takes the groups of the session, not those of now",
	  "a role that was revoked counts in sudoers until the user logs in anew",
	  "write group_source=adaptive, or take the setting out" },
};

static struct finding *add(const struct look *q, const char *id, bool trouble, const char *found)
{
	struct finding *f = findings_add(q->out, id, trouble);

	finding_text(q->out, &f->service, "sudo");
	finding_at(q->out, f, sudoers, 0);
	finding_text(q->out, &f->found, "%s", found);
	return f;
}

/* pam_service=NAME and pam_login_service=NAME: another service than the gate's. */
static void other_service(const struct look *q, const char *line, const char *setting,
			  const char *usual)
{
	struct findings *out = q->out;
	const char *eq = strchr(setting, '=');
	char name[100];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(eq + 1, ", \n\""), eq + 1);
	if (strcmp(name, usual) == 0 || pam_gate_of(q->pam, usual) == PAM_OPEN ||
	    pam_gate_of(q->pam, name) != PAM_OPEN)
		return;
	struct finding *f = add(q, "sudo.other-service", true, line);
	finding_text(out, &f->what,
		     "sudo asks PAM as the service %s, whose stack does not ask rbac", name);
	finding_text(out, &f->why, "the gate in the stack of %s does not count", usual);
	finding_text(out, &f->mend, "put the line of pam_rbac.so into /etc/pam.d/%s too", name);
}

static void one(const struct look *q, const char *line, const char *setting)
{
	struct findings *out = q->out;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(setting, known[i].setting) != 0)
			continue;
		struct finding *f = add(q, known[i].id, known[i].trouble, line);
		finding_text(out, &f->what, "%s", known[i].what);
		finding_text(out, &f->why, "%s", known[i].why);
		finding_text(out, &f->mend, "%s", known[i].mend);
	}
	if (strncmp(setting, "pam_service=", 12) == 0)
		other_service(q, line, setting, "sudo");
	if (strncmp(setting, "pam_login_service=", 18) == 0)
		other_service(q, line, setting, "sudo-i");
}

/* "Defaults:alice !pam_acct_mgmt, targetpw" */
static void defaults(const struct look *q, const char *line)
{
	char *copy = strdup(line), *rest = copy ? strchr(copy, ' ') : NULL, *word;

	while (rest && (word = strsep(&rest, ","))) {
		word += strspn(word, " ");
		one(q, line, word);
	}
	free(copy);
}

void look_sudo(const struct look *q)
{
	struct findings *out = q->out;
	struct buf said = { 0 };
	int status;

	if (access("/usr/bin/sudo", X_OK) || !q->p ||
	    (pam_gate_of(q->pam, "sudo") == PAM_OPEN && pam_gate_of(q->pam, "sudo-i") == PAM_OPEN))
		return;
	if (!q->root) {
		finding_append(out, &out->skipped, "sudo: only root may read %s", sudoers);
		return;
	}
	if (program_run((const char *const[]){ cvtsudoers, "-c", "", "-f", "sudoers", "-s",
					       "aliases,privileges", sudoers, NULL },
			SECONDS, &said, &status)) {
		finding_append(out, &out->skipped, "sudo: %s: %s", cvtsudoers, strerror(errno));
	} else if (status != 0) {
		struct finding *f = add(q, "sudo.file-broken", true, "");
		finding_text(out, &f->found, "%.*s", (int)strcspn(buf_text(&said), "\n"),
			     buf_text(&said));
		finding_text(out, &f->what, "sudoers cannot be read by sudo's own parser");
		finding_text(out, &f->why, "sudo lets nobody in then");
		finding_text(out, &f->mend, "visudo -c");
	} else {
		finding_append(out, &out->checked, "sudo:sudoers");
		char *copy = strdup(buf_text(&said)), *rest = copy, *line;
		while (rest && (line = strsep(&rest, "\n")))
			if (strncmp(line, "Defaults", 8) == 0)
				defaults(q, line);
		free(copy);
	}
	buf_free(&said);
}
