/* Hosts with their own idea of symbols, loading, buffers and system calls. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

static struct host_module m;

static enum nss_status ask(void)
{
	struct group g;
	char buf[512];
	int err = 0;
	enum nss_status rc = m.getgrnam("r-00", &g, buf, sizeof buf, &err);
	need(rc != NSS_STATUS_SUCCESS ||
	     (g.gr_gid == HOST_OURS && strcmp(g.gr_mem[0], "alice") == 0));
	return rc;
}

static void enumerate(void)
{
	struct group g;
	char buf[512];
	int err, n = 0;
	need(m.setgrent(0) == NSS_STATUS_SUCCESS);
	while (m.getgrent(&g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS)
		n++;
	need(n == HOST_GROUPS + 1);
}

static void the_names_of_a_host_are_not_ours(void)
{
	static const int modes[] = { 0, RTLD_GLOBAL, RTLD_DEEPBIND };
	host_publish(1);
	/* Before the module in the order of look-up, as what a host exports is. */
	need_say(dlopen(stage_built("tests/fault/trap.so"), RTLD_NOW | RTLD_GLOBAL), "%s",
		 dlerror());
	for (size_t i = 0; i < KIT_COUNT(modes); i++) {
		/* Its runtime refuses that one. */
		if (modes[i] == RTLD_DEEPBIND && kit_watch() & (KIT_ADDRESS | KIT_THREAD))
			continue;
		host_load(&m, modes[i]);
		need(ask() == NSS_STATUS_SUCCESS);
		enumerate();
		need(m.endgrent() == NSS_STATUS_SUCCESS && dlclose(m.handle) == 0);
	}
	need(dlopen("libnss_rbac.so.2", RTLD_NOW | RTLD_NOLOAD) == NULL);
}

static void loading_and_unloading_gathers_nothing(void)
{
	unsigned rounds = (unsigned)kit_count(2000, 10000);
	host_publish(1);
	int fds = host_descriptors();
	for (unsigned i = 0; i < rounds; i++) {
		host_load(&m, 0);
		need(ask() == NSS_STATUS_SUCCESS);
		/* An enumeration that is never ended, too. */
		if (i % 3 == 0)
			enumerate();
		else if (i % 3 == 1)
			need(m.setgrent(0) == NSS_STATUS_SUCCESS);
		need(dlclose(m.handle) == 0);
	}
	need_say(host_mappings() == 0 && host_descriptors() == fds,
		 "%d mappings are left after %u rounds", host_mappings(), rounds);
}

/* ---- system calls ---- */

#if defined(__x86_64__)
enum { THIS_ARCH = AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { THIS_ARCH = AUDIT_ARCH_AARCH64 };
#endif

/*
 * What sshd's unprivileged child may do (sandbox-seccomp-filter.c of OpenSSH 9, in kind): opening
 * and looking at files fails with EACCES, memory, clock, descriptors it has and its end are
 * allowed, anything else kills.
 */
static void enter_sandbox(void)
{
	static const int denied[] = {
		SYS_openat,
		SYS_newfstatat,
#ifdef SYS_open
		SYS_open,
		SYS_stat,
#endif
	};
	static const int allowed[] = {
		SYS_brk,    SYS_clock_gettime, SYS_close,          SYS_exit_group,
		SYS_exit,   SYS_futex,         SYS_getpid,         SYS_madvise,
		SYS_mmap,   SYS_mprotect,      SYS_mremap,         SYS_munmap,
		SYS_read,   SYS_write,         SYS_rt_sigprocmask, SYS_getrandom,
		SYS_gettid, SYS_nanosleep,     SYS_clock_nanosleep
	};
	struct sock_filter f[128];
	unsigned short n = 0;
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, arch));
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)THIS_ARCH, 1, 0);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < KIT_COUNT(denied); i++) {
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						      (unsigned)denied[i], 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES);
	}
	for (size_t i = 0; i < KIT_COUNT(allowed); i++) {
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						      (unsigned)allowed[i], 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	const struct sock_fprog prog = { n, f };
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	     prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0);
}

static void in_the_sandbox(void *ctx)
{
	bool warm = *(bool *)ctx;
	host_load(&m, 0);
	if (warm)
		need(ask() == NSS_STATUS_SUCCESS);
	enter_sandbox();
	for (int i = 0; i < 100; i++) {
		enum nss_status rc = ask();
		need(rc == NSS_STATUS_UNAVAIL || (warm && rc == NSS_STATUS_SUCCESS));
	}
	const struct timespec tick = { .tv_nsec = 10000000 };
	nanosleep(&tick, NULL);
	need(ask() == NSS_STATUS_UNAVAIL && m.setgrent(0) == NSS_STATUS_UNAVAIL);
}

static void what_a_sandbox_forbids_is_an_error_and_kills_nobody(void)
{
	bool warm = false;
	kit_not_under(KIT_ADDRESS | KIT_THREAD | KIT_VALGRIND, "it makes system calls of its own");
	host_publish(1);
	need(kit_fork(in_the_sandbox, &warm, 10) == 0);
	warm = true;
	need(kit_fork(in_the_sandbox, &warm, 10) == 0);
}

/* ---- buffers ---- */

enum { ROOM = 4096 };

/* Pages that can't be touched on both sides; all of it is filled with FILL. */
static char *fenced(void)
{
	char *p = mmap(NULL, 3 * ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(p != MAP_FAILED && mprotect(p + ROOM, ROOM, PROT_READ | PROT_WRITE) == 0);
	return p + ROOM;
}

static bool untouched(const char *from, const char *to)
{
	while (from < to)
		if (*from++ != 0x5a)
			return false;
	return true;
}

enum way { BY_NAME, BY_GID, IN_TURN, WAYS };

static enum nss_status ask_by(enum way way, struct group *g, char *buf, size_t len, int *err)
{
	struct group before;
	char room[512];
	if (way == BY_NAME)
		return m.getgrnam("r-01", g, buf, len, err);
	if (way == BY_GID)
		return m.getgrgid(HOST_OURS + HOST_MANY, g, buf, len, err);
	need(m.setgrent(0) == NSS_STATUS_SUCCESS &&
	     m.getgrent(&before, room, sizeof room, err) == NSS_STATUS_SUCCESS);
	return m.getgrent(g, buf, len, err);
}

static bool fits(char *room, char *buf, size_t len, enum way way)
{
	struct group g, before;
	int err = 0, n = 0;
	memset(room, 0x5a, ROOM);
	memset(&g, 0x5a, sizeof g);
	before = g;
	errno = 4711;
	enum nss_status rc = ask_by(way, &g, buf, len, &err);
	need(errno == 4711 && untouched(room, buf) && untouched(buf + len, room + ROOM));
	if (rc == NSS_STATUS_SUCCESS) {
		need((uintptr_t)g.gr_mem % sizeof(char *) == 0 && strcmp(g.gr_name, "r-01") == 0 &&
		     g.gr_passwd[0]);
		while (g.gr_mem[n])
			n++;
		need(n == HOST_MEMBERS && strcmp(g.gr_mem[0], "alice") == 0 &&
		     strcmp(g.gr_mem[HOST_MEMBERS - 1], "here") == 0);
		return true;
	}
	need(rc == NSS_STATUS_TRYAGAIN && err == ERANGE && memcmp(&g, &before, sizeof g) == 0 &&
	     untouched(buf, buf + len));
	return false;
}

static void a_buffer_of_any_length_and_place_is_filled_or_refused(void)
{
	char *room = fenced();
	host_publish(1);
	host_load(&m, 0);
	for (enum way way = 0; way < WAYS; way++)
		for (size_t shift = 0; shift < 16; shift++) {
			size_t least = 0;
			for (size_t len = 0; len < 200; len++) {
				/* At the end of the room, and at its begin. */
				bool end = fits(room, room + ROOM - len - shift, len, way),
				     begin = fits(room, room + shift, len, way);
				need_say(!least || end || (len < least + sizeof(char *)),
					 "%zu bytes will do, %zu will not", least, len);
				if (begin && !least)
					least = len;
			}
			need(least > 0);
		}
}

/* ---- a program that has its C library built in, and loads the other's to reach us ---- */

static void a_static_program_is_answered(void)
{
	char path[4096];
	int status;
	kit_not_under(KIT_ADDRESS | KIT_THREAD, "a static program has no sanitizer for the module");
	kit_not_under(KIT_VALGRIND, "it follows no malloc of a static program");
	host_publish(1);
	snprintf(path, sizeof path, "%s", stage_built("tests/fault/static_pie"));
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	need(waitpid(pid, &status, 0) == pid);
	need_say(status == 0, "question %d", WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "the names of a host are not ours", the_names_of_a_host_are_not_ours, 10 },
		{ "loading and unloading gathers nothing", loading_and_unloading_gathers_nothing,
		  30 },
		{ "what a sandbox forbids is an error and kills nobody",
		  what_a_sandbox_forbids_is_an_error_and_kills_nobody, 10 },
		{ "a static program is answered", a_static_program_is_answered, 10 },
		{ "a buffer of any length and place is filled or refused",
		  a_buffer_of_any_length_and_place_is_filled_or_refused, 10 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
