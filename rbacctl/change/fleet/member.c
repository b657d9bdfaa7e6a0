/* Make a host a member of a fleet, and report its state. */
#include "rbacctl/change/fleet/fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/carrier/folder.h"
#include "rbacctl/change/fleet/ack.h"
#include "rbacctl/change/fleet/directory.h"
#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/command.h"
#include "rbacctl/host/new_files.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/store/fleet.h"
#include "rbacctl/store/help.h"

/* ---- join ---- */

/* Members have no rows of their own: what a store has would be mixed up with what comes. */
static int refuse_store(const struct invocation *a, struct buf *why)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	uint64_t generation = 0;
	int err = store_open_to_read(a->store, &s, &t);

	if (!err)
		err = store_generation(&t, &generation);
	store_abort(&t);
	if (err && err != RBAC_ABSENT)
		buf_printf(why, "%s%s", store_why(s), STORE_HELP(err));
	store_close(s);
	if (err)
		return err == RBAC_ABSENT ? RBAC_OK : err;
	if (generation == 0)
		return RBAC_OK;
	buf_printf(
		why,
		"refused: this host has a role store of its own (%s), whose roles would be mixed "
		"up with those of the fleet; keep what is needed (%s), then move the store away",
		a->store, COMMAND("rbacctl status"));
	return RBAC_REFUSED;
}

/* A file of root's alone. */
static int write_secret(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t len = strlen(text);

	if (fd < 0)
		return RBAC_SYSTEM;
	int err = write(fd, text, len) == (ssize_t)len && write(fd, "\n", 1) == 1 && fsync(fd) == 0
			  ? RBAC_OK
			  : RBAC_SYSTEM;
	close(fd);
	if (err)
		unlink(path);
	return err;
}

/* The same token again is fine, another one is not. */
static int keep_token(const struct invocation *a, const char *token, struct buf *why)
{
	struct fleet_path folder = fleet_path(a, ""), path = fleet_path(a, FLEET_TOKEN_FILE);
	char *old;
	size_t len;

	if (mkdir(a->state, 0755) == 0)
		chmod(a->state, 0755);
	if (mkdir(folder.text, 0700) != 0 && errno != EEXIST) {
		buf_printf(why, "%s: cannot make the folder: %s", folder.text, strerror(errno));
		return RBAC_SYSTEM;
	}
	if (write_secret(path.text, token) == RBAC_OK)
		return RBAC_OK;
	if (errno != EEXIST || new_files_read(path.text, &old, &len)) {
		buf_printf(why, "%s: %s", path.text, strerror(errno));
		return RBAC_SYSTEM;
	}
	old[strcspn(old, "\n")] = '\0';
	bool same = strcmp(old, token) == 0;
	free(old);
	if (same)
		return RBAC_OK;
	buf_printf(why,
		   "refused: this host has another token already: %s; to use the new one, "
		   "remove that file first",
		   path.text);
	return RBAC_REFUSED;
}

static int write_host_conf(const struct invocation *a, const struct fleet_token *t,
			   struct buf *notes, struct buf *why)
{
	struct new_files files = { 0 };
	struct buf text = { 0 };
	char path[4200];

	snprintf(path, sizeof(path), "%.4000s/host.conf", a->etc);
	buf_printf(&text,
		   "# What is of this host alone; the rest comes from the authority of the fleet "
		   "%s.\nversion = 1;\nhost = \"%s\";\n",
		   t->fleet, t->scope);
	int err = text.failed ? RBAC_NOMEM : new_files_folder(&files, a->etc);
	bool is_there = !err && access(path, F_OK) == 0;
	if (!err && !is_there)
		err = new_files_write(&files, path, buf_text(&text), text.len);
	if (err)
		buf_printf(why, "%s: %s", path, strerror(errno));
	else
		buf_printf(notes, is_there ? "%s is there already and stays\n" : "wrote %s\n",
			   path);
	new_files_free(&files);
	buf_free(&text);
	return err;
}

int fleet_join(const struct invocation *a, const char *token, struct buf *notes, struct buf *why)
{
	struct fleet_token t;
	int err = fleet_token_parse(token, &t);

	if (err) {
		buf_printf(why, "fleet join: %s",
			   err == RBAC_NEWER ? "that token is of a newer rbac"
					     : "that is no token, or a letter of it is missing or "
					       "wrong: copy the whole line");
		return RBAC_INVALID;
	}
	err = refuse_store(a, why);
	if (!err)
		err = keep_token(a, token, why);
	if (!err)
		err = write_host_conf(a, &t, notes, why);
	if (!err) /* for rbac-follow, until the first take says it */
		err = fleet_sheets_put(a, (const char *const[]){ FLEET_SHEET, t.scope }, 2);
	if (!err)
		buf_printf(
			notes,
			"%s is a member of the fleet %s, at %s; nothing of it is in force before "
			"the first take\n",
			t.host, t.fleet, t.scope);
	return err;
}

/* ---- status ---- */

struct telling {
	const struct invocation *a;
	struct store_txn *t;
	const struct store_fleet *self;
	struct buf *lines;
	size_t members;
	bool attention, member;
};

static void line(struct telling *x, const char *what, const char *text)
{
	buf_printf(x->lines, "%s\t%s\n", what, text);
}

static int on_member(void *ctx, const char *host, const struct store_member *m)
{
	struct telling *x = ctx;
	struct buf text = { 0 };

	if (!*m->scope)
		return RBAC_OK; /* removed */
	x->members++;
	buf_printf(&text, "%s, %s, enrolled by change %" PRIu64, host, m->scope, m->change);
	fleet_ack_tell(x->t, x->a, x->self, host, &text, &x->attention);
	line(x, "member", buf_text(&text));
	buf_free(&text);
	return RBAC_OK;
}

static int on_sheet(void *ctx, const char *name, const struct store_sheet *s)
{
	struct telling *x = ctx;
	char rel[64];
	struct buf text = { 0 };

	if (!s->here)
		return RBAC_OK;
	human_relative(s->issued, x->a->now, rel, sizeof(rel));
	buf_printf(&text, "%s at %" PRIu64 ", signed %s", name, s->number, rel);
	line(x, "sheet", buf_text(&text));
	buf_free(&text);
	return RBAC_OK;
}

/* What rbac-follow says of its connection: "connected SECONDS URI", "down SECONDS WHY". */
static void tell_follow(struct telling *x)
{
	char path[PATH_MAX], word[20], what[400], rel[64];
	struct buf text = { 0 }, out = { 0 };
	long long since;

	if (!fleet_has_directory(x->a))
		return;
	snprintf(path, sizeof(path), "%s-follow/status", x->a->state);
	int err = folder_read(path, 1000, &text);
	if (err || sscanf(buf_text(&text), "%19s %lld %399[^\n]", word, &since, what) != 3) {
		buf_printf(&out, "rbac-follow has not run; to start it: systemctl enable --now "
				 "rbac-follow rbac-take.path rbac-take.timer");
		x->attention = true;
	} else {
		plain_text_tame(what);
		plain_text_tame(word);
		human_relative(since, x->a->now, rel, sizeof(rel));
		buf_printf(&out, "%s %s%s%s", word, strcmp(word, "down") == 0 ? "since " : "", rel,
			   strcmp(word, "down") == 0 ? ": " : " to ");
		buf_printf(&out, "%s", what);
		x->attention |= strcmp(word, "connected") != 0;
	}
	line(x, "follow", buf_text(&out));
	buf_free(&text);
	buf_free(&out);
}

/* What this host has given itself. */
static int on_local(void *ctx, const struct store_assignment *a)
{
	struct telling *x = ctx;
	struct buf text = { 0 };
	char end[64];

	if (strcmp(a->source, STORE_SOURCE_FLEET) == 0)
		return RBAC_OK;
	human_instant(a->until, x->a->now, end, sizeof(end));
	buf_printf(&text, "%s %s at %s until %s, by %s", a->subject, a->role, a->scope, end, a->by);
	line(x, "local", buf_text(&text));
	buf_free(&text);
	return RBAC_OK;
}

static int tell_member(struct telling *x, const struct store_fleet *self)
{
	const char *notes = "";
	struct buf text = { 0 };
	struct store_sheet s;

	buf_printf(&text, "member %s of %s, term %" PRIu64, self->host, self->name, self->term);
	line(x, "fleet", buf_text(&text));
	buf_reset(&text);
	tell_follow(x);
	int err = store_sheets_all(x->t, on_sheet, x);
	if (!err && store_sheet_get(x->t, FLEET_SHEET, &s) == RBAC_OK && self->interval &&
	    x->a->now - s.issued > (int64_t)self->interval * FLEET_STALE_AFTER) {
		char rel[64];
		human_relative(s.issued, x->a->now, rel, sizeof(rel));
		buf_printf(&text,
			   "the newest state from the authority is of %s; it comes every %u s", rel,
			   self->interval);
		line(x, "stale", buf_text(&text));
		x->attention = true;
	}
	if (!err)
		err = store_assignments_all(x->t, on_local, x);
	if (!err)
		err = store_fleet_notes(x->t, &notes);
	for (const char *p = err ? "" : notes; *p;) {
		size_t len = strcspn(p, "\n");
		buf_reset(&text);
		buf_printf(&text, "%.*s", (int)len, p);
		if (strncmp(p, "stale: ", 7) != 0)
			line(x, "take", buf_text(&text));
		x->attention = true;
		p += len + (p[len] != '\0');
	}
	buf_free(&text);
	return err;
}

static int tell_authority(struct telling *x, const struct store_fleet *self)
{
	struct buf text = { 0 };

	buf_printf(&text, "authority of %s, term %" PRIu64, self->name, self->term);
	line(x, "fleet", buf_text(&text));
	buf_free(&text);
	int err = store_members_all(x->t, on_member, x);
	if (!err && x->members == 0)
		line(x, "member", "none yet");
	return err;
}

int fleet_status(const struct invocation *a, struct buf *lines, bool *attention, bool *member,
		 struct buf *why)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct store_fleet self = { .interval = 0 };
	struct telling x = { .a = a, .t = &t, .self = &self, .lines = lines };
	int err = store_open_to_read(a->store, &s, &t);

	if (!err)
		err = store_fleet_get(&t, &self);
	x.member = !err && self.role == STORE_FLEET_MEMBER;
	if (!err)
		err = x.member ? tell_member(&x, &self) : tell_authority(&x, &self);
	if (err == RBAC_NOTFOUND || err == RBAC_ABSENT)
		err = RBAC_OK;
	else if (err)
		buf_printf(why, "%s%s", store_why(s), STORE_HELP(err));
	store_abort(&t);
	store_close(s);
	*attention = x.attention;
	*member = x.member;
	return err;
}
