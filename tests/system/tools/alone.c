/*
 * alone COMMAND...: run COMMAND in a mount namespace whose mounts nobody outside sees. As
 * `unshare --mount --propagation private`, which fails in a plain chroot.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>

#include "tests/private_mounts.h"

int main(int argc, char **argv)
{
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (argc < 2)
		errx(2, "usage: alone COMMAND...");
	if (here < 0)
		err(125, "the working folder");
	if (unshare(CLONE_NEWNS))
		err(125, "a mount namespace");
	if (private_mounts())
		err(125, "private mounts");
	if (fchdir(here))
		err(125, "the working folder");
	execvp(argv[1], argv + 1);
	err(127, "%s", argv[1]);
}
