/* setup, backwards. */
#include "rbacctl/cmd/setup_undo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/host/edit/edit.h"
#include "rbacctl/host/edit/gid_files.h"
#include "rbacctl/host/confirm/timer.h"
#include "rbacctl/terminal.h"

void setup_record(const struct invocation *a, char out[SETUP_RECORD_MAX])
{
	snprintf(out, SETUP_RECORD_MAX, "%.4000s/setup", a->state);
}

/* Undo those from FIRST on. DONE gets a line for each file, WHY what failed. */
static int undo_from(const struct invocation *a, size_t first, struct buf *done, struct buf *why)
{
	char record[SETUP_RECORD_MAX];

	setup_record(a, record);
	size_t n = edits_recorded(record);
	if (n <= first)
		return RBAC_NOTFOUND;
	return edits_undo(record, n - first, done, why);
}

int setup_forget(const struct invocation *a)
{
	int err = edit_confirm_remove(a->state);

	if (err)
		complain("%s/setup.confirm: %s", a->state, strerror(errno));
	else
		confirm_timer_stop(EDIT_CONFIRM_NAME, a->state);
	return err;
}

/* DONE gets a line for each file. */
static int undo(const struct invocation *a, size_t first, struct buf *done)
{
	struct buf why = { 0 };
	struct edit_confirm pending;
	int err = undo_from(a, first, done, &why);

	if (err && err != RBAC_NOTFOUND)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	else if (setup_unconfirmed(a, &pending))
		err = setup_forget(a);
	buf_free(&why);
	return err == RBAC_NOTFOUND ? EXIT_DONE : exit_of(err);
}

int setup_undo(const struct invocation *a, size_t first)
{
	struct buf done = { 0 };
	int status = undo(a, first, &done);

	if (a->json && done.len)
		remark("%s", buf_text(&done));
	if (a->json)
		buf_free(&done);
	else
		cmd_print(&done);
	return status;
}

/* How long files with the GID of a role are looked for. */
enum { SEARCH_SECONDS = 10 };

/* Lines into OUT. */
static void name_files(const struct invocation *a, struct buf *out)
{
	struct snapshot snap;
	struct buf why = { 0 };
	int err = snapshot_try(&snap, a->view, &why);

	if (err || !snap.p) {
		buf_printf(out, "files with the GID of a role are not searched for: there is no "
				"view that says which GIDs those are\n");
	} else {
		terminal_progress("files with the GID of a role", 0, 0);
		gid_files_find(snap.p->gid_min, snap.p->gid_max, SEARCH_SECONDS, out);
		terminal_clear();
	}
	snapshot_close(&snap);
	buf_free(&why);
}

static int print_undone(struct buf *done, struct buf *files)
{
	json_t *o = json_schema();

	json_object_set_new(o, "undone", json_lines(buf_text(done)));
	json_object_set_new(o, "files", json_lines(buf_text(files)));
	buf_free(done);
	buf_free(files);
	return exit_of(json_print(o));
}

int setup_undo_all(const struct invocation *a)
{
	char record[SETUP_RECORD_MAX];
	struct buf done = { 0 }, files = { 0 };
	int status = EXIT_DONE;

	setup_record(a, record);
	bool none = edits_recorded(record) == 0;
	if (a->dry_run) {
		edits_undo_show(record, &done);
	} else {
		int lock = setup_lock(a);
		status = undo(a, 0, &done);
		if (lock >= 0)
			close(lock);
		if (!none && status == EXIT_DONE)
			name_files(a, &files);
	}
	if (a->json) {
		int bad = print_undone(&done, &files);
		return status ? status : bad;
	}
	if (none)
		printf("nothing to undo: setup has changed no file of this host\n");
	cmd_print(&done);
	cmd_print(&files);
	return status;
}

bool setup_unconfirmed(const struct invocation *a, struct edit_confirm *c)
{
	int err = edit_confirm_read(a->state, c);

	if (err && err != RBAC_NOTFOUND)
		complain("%s/setup.confirm: %s", a->state,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	return err == RBAC_OK;
}

int setup_lock(const struct invocation *a)
{
	int fd = open(a->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		;
	return fd;
}

static int undo_overdue_locked(const struct invocation *a)
{
	struct edit_confirm c;
	struct buf done = { 0 }, why = { 0 };

	/* Whoever held the lock may have undone it, or another login confirmed it. */
	if (!setup_unconfirmed(a, &c))
		return EXIT_DONE;
	int err = undo_from(a, c.first, &done, &why);
	if (err == RBAC_NOTFOUND) /* it was stopped before it made one */
		err = RBAC_OK;
	if (!err)
		complain("the edits of setup by %s were not confirmed in time, and are undone:\n%s"
			 "  to make it again: %s",
			 c.person, buf_text(&done), COMMAND("rbacctl setup"));
	else
		complain("the edits of setup by %s were not confirmed in time, and cannot be "
			 "undone: %s"
			 "\n  to try again: %s",
			 c.person, why.len ? buf_text(&why) : rbac_error_text(err),
			 COMMAND("rbacctl setup --undo"));
	if (!err)
		err = setup_forget(a);
	buf_free(&done);
	buf_free(&why);
	return exit_of(err);
}

int setup_undo_overdue(const struct invocation *a)
{
	struct edit_confirm c;

	if (!setup_unconfirmed(a, &c) || deadline_left(&c.until, a->now) > 0)
		return EXIT_DONE;
	int lock = setup_lock(a), status = undo_overdue_locked(a);
	if (lock >= 0)
		close(lock);
	return status;
}
