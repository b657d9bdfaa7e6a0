/*
 * private_mounts.h - a mount namespace whose mounts nobody outside sees, also in a plain chroot.
 */
#ifndef RBAC_TESTS_PRIVATE_MOUNTS_H
#define RBAC_TESTS_PRIVATE_MOUNTS_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Is DIR/.. another folder than DIR? */
static inline bool has_parent(const char *dir, const char *parent)
{
	struct stat a, b;

	return stat(dir, &a) == 0 && stat(parent, &b) == 0 &&
	       (a.st_dev != b.st_dev || a.st_ino != b.st_ino);
}

/*
 * In a plain chroot "/" is a folder of some mount, and mount(2) makes nothing private by such a
 * name (EINVAL). A mount of "/" on itself would help, but would show outside at once. So: go to
 * the root of the namespace, which is a mount (out of a chroot, with the working folder above a new
 * root, chroot(2)), make all private there, and come back.
 */
static inline int private_mounts_in_chroot(void)
{
	int home = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc = -1, err;

	if (home < 0)
		return -1;
	if (chdir("/") == 0 && chroot("/etc") == 0) {
		while (has_parent(".", "..") && chdir("..") == 0)
			;
		rc = mount(NULL, ".", NULL, MS_REC | MS_PRIVATE, NULL);
	}
	err = errno;
	if (fchdir(home) || chroot("."))
		_exit(125); /* nothing may go on outside its chroot */
	close(home);
	errno = err;
	return rc;
}

/*
 * After unshare(CLONE_NEWNS): 0, or -1 with errno. The working folder becomes "/" in a chroot.
 */
static inline int private_mounts(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	return errno == EINVAL ? private_mounts_in_chroot() : -1;
}

#endif
