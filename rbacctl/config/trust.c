#include "rbacctl/config/trust.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/command.h"

enum { LINKS_MAX = 40 }; /* path_resolution(7) */

static bool owner_is_trusted(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

static bool mode_is_trusted(const struct stat *st)
{
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) && st->st_uid == 0)
		return true;
	if (st->st_mode & S_IWOTH)
		return false;
	return !(st->st_mode & S_IWGRP) ||
	       (geteuid() != 0 && st->st_uid == geteuid() && st->st_gid == getegid());
}

bool trust_stat(const char *path, const struct stat *st, struct buf *why)
{
	const char *owner = geteuid() == 0 ? "root" : "root or you";

	if (!owner_is_trusted(st->st_uid)) {
		buf_printf(why, "%s belongs to uid %u, expected %s: %s", path, (unsigned)st->st_uid,
			   owner, COMMAND("chown root %s", path));
		return false;
	}
	if (!S_ISLNK(st->st_mode) && !mode_is_trusted(st)) {
		buf_printf(why, "%s can be written by %s, expected %s alone: %s", path,
			   st->st_mode & S_IWOTH ? "everybody" : "its group", owner,
			   COMMAND("chmod go-w %s", path));
		return false;
	}
	return true;
}

/* ---- the way ---- */

struct way {
	char done[PATH_MAX];     /* where we are, without links; "" is the root folder */
	char todo[2 * PATH_MAX]; /* what follows */
	unsigned links;
};

static void go_up(struct way *w)
{
	char *slash = strrchr(w->done, '/');

	if (slash)
		*slash = 0;
}

/* What TARGET says comes before the rest of the way. */
static bool follow(struct way *w, const char *target, const char *rest)
{
	char todo[sizeof w->todo];

	if (++w->links > LINKS_MAX ||
	    (size_t)snprintf(todo, sizeof todo, "%s/%s", target, rest) >= sizeof todo)
		return false;
	if (*target == '/')
		w->done[0] = 0;
	strcpy(w->todo, todo);
	return true;
}

/* One step, by the component of LEN bytes at the begin of TODO; *END: nothing more is there. */
static bool step(struct way *w, size_t len, struct buf *why, bool *end)
{
	char next[PATH_MAX + NAME_MAX + 2], target[PATH_MAX], rest[sizeof w->todo];
	struct stat st;
	int n = snprintf(next, sizeof next, "%s/%.*s", w->done, (int)len, w->todo);

	strcpy(rest, w->todo + len);
	if (n < 0 || n >= PATH_MAX || len > NAME_MAX || lstat(next, &st) != 0) {
		*end = true;
		return true;
	}
	if (!trust_stat(next, &st, why))
		return false;
	if (!S_ISLNK(st.st_mode)) {
		strcpy(w->done, next);
		memmove(w->todo, rest, strlen(rest) + 1);
		return true;
	}
	ssize_t got = readlink(next, target, sizeof target - 1);
	target[got < 0 ? 0 : got] = 0;
	*end = got <= 0 || !follow(w, target, rest);
	return true;
}

bool trust_path(const char *path, struct buf *why)
{
	struct way *w = calloc(1, sizeof *w);
	char here[PATH_MAX];
	struct stat st;
	bool trusted = w && stat("/", &st) == 0 && trust_stat("/", &st, why), end = false;

	if (trusted && *path != '/' && !getcwd(here, sizeof here))
		end = true; /* no way to it: it cannot be opened either */
	if (trusted && !end)
		end = (size_t)snprintf(w->todo, sizeof w->todo, "%s/%s", *path == '/' ? "" : here,
				       path) >= sizeof w->todo;
	while (trusted && !end) {
		size_t slashes = strspn(w->todo, "/"), len;
		memmove(w->todo, w->todo + slashes, strlen(w->todo + slashes) + 1);
		len = strcspn(w->todo, "/");
		if (len == 0)
			break;
		bool here_again = len == 1 && w->todo[0] == '.',
		     up = len == 2 && memcmp(w->todo, "..", 2) == 0;
		if (here_again || up) {
			memmove(w->todo, w->todo + len, strlen(w->todo + len) + 1);
			if (up)
				go_up(w);
		} else {
			trusted = step(w, len, why, &end);
		}
	}
	free(w);
	return trusted;
}
