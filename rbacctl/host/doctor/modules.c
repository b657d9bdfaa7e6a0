/* The modules' own files: are they there, can they be loaded, and who may change them? */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/cut_short.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/host/nss/nss_line.h"
#include "rbacctl/host/nss/nsswitch.h"

/* How a module loads. */
enum loads {
	LOADS,
	LOADS_NOT,
	LOADS_ANOTHER, /* a library without the module's functions */
	LOADS_CRASHING /* the process that loads it breaks off */
};

struct module {
	const char *name;     /* as it is given to dlopen(3) */
	const char *function; /* that it must have */
	char path[4096];      /* where the loader finds it; else where rbac puts it */
	char text[500];       /* why it does not load */
};

static enum loads try(const struct module *m)
{
	void *so = dlopen(m->name, RTLD_NOW | RTLD_LOCAL);

	return !so ? LOADS_NOT : dlsym(so, m->function) ? LOADS : LOADS_ANOTHER;
}

static enum loads try_in_a_child(const struct module *m)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		cut_short_unwatch(); /* the signal says LOADS_CRASHING */
		_exit(try(m));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return LOADS_NOT;
	return WIFEXITED(status) ? (enum loads)WEXITSTATUS(status) : LOADS_CRASHING;
}

/* The same, and where it is and why not. Where a child came back, this process does too. */
static enum loads load(struct module *m)
{
	enum loads how = try_in_a_child(m);
	struct link_map *map;

	if (how == LOADS_CRASHING) {
		snprintf(m->text, sizeof m->text, "a process that loads it breaks off");
		return how;
	}
	void *so = dlopen(m->name, RTLD_NOW | RTLD_LOCAL);
	if (so && dlinfo(so, RTLD_DI_LINKMAP, &map) == 0 && *map->l_name)
		snprintf(m->path, sizeof m->path, "%s", map->l_name);
	const char *why = so ? NULL : dlerror();
	snprintf(m->text, sizeof m->text, "%s", why ? why : "it has not the module's functions");
	if (so)
		dlclose(so);
	return how;
}

/* False: ordinary users cannot read it. */
static bool look_mode(const struct look *q, const struct module *m, const char *id, bool trouble,
		      const char *dark)
{
	struct findings *out = q->out;
	struct path_mode at;
	struct finding *f;

	if (path_is_open(m->path, &at)) {
		f = findings_add(out, id, true);
		look_at_mode(out, f, &at, false);
		finding_text(out, &f->what, "others than root may change the module");
		finding_text(out, &f->why, "it is loaded into the processes of root");
	}
	if (!path_is_dark(m->path, &at))
		return true;
	f = findings_add(out, id, trouble || !(at.st.st_mode & 0400));
	look_at_mode(out, f, &at, true);
	finding_text(out, &f->what, "ordinary users cannot read the module");
	finding_text(out, &f->why, "%s", dark);
	return false;
}

static void broken(const struct look *q, const struct module *m, const char *id, const char *why)
{
	struct findings *out = q->out;
	struct finding *f = findings_add(out, id, true);

	finding_at(out, f, m->path, 0);
	finding_text(out, &f->found, "%s", m->text);
	finding_text(out, &f->what, "the module cannot be loaded");
	finding_text(out, &f->why, "%s", why);
	struct statvfs fs;
	if (statvfs(m->path, &fs) == 0 && (fs.f_flag & ST_NOEXEC))
		finding_text(out, &f->mend, "mount the file system of %s without \"noexec\"",
			     m->path);
	else
		finding_text(out, &f->mend, "install rbac again, and run ldconfig");
}

/* False: whoever asks for a group breaks off. */
static bool look_nss_module(const struct look *q)
{
	struct module m = { .name = "libnss_rbac.so.2",
			    .function = "_nss_rbac_getgrnam_r",
			    .path = RBAC_LIB_DIR "/libnss_rbac.so.2" };
	static const char unseen[] = "no program sees the groups of roles";
	struct findings *out = q->out;
	enum loads how = load(&m);

	if (how == LOADS_NOT && access(m.path, F_OK)) {
		struct finding *f = findings_add(out, "nss.module-missing", true);
		finding_at(out, f, m.path, 0);
		finding_text(out, &f->found, "%s", strerror(errno));
		finding_text(out, &f->what, "the module is not there");
		finding_text(out, &f->why, "%s", unseen);
		finding_text(out, &f->mend, "install rbac again, and run ldconfig");
		return true;
	}
	bool read = look_mode(q, &m, "nss.module-mode", true,
			      "their processes do not see the groups of roles");
	if (how != LOADS && (read || q->root))
		broken(q, &m, "nss.module-broken",
		       how == LOADS_CRASHING ? "every program that asks for a group breaks off"
					     : unseen);
	return how != LOADS_CRASHING;
}

static void look_pam_module(const struct look *q)
{
	struct module m = { .function = "pam_sm_acct_mgmt" };
	char path[4096];

	if (!pam_module_path(q->pam, "pam_rbac.so", path, sizeof path) || access(path, F_OK))
		return;
	finding_append(q->out, &q->out->checked, "pam:module");
	snprintf(m.path, sizeof m.path, "%s", path);
	m.name = path;
	bool read = look_mode(q, &m, "pam.module-mode", false,
			      "a program that asks PAM and is not root's (a screen lock) denies");
	if (load(&m) != LOADS && (read || q->root))
		broken(q, &m, "pam.module-broken",
		       "libpam denies everybody where a line names it, root too");
}

/* glibc 2.36 (tried) crashes where a process asks a database a second time whose line names no
 * source. False: there is such a line. */
static bool look_empty_lines(const struct look *q)
{
	static const char *const databases[] = { "passwd", "group", "shadow" };
	struct findings *out = q->out;
	bool none = true;

	for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
		const char *name = databases[i];
		struct nss_line l;
		bool empty = nss_line_read(nsswitch_conf, name, &l) && l.lines && !l.n &&
			     !l.wrong && !l.cut;
		if (empty) {
			struct finding *f = findings_add(out, "nss.line-broken", true);
			finding_at(out, f, nsswitch_conf, l.line);
			finding_text(out, &f->found, "%s", l.text);
			finding_text(out, &f->wanted, "%s: files%s", name,
				     strcmp(name, "group") == 0 ? " rbac" : "");
			finding_text(out, &f->what, "the line of %s names no source", name);
			finding_text(out, &f->why,
				     "programs that ask for %s crash, and logins fail", name);
			finding_text(out, &f->mend, "write \"%s\" there", f->wanted);
			none = false;
		}
		nss_line_free(&l);
	}
	return none;
}

bool look_modules(const struct look *q)
{
	struct nss_line group = { 0 };

	if (!look_empty_lines(q))
		return false;
	finding_append(q->out, &q->out->checked, "nss:module");
	bool listed = nss_line_read(nsswitch_conf, "group", &group) &&
		      nss_line_find(&group, "rbac") < group.n;
	nss_line_free(&group);
	bool goes_on = !listed || look_nss_module(q);
	look_pam_module(q);
	return goes_on;
}
