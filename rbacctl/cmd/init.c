/* init: a policy, a commented rbac.conf, the first administrator. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/effect.h"

/* The file of --policy: a path, or the name of one that is shipped. */
static int find_policy(const char *name, char *path, size_t size)
{
	if (strchr(name, '/') || (strlen(name) > 5 && strcmp(name + strlen(name) - 5, ".conf") == 0))
		snprintf(path, size, "%s", name);
	else
		snprintf(path, size, "%s/policies/%s.conf", RBAC_DATA_DIR, name);
	if (access(path, R_OK) == 0)
		return EXIT_DONE;
	complain("--policy %s: %s: %s; shipped are unix, torque and layer5", name, path, strerror(errno));
	return EXIT_USAGE;
}

static int read_file(const char *path, char **text, size_t *len)
{
	FILE *f = fopen(path, "re");
	*len = 0;
	*text = NULL;
	if (!f)
		return RBAC_SYSTEM;
	for (size_t got = 1; got;) {
		char *more = realloc(*text, *len + 65537);
		if (!more)
			break;
		*text = more;
		got = fread(*text + *len, 1, 65536, f);
		*len += got;
	}
	bool bad = ferror(f) || !*text;
	fclose(f);
	if (bad) {
		free(*text);
		*text = NULL;
		return RBAC_SYSTEM;
	}
	(*text)[*len] = 0;
	return RBAC_OK;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			return RBAC_SYSTEM;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return fsync(fd) ? RBAC_SYSTEM : RBAC_OK;
}

/*
 * A new file with these bytes, whole or not at all, never in the place of one that is there. What an init that is killed
 * leaves of it does not end in .conf: nobody reads it, and the next init begins it anew.
 */
static int write_new(const char *path, const char *text, size_t len)
{
	char temp[4300];
	snprintf(temp, sizeof temp, "%s.new", path);
	if (unlink(temp) != 0 && errno != ENOENT)
		return RBAC_SYSTEM;
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return RBAC_SYSTEM;
	int e = write_all(fd, text, len) ? errno : 0;
	if (close(fd) && !e)
		e = errno;
	if (!e && link(temp, path))
		e = errno;
	unlink(temp);
	errno = e;
	return e ? RBAC_SYSTEM : RBAC_OK;
}

static int make_dir(const char *path)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST ? RBAC_OK : RBAC_SYSTEM;
}

/* The names in folder PATH outlive a power loss. */
static int sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = fd < 0 || fsync(fd);
	int e = errno;
	if (fd >= 0)
		close(fd);
	errno = e;
	return bad ? RBAC_SYSTEM : RBAC_OK;
}

/* The roles that P marks bootstrap, or all of them, as a list in the grammar of rbac.conf. */
static void role_list(const struct policy *p, bool only_bootstrap, struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n_roles; i++)
		if (!only_bootstrap || p->roles[i].bootstrap)
			buf_printf(out, "%s\"%s\"", n++ ? ", " : "", p->roles[i].name);
}

static void write_host_conf(const struct policy *p, const char *host, struct buf *out)
{
	struct buf all = { 0 }, first = { 0 };
	role_list(p, false, &all);
	role_list(p, true, &first);
	buf_printf(out,
		   "# rbac.conf - what this host is, and whom it lets in. rbac.conf(5) says all; `rbacctl check` before `rbacctl apply`.\n"
		   "version = 1;\n\n"
		   "# The scope this host belongs to. Roles held there, or above it, count here.\n"
		   "host = \"%s\";\n\n"
		   "# Who may log in, by PAM service. A service that no rule names is denied, where pam_rbac stands in its stack.\n"
		   "# A rule matches when any of keys, roles, users, groups (Unix groups) or anyone holds, and from and hours, where given, hold.\n"
		   "login = (\n"
		   "  { services = [ \"sshd\" ]; roles = [ %s ]; },\n"
		   "  { services = [ \"sudo\", \"sudo-i\" ]; roles = [ %s ]; }\n"
		   ");\n\n"
		   "# Let pass whatever the store says: name a break-glass account or group here. uid 0 always passes.\n"
		   "exempt = { users = [ ]; groups = [ ]; };\n\n"
		   "# Roles as Unix groups. extra: Unix groups of this host that a role brings; they may be worth root (docker, sudo, disk).\n"
		   "groups = {\n"
		   "  name = \"%%{role}\";\n"
		   "  members = true;\n"
		   "  enumerate = true;\n"
		   "  # extra = ( { role = \"ROLE\"; unix_groups = [ \"docker\" ]; } );\n"
		   "};\n", host, buf_text(&all), first.len ? buf_text(&first) : buf_text(&all));
	buf_free(&all);
	buf_free(&first);
}

/* The policy alone, to learn its kinds and roles. */
static int load_alone(const char *name, const char *text, size_t len, struct policy_sources *s, struct policy **p)
{
	static const char bare[] = "version = 1; host = \"any\"; login = ( );\n";
	struct problems problems = { 0 };
	*s = (struct policy_sources){ 0 };
	int err = policy_sources_add(s, "rbac.conf", bare, strlen(bare));
	if (!err)
		err = policy_sources_add(s, name, text, len);
	if (!err)
		err = policy_load(s, p, &problems);
	if (err)
		problems_print(&problems, stderr);
	problems_free(&problems);
	return err;
}

/* The root scope that HOST lies in, into ROOT. */
static int root_of_host(const struct policy *p, const char *host, char *root)
{
	int kind = policy_scope_kind(p, host);
	if (kind < 0) {
		complain("--host %s: expected a scope of the policy's, KIND:NAME/NAME", host);
		return EXIT_USAGE;
	}
	while (p->kinds[kind].parent >= 0)
		kind = p->kinds[kind].parent;
	return policy_scope_ancestor(p, host, kind, root) ? EXIT_USAGE : EXIT_DONE;
}

/* --root; else the one that --host lies in; else main of the only root kind. ROOT holds RBAC_SCOPE_MAX + 1 bytes. */
static int find_root(const struct policy *p, const char *given, const char *host, char *root, size_t size)
{
	char above[RBAC_SCOPE_MAX + 1];
	int kind = -1;
	size_t n = 0;
	for (size_t i = 0; i < p->n_kinds; i++)
		if (p->kinds[i].parent < 0) {
			kind = (int)i;
			n++;
		}
	if (given) {
		kind = policy_scope_kind(p, given);
		if (kind < 0 || p->kinds[kind].parent >= 0) {
			complain("--root %s: expected a scope of a root kind, for example %s:main", given, n ? p->kinds[0].name : "account");
			return EXIT_USAGE;
		}
		if (host && (root_of_host(p, host, above) || strcmp(above, given) != 0)) {
			complain("--host %s does not lie in --root %s: what is held there would not count here", host, given);
			return EXIT_USAGE;
		}
		snprintf(root, size, "%s", given);
		return EXIT_DONE;
	}
	if (host)
		return root_of_host(p, host, root);
	if (n != 1) {
		complain("the policy has %zu root kinds: say which is this host's with --root KIND:NAME", n);
		return EXIT_USAGE;
	}
	snprintf(root, size, "%s:main", p->kinds[kind].name);
	return EXIT_DONE;
}

static int find_admin(const char *given, char *admin, size_t size)
{
	struct admin probe = { 0 };
	struct person p;
	struct buf why = { 0 };
	if (given && (person_find(given, &p) || p.state != PERSON_KNOWN)) {
		complain("--admin %s: nobody here is called that (getent passwd %s)", given, given);
		return EXIT_USAGE;
	}
	if (given) {
		if (p.differs)
			complain("%s is %s here", given, p.name);
		snprintf(admin, size, "%s", p.name);
		return EXIT_DONE;
	}
	int err = admin_actor(&probe, &why);
	buf_free(&why);
	if (err || probe.actor.root) {
		complain("who is to administer? root needs no role and gets none: --admin USER");
		return EXIT_USAGE;
	}
	snprintf(admin, size, "%s", probe.actor.name);
	return EXIT_DONE;
}

struct setup {
	char policy_path[4096];          /* --policy */
	char name[300];                  /* policy.d/NAME.conf */
	char root[RBAC_SCOPE_MAX + 1], admin[RBAC_USER_MAX + 1];
	char made[2][4200];              /* files that were written, to be taken back when it fails */
	int n_made;
};

static int put_file(const char *etc, const char *name, const char *text, size_t len, struct setup *s)
{
	char path[4200];
	snprintf(path, sizeof path, "%.3800s/%.300s", etc, name);
	if (write_new(path, text, len) == RBAC_OK) {
		snprintf(s->made[s->n_made], sizeof s->made[0], "%s", path);
		s->n_made++;
		printf("wrote %s\n", path);
		return RBAC_OK;
	}
	if (errno == EEXIST) {
		printf("kept  %s\n", path);
		return RBAC_OK;
	}
	complain("%s: %s", path, strerror(errno));
	return RBAC_SYSTEM;
}

static int put_files(const struct admin *a, const struct args *args, struct setup *s)
{
	char dir[4200], *text = NULL;
	struct policy_sources sources = { 0 };
	struct policy *p = NULL;
	struct buf conf = { 0 };
	size_t len;
	int err = read_file(s->policy_path, &text, &len);
	if (err)
		complain("%s: %s", s->policy_path, strerror(errno));
	if (!err)
		err = load_alone(s->name, text, len, &sources, &p);
	int status = err ? exit_of(err) : find_root(p, args->value[OPT_ROOT], args->value[OPT_HOST], s->root, sizeof s->root);
	if (!status) {
		write_host_conf(p, args->value[OPT_HOST] ? args->value[OPT_HOST] : s->root, &conf);
		snprintf(dir, sizeof dir, "%.3800s/policy.d", a->etc);
		if (make_dir(a->etc) || make_dir(dir)) {
			complain("%s: %s", dir, strerror(errno));
			status = EXIT_TROUBLE;
		}
	}
	if (!status && (put_file(a->etc, s->name, text, len, s) || put_file(a->etc, "rbac.conf", buf_text(&conf), conf.len, s)))
		status = EXIT_TROUBLE;
	if (!status && (sync_dir(dir) || sync_dir(a->etc))) {
		complain("%s: sync: %s", a->etc, strerror(errno));
		status = EXIT_TROUBLE;
	}
	policy_free(p);
	policy_sources_free(&sources);
	buf_free(&conf);
	free(text);
	return status;
}

struct admitted { const struct look *l; int64_t now; size_t n; bool current; const char *me; };

static int on_user(void *ctx, const char *user)
{
	struct admitted *w = ctx;
	struct standing s;
	int err = standing_of(w->l, user, w->now, &s);
	if (!err && s.n_services) {
		printf("%s%s (", w->n++ ? ", " : "log in here by role: ", user);
		for (size_t i = 0; i < s.n_services; i++)
			printf("%s%s", i ? " " : "", s.services[i].name);
		putchar(')');
		w->current |= strcmp(user, w->me) == 0;
	}
	standing_free(&s);
	return err;
}

static void say_who(const struct admin *a)
{
	struct look l;
	struct admitted w = { &l, a->now, 0, a->actor.root, a->actor.name };
	if (look_open(&l, a->view) == RBAC_OK) {
		look_users(&l, on_user, &w);
		printf("%s\n", w.n ? "" : "log in here by role: nobody yet");
		printf("you: %s%s\n", a->actor.name, a->actor.root ? " (uid 0 always passes)" : w.current ? " can log in" : " CANNOT log in by role; do not close this session");
		printf("next: keep a root shell open; add \"rbac\" to the group line of /etc/nsswitch.conf and\n"
		       "      \"account required pam_rbac.so\" to /etc/pam.d/sshd; test a login in another window (rbacctl explain USER --service sshd)\n");
	}
	look_close(&l);
}

int cmd_init(struct admin *a, const struct args *args)
{
	struct setup s = { 0 };
	struct change c = { 0 };
	struct policy_sources sources = { 0 };
	struct problems problems = { 0 };
	struct policy *p = NULL;
	if (!args->value[OPT_POLICY]) {
		complain("init: which policy? --policy unix, torque, layer5, or a file");
		return EXIT_USAGE;
	}
	int status = find_policy(args->value[OPT_POLICY], s.policy_path, sizeof s.policy_path);
	if (!status)
		status = find_admin(args->value[OPT_ADMIN], s.admin, sizeof s.admin);
	if (status)
		return status;
	const char *slash = strrchr(s.policy_path, '/');
	snprintf(s.name, sizeof s.name, "policy.d/%.280s", slash ? slash + 1 : s.policy_path);
	int err = change_open(&c, a, true);
	if (!err && c.p)
		err = change_fail(&c, RBAC_CONFLICT, "this host has a policy already (rbacctl status): change /etc/rbac and rbacctl apply");
	if (!err) {
		status = put_files(a, args, &s);
		err = status == EXIT_TROUBLE ? RBAC_SYSTEM : status ? RBAC_INVALID : policy_sources_read(a->etc, &sources, &problems);
		if (!err)
			err = policy_load(&sources, &p, &problems);
		problems_print(&problems, stderr);
		if (err)
			change_fail(&c, err, "nothing was set up; mend that, then rbacctl init again");
	}
	if (!err)
		err = change_apply(&c, &sources, p, false, &(struct init_request){ s.root, s.admin });
	if (!err)
		err = change_commit(&c);
	if (!err) {
		printf("%s", buf_text(&c.done));
		cmd_report(&c);
		say_who(a);
	}
	/* All or nothing: what this init wrote, an init that failed takes back. */
	for (int i = 0; i < s.n_made && err && !c.committed; i++)
		if (unlink(s.made[i]) == 0)
			printf("took back %s\n", s.made[i]);
	policy_sources_free(&sources);
	problems_free(&problems);
	return cmd_done(change_close(&c, err));
}
