/* follow: one search that stays open (RFC 4533, refreshAndPersist), and begins anew by itself. */
#include "rbac_follow/follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rbac_follow/session.h"
#include "rbacctl/carrier/folder.h"

enum { WAIT_FIRST_MS = 250, WAIT_MOST_MS = 6000 };

static volatile sig_atomic_t ended;

static void on_signal(int sig)
{
	(void)sig;
	ended = 1;
}

bool follow_ended(void)
{
	return ended;
}

/* Half of MS and up to as much again: many hosts do not come back at one moment. */
static void wait_about(unsigned ms)
{
	ms = ms / 2 + randombytes_uniform(ms / 2 + 1);
	for (unsigned done = 0; done < ms && !ended; done += 50)
		poll(NULL, 0, 50);
}

/* For `rbacctl fleet status`. */
static void put_status(const struct follow *f, const char *word, const char *what)
{
	char path[PATH_MAX], text[DIRECTORY_WHY + 100];
	int n = snprintf(text, sizeof(text), "%s %lld %s\n", word, (long long)time(NULL), what);

	snprintf(path, sizeof(path), "%s/status", f->own);
	if (folder_put(path, (const uint8_t *)text, (size_t)n, false))
		follow_say("%s: %s", path, strerror(errno));
}

static bool make_own(const struct follow *f)
{
	if (mkdir(f->own, 0755) == 0 || errno == EEXIST)
		return true;
	follow_say("%s: %s", f->own, strerror(errno));
	return false;
}

int follow_run(const struct follow *f)
{
	struct sigaction end = { .sa_handler = on_signal };
	struct buf cookie = { 0 };
	char why[DIRECTORY_WHY], said[DIRECTORY_WHY] = "";
	unsigned wait = WAIT_FIRST_MS, patience = SESSION_PATIENCE;

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	if (!make_own(f))
		return 4;
	for (int server = 0; !ended; server++) {
		const char *uri = f->c->uri[server % f->c->n_uri];
		enum session_end how = SESSION_LOST;
		LDAP *ld = directory_open(f->c, uri, why);
		if (ld) {
			put_status(f, "connected", uri);
			follow_say("connected to %s", uri);
			said[0] = '\0';
			how = session_run(f, ld, &cookie, &patience, why);
			directory_close(ld);
		}
		if (how == SESSION_AGAIN || how == SESSION_ELSEWHERE)
			buf_reset(&cookie);
		if (how == SESSION_AGAIN)
			server--; /* the same one */
		if (ld)
			wait = WAIT_FIRST_MS;
		if (ended)
			break;
		put_status(f, "down", why);
		if (strcmp(said, why) != 0)
			follow_say("%s", why);
		snprintf(said, sizeof(said), "%s", why);
		wait_about(wait);
		wait = wait * 2 < WAIT_MOST_MS ? wait * 2 : WAIT_MOST_MS;
	}
	put_status(f, "down", "ended");
	buf_free(&cookie);
	return 0;
}
