/* Hosts with many threads, with threads that are cancelled, and with signals: through the real C
 * library, and past it. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

static atomic_bool stop;
static atomic_ulong asked, wrong, groups;
static struct host_module module;

static void start(pthread_t *t, uintptr_t n, void *(*fn)(void *))
{
	pthread_attr_t small;
	need(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 64 << 10) == 0);
	stop = false;
	for (uintptr_t i = 0; i < n; i++)
		need(pthread_create(&t[i], &small, fn, (void *)i) == 0);
	pthread_attr_destroy(&small);
}

static void finish(pthread_t *t, int n)
{
	stop = true;
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	need_say(wrong == 0, "%lu of %lu answers wrong", (unsigned long)wrong,
		 (unsigned long)asked);
}

/* ---- lookups and enumerations, through publishes ---- */

/* One cursor for the whole process: any part of the list may come. */
static void enumerate_by_libc(void)
{
	struct group g, *found;
	char buf[1024];
	setgrent();
	for (int k = 0; k < 5 && getgrent_r(&g, buf, sizeof buf, &found) == 0 && found; k++) {
		wrong += g.gr_gid >= HOST_OURS && strncmp(g.gr_name, "r-", 2) != 0;
		groups += g.gr_gid >= HOST_OURS;
	}
	endgrent();
}

/* Past the C library's lock: who finds another inside is told so, and never kept waiting. */
static void enumerate_past_libc(void)
{
	struct group g;
	char buf[1024];
	int err = 0;
	enum nss_status rc = module.setgrent(0);
	wrong += rc != NSS_STATUS_SUCCESS && rc != NSS_STATUS_TRYAGAIN;
	for (int k = 0; k < 5; k++) {
		rc = module.getgrent(&g, buf, sizeof buf, &err);
		wrong += rc == NSS_STATUS_UNAVAIL || (rc == NSS_STATUS_TRYAGAIN && err != EAGAIN) ||
			 (rc == NSS_STATUS_SUCCESS && strncmp(g.gr_name, "r-", 2) != 0);
		groups += rc == NSS_STATUS_SUCCESS;
	}
	module.endgrent();
}

static void *ask_and_enumerate(void *who)
{
	for (unsigned long i = 0; !stop; i++) {
		wrong += !host_ask_group() || !host_ask_alice() || !host_ask_generation(0);
		if (i % 8 == 0)
			((uintptr_t)who % 2 ? enumerate_by_libc : enumerate_past_libc)();
		asked++;
	}
	return NULL;
}

static void threads_on_small_stacks_are_answered_through_publishes(void)
{
	pthread_t t[32];
	unsigned publishes = (unsigned)kit_count(60, 1000);
	host_publish_from_aside();
	host_publish(1);
	host_load(&module, 0);
	start(t, 32, ask_and_enumerate);
	for (unsigned g = 2; g < 2 + publishes; g++) {
		host_publish(g);
		need_say(host_ask_generation(g), "generation %u was published, and is not seen", g);
	}
	finish(t, 32);
	kit_note("%lu rounds of 32 threads through %u publishes, %lu groups enumerated",
		 (unsigned long)asked, publishes, (unsigned long)groups);
	need(groups > 0 && host_mappings() <= 2);
}

/* ---- cancellation ---- */

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
	host_publish_from_aside();
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

/* ---- signals ---- */

static atomic_ulong signals;
static pthread_t asker;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

/* Views come and go meanwhile, so that what the signals hit is also opening and mapping. */
static void *disturb(void *unused)
{
	(void)unused;
	for (unsigned n = 0; !stop; n++) {
		pthread_kill(asker, SIGUSR1);
		usleep(50);
		if (n % 100 == 0)
			host_publish(2 + n / 100);
	}
	return NULL;
}

static void ask_through_signals(int flags)
{
	const struct sigaction sa = { .sa_handler = on_signal, .sa_flags = flags };
	unsigned long rounds = 0, least = kit_count(2000, 100000);
	pthread_t t;
	signals = 0;
	need(sigaction(SIGUSR1, &sa, NULL) == 0);
	start(&t, 1, disturb);
	for (; signals < least || rounds < least; rounds++)
		need(host_ask_group() && host_ask_generation(0) && (rounds % 20 || host_ask_all()));
	finish(&t, 1);
	kit_note("%s: %lu rounds through %lu signals", flags ? "SA_RESTART" : "without", rounds,
		 (unsigned long)signals);
}

static void signals_change_no_answer(void)
{
	host_publish_from_aside();
	host_publish(1);
	asker = pthread_self();
	ask_through_signals(SA_RESTART);
	ask_through_signals(0);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "threads on small stacks are answered through publishes",
		  threads_on_small_stacks_are_answered_through_publishes, 60 },
		{ "a cancelled thread leaves nothing behind",
		  a_cancelled_thread_leaves_nothing_behind, 30 },
		{ "signals change no answer", signals_change_no_answer, 30 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
