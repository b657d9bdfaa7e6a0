#include "rbacctl/cmd/store_findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/access/mounted_view.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/change/read/records.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"

static struct finding *add(const struct invocation *a, const char *id, struct findings *out)
{
	struct finding *f = findings_add(out, id, true);

	finding_at(out, f, a->store, 0);
	return f;
}

/* Others than root get in, or write what is not theirs. */
static bool mode(const struct invocation *a, struct findings *out)
{
	const char *const parts[] = { "", "/data.mdb", "/lock" };
	char path[4200];
	struct path_mode at;
	struct stat st;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		snprintf(path, sizeof path, "%.4000s%s", a->store, parts[i]);
		bool others = path_is_open(path, &at);
		if (!others && i == 0 && stat(path, &st) == 0 && (st.st_mode & 077)) {
			snprintf(at.path, sizeof at.path, "%.4000s", path);
			at.st = st;
			others = true;
		}
		if (!others)
			continue;
		struct finding *f = add(a, "store.mode", out);
		look_at_mode(out, f, &at, false);
		finding_text(out, &f->wanted, "owner root, mode %s",
			     strcmp(at.path, a->store) == 0 ? "0700" : "without w for others");
		finding_text(out, &f->what, "other users than root have access to %s", at.path);
		finding_text(out, &f->why, "a user who can write there can give roles");
		if (strcmp(at.path, a->store) == 0)
			finding_text(out, &f->mend, "%s; %s", COMMAND("chown root %s", a->store),
				     COMMAND("chmod 0700 %s", a->store));
		return true;
	}
	return false;
}

/* The store's last change is not the view's. */
static void differs(const struct invocation *a, const struct records_state *now,
		    struct findings *out)
{
	bool behind = now->judged.history == VIEW_BEHIND;
	struct finding *f = add(a, behind ? "view.behind" : "store.older", out);

	finding_text(out, &f->found, "the store is at %" PRIu64, now->generation);
	finding_text(out, &f->what, "%s",
		     behind ? "the view is older than the store"
			    : "the view has changes that the store does not have: an old store was "
			      "put back");
	finding_text(out, &f->why, "%s",
		     behind ? "the last changes have no effect yet"
			    : "the store has lost the grants and revocations since then");
	finding_text(out, &f->mend, "%s",
		     behind ? COMMAND("rbacctl publish")
			    : COMMAND("rbacctl publish --accept-older-store --as root"));
}

/* A fault: no command could revert it. */
static void overdue(const struct invocation *a, const struct unconfirmed *u, struct findings *out)
{
	struct finding *f = add(a, "store.overdue", out);
	char at[64];

	human_instant(u->until, a->now, at, sizeof at);
	finding_text(out, &f->what,
		     "change %" PRIu64 " (%s) was not confirmed by %s, and is still in force",
		     u->change, u->verb, at);
	finding_text(out, &f->why, "nobody confirmed it, and reverting it fails");
	finding_text(out, &f->mend, "%s, which prints the reason", COMMAND("rbacctl publish"));
}

/* A note: nothing is wrong, and something is to be done. */
static void pending(const struct invocation *a, const struct unconfirmed *u, struct findings *out)
{
	struct finding *f = findings_add(out, "store.unconfirmed", false);
	char at[64];

	human_instant(u->until, a->now, at, sizeof at);
	finding_at(out, f, a->store, 0);
	finding_text(out, &f->what, "change %" PRIu64 " (%s) is pending confirmation until %s",
		     u->change, u->verb, at);
	finding_text(out, &f->why, "it is reverted then");
	finding_text(out, &f->mend, "%s, in another login", COMMAND("rbacctl confirm"));
}

/* The lock is not a regular file: nobody can change anything. */
static bool lock(const struct invocation *a, struct findings *out)
{
	char path[4200];
	struct stat st;

	snprintf(path, sizeof path, "%.4000s/lock", a->store);
	if (lstat(path, &st) || S_ISREG(st.st_mode))
		return false;
	struct finding *f = add(a, "store.lock", out);
	finding_at(out, f, path, 0);
	finding_text(out, &f->found, "%s",
		     S_ISDIR(st.st_mode)   ? "a folder"
		     : S_ISLNK(st.st_mode) ? "a symbolic link"
					   : "neither file nor folder");
	finding_text(out, &f->wanted, "a file");
	finding_text(out, &f->what, "the lock of the store is not a regular file");
	finding_text(out, &f->why, "no command can make a change or publish");
	finding_text(out, &f->mend, "%s", COMMAND("rm -r %s", path));
	return true;
}

void cmd_store_findings(const struct invocation *a, bool has_view, struct findings *out)
{
	struct records_state now;
	struct buf why = { 0 };
	char path[4200];

	if (geteuid() != 0) {
		finding_append(out, &out->skipped, "store: only root may read it");
		return;
	}
	if (access(a->store, F_OK)) {
		if (!has_view)
			return; /* the view's finding says that there is nothing */
		if (mounted_view_is(a)) {
			finding_append(out, &out->skipped, "store: the view is another host's");
			return;
		}
		struct finding *f = add(a, "store.absent", out);
		finding_text(out, &f->what, "there is a view, but no store");
		finding_text(out, &f->why,
			     "no command can make a change, and who granted a role is lost");
		finding_text(out, &f->mend, "%s, or without a backup: %s",
			     COMMAND("rbacctl restore FILE"), COMMAND_TO_INIT());
		return;
	}
	finding_append(out, &out->checked, "store:%s", a->store);
	bool told = mode(a, out);
	told |= lock(a, out);
	if (records_state(a, &now, &why)) {
		/* The store is not opened where others may have written in it. */
		if (told) {
			buf_free(&why);
			return;
		}
		struct finding *f = add(a, "store.unreadable", out);
		finding_text(out, &f->found, "%s", buf_text(&why));
		finding_text(out, &f->what, "the store cannot be read");
		finding_text(out, &f->why, "no command can make a change");
		snprintf(path, sizeof path, "%.4000s.broken", a->store);
		finding_text(out, &f->mend, "%s, or without a backup: %s; %s",
			     COMMAND("rbacctl restore FILE"), COMMAND("mv %s %s", a->store, path),
			     COMMAND("rbacctl init --from-view"));
	} else if (has_view && now.judged.history != VIEW_SAME) {
		differs(a, &now, out);
	} else if (now.unconfirmed.change) {
		(now.unconfirmed.overdue ? overdue : pending)(a, &now.unconfirmed, out);
	}
	buf_free(&why);
}
