#include "rbacctl/change/read/as_of.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "rbacctl/change/commit/commit.h"
#include "rbacctl/change/undo/log_prune.h"
#include "rbacctl/change/undo/rollback.h"
#include "rbacctl/complain.h"
#include "rbacctl/host/time/local_time.h"
#include "rbacctl/human_time.h"
#include "rbacctl/number.h"
#include "rbacctl/store/baseline.h"
#include "rbacctl/view/publish.h"

/* ---- which change ---- */

struct until {
	int64_t time;
	uint64_t change; /* the last one that was made until then */
	int64_t when;
};

struct first {
	uint64_t change;
	int64_t when;
};

static int on_first(void *ctx, const struct store_audit *a)
{
	*(struct first *)ctx = (struct first){ a->change, a->when };
	return RBAC_CONFLICT; /* no more */
}

/* When the first change was made that is still known: "; change 1 was made 2026-01-05 10:00:00
 * +00:00". */
static void say_first(struct change *c, struct buf *out)
{
	struct first f = { 0 };
	char at[64];

	(void)store_audit_each(&c->t, 0, on_first, &f);
	if (!f.change)
		return;
	human_instant(f.when, c->a->now, at, sizeof(at));
	buf_printf(out, "change %" PRIu64 " was made %s", f.change, at);
}

static int on_change(void *ctx, const struct store_audit *a)
{
	struct until *u = ctx;

	if (a->when <= u->time) {
		u->change = a->change;
		u->when = a->when;
	}
	return RBAC_OK;
}

static int find_change(struct change *c, const char *text, uint64_t *n)
{
	struct until u = { 0 };
	struct store_baseline b;
	const char *why;
	uint64_t typed;
	int err = store_baseline_get(&c->t, &b);

	if (err)
		return change_store_fail(c, err);
	if (!number_parse(text, 0, n)) {
		if (local_time_parse(text, c->a->now, &u.time, &why))
			return change_fail(c, RBAC_INVALID,
					   "--as-of %s: expected the number of a change, or a "
					   "time: %s",
					   text, why);
		err = store_audit_each(&c->t, 0, on_change, &u);
		if (err)
			return change_store_fail(c, err);
		*n = u.change;
	}
	if (*n >= (b.change ? b.change : 1) && *n < c->change)
		return RBAC_OK;
	struct buf before = { 0 };
	if (b.change && *n < c->change)
		log_prune_text(&b, &before);
	else if (!number_parse(text, 0, &typed))
		say_first(c, &before);
	change_fail(c, RBAC_INVALID,
		    "--as-of %s: the store knows what it was at the changes from %" PRIu64
		    " to %" PRIu64 "%s%s",
		    text, b.change ? b.change : 1, c->change - 1, before.len ? "; " : "",
		    buf_text(&before));
	buf_free(&before);
	return RBAC_INVALID;
}

/* ---- the view ---- */

static const char begins[] = "as-of.", ends[] = ".mdb";

static void name_view(const struct invocation *a, char *out, size_t size)
{
	snprintf(out, size, "%.4000s/%s%ld%s", a->store, begins, (long)getpid(), ends);
}

/* Whose process is in use holds its view locked, so that what is not locked was left by one that
 * was killed. */
static int in_use = -1;

static int lock_view(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Remove the views of those who were killed. The lock of the store is held. */
static void sweep(const struct invocation *a)
{
	char path[sizeof(a->store) + 300];
	DIR *d = opendir(a->store);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t len = strlen(e->d_name), end = sizeof(ends) - 1;
		if (strncmp(e->d_name, begins, sizeof(begins) - 1) != 0 || len < end ||
		    strcmp(e->d_name + len - end, ends) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", a->store, e->d_name);
		int fd = lock_view(path);
		if (fd < 0)
			continue;
		unlink(path);
		close(fd);
	}
	if (d)
		closedir(d);
}

/* The transaction sees the store as it was after change N; it is never committed. */
static int go_back(struct change *c, uint64_t n)
{
	struct store_rows rows;
	int err = store_rows_between(&c->t, n, c->change - 1, &rows);

	store_rows_invert(&rows);
	if (!err)
		err = rollback_put_all(c, &rows);
	store_rows_free(&rows);
	if (!err) /* the view says which change it is of */
		err = store_number_put(&c->t, "generation", n);
	if (err)
		return change_store_fail(c, err);
	policy_free(c->p);
	policy_sources_free(&c->sources);
	c->p = NULL;
	err = change_applied(&c->t, &c->sources, &c->p, &c->unread);
	return err ? change_fail(c, err,
				 "this rbacctl cannot read the policy of change %" PRIu64 "\n%s", n,
				 buf_text(&c->unread))
		   : RBAC_OK;
}

int as_of_compile(struct change *c, char *path, size_t size)
{
	struct publication pub;

	name_view(c->a, path, size);
	int err = change_prepare(c, &pub, false);

	if (!err && rename(pub.temp, path) != 0)
		err = change_fail(c, RBAC_SYSTEM, "%s: %s", path, strerror(errno));
	if (!err)
		in_use = lock_view(path);
	publish_discard(&pub);
	buf_reset(&c->others);
	return err;
}

static int begin(struct change *c, struct invocation *a, const char *text, char *path, size_t size,
		 uint64_t *n)
{
	int err = change_open_to_publish(c, a);

	if (!err)
		sweep(a);
	if (!err)
		err = find_change(c, text, n);
	if (!err)
		err = go_back(c, *n);
	return err ? err : as_of_compile(c, path, size);
}

static void read_from(struct invocation *a, const char *path, uint64_t n)
{
	snprintf(a->view, sizeof(a->view), "%s", path);
	a->as_of = n;
}

int as_of_begin(struct invocation *a, const char *text)
{
	struct change c;
	char path[sizeof(a->view)];
	uint64_t n = 0;
	int err = begin(&c, a, text, path, sizeof(path), &n);
	int status = change_close(&c, err);

	if (err)
		return status;
	read_from(a, path, n);
	complain("as of change %" PRIu64
		 "; accounts, Unix groups and the time zone are those of today",
		 n);
	return status;
}

int as_of_begin_at(struct invocation *a, int64_t at)
{
	struct change c;
	char path[sizeof(a->view)], text[64];
	uint64_t n = 0;

	policy_time_print(at, text);
	int err = begin(&c, a, text, path, sizeof(path), &n);
	change_close(&c, RBAC_OK); /* with an error it would say so */
	if (!err)
		read_from(a, path, n);
	return err;
}

void as_of_end(struct invocation *a)
{
	unlink(a->view);
	if (in_use >= 0)
		close(in_use);
	in_use = -1;
}
