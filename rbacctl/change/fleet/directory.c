#include "rbacctl/change/fleet/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/host/program.h"

static const char program[] = "rbac-follow", user_name[] = "rbac-follow";

static void note_wanted(const struct invocation *a)
{
	int fd = open(fleet_path(a, FLEET_QUEUED).text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		      0600);

	/* A timer pushes anyway. */
	if (fd >= 0)
		close(fd);
}

bool fleet_queue(const struct invocation *a)
{
	if (access(fleet_path(a, FLEET_AUTHORITY_KEY).text, F_OK) != 0 || !fleet_has_directory(a))
		return false;
	note_wanted(a);
	return true;
}

/* ---- rbac-follow ---- */

/* It is in the folder of this program. */
static bool find_program(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof(program) - 1);

	if (n <= 0)
		return false;
	path[n] = '\0';
	char *slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, program);
	return true;
}

static int run(const struct invocation *a, const char *const words[3], int seconds, struct buf *out,
	       int *status, struct buf *why)
{
	char path[PATH_MAX];

	if (!find_program(path)) {
		buf_printf(why, "/proc/self/exe: %s", strerror(errno));
		return RBAC_SYSTEM;
	}
	const char *const argv[] = { path,     "--etc",  a->etc,   "--store", a->state,
				     words[0], words[1], words[2], NULL };
	int err = program_run(argv, seconds, out, status);
	if (err)
		buf_printf(why, "%s: %s", path, strerror(errno));
	return err;
}

int fleet_directory_ask(const struct invocation *a, const char *word, struct buf *out, int *status,
			struct buf *why)
{
	return run(a, (const char *const[]){ word, NULL, NULL }, FLEET_DIRECTORY_WAIT, out, status,
		   why);
}

/* What it said, without "rbac-follow: " and the last newline. */
static void said_as_why(const struct buf *said, int status, struct buf *why)
{
	const char *text = buf_text(said);
	size_t skip = strlen(program) + 2;

	if (strncmp(text, program, strlen(program)) == 0 && strlen(text) > skip)
		text += skip;
	if (status < 0)
		buf_printf(why, "the directory does not answer");
	else
		buf_printf(why, "%.*s", (int)strcspn(text, "\n"), text);
}

/* ---- push ---- */

/* What is pushed has who granted what, and why: it is rbac-follow's to read, and root's. */
static int make_out(const struct invocation *a, char out[PATH_MAX], struct buf *why)
{
	const struct group *g = getgrnam(user_name);

	snprintf(out, PATH_MAX, "%s/out", a->state);
	if ((mkdir(out, 0750) != 0 && errno != EEXIST) || chmod(out, 0750) != 0 ||
	    (g && chown(out, 0, g->gr_gid) != 0)) {
		buf_printf(why, "%s: %s", out, strerror(errno));
		return RBAC_SYSTEM;
	}
	return RBAC_OK;
}

static int push_once(const struct invocation *a, const char *out, bool quick,
		     struct push_result *result, struct buf *said, struct buf *why)
{
	int status = 0, err = fleet_push(a, out, !quick, result, why);

	if (err)
		return err;
	buf_reset(said);
	err = run(a, (const char *const[]){ "push", out, quick ? "--quick" : NULL },
		  quick ? FLEET_DIRECTORY_QUICK : FLEET_DIRECTORY_WAIT, said, &status, why);
	if (!err && status != 0) {
		said_as_why(said, status, why);
		err = status == 1 ? RBAC_CONFLICT : RBAC_SYSTEM;
	}
	return err;
}

int fleet_push_to_directory(const struct invocation *a, bool quick, struct push_result *result,
			    struct buf *said, struct buf *why)
{
	char out[PATH_MAX];
	struct fleet_path wanted = fleet_path(a, FLEET_QUEUED);
	int err = make_out(a, out, why);

	if (err)
		return err;
	int fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, quick ? LOCK_EX | LOCK_NB : LOCK_EX) != 0) {
		err = fd >= 0 && errno == EWOULDBLOCK ? RBAC_REFUSED : RBAC_SYSTEM;
		buf_printf(why, err == RBAC_REFUSED ? "another push is under way" : "%s: %s", out,
			   strerror(errno));
		if (fd >= 0)
			close(fd);
		return err;
	}
	/* A change that comes meanwhile is pushed by who holds the lock. */
	do {
		unlink(wanted.text);
		err = push_once(a, out, quick, result, said, why);
	} while (!err && access(wanted.text, F_OK) == 0);
	if (err)
		note_wanted(a);
	close(fd);
	return err;
}
