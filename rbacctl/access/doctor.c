#include "rbacctl/access/doctor.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/command.h"
#include "rbacctl/host/etc.h"
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
	"the gate denies everybody but root and who is exempt by its line, and roles have no "
	"groups";

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
	finding_text(out, &f->wanted, "%s, root's, not writable by group and others",
		     which == folder ? "a folder" : "a file");
	finding_text(out, &f->what, "%s is not root's alone, and the modules do not trust it",
		     which);
	finding_text(out, &f->why, "%s", gate_denies);
	if (!kind)
		finding_text(out, &f->mend, "rm -r %s; %s", which, COMMAND("rbacctl publish"));
	else if (unmapped)
		finding_text(out, &f->mend,
			     "map root of the machine into this user namespace (uid_map), or make "
			     "a store here");
	else
		finding_text(out, &f->mend, "chown root %s; chmod %s %s; %s", which,
			     which == folder ? "0755" : "0644", which, COMMAND("rbacctl publish"));
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
		     : err == RBAC_NEWER   ? "the view is of a later rbac"
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
	finding_text(out, &f->what, "store and view are on a file system of the network");
	finding_text(out, &f->why, "LMDB may lose changes there, and logins wait for the server");
	finding_text(out, &f->mend, "move the folder to a local disk");
}

static int look_view(const struct invocation *a, struct snapshot *snap, struct findings *out)
{
	struct buf why = { 0 };
	struct rbac_view trusted;
	int err = snapshot_try(snap, a->view, &why);

	finding_append(out, &out->checked, "view:%s", a->view);
	if (!snap->open) {
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
				     "nothing is answered, and nothing can be changed");
			finding_text(out, &f->mend,
				     "install the rbac that made the view, or mend %s and %s",
				     a->etc, COMMAND("rbacctl apply"));
		}
	}
	file_system(a, out);
	buf_free(&why);
	return err == RBAC_NOMEM ? err : RBAC_OK;
}

/* ---- /etc/rbac ---- */

static bool is_sound(const struct invocation *a)
{
	struct policy_sources sources = { 0 };
	struct policy *p = NULL;
	struct problems problems = { 0 };
	int err = etc_read(a, true, &sources, &p, &problems);

	policy_free(p);
	policy_sources_free(&sources);
	problems_free(&problems);
	return err != RBAC_INVALID;
}

/* Of the first file or folder that others may write. */
static void etc_mode(const struct invocation *a, struct findings *out)
{
	static const char *const patterns[] = { "",
						"/*.conf",
						"/policy.d",
						"/policy.d/*.conf",
						"/assignments.d",
						"/assignments.d/*.conf" };
	char pattern[4200];
	struct path_mode at;
	bool told = false;

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns && !told; i++) {
		glob_t found;
		snprintf(pattern, sizeof pattern, "%.4000s%s", a->etc, patterns[i]);
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc && !told; j++)
			told = path_is_open(found.gl_pathv[j], &at);
		globfree(&found);
	}
	if (!told)
		return;
	struct finding *f = findings_add(out, "files.writable", true);
	look_at_mode(out, f, &at, false);
	finding_text(out, &f->what, "others than root may write %s", at.path);
	finding_text(out, &f->why, "what they write there gives them roles at the next apply");
}

static void look_etc(const struct invocation *a, const struct snapshot *snap, struct findings *out)
{
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
	if (!is_sound(a))
		state = ETC_UNREADABLE;
	struct finding *f = findings_add(out,
					 state == ETC_DIFFERS ? "files.differ" : "files.broken",
					 state == ETC_UNREADABLE);
	finding_at(out, f, a->etc, 0);
	finding_text(out, &f->what, "%s",
		     state == ETC_DIFFERS ? "the files differ from what is applied"
					  : "the files cannot be read, or have errors");
	finding_text(out, &f->why, "%s",
		     state == ETC_DIFFERS ? "what they say does not count yet"
					  : "what they say cannot be applied");
	finding_text(out, &f->mend, "%s",
		     state == ETC_DIFFERS ? COMMAND("rbacctl diff") : COMMAND("rbacctl check"));
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
	if (!err && depth == DOCTOR_ASKS)
		err = doctor_gate(d);
	return err;
}

int doctor_look(const struct invocation *a, enum doctor_depth depth, struct snapshot *snap,
		struct findings *out)
{
	struct doctor d = { .a = a,
			    .snap = snap,
			    .look = { .pam = &pam_here, .root = geteuid() == 0, .out = out } };
	*snap = (struct snapshot){ 0 };
	if (!look_modules(&d.look)) {
		finding_append(out, &out->skipped, "all else: whoever asks for a group breaks off");
		return out->failed ? RBAC_NOMEM : RBAC_OK;
	}
	int err = look_view(a, snap, out);

	if (!err && snap->open && snap->p) {
		d.look.p = snap->p;
		err = with_policy(&d, depth);
	} else if (!err) {
		look_nsswitch(&d.look);
		err = look_pam(&d.look);
		finding_append(out, &out->skipped,
			       "sshd, sudo, groups, people, gate: without a view");
	}
	return out->failed ? RBAC_NOMEM : err;
}
