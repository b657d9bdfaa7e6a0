/* Hosts that close what is not theirs, fork, cancel, change who and where they are: through the real C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
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
		need_say(fstat(fd, &now) == 0 && now.st_ino == st[fd].st_ino && now.st_size == sizeof fd, "descriptor %d is another", fd);
		need_say(pread(fd, &text, sizeof text, 0) == sizeof text && text == fd && lseek(fd, 0, SEEK_CUR) == sizeof fd, "descriptor %d was read or written", fd);
	}
}

static void no_descriptor_of_the_host_is_touched(void)
{
	struct stat st[LAST];
	host_publish(1);
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
	}
	closefrom(FIRST);
	need(host_ask_all() && host_descriptors() == FIRST);
}

/* ---- forks ---- */

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

static void finish(pthread_t *t, int n)
{
	stop = true;
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	need_say(wrong == 0, "%lu of %lu answers wrong", (unsigned long)wrong, (unsigned long)asked);
}

static void ask_in_child(void *unused)
{
	(void)unused;
	need(host_ask_all());
	/* And a child of the child, after the parent of it is gone: daemons do that. */
	if (fork() == 0)
		_exit(host_ask_all() ? 0 : 1);
	int status;
	need(wait(&status) > 0 && status == 0);
}

static void a_child_of_a_busy_host_is_answered(void)
{
	pthread_t t[8];
	host_publish(1);
	start(t, 8, ask_until_told);
	for (unsigned i = 0; i < kit_count(150, 1500); i++)
		need(kit_fork(ask_in_child, NULL, 10) == 0);
	finish(t, 8);
}

static void a_child_by_vfork_that_becomes_another_program_is_answered(void)
{
	host_publish(1);
	need(host_ask_all());
	for (int i = 0; i < 20; i++) {
		int status;
		pid_t pid = vfork();
		if (pid == 0) {
			execl("/bin/sh", "sh", "-c", "exec getent -s group:rbac group r-00 >/dev/null", (char *)NULL);
			_exit(127);
		}
		need(pid > 0 && waitpid(pid, &status, 0) == pid);
		need_say(status == 0, "getent: %d", status);
		need(host_ask_all());
	}
}

/* ---- threads, publishes, cancellation, signals ---- */

static void *ask_and_enumerate(void *unused)
{
	(void)unused;
	for (unsigned long i = 0; !stop; i++) {
		struct group g, *found;
		char buf[1024];
		wrong += !host_ask_group() || !host_ask_alice() || !host_ask_generation(0);
		/* One cursor for the whole process: any part of the list may come. */
		if (i % 8 == 0) {
			setgrent();
			for (int k = 0; k < 5 && getgrent_r(&g, buf, sizeof buf, &found) == 0 && found; k++)
				wrong += g.gr_gid >= HOST_OURS && strncmp(g.gr_name, "r-", 2) != 0;
			endgrent();
		}
		asked++;
	}
	return NULL;
}

static void threads_on_small_stacks_are_answered_through_publishes(void)
{
	pthread_t t[32];
	unsigned publishes = (unsigned)kit_count(60, 1000);
	host_publish(1);
	start(t, 32, ask_and_enumerate);
	for (unsigned g = 2; g < 2 + publishes; g++) {
		host_publish(g);
		need_say(host_ask_generation(g), "generation %u was published, and is not seen", g);
	}
	finish(t, 32);
	kit_note("%lu rounds of 32 threads through %u publishes", (unsigned long)asked, publishes);
	need(host_mappings() <= 2);
}

static struct host_module module;

static void *ask_for_ever(void *unused)
{
	struct group g;
	char buf[512];
	int err;
	(void)unused;
	for (;;) {
		pthread_testcancel();
		wrong += module.getgrnam("r-00", &g, buf, sizeof buf, &err) != NSS_STATUS_SUCCESS;
		/* Begun and not ended: the next thread begins anew. */
		module.setgrent(0);
		module.getgrent(&g, buf, sizeof buf, &err);
	}
	return NULL;
}

static void a_cancelled_thread_leaves_nothing_behind(void)
{
	host_publish(1);
	host_load(&module, 0);
	int fds = host_descriptors();
	for (unsigned i = 2; i < 2 + kit_count(60, 1000); i++) {
		pthread_t t[4];
		start(t, 4, ask_for_ever);
		host_publish(i);
		for (int k = 0; k < 4; k++)
			need(pthread_cancel(t[k]) == 0 && pthread_join(t[k], NULL) == 0);
	}
	need_say(wrong == 0, "%lu answers wrong", (unsigned long)wrong);
	module.endgrent();
	need(host_ask_all() && host_descriptors() == fds);
	need_say(host_mappings() <= 2, "%d mappings are left", host_mappings());
}

static atomic_ulong signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

static void signals_change_no_answer(void)
{
	static const int flags[] = { SA_RESTART, 0 };
	const struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { { 0, 0 }, { 0, 0 } };
	host_publish(1);
	for (size_t f = 0; f < 2; f++) {
		struct sigaction sa = { .sa_handler = on_signal, .sa_flags = flags[f] };
		need(sigaction(SIGPROF, &sa, NULL) == 0 && setitimer(ITIMER_PROF, &often, NULL) == 0);
		for (int i = 0; i < 20000; i++)
			need(host_ask_group() && (i % 50 || host_ask_all()));
		setitimer(ITIMER_PROF, &never, NULL);
	}
	need(signals > 0);
}

/* ---- who and where ---- */

static void a_host_may_become_someone_else(void)
{
	host_publish(1);
	need(host_ask_all());
	stage_become(ALICE);
	need(host_ask_all());
	usleep(10000);
	need(host_ask_all());
}

static void in_a_chroot_without_a_view_our_groups_are_not_there(void)
{
	struct host_module m;
	struct group g;
	char buf[512];
	int err = 0;
	host_publish(1);
	host_load(&m, 0);
	need(host_ask_all() && m.getgrnam("r-00", &g, buf, sizeof buf, &err) == NSS_STATUS_SUCCESS);
	need(mkdir("/var/lib/empty", 0755) == 0 && chroot("/var/lib/empty") == 0 && chdir("/") == 0);
	usleep(10000);
	for (int i = 0; i < 100; i++) {
		need(m.getgrnam("r-00", &g, buf, sizeof buf, &err) == NSS_STATUS_UNAVAIL && err == ENOENT);
		need(m.setgrent(0) == NSS_STATUS_UNAVAIL);
		m.endgrent();
	}
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "no descriptor of the host is touched", no_descriptor_of_the_host_is_touched, 20 },
		{ "a child of a busy host is answered", a_child_of_a_busy_host_is_answered, 30 },
		{ "a child by vfork that becomes another program is answered", a_child_by_vfork_that_becomes_another_program_is_answered, 20 },
		{ "threads on small stacks are answered through publishes", threads_on_small_stacks_are_answered_through_publishes, 60 },
		{ "a cancelled thread leaves nothing behind", a_cancelled_thread_leaves_nothing_behind, 30 },
		{ "signals change no answer", signals_change_no_answer, 30 },
		{ "a host may become someone else", a_host_may_become_someone_else, 10 },
		{ "in a chroot without a view our groups are not there", in_a_chroot_without_a_view_our_groups_are_not_there, 10 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
