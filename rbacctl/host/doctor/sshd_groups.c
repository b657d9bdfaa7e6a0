/* The groups that sshd's configuration names: AllowGroups, DenyGroups, Match Group. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rbacctl/host/included.h"
#include "rbacctl/host/doctor/sshd.h"

enum { MATCHES_MAX = 20 }; /* Match blocks that are looked at */

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

static struct finding *add(const struct look_sshd_seen *s, const char *id, const char *keyword,
			   const char *word)
{
	return look_sshd_add(s->q, id, s->d->config, keyword, word);
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
static void allow_groups(const struct look_sshd_seen *s, const struct sshd_asked *a)
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
	finding_text(out, &f->why, "sshd refuses %s before it asks pam_rbac",
		     n_missing == n ? "everybody" : "whom that was to let in");
	if (near)
		finding_text(out, &f->mend, "write %s there", near);
	else
		finding_text(out, &f->mend,
			     "name groups that exist (getent group), or take the word out");
}

/* WORD of DenyGroups or Match Group is no group here, and near to the group of a role. */
static void misspelt(const struct look_sshd_seen *s, const struct sshd_line *l, const char *word)
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

/* Somebody in GROUP, which may be the primary one, into USER; else it stays as it is. */
static void a_member(const char *group, char *user, size_t size)
{
	const struct group *g = getgrnam(group);
	gid_t gid = g ? g->gr_gid : 0;

	if (g && g->gr_mem[0]) {
		snprintf(user, size, "%s", g->gr_mem[0]);
	} else if (g) {
		setpwent();
		for (const struct passwd *pw; (pw = getpwent());)
			if (pw->pw_gid == gid) {
				snprintf(user, size, "%s", pw->pw_name);
				break;
			}
		endpwent();
	}
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

/* The next of "User bob", "User=bob", "User = bob", "all". False: there is none. */
static bool next_criterion(char **rest, char **criterion, char **list)
{
	*criterion = sshd_conf_word(rest);
	if (!*criterion)
		return false;
	*list = strchr(*criterion, '=');
	if (*list) {
		*(*list)++ = 0;
		return true;
	}
	if (strcasecmp(*criterion, "all") == 0 || strcasecmp(*criterion, "invalid-user") == 0) {
		*list = *criterion + strlen(*criterion);
		return true;
	}
	*list = sshd_conf_word(rest);
	if (*list && **list == '=')
		*list = (*list)[1] ? *list + 1 : sshd_conf_word(rest);
	return *list != NULL;
}

/* "Group staff User bob Address 10.0.0.0/8" becomes "user=bob,host=client,addr=10.0.0.0". False: no
 * connection comes to mind. */
static bool connection_of(const struct look_sshd_seen *s, const struct sshd_line *l, char *out,
			  size_t size)
{
	char user[300] = "", host[300] = "client", address[300] = "192.0.2.1", port[300] = "22";
	char local[300] = "192.0.2.2", domain[320] = "", name[300];
	char *rest = l->words, *criterion, *list;

	while (next_criterion(&rest, &criterion, &list)) {
		first_name(list, name, sizeof name);
		if (strcasecmp(criterion, "Group") == 0) {
			char *words = list;
			for (char *word; (word = strsep(&words, ","));)
				misspelt(s, l, word);
			a_member(name, user, sizeof user);
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
		} else if (strcasecmp(criterion, "RDomain") == 0) {
			snprintf(domain, sizeof domain, ",rdomain=%s", name);
		}
	}
	int len = snprintf(out, size, "user=%s,host=%s,addr=%s,laddr=%s,lport=%s%s",
			   *user ? user : "nobody", host, address, local, port, domain);
	return len > 0 && (size_t)len < size;
}

static bool on_line(void *ctx, const struct sshd_line *l)
{
	struct look_sshd_seen *s = ctx;
	struct sshd_asked a;
	char connection[2000];

	if (strcasecmp(l->keyword, "DenyGroups") == 0) {
		char *rest = l->words;
		for (char *word; (word = sshd_conf_word(&rest));)
			misspelt(s, l, word);
	}
	if (strcasecmp(l->keyword, "Match") != 0)
		return true;
	if (s->matches++ == MATCHES_MAX)
		finding_append(s->q->out, &s->q->out->skipped,
			       "sshd: Match blocks beyond the first %d, from %s:%u on", MATCHES_MAX,
			       l->file, l->line);
	if (s->matches > MATCHES_MAX || !connection_of(s, l, connection, sizeof connection))
		return true;
	if (sshd_ask(s->d, connection, &a) && a.status == 0)
		allow_groups(s, &a);
	sshd_asked_free(&a);
	return true;
}

void look_sshd_groups(struct look_sshd_seen *s)
{
	allow_groups(s, &s->asked);
	if (!sshd_conf_each(s->d->config, on_line, s))
		finding_append(s->q->out, &s->q->out->skipped, "sshd: files beyond the first %d",
			       INCLUDED_FILES);
}
