#define _GNU_SOURCE
#include "tests/fault/stage.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/kit.h"
#include "tests/private_mounts.h"

#define MARK "RBAC_FAULT_STAGE"
#define BUILT "/var/lib/stage-built"

extern void __asan_init(void)
	__attribute__((weak)); /* there when built with the address sanitizer */

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	need_say(f, "%s", path);
	need(fputs(text, f) >= 0 && fclose(f) == 0);
	need(chmod(path, 0644) == 0);
}

static void put_in_place(const char *name, const char *text)
{
	char from[64], to[64];
	snprintf(from, sizeof from, "/var/lib/stage-%s", name);
	snprintf(to, sizeof to, "/etc/%s", name);
	write_file(from, text);
	need_say(mount(from, to, "none", MS_BIND, NULL) == 0, "bind %s: %m", to);
}

static void write_passwd(uid_t bob)
{
	char text[1024];
	snprintf(text, sizeof text,
		 "root:x:0:0::/root:/bin/sh\nalice:x:%d:%d::/:/bin/sh\nbob:x:%u:%d::/:/bin/sh\n"
		 "carol:x:%d:%d::/:/bin/sh\n"
		 "mallory:x:%d:%d::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
		 ALICE, ALICE, (unsigned)bob, BOB, CAROL, CAROL, MALLORY, MALLORY);
	/* In place: the file is bound over /etc/passwd. */
	write_file("/var/lib/stage-passwd", text);
}

void stage_change_uid(uid_t bob)
{
	write_passwd(bob);
}

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

void stage_login(void)
{
	/* Its children are what sshd has for a login. */
	need(prctl(PR_SET_NAME, "sshd") == 0);
}

void stage_boot_begin(void)
{
	write_file("/var/lib/stage-boot", "01234567-89ab-cdef-0123-456789abcdef\n");
	need_say(mount("/var/lib/stage-boot", BOOT_ID, "none", MS_BIND, NULL) == 0, "bind %s: %m",
		 BOOT_ID);
}

void stage_boot_end(void)
{
	need_say(umount(BOOT_ID) == 0, "umount %s: %m", BOOT_ID);
}

bool stage_systemd(void)
{
	static const char *const programs[] = { "/usr/bin/systemd-run", "/usr/bin/systemctl" };

	if (access(programs[0], X_OK) || access(programs[1], X_OK))
		return false;
	write_file("/var/lib/stage-program", "#!/bin/sh\nexit 0\n");
	need(chmod("/var/lib/stage-program", 0755) == 0);
	for (size_t i = 0; i < KIT_COUNT(programs); i++)
		need_say(mount("/var/lib/stage-program", programs[i], "none", MS_BIND, NULL) == 0,
			 "bind %s: %m", programs[i]);
	need_say(mount("rbac-test", "/run", "tmpfs", 0, "mode=0755") == 0, "tmpfs: %m");
	need(mkdir("/run/systemd", 0755) == 0 && mkdir("/run/systemd/system", 0755) == 0);
	return true;
}

static char own_path[4096];

/*
 * Where this program lies. Asked for before the namespace is made: afterwards /proc/self/exe is in
 * a mount of the old namespace, and its name begins at the real root even in a chroot. A chroot may
 * have no /proc; then ARGV0 says it.
 */
static void note_own_path(const char *argv0)
{
	ssize_t n = readlink("/proc/self/exe", own_path, sizeof own_path - 1);
	if (n > 0)
		own_path[n] = '\0';
	else
		need_say(realpath(argv0, own_path), "where is %s? %m", argv0);
}

/* What was built, where everybody can get at it: the folder it was built in may be in somebody's
 * home. */
static void show_what_was_built(void)
{
	char built[4096];
	snprintf(built, sizeof built, "%s", own_path);
	/* build/COMPILER/tests/fault/PROGRAM */
	for (int up = 0; up < 3; up++)
		*strrchr(built, '/') = '\0';
	need(mkdir(BUILT, 0755) == 0);
	need_say(mount(built, BUILT, "none", MS_BIND, NULL) == 0, "bind %s: %m", BUILT);
}

static void make(void)
{
	char group[512];
	need_say(unshare(CLONE_NEWNS) == 0, "a mount namespace: %m");
	need_say(private_mounts() == 0, "private mounts: %m");
	need_say(mount("rbac-test", "/var/lib", "tmpfs", 0, "mode=0755") == 0, "tmpfs: %m");
	snprintf(group, sizeof group,
		 "root:x:0:\nalice:x:%d:\nbob:x:%d:\ncarol:x:%d:\nmallory:x:%d:\n"
		 "devs:x:%d:alice,mallory\ndocker:x:%d:\nglass:x:%d:\n",
		 ALICE, BOB, CAROL, MALLORY, DEVS, DOCKER, GLASS);
	write_passwd(BOB);
	need(mount("/var/lib/stage-passwd", "/etc/passwd", "none", MS_BIND, NULL) == 0);
	put_in_place("group", group);
	put_in_place("nsswitch.conf",
		     "passwd: files\ngroup: files rbac\nshadow: files\nhosts: files\n");
	need(mkdir(STAGE_STATE, 0755) == 0 && mkdir(STAGE_FOLDER, 0755) == 0 &&
	     mkdir(STAGE_ETC, 0755) == 0);
	show_what_was_built();
}

const char *stage_built(const char *path)
{
	static char built[256];
	snprintf(built, sizeof built, "%s/%s", BUILT, path);
	return built;
}

/* Who acts is told by the login uid: here it is root, whoever came by sudo to run this. */
static void forget_who_came(void)
{
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "4294967295", 10) < 0)
			kit_note("the login uid can't be unset: %m");
		close(fd);
	}
	unsetenv("SUDO_UID");
}

/*
 * Programs that are not built with a sanitizer, and load a module that is, want its runtime first.
 * Leaks are valgrind's to find: the sanitizer's search needs ptrace, which is taken here. A
 * thread's alternate stack does not fit into 64 kB.
 */
static void watch_children(void)
{
	Dl_info runtime;
	if (kit_watch() == KIT_ADDRESS) {
		need(dladdr((void *)(uintptr_t)__asan_init, &runtime) != 0);
		setenv("LD_PRELOAD", runtime.dli_fname, 1);
		setenv("ASAN_OPTIONS", "detect_leaks=0:use_sigaltstack=0", 1);
	}
	/* The locks inside the C library are not seen: only what the module does is judged. */
	if (kit_watch() == KIT_THREAD)
		setenv("TSAN_OPTIONS", "ignore_noninstrumented_modules=1", 1);
}

void stage_enter(char **argv)
{
	if (getenv(MARK))
		return;
	if (geteuid() != 0) {
		printf("%s: left out: needs root, to mount in a namespace of its own\n", argv[0]);
		exit(0);
	}
	umask(022);
	note_own_path(argv[0]);
	make();
	forget_who_came();
	setenv(MARK, "1", 1);
	setenv("LD_LIBRARY_PATH", stage_built(""), 1);
	setenv("RBAC_ETC", STAGE_ETC, 1);
	setenv("RBAC_STORE", STAGE_STATE, 1);
	setenv("LC_ALL", "C", 1);
	watch_children();
	/* By its name: valgrind is what /proc/self/exe is. */
	execv(own_path, argv);
	need_say(false, "exec: %m");
}

void stage_become(uid_t user)
{
	need(setgroups(0, NULL) == 0 && setresgid(user, user, user) == 0 &&
	     setresuid(user, user, user) == 0);
}
