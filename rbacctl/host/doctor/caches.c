/* What keeps groups for others: nscd, unscd, sssd. */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rbacctl/host/file_has.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/host/nss/nss_line.h"
#include "rbacctl/host/nss/nsswitch.h"

/* ---- nscd ---- */

/* Does a program listen at PATH? *UNSCD: it is unscd, which has the name and the files of nscd. */
static bool listens(const char *path, bool *unscd)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct ucred peer = { 0 };
	socklen_t len = sizeof peer;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char exe[60];

	*unscd = false;
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	bool yes = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
	if (yes && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0) {
		snprintf(exe, sizeof exe, "/proc/%d/exe", (int)peer.pid);
		FILE *f = fopen(exe, "re");
		*unscd = f && file_has(f, "unscd - nscd");
		if (f)
			fclose(f);
	}
	if (fd >= 0)
		close(fd);
	return yes;
}

/* Does nscd.conf(5) have groups cached? Without a line it is as USUAL. *AT: the line; 0: none. */
static bool caches_groups(const char *path, bool usual, unsigned *at)
{
	char line[600], database[40], value[40];
	unsigned n = 0;
	bool yes = usual;
	FILE *f = fopen(path, "re");

	*at = 0;
	while (f && fgets(line, sizeof line, f)) {
		n++;
		if (sscanf(line, " enable-cache %39s %39s", database, value) == 2 &&
		    strcasecmp(database, "group") == 0) {
			*at = n;
			yes = strcasecmp(value, "yes") == 0;
		}
	}
	if (f)
		fclose(f);
	return yes;
}

static void look_nscd(const struct look *q)
{
	static const char config[] = "/etc/nscd.conf";
	struct findings *out = q->out;
	unsigned line;
	bool unscd;

	finding_append(out, &out->checked, "cache:nscd");
	/* unscd keeps groups unless it is told not to. */
	if (!listens("/var/run/nscd/socket", &unscd) || !caches_groups(config, unscd, &line))
		return;
	const char *name = unscd ? "unscd" : "nscd";
	struct finding *f = findings_add(out, "cache.nscd-groups", true);
	finding_at(out, f, config, line);
	finding_text(out, &f->found, "%s", line ? "enable-cache group yes" : "no line for group");
	finding_text(out, &f->wanted, "enable-cache group no");
	finding_text(out, &f->what, "%s runs, and keeps groups", name);
	finding_text(out, &f->why, "a role that was revoked goes on as a group until %s forgets it",
		     name);
	finding_text(out, &f->mend, "set \"enable-cache group no\", and restart %s", name);
}

/* ---- sssd ---- */

struct sssd {
	char file[300];
	unsigned rbac_line; /* where sssd asks our module; 0: nowhere */
	long group_timeout; /* seconds */
	unsigned timeout_line;
	char timeout_file[300];
};

static void read_sssd(const char *path, struct sssd *s)
{
	char line[600], key[100], value[300];
	unsigned n = 0;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof line, f)) {
		n++;
		if (sscanf(line, " %99[a-z_] = %299[^\n]", key, value) != 2)
			continue;
		if (strcmp(key, "proxy_lib_name") == 0 && strcmp(value, "rbac") == 0) {
			s->rbac_line = n;
			snprintf(s->file, sizeof s->file, "%s", path);
		} else if (strcmp(key, "entry_cache_group_timeout") == 0 ||
			   (strcmp(key, "entry_cache_timeout") == 0 && !s->timeout_line)) {
			s->group_timeout = strtol(value, NULL, 10);
			s->timeout_line = n;
			snprintf(s->timeout_file, sizeof s->timeout_file, "%s", path);
		}
	}
	if (f)
		fclose(f);
}

static void look_sssd(const struct look *q)
{
	enum { USUAL = 5400 }; /* sssd.conf(5), entry_cache_timeout */
	static const char config[] = "/etc/sssd/sssd.conf";
	struct findings *out = q->out;
	struct sssd s = { .group_timeout = USUAL };
	struct nss_line group = { 0 };
	glob_t more;

	bool listed = nss_line_read(nsswitch_conf, "group", &group) &&
		      nss_line_find(&group, "sss") < group.n;
	nss_line_free(&group);
	if (!listed || access(config, F_OK))
		return;
	if (access(config, R_OK)) {
		finding_append(out, &out->skipped, "cache:sssd: only root may read %s", config);
		return;
	}
	finding_append(out, &out->checked, "cache:sssd");
	read_sssd(config, &s);
	if (glob("/etc/sssd/conf.d/*.conf", 0, NULL, &more) == 0) {
		for (size_t i = 0; i < more.gl_pathc; i++)
			read_sssd(more.gl_pathv[i], &s);
		globfree(&more);
	}
	if (s.rbac_line) {
		struct finding *f = findings_add(out, "cache.sssd-rbac", true);
		finding_at(out, f, s.file, s.rbac_line);
		finding_text(out, &f->found, "proxy_lib_name = rbac");
		finding_text(out, &f->what, "sssd asks for the groups of roles, and keeps them");
		finding_text(out, &f->why,
			     "a role that was revoked goes on as a group until sssd forgets it");
		finding_text(out, &f->mend,
			     "take that domain out: nsswitch.conf names rbac by itself");
	}
	if (q->by_group) {
		struct finding *f = findings_add(out, "cache.sssd-groups", false);
		finding_at(out, f, s.timeout_line ? s.timeout_file : config, s.timeout_line);
		finding_text(out, &f->found, "entry_cache_timeout = %ld", s.group_timeout);
		finding_text(out, &f->what,
			     "sssd keeps the groups of a directory for up to %ld seconds",
			     s.group_timeout);
		finding_text(out, &f->why,
			     "roles that go to such a group come and go as late as that");
		finding_text(out, &f->mend,
			     "set entry_cache_group_timeout, or sss_cache -G after a change");
	}
}

void look_caches(const struct look *q)
{
	look_nscd(q);
	look_sssd(q);
}
