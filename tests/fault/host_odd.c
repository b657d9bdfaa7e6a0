/* Hosts that close what is not theirs, fork, change who and where they are: through the real C
 * library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

static atomic_bool stop;
static atomic_ulong asked, wrong;

/* ---- descriptors ---- */

enum { FIRST = 3, LAST = 40 };

/* Every number up to LAST is a file of the host's with its own text. */
static void take_all(struct stat *st)
{
	for (int fd = FIRST; fd < LAST; fd++) {
		int got = memfd_create("host", 0);
		need(got >= 0 && (got == fd || dup2(got, fd) == fd));
		if (got != fd)
			close(got);
		need(write(fd, &fd, sizeof fd) == sizeof fd && fstat(fd, &st[fd]) == 0);
	}
}

static void check_all(const struct stat *st)
{
	for (int fd = FIRST; fd < LAST; fd++) {
		struct stat now;
		int text = -1;
		need_say(fstat(fd, &now) == 0 && now.st_ino == st[fd].st_ino &&
				 now.st_size == sizeof fd,
			 "descriptor %d is another", fd);
		need_say(pread(fd, &text, sizeof text, 0) == sizeof text && text == fd &&
				 lseek(fd, 0, SEEK_CUR) == sizeof fd,
			 "descriptor %d was read or written", fd);
	}
}

/* Begun before the numbers are the host's, and ended while they are. */
static void check_an_enumeration(const struct host_module *m, struct stat *st, unsigned round)
{
	struct group g;
	char buf[512];
	int err, n = 1;
	need(m->setgrent(0) == NSS_STATUS_SUCCESS &&
	     m->getgrent(&g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS);
	closefrom(FIRST);
	if (round % 2)
		host_publish(round + 1000);
	take_all(st);
	while (m->getgrent(&g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS)
		n++;
	need(n == HOST_GROUPS + 1 && m->endgrent() == NSS_STATUS_SUCCESS);
	check_all(st);
}

static void no_descriptor_of_the_host_is_touched(void)
{
	struct stat st[LAST];
	struct host_module m;
	host_publish(1);
	host_load(&m, 0);
	closefrom(FIRST);
	int before = host_descriptors();
	for (unsigned round = 2; round < 22; round++) {
		closefrom(FIRST);
		if (round % 3)
			take_all(st);
		need(host_ask_all());
		if (round % 3)
			check_all(st);
		closefrom(FIRST);
		host_publish(round);
		take_all(st);
		need(host_ask_generation(round) && host_ask_all());
		check_all(st);
		check_an_enumeration(&m, st, round);
	}
	closefrom(FIRST);
	need(host_ask_all() && host_descriptors() == before);
}

/* ---- forks ---- */

enum { ASKERS = 8, BUSY = ASKERS + 1, ENUMERATING = 12 };

static void *ask_until_told(void *unused)
{
	(void)unused;
	while (!stop) {
		wrong += !host_ask_group() || !host_ask_alice();
		asked++;
	}
	return NULL;
}

static void start(pthread_t *t, int n, void *(*fn)(void *))
{
	pthread_attr_t small;
	need(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 64 << 10) == 0);
	stop = false;
	for (int i = 0; i < n; i++)
		need(pthread_create(&t[i], &small, fn, NULL) == 0);
}

/* So that some are in the midst of taking up a new view. */
static void *publish_until_told(void *unused)
{
	(void)unused;
	for (unsigned generation = 2; !stop; generation++)
		host_publish(generation);
	return NULL;
}

static void start_busy(pthread_t *t)
{
	host_publish_from_aside();
	host_publish(1);
	/* The C library reads nsswitch.conf at the first lookup, under a lock that a child of that
	 * moment finds taken for ever. */
	need(host_ask_all());
	start(t, ASKERS, ask_until_told);
	start(t + ASKERS, 1, publish_until_told);
}

static void finish(pthread_t *t, int n)
{
	stop = true;
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	need_say(wrong == 0, "%lu of %lu answers wrong", (unsigned long)wrong,
		 (unsigned long)asked);
}

static void ask_in_child(void *unused)
{
	(void)unused;
	need(host_ask_all());
	if (fork() == 0)
		_exit(host_ask_all() ? 0 : 1);
	int status;
	need(wait(&status) > 0 && status == 0);
}

/* As daemon(3) is done by hand: twice a child whose parent is gone, in a session of its own,
 * without descriptors. */
static void become_daemon_and_ask(void *told)
{
	int fd = *(int *)told;
	for (int times = 0; times < 2; times++) {
		if (fork() != 0)
			_exit(0);
		alarm(10);
		setsid();
		need(host_ask_alice());
	}
	for (int other = 0; other < LAST; other++)
		if (other != fd)
			close(other);
	if (!host_ask_all() || write(fd, "", 1) != 1)
		_exit(1);
}

static void a_daemon_of_a_busy_host_is_answered(void)
{
	pthread_t t[BUSY];
	kit_not_under(KIT_ADDRESS, "its own locks do not outlive a fork among threads");
	start_busy(t);
	for (unsigned i = 0; i < kit_count(30, 500); i++) {
		int told[2];
		char byte;
		need(pipe(told) == 0 && kit_fork(become_daemon_and_ask, &told[1], 10) == 0);
		close(told[1]);
		need_say(read(told[0], &byte, 1) == 1, "a daemon had no answer");
		close(told[0]);
	}
	finish(t, BUSY);
}

static void a_child_of_a_busy_host_is_answered(void)
{
	pthread_t t[BUSY];
	kit_not_under(KIT_ADDRESS, "its own locks do not outlive a fork among threads");
	start_busy(t);
	for (unsigned i = 0; i < kit_count(150, 1500); i++)
		need(kit_fork(ask_in_child, NULL, 10) == 0);
	finish(t, BUSY);
}

static void a_child_by_vfork_that_becomes_another_program_is_answered(void)
{
	host_publish(1);
	need(host_ask_all());
	for (int i = 0; i < 20; i++) {
		int status;
		pid_t pid = vfork();
		if (pid == 0) {
			execl("/bin/sh", "sh", "-c",
			      "exec getent -s group:rbac group r-00 >/dev/null", (char *)NULL);
			_exit(127);
		}
		need(pid > 0 && waitpid(pid, &status, 0) == pid);
		need_say(status == 0, "getent: %d", status);
		need(host_ask_all());
	}
}

/* ---- a pid that comes round again ---- */

static struct host_module module;

/* Nothing of the C library's that another thread may have locked. */
static void ask_past_libc(void)
{
	struct group g;
	char buf[512];
	gid_t room[16] = { ALICE }, *gids = room;
	long n = 1, size = KIT_COUNT(room);
	int err = 0, listed = 0;
	need(module.getgrnam("r-00", &g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS &&
	     strcmp(g.gr_mem[0], "alice") == 0);
	need(module.initgroups("alice", ALICE, &n, &size, &gids, -1, &err) == NSS_STATUS_SUCCESS &&
	     n == 1 + HOST_ALICES);
	need_say(module.setgrent(0) == NSS_STATUS_SUCCESS,
		 "alone in its process, and kept out of the enumeration");
	while (module.getgrent(&g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS)
		listed++;
	need(listed == HOST_GROUPS + 1 && module.endgrent() == NSS_STATUS_SUCCESS);
}

/* Past the C library: its own lock a child would find taken. */
static void *enumerate_until_told(void *unused)
{
	struct group g;
	char buf[512];
	int err;
	(void)unused;
	while (!stop) {
		module.setgrent(0);
		module.getgrent(&g, buf, sizeof buf, &err);
	}
	return NULL;
}

/* Process 1 of its namespace, and each child of it is process 1 of another. */
static void ask_in_children_of_the_same_pid(void *unused)
{
	pthread_t t[BUSY + ENUMERATING];
	(void)unused;
	need(getpid() == 1);
	start_busy(t);
	start(t + BUSY, ENUMERATING, enumerate_until_told);
	for (unsigned i = 0; i < kit_count(150, 2000); i++) {
		int status;
		/* Not fork(): the C library's own locks are not what is asked about. */
		pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
		need_say(pid >= 0, "a pid namespace: %m");
		if (pid == 0) {
			alarm(10);
			ask_past_libc();
			_exit(0);
		}
		need(waitpid(pid, &status, 0) == pid);
		need_say(status == 0, "child %u of the pid of its parent: %d", i, status);
	}
	finish(t, BUSY + ENUMERATING);
}

static void a_child_with_the_pid_of_its_parent_is_answered(void)
{
	kit_not_under(KIT_ADDRESS | KIT_THREAD, "a child by clone alone has no sanitizer");
	host_load(&module, 0);
	need_say(unshare(CLONE_NEWPID) == 0, "a pid namespace: %m");
	need(kit_fork(ask_in_children_of_the_same_pid, NULL, 60) == 0);
}

/* ---- who and where ---- */

static void a_host_may_become_someone_else(void)
{
	static const gid_t sets[][2] = { { DOCKER, DEVS }, { HOST_OURS, HOST_OURS + 1 } };
	unsigned generation = 1;
	host_publish_from_aside();
	host_publish(generation);
	need(host_ask_all());
	for (size_t i = 0; i < KIT_COUNT(sets); i++) {
		need(setgroups(2, sets[i]) == 0 && host_ask_all());
		host_publish(++generation);
		need(host_ask_generation(generation) && host_ask_all());
	}
	/* For a while, as servers do, and for good. */
	need(seteuid(ALICE) == 0 && host_ask_all());
	host_publish(++generation);
	need(host_ask_generation(generation) && host_ask_all() && seteuid(0) == 0 &&
	     host_ask_all());
	stage_become(ALICE);
	need(host_ask_all());
	host_publish(++generation);
	need(host_ask_generation(generation) && host_ask_all());
}

#define JAIL "/var/lib/jail"

static void make_folders(const char *path)
{
	char part[128];
	for (const char *end = path + 1; (end = strchr(end, '/')); end++) {
		snprintf(part, sizeof part, "%.*s", (int)(end - path), path);
		need(mkdir(part, 0755) == 0 || errno == EEXIST);
	}
}

static void in_a_chroot_our_groups_are_those_that_lie_there(void)
{
	struct group g;
	char buf[512];
	int err = 0, n = 1;
	/* In the jail lies the view of generation 2, and outside it that of generation 1. */
	make_folders(JAIL STAGE_VIEW);
	host_publish(2);
	need(rename(STAGE_VIEW, JAIL STAGE_VIEW) == 0);
	host_publish(1);
	host_load(&module, 0);
	need(host_ask_generation(1) && host_ask_all());
	need(module.setgrent(0) == NSS_STATUS_SUCCESS &&
	     module.getgrent(&g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS);
	need(chroot(JAIL) == 0 && chdir("/") == 0);
	usleep(10000);
	need(module.getgrnam("r-gen", &g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS &&
	     strcmp(g.gr_mem[0], "gen-2") == 0);
	/* An enumeration stays with what it began on. */
	while (module.getgrent(&g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS) {
		n++;
		need(strcmp(g.gr_name, "r-gen") != 0 || strcmp(g.gr_mem[0], "gen-1") == 0);
	}
	need(n == HOST_GROUPS + 1);
	need(unlink(STAGE_VIEW) == 0);
	usleep(10000);
	for (int i = 0; i < 100; i++) {
		need(module.getgrnam("r-00", &g, buf, sizeof buf, &err) == NSS_STATUS_UNAVAIL &&
		     err == ENOENT);
		need(module.setgrent(0) == NSS_STATUS_UNAVAIL);
		module.endgrent();
	}
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "no descriptor of the host is touched", no_descriptor_of_the_host_is_touched,
		  20 },
		{ "a child of a busy host is answered", a_child_of_a_busy_host_is_answered, 30 },
		{ "a child by vfork that becomes another program is answered",
		  a_child_by_vfork_that_becomes_another_program_is_answered, 20 },
		{ "a daemon of a busy host is answered", a_daemon_of_a_busy_host_is_answered, 30 },
		{ "a child with the pid of its parent is answered",
		  a_child_with_the_pid_of_its_parent_is_answered, 60 },
		{ "a host may become someone else", a_host_may_become_someone_else, 10 },
		{ "in a chroot our groups are those that lie there",
		  in_a_chroot_our_groups_are_those_that_lie_there, 10 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
