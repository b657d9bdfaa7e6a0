/* One change at a time: flock(2) on the file `lock` of the store; a command that waits prints which
 * process has it. */
#define _GNU_SOURCE /* gnu_dev_makedev */
#include "rbacctl/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "rbacctl/wake.h"

/*
 * The process that holds the lock on FD, by /proc/locks (proc(5)); 0: not known. Where the file
 * system has other device numbers there than stat(2) gives (btrfs), or the holder is in another
 * namespace of processes, nobody is named.
 */
static long holder(int fd)
{
	char line[256];
	struct stat st;
	long found = 0;
	FILE *f = fstat(fd, &st) ? NULL : fopen("/proc/locks", "re");
	while (f && !found && fgets(line, sizeof line, f)) {
		char kind[16];
		unsigned major, minor;
		unsigned long long inode;
		long pid;
		/* "1: FLOCK  ADVISORY  WRITE 1234 fd:01:56789 0 EOF"; those who wait have "->"
		 * after the number. */
		if (sscanf(line, "%*d: %15s %*s %*s %ld %x:%x:%llu", kind, &pid, &major, &minor,
			   &inode) == 5 &&
		    strcmp(kind, "FLOCK") == 0 && pid > 0 && inode == st.st_ino &&
		    makedev(major, minor) == st.st_dev)
			found = pid;
	}
	if (f)
		fclose(f);
	return found;
}

/* Its command line, one blank between the words, fit for a terminal; "" when that cannot be read.
 */
static void command_of(long pid, char *out, size_t size)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);
	if (fd >= 0)
		close(fd);
	for (out[n > 0 ? n : 0] = 0; n > 0 && !out[n - 1]; n--)
		;
	for (ssize_t i = 0; i < n; i++)
		out[i] = out[i] == 0 ? ' '
			 : out[i] < 0x20 || out[i] == 0x7f || (unsigned char)out[i] >= 0x80
				 ? '?'
				 : out[i];
}

/* The process that holds the lock, with its command line in brackets, as a part of a sentence; or
 * "". */
static const char *by_whom(int fd, char *out, size_t size)
{
	char command[120];
	long pid = holder(fd);
	out[0] = 0;
	if (!pid)
		return out;
	command_of(pid, command, sizeof command);
	snprintf(out, size, " by process %ld%s%s%s", pid, *command ? " (" : "", command,
		 *command ? ")" : "");
	return out;
}

/*
 * Wait in the kernel's queue, first come, first served. RBAC_OK; RBAC_ABSENT: the time is up.
 */
static int wait_for(int fd, int seconds)
{
	struct wake w;
	int err;

	if (!wake_begin(&w, seconds))
		return RBAC_SYSTEM;
	do {
		err = flock(fd, LOCK_EX) == 0 ? RBAC_OK
		      : errno == EINTR        ? RBAC_ABSENT
					      : RBAC_SYSTEM;
	} while (err == RBAC_ABSENT && !wake_due(&w));
	wake_end(&w);
	return err;
}

int store_lock(struct store *s, int seconds)
{
	char path[4096], whom[200];
	snprintf(path, sizeof path, "%s/lock", s->dir);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0)
		return store_fail(s, RBAC_SYSTEM, "%s: %s", path, strerror(errno));
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return RBAC_OK;
	int err = errno == EWOULDBLOCK ? RBAC_ABSENT : RBAC_SYSTEM;
	/* At a terminal, say what the command waits for. */
	if (err == RBAC_ABSENT && seconds > 0 && isatty(STDERR_FILENO))
		fprintf(stderr,
			"rbacctl: another change is being made%s; "
			"waiting for up to %d s (--wait)\n",
			by_whom(s->lock_fd, whom, sizeof whom), seconds);
	if (err == RBAC_ABSENT && seconds > 0)
		err = wait_for(s->lock_fd, seconds);
	if (err == RBAC_SYSTEM)
		return store_fail(s, err, "%s: cannot lock: %s", path, strerror(errno));
	if (err)
		return store_fail(
			s, RBAC_SYSTEM,
			"busy: another change is being made%s; waited %d s, nothing was changed "
			"(--wait 10m waits longer)",
			by_whom(s->lock_fd, whom, sizeof whom), seconds);
	return RBAC_OK;
}
