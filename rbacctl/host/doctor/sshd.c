/* sshd, by what `sshd -T` says: does it ask PAM, and which groups does it name? */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/host/doctor/sshd.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/model/rules.h"

static struct finding *add(const struct look_sshd_seen *s, const char *id, const char *keyword,
			   const char *word)
{
	return look_sshd_add(s->q, id, s->d->config, keyword, word);
}

/* ---- what holds for everybody ---- */

/* If the options of the daemon have WORD, F is about that place. */
static void at_option(const struct look_sshd_seen *s, struct finding *f, const char *word)
{
	for (size_t i = 0; i < s->d->n; i++) {
		const struct sshd_word *w = &s->d->v[i];
		if (w->file && strcasestr(w->text, word)) {
			finding_at(s->q->out, f, w->file, w->line);
			return;
		}
	}
}

/* One of several daemons is named. */
static void name_daemon(const struct look_sshd_seen *s, struct finding *f)
{
	if (*s->d->called)
		finding_append(s->q->out, &f->subjects, "%s", s->d->called);
}

static void no_pam(const struct look_sshd_seen *s, const char *found)
{
	struct findings *out = s->q->out;
	struct finding *f = add(s, "sshd.no-pam", "UsePAM", "no");

	if (!f->line)
		at_option(s, f, "usepam");
	name_daemon(s, f);
	finding_text(out, &f->found, "%s", found);
	finding_text(out, &f->wanted, "UsePAM yes");
	f->has_effect = true;
	for (int i = 0; i < PAM_SUBJECTS; i++)
		f->effect[i] = PAM_EFFECT_PASS;
	finding_text(out, &f->what, "sshd%s%s%s does not ask PAM, so pam_rbac has no effect",
		     *s->d->called ? " (" : "", s->d->called, *s->d->called ? ")" : "");
	finding_text(out, &f->why, "a user without a role gets in by sshd");
	finding_text(out, &f->mend, "set \"UsePAM yes\" there, and restart sshd");
}

/* PAMServiceName of OpenSSH 9.8; before, the name of the program is that of the service. */
static void read_service(struct look_sshd_seen *s)
{
	const char *from = NULL;

	if (!sshd_next_value(&s->asked, "pamservicename", &from, s->service, sizeof s->service))
		snprintf(s->service, sizeof s->service, "%s",
			 *s->d->program ? s->d->program : "sshd");
}

/* sshd asks as another service than its own, whose stack does not ask us. */
static void other_service(const struct look_sshd_seen *s)
{
	struct findings *out = s->q->out;
	struct pam_config c;
	struct pam_judged j = { 0 };

	if (strcmp(s->service, "sshd") == 0 || pam_gate_of(s->q->pam, s->service) != PAM_OPEN)
		return;
	struct finding *f = add(s, "sshd.other-service", "PAMServiceName", NULL);
	if (!f->line)
		at_option(s, f, "pamservicename");
	name_daemon(s, f);
	if (pam_config_read(s->q->pam, s->service, &c) == RBAC_OK &&
	    pam_judge(s->q->pam, &c, s->service, true, &j) == RBAC_OK) {
		f->has_effect = true;
		memcpy(f->effect, j.effect, sizeof f->effect);
	}
	pam_config_free(&c);
	finding_text(out, &f->found, "%s", s->service);
	finding_text(out, &f->wanted, "sshd");
	finding_text(out, &f->what,
		     "sshd asks PAM as the service %s, whose stack does not ask rbac", s->service);
	finding_text(out, &f->why, "pam_rbac in the stack of sshd has no effect");
	finding_text(out, &f->mend,
		     "put the line of pam_rbac.so into /etc/pam.d/%s too, and name the service in "
		     "the login rule of sshd",
		     s->service);
}

static void use_dns(const struct look_sshd_seen *s, bool dns)
{
	struct findings *out = s->q->out;
	const struct policy *p = s->q->p;
	const struct policy_service *service = policy_service_find(p, s->service);

	for (size_t i = 0; service && i < service->n; i++) {
		const struct policy_login *r = &p->logins[service->rules[i]];
		if (r->conditions[RBAC_CONDITION_FROM].texts.n == 0 ||
		    policy_login_names_hosts(r) == dns)
			continue;
		struct finding *f = add(s, "sshd.use-dns", "UseDNS", NULL);
		finding_text(out, &f->found, "UseDNS %s", dns ? "yes" : "no");
		finding_text(out, &f->what, "%s:%u: `from` has %s, and sshd tells PAM %s",
			     r->pos.file, r->pos.line, dns ? "addresses" : "names",
			     dns ? "names where they are known" : "addresses");
		finding_text(out, &f->why, "what the rule accepts is refused");
		finding_text(out, &f->mend,
			     dns ? "set \"UseDNS no\" in %s, or name hosts in the rule"
				 : "set \"UseDNS yes\" in %s, or name networks in the rule",
			     s->d->config);
	}
}

/* Who may write what sshd reads; F: the file of a line. */
static bool look_mode(void *ctx, const struct sshd_line *l)
{
	const struct look_sshd_seen *s = ctx;
	struct findings *out = s->q->out;
	struct path_mode at;

	if (!path_is_open(l->file, &at))
		return true;
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->v[i].id, "sshd.file-writable") == 0 &&
		    strcmp(out->v[i].file, at.path) == 0)
			return true;
	struct finding *f = findings_add(out, "sshd.file-writable", true);
	finding_text(out, &f->service, "sshd");
	look_at_mode(out, f, &at, false);
	finding_text(out, &f->what, "others than root may write %s", at.path);
	finding_text(out, &f->why, "a user who can write it can set \"UsePAM no\"");
	return true;
}

/* ---- all ---- */

/* "FILE: line 3: Bad configuration option: Usepam" or "FILE line 3: ..." is what sshd says of its
 * file; other words are about keys and folders. */
static void refused(const struct look_sshd_seen *s)
{
	struct findings *out = s->q->out;
	const char *said = buf_text(&s->asked.said), *at = strstr(said, " line ");
	const char *begin = at, *missing = strstr(said, ": No such file or directory");
	char file[4200];
	unsigned line = 0;

	while (begin && begin > said && begin[-1] != '\n')
		begin--;
	if (at && *begin == '/') {
		snprintf(file, sizeof file, "%.*s", (int)(at - begin - (at[-1] == ':')), begin);
		line = (unsigned)strtoul(at + 6, NULL, 10);
	} else if (missing && strncmp(said, s->d->config, strlen(s->d->config)) == 0) {
		snprintf(file, sizeof file, "%s", s->d->config);
		begin = said;
	} else {
		finding_append(out, &out->skipped, "sshd: sshd -T says: %.*s",
			       (int)strcspn(said, "\n"), *said ? said : "nothing");
		return;
	}
	struct finding *f = findings_add(out, "sshd.config-broken", true);
	finding_text(out, &f->service, "sshd");
	finding_at(out, f, file, line);
	name_daemon(s, f);
	finding_text(out, &f->found, "%.*s", (int)strcspn(begin, "\n"), begin);
	finding_text(out, &f->what, "sshd does not accept its configuration");
	finding_text(out, &f->why, "sshd does not start again, and nobody gets in by it");
	finding_text(out, &f->mend, "%s",
		     line ? "correct the line, until sshd -t prints nothing"
			  : "make the file, with \"UsePAM yes\" in it");
}

/* What holds for each daemon; FIRST: and for the one that is sshd to people. */
static void look_at(struct look_sshd_seen *s, bool first)
{
	struct findings *out = s->q->out;
	const char *from = NULL;
	char value[100];

	read_service(s);
	if (!policy_service_find(s->q->p, s->service) && !policy_service_find(s->q->p, "sshd"))
		return;
	if (!sshd_next_value(&s->asked, "usepam", &from, value, sizeof value))
		no_pam(s, "an sshd that is built without PAM");
	else if (strcmp(value, "no") == 0)
		no_pam(s, "UsePAM no");
	else
		other_service(s);
	if (!first)
		return;
	finding_append(out, &out->checked, "sshd:sshd -T");
	sshd_conf_each(s->d->config, look_mode, s);
	from = NULL;
	if (sshd_next_value(&s->asked, "usedns", &from, value, sizeof value))
		use_dns(s, strcmp(value, "yes") == 0);
	look_sshd_groups(s);
}

/* sshd may ask as a service of another name (PAMServiceName). */
static bool names_ssh(const struct policy *p)
{
	bool yes = false;

	for (size_t i = 0; i < p->n_services; i++)
		yes |= strstr(p->services[i].name, "ssh") != NULL;
	return yes;
}

void look_sshd(const struct look *q)
{
	struct findings *out = q->out;
	struct look_sshd_seen s = { .q = q };
	struct sshd_daemons all = { .n = 0 };
	struct problems problems = { 0 };

	if (!sshd_is_there() || !q->p || !names_ssh(q->p))
		return;
	if (role_groups_make(q->p, &s.groups, &problems) == RBAC_NOMEM)
		out->failed = true;
	sshd_daemons_find(&all);
	if (!q->root)
		finding_append(out, &out->skipped,
			       "sshd: only root sees how daemons that run were started");
	if (all.more)
		finding_append(out, &out->skipped, "sshd: daemons beyond the first %d",
			       SSHD_DAEMONS);
	for (size_t i = 0; i < all.n; i++) {
		s.d = &all.v[i];
		if (!sshd_ask(s.d, NULL, &s.asked))
			finding_append(out, &out->skipped, "sshd: %s", strerror(errno));
		else if (s.asked.status != 0)
			refused(&s);
		else
			look_at(&s, i == 0);
		sshd_asked_free(&s.asked);
	}
	sshd_daemons_free(&all);
	role_groups_free(&s.groups);
	problems_free(&problems);
}
