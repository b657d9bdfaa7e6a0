#include "rbacctl/access/doctor.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/access/mounted_view.h"
#include "rbacctl/command.h"
#include "rbacctl/host/etc/etc.h"
#include "rbacctl/host/mounts.h"
#include "rbacctl/model/role_groups.h"

/* ---- the view ---- */

static struct finding *add(struct findings *out, const char *id, const char *file)
{
	struct finding *f = findings_add(out, id, true);

	finding_at(out, f, file, 0);
	return f;
}

static const char gate_denies[] =
	"pam_rbac denies everybody except root and users whom its PAM line exempts, and roles have "
	"no groups";

/* The folder of PATH, into FOLDER. */
static bool folder_of(const char *path, char *folder, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path || (size_t)(slash - path) >= size)
		return false;
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = 0;
	return true;
}

static bool some_service_asks(void)
{
	struct pam_names all = { 0 };
	bool yes = false;

	if (pam_services(&pam_here, &all) == RBAC_OK)
		for (size_t i = 0; i < all.n && !yes; i++)
			yes = pam_gate_of(&pam_here, all.v[i]) != PAM_OPEN;
	pam_names_free(&all);
	return yes;
}

/* Which of the file and its folder is not root's alone. */
static void untrusted(const struct invocation *a, struct findings *out)
{
	char folder[4096];
	struct stat st;
	const char *which = a->view;
	bool file_is_fine = lstat(a->view, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 &&
			    !(st.st_mode & 022);

	if (file_is_fine && folder_of(a->view, folder, sizeof folder) && lstat(folder, &st) == 0)
		which = folder;
	bool kind = which == folder ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode);
	bool unmapped = kind && st.st_uid != 0 && path_owner_is_root(st.st_uid);
	if (unmapped && !some_service_asks())
		return; /* nss_rbac goes by such a view */
	struct finding *f = add(out, "view.untrusted", which);
	finding_text(out, &f->found, "%sowner uid %u, mode %04o",
		     kind                  ? ""
		     : S_ISLNK(st.st_mode) ? "a symbolic link, "
					   : "neither file nor folder, ",
		     (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
	finding_text(out, &f->wanted, "%s that root owns and neither group nor others can write",
		     which == folder ? "a folder" : "a file");
	finding_text(out, &f->what, "root does not own %s, or others can write it", which);
	finding_text(out, &f->why, "%s", gate_denies);
	if (!kind)
		finding_text(out, &f->mend, "%s; %s", COMMAND("rm -r %s", which),
			     COMMAND("rbacctl publish"));
	else if (unmapped)
		finding_text(out, &f->mend,
			     "map root of the machine into this user namespace (uid_map), or make "
			     "a store here");
	else
		finding_text(out, &f->mend, "%s; %s; %s", COMMAND("chown root %s", which),
			     COMMAND("chmod %s %s", which == folder ? "0755" : "0644", which),
			     COMMAND("rbacctl publish"));
}

static void no_view(const struct invocation *a, int err, const char *why, struct findings *out)
{
	if (err == RBAC_UNTRUSTED) {
		untrusted(a, out);
		return;
	}
	struct finding *f = add(out,
				err == RBAC_ABSENT    ? "view.absent"
				: err == RBAC_NEWER   ? "view.newer"
				: err == RBAC_DAMAGED ? "view.damaged"
						      : "view.unreadable",
				a->view);
	bool never = err == RBAC_ABSENT && access(a->state, F_OK) == 0 && geteuid() == 0 &&
		     access(a->store, F_OK) != 0;
	finding_text(out, &f->found, "%.*s", (int)strcspn(why, "\n"), why);
	finding_text(out, &f->what, "%s",
		     err == RBAC_ABSENT    ? "there is no view"
		     : err == RBAC_NEWER   ? "a later version of rbac made the view"
		     : err == RBAC_DAMAGED ? "the view is damaged"
					   : "the view cannot be read");
	finding_text(out, &f->why, "%s", gate_denies);
	finding_text(out, &f->mend, "%s", never ? COMMAND_TO_INIT() : COMMAND("rbacctl publish"));
}

/* Every folder on the way must let others pass, and the file must let them read. */
static void readable(const struct invocation *a, struct findings *out)
{
	struct path_mode at;

	if (!path_is_dark(a->view, &at))
		return;
	struct finding *f = findings_add(out, "view.mode", true);
	look_at_mode(out, f, &at, true);
	finding_text(out, &f->what, "ordinary users cannot read the view");
	finding_text(out, &f->why, "their processes do not see the groups of roles");
}

static void file_system(const struct invocation *a, struct findings *out)
{
	struct mount_of m;

	if (!mounts_of(a->state, &m) || !mounts_is_network(m.type))
		return;
	struct finding *f = add(out, "store.on-network", a->state);
	finding_text(out, &f->found, "%s", m.type);
	finding_text(out, &f->what, "store and view are on a network file system");
	finding_text(out, &f->why, "LMDB may lose changes there, and logins wait for the server");
	finding_text(out, &f->mend, "move the folder to a local disk");
}

static int look_view(const struct invocation *a, struct snapshot *snap, struct findings *out)
{
	struct buf why = { 0 };
	struct rbac_view trusted;
	struct path_mode at;
	int err = snapshot_try(snap, a->view, &why);

	finding_append(out, &out->checked, "view:%s", a->view);
	if (!snap->open && geteuid() != 0 && path_is_dark(a->view, &at)) {
		readable(a, out);
	} else if (!snap->open) {
		no_view(a, err, buf_text(&why), out);
	} else {
		/* What rbacctl reads with --store the modules need not trust. */
		int trust = rbac_view_open(a->view, RBAC_TRUST_ROOT, &trusted);
		if (trust == RBAC_OK)
			rbac_view_release(&trusted);
		else if (geteuid() == 0)
			no_view(a, trust, rbac_error_text(trust), out);
		readable(a, out);
		if (!snap->p) {
			struct finding *f = add(out, "view.policy-unreadable", a->view);
			finding_text(out, &f->found, "%.*s", (int)strcspn(buf_text(&why), "\n"),
				     buf_text(&why));
			finding_text(out, &f->what,
				     "this rbacctl cannot read the policy in the view");
			finding_text(out, &f->why,
				     "no command can answer a question or make a change");
			finding_text(out, &f->mend,
				     "install the rbac that made the view, or correct %s and %s",
				     a->etc, COMMAND("rbacctl apply"));
		}
	}
	file_system(a, out);
	buf_free(&why);
	return err == RBAC_NOMEM ? err : RBAC_OK;
}

/* ---- /etc/rbac ---- */

static const char *const etc_parts[] = {
	"", "/*.conf", "/policy.d", "/policy.d/*.conf", "/assignments.d", "/assignments.d/*.conf"
};

/* IS says yes for a file or folder of A->etc, whose mode is in *AT. */
static bool find_part(const struct invocation *a, bool (*is)(const char *, struct path_mode *),
		      struct path_mode *at)
{
	char pattern[4200];
	bool yes = false;

	for (size_t i = 0; i < sizeof etc_parts / sizeof *etc_parts && !yes; i++) {
		glob_t found;
		snprintf(pattern, sizeof pattern, "%.4000s%s", a->etc, etc_parts[i]);
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc && !yes; j++)
			yes = is(found.gl_pathv[j], at);
		globfree(&found);
	}
	return yes;
}

/* This user may not read it. */
static bool is_kept(const char *path, struct path_mode *at)
{
	snprintf(at->path, sizeof at->path, "%.4000s", path);
	return access(path, R_OK) != 0 && errno == EACCES;
}

/* Have the files errors? Then F says which is the first, and where. */
static bool find_error(const struct invocation *a, struct findings *out, struct finding *f)
{
	struct policy_sources sources = { 0 };
	struct policy *p = NULL;
	struct problems problems = { 0 };
	bool yes = etc_read(a, true, &sources, &p, &problems) == RBAC_INVALID;

	for (size_t i = 0; i < problems.n && yes; i++) {
		const struct problem *x = &problems.v[i];
		char path[4200];
		if (x->kind != PROBLEM_ERROR || !x->file)
			continue;
		snprintf(path, sizeof path, "%.3000s/%.1000s", a->etc, x->file);
		finding_at(out, f, *x->file == '/' ? x->file : path, x->line);
		finding_text(out, &f->found, "%s", x->text);
		break;
	}
	policy_free(p);
	policy_sources_free(&sources);
	problems_free(&problems);
	return yes;
}

/* Of the first file or folder that others may write. */
static void etc_mode(const struct invocation *a, struct findings *out)
{
	struct path_mode at;

	if (!find_part(a, path_is_open, &at))
		return;
	struct finding *f = findings_add(out, "files.writable", true);
	look_at_mode(out, f, &at, false);
	finding_text(out, &f->what, "other users than root can write %s", at.path);
	finding_text(out, &f->why, "they can give themselves roles with the next apply");
}

static void look_etc(const struct invocation *a, const struct snapshot *snap, struct findings *out)
{
	struct path_mode at;

	/* Elsewhere the policy comes from: another host's view, or a fleet. */
	if (access(a->etc, F_OK) && errno == ENOENT && !a->member && !mounted_view_is(a)) {
		struct finding *f = add(out, "files.broken", a->etc);
		finding_text(out, &f->what, "there is no %s", a->etc);
		finding_text(out, &f->why, "apply has no files, so the policy cannot be changed");
		finding_text(out, &f->mend, "%s, which writes the applied files",
			     COMMAND("rbacctl export --to DIR"));
		return;
	}
	if (access(a->etc, R_OK | X_OK)) {
		finding_append(out, &out->skipped, "files: %s: %s", a->etc, strerror(errno));
		return;
	}
	finding_append(out, &out->checked, "files:%s", a->etc);
	etc_mode(a, out);
	if (findings_has(out, "files.writable", NULL))
		return; /* apply refuses them for that */
	enum etc_state state = etc_compare(a->etc, &snap->sources);
	if (state == ETC_APPLIED)
		return;
	if (find_part(a, is_kept, &at)) {
		finding_append(out, &out->skipped, "files: only root may read %s", at.path);
		return;
	}
	struct finding first = { .line = 0 };
	bool broken = find_error(a, out, &first);
	broken |= state == ETC_UNREADABLE;
	struct finding *f = findings_add(out, broken ? "files.broken" : "files.differ", broken);
	finding_at(out, f, first.file ? first.file : a->etc, first.line);
	finding_text(out, &f->what, "%s%s%s",
		     broken ? "the files cannot be read, or have errors"
			    : "the files differ from the applied policy",
		     first.found ? ": " : "", first.found ? first.found : "");
	finding_text(out, &f->why, "%s",
		     broken ? "the files cannot be applied" : "the differences have no effect yet");
	finding_text(out, &f->mend, "%s",
		     broken ? COMMAND("rbacctl check") : COMMAND("rbacctl diff"));
	free(first.file);
	free(first.found);
}

/* ---- all ---- */

static int on_group(void *ctx, uint32_t gid)
{
	(void)gid;
	*(bool *)ctx = true;
	return RBAC_OK;
}

static int with_policy(struct doctor *d, enum doctor_depth depth)
{
	int err = RBAC_OK;

	(void)snapshot_unix_groups(d->snap, on_group, &d->look.by_group);
	look_nsswitch(&d->look);
	err = look_pam(&d->look);
	look_sshd(&d->look);
	look_sudo(&d->look);
	look_caches(&d->look);
	look_system(&d->look);
	look_etc(d->a, d->snap, d->look.out);
	if (!err)
		err = doctor_people(d);
	if (!err)
		err = doctor_groups(d);
	if (!err)
		err = doctor_facts(d);
	if (!err)
		err = doctor_sshd(d);
	if (!err)
		err = doctor_gate(d, depth);
	return err;
}

/* A PAM line with onerr=ignore while there is no view. */
static void opens_then(struct findings *out)
{
	for (size_t i = 0; i < out->n; i++) {
		const struct finding *n = &out->v[i];
		if (strcmp(n->id, "pam.onerr-ignore") != 0)
			continue;
		for (size_t j = 0; j < out->n; j++) {
			struct finding *f = &out->v[j];
			if (f->trouble && strncmp(f->id, "view.", 5) == 0 && f->why)
				finding_text(out, &f->why, "%s: everybody passes (%s:%u); else %s",
					     n->service, n->file, n->line, f->why);
		}
	}
}

int doctor_look(const struct invocation *a, enum doctor_depth depth, struct snapshot *snap,
		struct findings *out)
{
	struct doctor d = { .a = a,
			    .snap = snap,
			    .look = { .pam = &pam_here, .root = geteuid() == 0, .out = out } };
	*snap = (struct snapshot){ 0 };
	if (!look_modules(&d.look)) {
		finding_append(out, &out->skipped,
			       "all else: a program that asks for users or groups crashes");
		return out->failed ? RBAC_NOMEM : RBAC_OK;
	}
	int err = look_view(a, snap, out);

	if (!err && snap->open && snap->p) {
		d.look.p = snap->p;
		err = with_policy(&d, depth);
	} else if (!err) {
		look_nsswitch(&d.look);
		err = look_pam(&d.look);
		opens_then(out);
		finding_append(out, &out->skipped,
			       "sshd, sudo, groups, people, libpam: without a view");
	}
	return out->failed ? RBAC_NOMEM : err;
}
