/* nsswitch.conf: do programs see the groups of roles? */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "rbacctl/host/doctor/look.h"
#include "rbacctl/host/nss/nss_line.h"
#include "rbacctl/host/nss/nsswitch.h"

static const char no_line_counts[] =
	"the C library goes by no line of the file then, and finds neither users nor groups";

static struct finding *add(const struct look *q, const char *id, const struct nss_line *l)
{
	struct finding *f = findings_add(q->out, id, true);

	finding_at(q->out, f, nsswitch_conf, l->line);
	finding_text(q->out, &f->found, "%s", l->text ? l->text : "no line for group");
	return f;
}

/* The line says what no C library understands. */
static bool is_wrong(const struct look *q, const struct nss_line *l, const char *database)
{
	struct findings *out = q->out;

	if (!l->wrong)
		return false;
	struct finding *f = add(q, "nss.line-broken", l);
	finding_text(out, &f->what, "the line of %s has an error, and no source of it is asked",
		     database);
	finding_text(out, &f->why, "%s",
		     getpwuid(0) ? "this host has no groups, of rbac or of others"
				 : no_line_counts);
	finding_text(out, &f->mend,
		     "correct the text in [ ]; nsswitch.conf(5) has the form: [STATUS=action]");
	return true;
}

/* The line is there, and is not read. */
static bool is_cut(const struct look *q, const struct nss_line *l)
{
	struct findings *out = q->out;

	if (!l->cut)
		return false;
	struct finding *f = add(q, "nss.not-listed", l);
	finding_text(out, &f->what,
		     "the line of group is the last and has no newline: the C library does not "
		     "read it");
	finding_text(out, &f->why, "no program sees the groups of roles");
	finding_text(out, &f->mend, "echo >>%s", nsswitch_conf);
	return true;
}

static void hidden(const struct look *q, const struct nss_line *l, const char *database, size_t by,
		   enum nss_status status)
{
	struct findings *out = q->out;
	bool initgroups = strcmp(database, "initgroups") == 0;
	struct finding *f = add(q, initgroups ? "nss.initgroups-hidden" : "nss.hidden", l);

	finding_text(out, &f->what, "%s: rbac is not asked %s %s, which is before it", database,
		     status == NSS_SUCCESS ? "where a user has a group of"
					   : "for what is unknown to",
		     l->v[by].name);
	finding_text(out, &f->wanted,
		     initgroups ? "[SUCCESS=continue] behind each source before rbac"
				: "no [NOTFOUND=return] before rbac");
	finding_text(out, &f->why, "%s",
		     initgroups ? "sessions do not get the groups of their roles"
				: "the groups of roles are hidden");
	finding_text(out, &f->mend, "%s",
		     initgroups ? "take the line out, or write [SUCCESS=continue] behind the source"
				: "take the action in [ ] out");
}

static void hides(const struct look *q, const struct nss_line *l, const char *before,
		  const char *source, const char *behind, const char *mend)
{
	struct findings *out = q->out;
	struct finding *f = add(q, "nss.hides-others", l);

	finding_text(out, &f->what, "%s%s%s", before, source, behind);
	finding_text(out, &f->why, "groups of other sources are hidden");
	finding_text(out, &f->mend, "%s", mend);
}

/* [SUCCESS=continue]: the next source answers in the place of what was found, or says that there is
 * no such group. */
static void look_lost(const struct look *q, const struct nss_line *l)
{
	for (size_t i = 0; i + 1 < l->n; i++)
		if (l->v[i].action[NSS_SUCCESS] == NSS_CONTINUE) {
			hides(q, l, "group: [SUCCESS=continue] throws away what ", l->v[i].name,
			      " finds", "take [SUCCESS=continue] out, or write [SUCCESS=merge]");
			return;
		}
}

static void look_order(const struct look *q, const struct nss_line *l, size_t at)
{
	struct findings *out = q->out;
	const struct nss_source *ours = &l->v[at];

	/* Behind a # is what somebody meant as a comment: no library has such a name. */
	if (at + 1 == l->n || *l->v[at + 1].name == '#')
		return;
	if (ours->action[NSS_NOTFOUND] == NSS_RETURN) {
		hides(q, l, "an action behind rbac keeps ", l->v[at + 1].name, " from being asked",
		      "take the action behind rbac out, and put rbac last");
	} else if (q->by_group) {
		struct finding *f = add(q, "nss.order", l);
		finding_text(out, &f->what, "rbac is before %s", l->v[at + 1].name);
		finding_text(out, &f->wanted, "rbac as the last source");
		finding_text(out, &f->why,
			     "roles that are assigned to a Unix group of %s bring no groups",
			     l->v[at + 1].name);
		finding_text(out, &f->mend, "put rbac last");
	}
}

static void look_group(const struct look *q, const struct nss_line *l)
{
	struct findings *out = q->out;
	size_t at = nss_line_find(l, "rbac");

	if (is_wrong(q, l, "group") || is_cut(q, l))
		return;
	if (at == l->n) {
		struct finding *f = add(q, "nss.not-listed", l);
		finding_text(out, &f->wanted, "group: ... rbac");
		finding_text(out, &f->what, "the line of group does not name rbac%s",
			     l->lines > 1 ? " (of several lines the last counts)" : "");
		finding_text(out, &f->why, "no program sees the groups of roles");
		finding_text(out, &f->mend, "add \"rbac\" to the end of the group line");
		return;
	}
	size_t by = nss_line_stops(l, at, NSS_NOTFOUND);
	if (by < at)
		hidden(q, l, "group", by, NSS_NOTFOUND);
	look_lost(q, l);
	look_order(q, l, at);
}

/* A user with a role loses the groups of what is not asked beside rbac. */
static void look_initgroups_others(const struct look *q, const struct nss_line *group,
				   const struct nss_line *l, size_t at)
{
	if (nss_line_find(group, "files") < group->n && nss_line_find(l, "files") == l->n &&
	    nss_line_find(l, "compat") == l->n)
		hides(q, l, "initgroups: the line does not name ", "files",
		      ", as that of group does",
		      "take the line out, or write \"files [SUCCESS=continue] rbac\"");
	else if (at + 1 < l->n && l->v[at].action[NSS_SUCCESS] == NSS_RETURN)
		hides(q, l, "initgroups: ", l->v[at + 1].name,
		      " is not asked where a user has a role",
		      "put rbac last, with [SUCCESS=continue] behind each source before it");
}

static void look_initgroups(const struct look *q, const struct nss_line *group,
			    const struct nss_line *l)
{
	struct findings *out = q->out;
	size_t at = nss_line_find(l, "rbac");

	if (l->lines == 0 || l->cut || is_wrong(q, l, "initgroups"))
		return;
	if (at == l->n) {
		struct finding *f = add(q, "nss.initgroups-hidden", l);
		finding_text(out, &f->what,
			     "initgroups: the line does not name rbac, and counts instead of that "
			     "of group");
		finding_text(out, &f->wanted, "initgroups: ... [SUCCESS=continue] rbac");
		finding_text(out, &f->why, "sessions do not get the groups of their roles");
		finding_text(out, &f->mend,
			     "take the line out, or add \"[SUCCESS=continue] rbac\" to it");
		return;
	}
	size_t by = nss_line_stops(l, at, NSS_SUCCESS),
	       by_none = nss_line_stops(l, at, NSS_NOTFOUND);
	if (by < at)
		hidden(q, l, "initgroups", by, NSS_SUCCESS);
	else if (by_none < at)
		hidden(q, l, "initgroups", by_none, NSS_NOTFOUND);
	look_initgroups_others(q, group, l, at);
}

/* The C library reads it in every process, and root's processes load what it names. */
static void look_conf_mode(const struct look *q)
{
	struct findings *out = q->out;
	struct path_mode at;

	if (path_is_dark(nsswitch_conf, &at)) {
		struct finding *f = findings_add(out, "nss.conf-unreadable", true);
		look_at_mode(out, f, &at, true);
		finding_text(out, &f->what, "ordinary users cannot read nsswitch.conf");
		finding_text(out, &f->why, "their processes do not see the groups of roles");
	}
	if (path_is_open(nsswitch_conf, &at)) {
		struct finding *f = findings_add(out, "nss.conf-writable", true);
		look_at_mode(out, f, &at, false);
		finding_text(out, &f->what, "others than root may write nsswitch.conf");
		finding_text(
			out, &f->why,
			"a user who can write it chooses what is loaded into root's processes");
	}
}

/* The files that say who is who: each program of a user reads them, and who writes them is root. */
static void look_file_modes(const struct look *q)
{
	static const char *const files[] = { "/etc/passwd", "/etc/group", "/etc/shadow" };
	struct findings *out = q->out;
	struct path_mode at;
	struct finding *f;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		bool secret = i == 2;
		if (!secret && path_is_dark(files[i], &at) && !S_ISDIR(at.st.st_mode)) {
			f = findings_add(out, "nss.file-unreadable", true);
			look_at_mode(out, f, &at, true);
			finding_text(out, &f->what, "ordinary users cannot read %s", files[i]);
			finding_text(out, &f->why,
				     "their processes do not know who is who, nor which roles a "
				     "Unix group brings");
		}
		if (path_is_open(files[i], &at) && !S_ISDIR(at.st.st_mode)) {
			f = findings_add(out, "nss.file-writable", true);
			look_at_mode(out, f, &at, false);
			finding_text(out, &f->what, "others than root may write %s", files[i]);
			finding_text(out, &f->why,
				     "a user who can write it becomes another user, or a member of "
				     "an exempt group");
		}
	}
}

/* A line without "files", or with a word that is no source. */
static void look_local_groups(const struct look *q, const struct nss_line *group)
{
	struct findings *out = q->out;

	if (getgrgid(0) || group->wrong || group->cut || group->lines == 0)
		return;
	struct finding *f = add(q, "nss.no-local-groups", group);
	finding_text(out, &f->what, "the C library does not find the group of gid 0");
	finding_text(out, &f->wanted, "group: files ... rbac");
	finding_text(out, &f->why,
		     "programs do not see the groups of this host, and rbac no exempt group");
	finding_text(out, &f->mend,
		     "write \"files\" as the first source of group, and see that /etc/group has "
		     "root");
}

/* Without users nothing of rbac works, and other findings would only be about that. */
static void look_passwd(const struct look *q)
{
	struct findings *out = q->out;
	struct nss_line passwd = { 0 };

	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->v[i].id, "nss.line-broken") == 0)
			return;
	if (getpwuid(0) || !nss_line_read(nsswitch_conf, "passwd", &passwd))
		return;
	struct finding *f = add(q, "nss.no-users", &passwd);
	finding_text(out, &f->what, "the C library does not find root in passwd");
	finding_text(out, &f->wanted, "passwd: files ...");
	finding_text(out, &f->why, "nobody is known, and nobody gets in");
	finding_text(out, &f->mend,
		     "write \"files\" as the first source of passwd, and see that /etc/passwd has "
		     "root");
	nss_line_free(&passwd);
}

void look_nsswitch(const struct look *q)
{
	struct findings *out = q->out;
	struct nss_line group = { 0 }, initgroups = { 0 };

	finding_append(out, &out->checked, "nss:nsswitch.conf");
	bool read = nss_line_read(nsswitch_conf, "group", &group) &&
		    nss_line_read(nsswitch_conf, "initgroups", &initgroups);
	if (!read && errno == EACCES) {
		finding_append(out, &out->skipped, "nss: only root may read %s", nsswitch_conf);
		look_conf_mode(q);
	} else if (!read) {
		struct finding *f = add(q, "nss.conf-unreadable", &group);
		finding_text(out, &f->found, "%s", strerror(errno));
		finding_text(out, &f->what, "nsswitch.conf cannot be read");
		finding_text(out, &f->why, "%s",
			     getpwuid(0) ? "the C library asks /etc/group alone" : no_line_counts);
		finding_text(out, &f->mend, "make the file, with \"group: files rbac\" in it");
	} else {
		look_group(q, &group);
		look_initgroups(q, &group, &initgroups);
		look_local_groups(q, &group);
		look_conf_mode(q);
		look_file_modes(q);
		look_passwd(q);
	}
	nss_line_free(&group);
	nss_line_free(&initgroups);
}
