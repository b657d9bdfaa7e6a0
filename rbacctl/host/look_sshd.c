/* sshd, by what `sshd -T` says: does it ask PAM, and whom does it refuse before? */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/look.h"
#include "rbacctl/host/program.h"
#include "rbacctl/model/rules.h"

enum { SECONDS = 10 };
static const char sshd[] = "/usr/sbin/sshd", config[] = "/etc/ssh/sshd_config";

/* A host that was never started has no host keys, and sshd -T wants one. */
static int with_a_key(struct buf *out, int *status)
{
	char folder[] = "/tmp/rbac-sshd.XXXXXX", key[64], public_key[80];
	struct buf lost = { 0 };

	if (!mkdtemp(folder))
		return RBAC_SYSTEM;
	snprintf(key, sizeof key, "%s/key", folder);
	snprintf(public_key, sizeof public_key, "%s/key.pub", folder);
	int err = program_run((const char *const[]){ "/usr/bin/ssh-keygen", "-q", "-t", "ed25519",
						     "-N", "", "-f", key, NULL },
			      SECONDS, &lost, status);
	if (!err)
		err = program_run((const char *const[]){ sshd, "-T", "-h", key, NULL }, SECONDS,
				  out, status);
	unlink(key);
	unlink(public_key);
	rmdir(folder);
	buf_free(&lost);
	return err;
}

static int ask(struct buf *out, int *status)
{
	int err = program_run((const char *const[]){ sshd, "-T", NULL }, SECONDS, out, status);

	if (!err && *status != 0 && strstr(buf_text(out), "no hostkeys")) {
		buf_reset(out);
		err = with_a_key(out, status);
	}
	return err;
}

/* The value of SETTING in what sshd -T said, into VALUE. */
static bool value_of(const char *said, const char *setting, char *value, size_t size)
{
	size_t len = strlen(setting);

	for (const char *p = said; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (strncasecmp(p, setting, len) != 0 || p[len] != ' ')
			continue;
		snprintf(value, size, "%.*s", (int)strcspn(p + len + 1, "\n"), p + len + 1);
		return true;
	}
	return false;
}

static struct finding *add(const struct look *q, const char *id, bool trouble)
{
	struct finding *f = findings_add(q->out, id, trouble);

	finding_text(q->out, &f->service, "sshd");
	finding_at(q->out, f, config, 0);
	return f;
}

static void no_pam(const struct look *q)
{
	struct findings *out = q->out;
	struct finding *f = add(q, "sshd.no-pam", true);

	finding_text(out, &f->found, "UsePAM no");
	finding_text(out, &f->wanted, "UsePAM yes");
	f->has_effect = true;
	for (int i = 0; i < PAM_SUBJECTS; i++)
		f->effect[i] = PAM_EFFECT_PASS;
	finding_text(out, &f->what, "sshd does not ask PAM, so that the gate does not count");
	finding_text(out, &f->why, "whoever has no role gets in by sshd");
	finding_text(out, &f->mend, "set \"UsePAM yes\" in %s, and restart sshd", config);
}

/* A word of AllowGroups that is a name, not a pattern, and of a group that this host has not. */
static bool is_missing(const char *word)
{
	return !strpbrk(word, "*?!") && !getgrnam(word);
}

static void allow_groups(const struct look *q, const char *value)
{
	struct findings *out = q->out;
	struct finding_list missing = { 0 };
	char *copy = strdup(value), *rest = copy, *word;
	size_t n = 0;

	while (copy && (word = strsep(&rest, " "))) {
		n += *word != 0;
		if (*word && is_missing(word))
			finding_append(out, &missing, "%s", word);
	}
	free(copy);
	if (missing.n == 0)
		return;
	struct finding *f = add(q, "sshd.allowgroups-missing", true);
	f->subjects = missing;
	finding_text(out, &f->found, "AllowGroups %s", value);
	finding_text(out, &f->what, "AllowGroups names %s, which is no group of this host%s",
		     missing.v[0], missing.n == n ? "; there is none of its groups" : "");
	finding_text(out, &f->why, "sshd refuses %s before the gate is asked",
		     missing.n == n ? "everybody" : "whom that was to let in");
	finding_text(out, &f->mend, "name groups that exist (getent group), or take the word out");
}

static void use_dns(const struct look *q, bool dns)
{
	struct findings *out = q->out;
	const struct policy_service *s = q->p ? policy_service_find(q->p, "sshd") : NULL;

	for (size_t i = 0; s && i < s->n; i++) {
		const struct policy_login *r = &q->p->logins[s->rules[i]];
		if (r->conditions[RBAC_CONDITION_FROM].texts.n == 0 ||
		    policy_login_names_hosts(r) == dns)
			continue;
		struct finding *f = add(q, "sshd.use-dns", true);
		finding_text(out, &f->found, "UseDNS %s", dns ? "yes" : "no");
		finding_text(out, &f->what, "%s:%u: `from` has %s, and sshd tells PAM %s",
			     r->pos.file, r->pos.line, dns ? "addresses" : "names",
			     dns ? "names where they are known" : "addresses");
		finding_text(out, &f->why, "what the rule accepts is refused");
		finding_text(out, &f->mend,
			     dns ? "set \"UseDNS no\" in %s, or name hosts in the rule"
				 : "set \"UseDNS yes\" in %s, or name networks in the rule",
			     config);
	}
}

void look_sshd(const struct look *q)
{
	struct findings *out = q->out;
	struct buf said = { 0 };
	char value[4096];
	int status;

	if (access(sshd, X_OK) || !q->p || !policy_service_find(q->p, "sshd"))
		return;
	if (!q->root) {
		finding_append(out, &out->skipped, "sshd: only root may ask sshd -T");
		return;
	}
	if (ask(&said, &status) || status != 0) {
		finding_append(out, &out->skipped, "sshd: sshd -T says: %.*s",
			       (int)strcspn(buf_text(&said), "\n"),
			       said.len ? buf_text(&said) : strerror(errno));
	} else {
		finding_append(out, &out->checked, "sshd:sshd -T");
		if (value_of(buf_text(&said), "usepam", value, sizeof value) &&
		    strcmp(value, "no") == 0)
			no_pam(q);
		if (value_of(buf_text(&said), "allowgroups", value, sizeof value))
			allow_groups(q, value);
		if (value_of(buf_text(&said), "usedns", value, sizeof value))
			use_dns(q, strcmp(value, "yes") == 0);
	}
	buf_free(&said);
}
