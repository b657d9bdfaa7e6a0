/* due: find and deliver notices. They are delivered without the store's lock, so that no change
 * waits for it. */
#include "rbacctl/change/due/due.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/change/due/exempt.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/host/deliver.h"

/* Seconds after the first, second ... failure; later, once a day. */
static const int64_t pauses[NOTICE_TRIES] = { 60, 300, 1800, 7200, 86400 };

struct telling {
	struct invocation *a;
	const struct policy_notify *notify;
	bool hung;     /* a program was killed: the next run tries the others */
	bool log_hung; /* nobody reads the system's log: the next run tries it again */
};

/* ---- one notice ---- */

/* The ways that are left after they were tried; a way that is no longer set is not left. */
static uint32_t try_ways(struct telling *t, const struct store_notice *n, struct buf *why)
{
	const struct policy_notify *p = t->notify;
	const struct deliver_message m = {
		notice_word(n->kind), n->id, n->person, n->role, n->scope, n->text, n->made
	};
	uint32_t left = 0;

	if (n->left & NOTICE_END && !cmd_due_end(t->a, n, why))
		left |= NOTICE_END;
	if (n->left & NOTICE_LOG && strcmp(t->a->state, RBAC_STATE_DIR) == 0 &&
	    (t->log_hung || !deliver_log(&m))) {
		buf_printf(why, "%snobody reads the system's log (/dev/log)", why->len ? "; " : "");
		t->log_hung = true;
		left |= NOTICE_LOG;
	}
	if (n->left & NOTICE_WRITE)
		deliver_write(&m);
	if (n->left & NOTICE_EXEC && p->exec && !deliver_exec(p->exec, p->user, &m, why, &t->hung))
		left |= NOTICE_EXEC;
	if (n->left & NOTICE_MAIL && p->mail && t->hung)
		left |= NOTICE_MAIL;
	else if (n->left & NOTICE_MAIL && p->mail) {
		buf_printf(why, "%s", why->len ? "; " : "");
		if (!deliver_mail(p->user, &m, why, &t->hung))
			left |= NOTICE_MAIL;
	}
	return left;
}

static void try_one(struct telling *t, struct store_notice *n)
{
	struct buf why = { 0 };
	char *text;

	n->left = try_ways(t, n, &why);
	/* Of sessions it says what was ended. */
	text = strdup(n->left || n->kind == NOTICE_SESSIONS ? buf_text(&why) : "");
	if (text) {
		free((char *)n->why);
		n->why = text;
	}
	if (n->left) {
		n->next = n->kind == NOTICE_SESSIONS
				  ? t->a->now
				  : t->a->now + pauses[n->tries < NOTICE_TRIES ? n->tries
									       : NOTICE_TRIES - 1];
		n->tries++;
		complain(n->kind == NOTICE_SESSIONS ? "due: not ended of %s: %s: %s"
						    : "due: no notice to %s: %s: %s",
			 n->person, n->text, buf_text(&why));
	}
	buf_free(&why);
}

/* Sessions end before anybody is told: a program that hangs does not prolong them. */
static int ends_first(const void *a, const void *b)
{
	const struct store_notice *x = a, *y = b;
	bool x_ends = x->left & NOTICE_END, y_ends = y->left & NOTICE_END;

	return x_ends != y_ends ? y_ends - x_ends : (x->id > y->id) - (x->id < y->id);
}

/* How many of L were tried: all, unless a program had to be killed. */
static size_t try_all(struct telling *t, struct due_list *l)
{
	size_t i = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, ends_first);
	while (i < l->n && !t->hung)
		try_one(t, &l->v[i++]);
	return i;
}

/* ---- the command ---- */

/* One at a time: two would tell the same. -1: another is at work. */
static int lock(const struct invocation *a)
{
	char path[4200];

	snprintf(path, sizeof path, "%s/%s", a->store, DUE_LOCK);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		const struct timespec now = { .tv_sec = a->now };
		/* Only who reads "both told" misses it. */
		(void)futimens(fd, (const struct timespec[]){ now, now });
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Write down what is due. */
static int make(struct invocation *a, const struct exempt_uses *found)
{
	struct change c;
	int err = change_open_to_publish(&c, a);

	if (!err)
		err = change_due(&c, found);
	if (!err)
		err = change_commit(&c);
	return change_close(&c, err);
}

static int record(struct invocation *a, const struct due_list *l)
{
	struct change c;
	int err = change_open_to_publish(&c, a);

	if (!err)
		err = change_due_record(&c, l);
	if (!err)
		err = change_commit(&c);
	return change_close(&c, err);
}

/* What is written down and due: tell it. *MAKE: something is to be written down first. */
static int tell(struct invocation *a, const struct exempt_uses *found, bool *makes)
{
	struct change c;
	struct due_list l = { 0 };
	int err = change_due_look(&c, a, found, makes, &l);
	size_t all = l.n, failed = 0;

	if (!err && !*makes && l.n) {
		struct telling t = { a, &c.p->notify, false, false };
		l.n = try_all(&t, &l);
	}
	int status = change_close(&c, err);
	for (size_t i = 0; i < l.n; i++)
		failed += l.v[i].left != 0;
	if (!status && !*makes && l.n)
		status = record(a, &l);
	if (!status && !*makes && (failed || l.n < all))
		status = EXIT_TROUBLE;
	l.n = all;
	due_list_free(&l);
	return status;
}

int cmd_due(struct invocation *a, const struct args *args)
{
	struct exempt_uses found;
	bool makes = false;

	(void)args;
	if (geteuid() != 0) {
		complain("due: only root can send notices");
		return EXIT_REFUSED;
	}
	if (access(a->store, F_OK) != 0 && errno == ENOENT) {
		complain("due: there is no store at %s", a->store);
		return EXIT_TROUBLE;
	}
	int fd = lock(a);
	if (fd < 0) {
		if (errno == EWOULDBLOCK)
			return EXIT_DONE;
		complain("due: %s/%s: %s", a->store, DUE_LOCK, strerror(errno));
		return EXIT_TROUBLE;
	}
	int err = cmd_due_exempt(a, &found);
	if (err)
		complain("due: cannot list open sessions: %s", rbac_error_text(err));
	int status = tell(a, &found, &makes);
	if (!status && makes)
		status = make(a, &found);
	if (!status && makes)
		status = tell(a, &found, &makes);
	exempt_uses_free(&found);
	close(fd);
	return cmd_done(status);
}
