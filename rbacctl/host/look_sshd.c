/* sshd, by what `sshd -T` says: does it ask PAM, and which groups does it name? */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/host/look_sshd.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/model/rules.h"

enum { MATCHES_MAX = 20 }; /* Match blocks that are looked at */

struct seen {
	const struct look *q;
	struct sshd_asked asked; /* without a connection */
	struct role_groups groups;
	int matches;
};

struct finding *look_sshd_add(const struct look *q, const char *id, const char *config,
			      const char *keyword, const char *word)
{
	struct finding *f = findings_add(q->out, id, true);
	char file[4200];
	unsigned line = 0;

	finding_text(q->out, &f->service, "sshd");
	if (keyword && sshd_conf_find(config, keyword, word, file, sizeof file, &line))
		finding_at(q->out, f, file, line);
	else
		finding_at(q->out, f, config, 0);
	return f;
}

static struct finding *add(const struct seen *s, const char *id, const char *keyword,
			   const char *word)
{
	return look_sshd_add(s->q, id, s->asked.config, keyword, word);
}

/* ---- what holds for everybody ---- */

static void no_pam(const struct seen *s, const char *found)
{
	struct findings *out = s->q->out;
	struct finding *f = add(s, "sshd.no-pam", "UsePAM", "no");

	/* No line of the file says so. */
	if (!f->line && strcasestr(s->asked.options, "usepam"))
		finding_text(out, &f->file, "%.*s", (int)strcspn(s->asked.options, ":"),
			     s->asked.options);
	finding_text(out, &f->found, "%s", found);
	finding_text(out, &f->wanted, "UsePAM yes");
	f->has_effect = true;
	for (int i = 0; i < PAM_SUBJECTS; i++)
		f->effect[i] = PAM_EFFECT_PASS;
	finding_text(out, &f->what, "sshd does not ask PAM, so that the gate does not count");
	finding_text(out, &f->why, "whoever has no role gets in by sshd");
	finding_text(out, &f->mend, "set \"UsePAM yes\" there, and restart sshd");
}

static void use_dns(const struct seen *s, bool dns)
{
	struct findings *out = s->q->out;
	const struct policy *p = s->q->p;
	const struct policy_service *service = policy_service_find(p, "sshd");

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
			     s->asked.config);
	}
}

/* ---- groups that are not there ---- */

/* A word that is a name, not a pattern, and of a group that this host has not. */
static bool is_missing(const char *word)
{
	return !strpbrk(word, "*?!") && !getgrnam(word);
}

static bool is_told(const struct findings *out, const char *id, const char *subject)
{
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->v[i].id, id) == 0 && out->v[i].subjects.n &&
		    strcmp(out->v[i].subjects.v[0], subject) == 0)
			return true;
	return false;
}

/* A is what sshd says for everybody, or for who comes into a Match block. A name that others of the
 * hosts have that share the file is a note. */
static void allow_groups(const struct seen *s, const struct sshd_asked *a)
{
	struct findings *out = s->q->out;
	char value[1000], first[1000] = "";
	const char *from = NULL, *near = NULL;
	size_t n = 0, n_missing = 0;

	while (sshd_next_value(a, "allowgroups", &from, value, sizeof value)) {
		bool missing = is_missing(value);
		n++;
		n_missing += missing;
		if (missing && !near) {
			near = role_groups_nearest(&s->groups, value);
			snprintf(first, sizeof first, "%s", value);
		}
	}
	if (!n_missing || is_told(out, "sshd.allowgroups-missing", first))
		return;
	struct finding *f = add(s, "sshd.allowgroups-missing", "AllowGroups", first);
	f->trouble = n_missing == n || near;
	finding_append(out, &f->subjects, "%s", first);
	finding_text(out, &f->found, "AllowGroups %s", first);
	if (near)
		finding_text(out, &f->wanted, "AllowGroups %s", near);
	finding_text(out, &f->what, "AllowGroups names %s, which is no group of this host%s", first,
		     n_missing == n ? "; there is none of its groups" : "");
	finding_text(out, &f->why, "sshd refuses %s before the gate is asked",
		     n_missing == n ? "everybody" : "whom that was to let in");
	if (near)
		finding_text(out, &f->mend, "write %s there", near);
	else
		finding_text(out, &f->mend,
			     "name groups that exist (getent group), or take the word out");
}

/* WORD of DenyGroups or Match Group is no group here, and near to the group of a role. */
static void misspelt(const struct seen *s, const struct sshd_line *l, const char *word)
{
	struct findings *out = s->q->out;
	const char *bare = word + (*word == '!'), *near = NULL;

	if (is_missing(bare))
		near = role_groups_nearest(&s->groups, bare);
	if (!near || is_told(out, "sshd.group-misspelt", bare))
		return;
	struct finding *f = findings_add(out, "sshd.group-misspelt", true);
	finding_text(out, &f->service, "sshd");
	finding_at(out, f, l->file, l->line);
	finding_append(out, &f->subjects, "%s", bare);
	finding_text(out, &f->found, "%s ... %s", l->keyword, word);
	finding_text(out, &f->wanted, "%s", near);
	finding_text(out, &f->what, "%s names %s, which is no group of this host", l->keyword,
		     bare);
	finding_text(out, &f->why, "the line does not count for whom it was meant");
	finding_text(out, &f->mend, "write %s there", near);
}

/* ---- Match blocks ---- */

static const char *a_member(const char *group)
{
	const struct group *g = getgrnam(group);

	return g && g->gr_mem[0] ? g->gr_mem[0] : NULL;
}

/* The first of the words that is a name, in LIST, which is divided by commas. */
static void first_name(const char *list, char *name, size_t size)
{
	*name = 0;
	for (const char *p = list; *p && !*name; p += *p == ',') {
		size_t len = strcspn(p, ",");
		char word[300];
		snprintf(word, sizeof word, "%.*s", (int)len, p);
		if (*word != '!')
			snprintf(name, size, "%s", word);
		p += len;
	}
	for (char *c = name; *c; c++)
		if (*c == '*' || *c == '?')
			*c = 'x';
}

/* "Group staff User bob Address 10.0.0.0/8" becomes "user=bob,host=client,addr=10.0.0.0". False: no
 * connection comes to mind. */
static bool connection_of(const struct seen *s, const struct sshd_line *l, char *out, size_t size)
{
	char user[300] = "", host[300] = "client", address[300] = "192.0.2.1", port[300] = "22";
	char local[300] = "192.0.2.2", name[300];
	char *rest = l->words, *criterion, *list;

	while ((criterion = sshd_conf_word(&rest)) && (list = sshd_conf_word(&rest))) {
		first_name(list, name, sizeof name);
		if (strcasecmp(criterion, "Group") == 0) {
			char *words = list;
			for (char *word; (word = strsep(&words, ","));)
				misspelt(s, l, word);
			const char *member = a_member(name);
			snprintf(user, sizeof user, "%s", member ? member : user);
		} else if (strcasecmp(criterion, "User") == 0) {
			snprintf(user, sizeof user, "%s", name);
		} else if (strcasecmp(criterion, "Host") == 0) {
			snprintf(host, sizeof host, "%s", name);
		} else if (strcasecmp(criterion, "Address") == 0) {
			snprintf(address, sizeof address, "%.*s", (int)strcspn(name, "/"), name);
		} else if (strcasecmp(criterion, "LocalAddress") == 0) {
			snprintf(local, sizeof local, "%.*s", (int)strcspn(name, "/"), name);
		} else if (strcasecmp(criterion, "LocalPort") == 0) {
			snprintf(port, sizeof port, "%s", name);
		}
	}
	int len = snprintf(out, size, "user=%s,host=%s,addr=%s,laddr=%s,lport=%s",
			   *user ? user : "nobody", host, address, local, port);
	return len > 0 && (size_t)len < size;
}

static bool on_line(void *ctx, const struct sshd_line *l)
{
	struct seen *s = ctx;
	struct sshd_asked a;
	char connection[2000];

	if (strcasecmp(l->keyword, "DenyGroups") == 0) {
		char *rest = l->words;
		for (char *word; (word = sshd_conf_word(&rest));)
			misspelt(s, l, word);
	}
	if (strcasecmp(l->keyword, "Match") != 0 || s->matches++ >= MATCHES_MAX ||
	    !connection_of(s, l, connection, sizeof connection))
		return true;
	if (sshd_ask(connection, &a) && a.status == 0)
		allow_groups(s, &a);
	sshd_asked_free(&a);
	return true;
}

/* ---- all ---- */

/* "FILE: line 3: Bad configuration option: Usepam" or "FILE line 3: ..." is what sshd says of its
 * file; other words are about keys and folders. */
static void refused(const struct seen *s)
{
	struct findings *out = s->q->out;
	const char *said = buf_text(&s->asked.said), *at = strstr(said, " line ");
	const char *begin = at;

	while (begin && begin > said && begin[-1] != '\n')
		begin--;
	if (!at || *begin != '/') {
		finding_append(out, &out->skipped, "sshd: sshd -T says: %.*s",
			       (int)strcspn(said, "\n"), *said ? said : "nothing");
		return;
	}
	struct finding *f = findings_add(out, "sshd.config-broken", true);
	char file[4200];
	snprintf(file, sizeof file, "%.*s", (int)(at - begin - (at[-1] == ':')), begin);
	finding_text(out, &f->service, "sshd");
	finding_at(out, f, file, (unsigned)strtoul(at + 6, NULL, 10));
	finding_text(out, &f->found, "%.*s", (int)strcspn(begin, "\n"), begin);
	finding_text(out, &f->what, "sshd does not accept its configuration");
	finding_text(out, &f->why, "sshd does not start again, and nobody gets in by it");
	finding_text(out, &f->mend, "mend the line, until sshd -t says nothing");
}

void look_sshd(const struct look *q)
{
	struct findings *out = q->out;
	struct seen s = { .q = q };
	struct problems problems = { 0 };
	const char *from = NULL;
	char value[100];

	if (!sshd_is_there() || !q->p || !policy_service_find(q->p, "sshd"))
		return;
	if (!q->root) {
		finding_append(out, &out->skipped, "sshd: only root may ask sshd -T");
		return;
	}
	if (!sshd_ask(NULL, &s.asked)) {
		finding_append(out, &out->skipped, "sshd: %s", strerror(errno));
	} else if (s.asked.status != 0) {
		refused(&s);
	} else if (role_groups_make(q->p, &s.groups, &problems) == RBAC_NOMEM) {
		out->failed = true;
	} else {
		finding_append(out, &out->checked, "sshd:sshd -T");
		if (!sshd_next_value(&s.asked, "usepam", &from, value, sizeof value))
			no_pam(&s, "an sshd that is built without PAM");
		else if (strcmp(value, "no") == 0)
			no_pam(&s, "UsePAM no");
		from = NULL;
		if (sshd_next_value(&s.asked, "usedns", &from, value, sizeof value))
			use_dns(&s, strcmp(value, "yes") == 0);
		allow_groups(&s, &s.asked);
		sshd_conf_each(s.asked.config, on_line, &s);
	}
	role_groups_free(&s.groups);
	problems_free(&problems);
	sshd_asked_free(&s.asked);
}
