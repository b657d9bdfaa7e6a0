#include "rbac_follow/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rbac_follow/acknowledge.h"
#include "rbac_follow/names.h"
#include "rbac_follow/search.h"

/* libldap may have read more than it has handed out, so "nothing is there" is believed only after
 * this time; and no wait is longer than TICK_MS, so that timers and signals count. */
enum { QUIET_MS = 10, TICK_MS = 1000 };

struct session {
	LDAP *ld;
	char *why;
	struct search search;
	char dir[PATH_MAX]; /* of the inbox */
	bool asked_all;     /* without a cookie */
	unsigned *patience;
	time_t began, lacks_since;
	/* By the clock that nobody sets: the last message, the last look, the question that is not
	 * answered yet (0: none). */
	time_t heard, looked, asked;
	bool was_stopped;
};

static time_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* ---- what comes ---- */

/* One message. False: the session is over, as *END says. */
static bool on_message(struct session *s, LDAPMessage *m, enum session_end *end)
{
	bool again = false;

	if (ldap_msgid(m) != s->search.id) {
		acknowledge_result(s->ld, m);
		return true;
	}
	bool goes_on = search_message(&s->search, m, &again);
	*end = again ? SESSION_AGAIN : SESSION_LOST;
	return goes_on;
}

/*
 * All that is there, and take is told. *MORE: there may be more; a server that never comes to an
 * end must not keep us from looking at what it lacks.
 */
static bool drain(struct session *s, enum session_end *end, bool *more)
{
	const time_t began = time(NULL);
	bool goes_on = true;

	*more = true;
	while (goes_on && !follow_ended() && time(NULL) == began) {
		struct timeval quiet = { .tv_usec = QUIET_MS * 1000 };
		LDAPMessage *m = NULL;
		int type = ldap_result(s->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &quiet, &m);
		if (type == 0) {
			*more = false;
			break;
		}
		if (type < 0) {
			int rc = LDAP_OTHER;
			ldap_get_option(s->ld, LDAP_OPT_RESULT_CODE, &rc);
			directory_why(s->ld, rc, "the connection", s->why);
			*end = SESSION_LOST;
			return false;
		}
		s->heard = seconds();
		s->asked = 0;
		goes_on = on_message(s, m, end);
		ldap_msgfree(m);
	}
	if (inbox_tell(&s->search.inbox))
		follow_say("%s: %s", s->dir, strerror(errno));
	return goes_on;
}

/* ---- is it all there, and new? ---- */

static void lose_patience(struct session *s)
{
	*s->patience = *s->patience * 2 < SESSION_PATIENCE_MOST ? *s->patience * 2
								: SESSION_PATIENCE_MOST;
}

/* True: ask again, as *END says. */
static bool is_behind(struct session *s, enum session_end *end)
{
	int64_t fresh_until;
	const char *lacks = inbox_lacks(&s->search.inbox, &fresh_until);
	time_t now = time(NULL);
	bool old = fresh_until && now > fresh_until;

	if (!lacks)
		s->lacks_since = 0;
	else if (!s->lacks_since)
		s->lacks_since = now;
	if (!lacks && !old)
		*s->patience = SESSION_PATIENCE;
	if (lacks && now - s->lacks_since >= *s->patience) {
		snprintf(s->why, DIRECTORY_WHY, "%s: requesting everything again", lacks);
		*end = s->asked_all ? SESSION_ELSEWHERE : SESSION_AGAIN;
		lose_patience(s);
		return true;
	}
	if (old && now - s->began >= *s->patience * SESSION_OLD) {
		snprintf(s->why, DIRECTORY_WHY,
			 "the newest state in the directory has been too old for %lld seconds: "
			 "asking another server",
			 (long long)(now - fresh_until));
		*end = SESSION_ELSEWHERE;
		lose_patience(s);
		return true;
	}
	return false;
}

/*
 * Does the server still answer? A connection can stay open on which nothing comes any more: slapd
 * (OpenLDAP 2.5) ends the search of a host that did not read for `writetimeout` seconds, reads no
 * more requests of it, and does not close. False: it has been silent for too long.
 */
static bool is_answering(struct session *s)
{
	time_t now = seconds();
	int id;

	s->was_stopped |= now - s->looked >= SESSION_STOPPED;
	s->looked = now;
	if (s->asked && now - s->asked >= DIRECTORY_ANSWER) {
		snprintf(s->why, DIRECTORY_WHY, "the server does not answer: connecting again");
		return false;
	}
	if (!s->asked && (s->was_stopped || now - s->heard >= SESSION_SILENCE) &&
	    ldap_whoami(s->ld, NULL, NULL, &id) == LDAP_SUCCESS) {
		s->asked = now;
		s->was_stopped = false;
	}
	return true;
}

/* ---- the loop ---- */

static void empty(int fd)
{
	char events[4096];

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		;
}

static enum session_end loop(struct session *s, struct names *names, struct acknowledge *ack,
			     int watch)
{
	enum session_end end = SESSION_LOST;
	bool more = false;
	int fd = -1;

	while (!follow_ended()) {
		ldap_get_option(s->ld, LDAP_OPT_DESC, &fd);
		struct pollfd p[] = { { .fd = fd, .events = POLLIN },
				      { .fd = watch, .events = POLLIN } };
		poll(p, watch >= 0 ? 2 : 1, more ? 0 : TICK_MS);
		if (!drain(s, &end, &more) || is_behind(s, &end))
			return end;
		if (!is_answering(s))
			return SESSION_LOST;
		empty(watch);
		if (names_changed(names)) {
			snprintf(s->why, DIRECTORY_WHY, "this host follows other sheets now");
			return SESSION_AGAIN;
		}
		acknowledge_when_due(ack, s->ld);
	}
	return SESSION_LOST;
}

enum session_end session_run(const struct follow *f, LDAP *ld, struct buf *cookie,
			     unsigned *patience, char *why)
{
	struct session s = { .ld = ld,
			     .why = why,
			     .search = { .ld = ld, .cookie = cookie, .why = why },
			     .asked_all = cookie->len == 0,
			     .patience = patience,
			     .began = time(NULL),
			     .heard = seconds(),
			     .looked = seconds() };
	struct acknowledge ack;
	struct names names;
	enum session_end end = SESSION_LOST;
	char folder[PATH_MAX];

	snprintf(why, DIRECTORY_WHY, "ended");
	snprintf(s.dir, sizeof(s.dir), "%s/inbox", f->own);
	snprintf(folder, sizeof(folder), "%s/follow", f->state);
	int err = names_read(&names, folder);
	if (!err)
		err = inbox_open(&s.search.inbox, s.dir, names.v, names.n);
	if (err)
		snprintf(why, DIRECTORY_WHY, "the inbox %.200s: %s", s.dir,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch >= 0)
		inotify_add_watch(watch, folder, IN_MOVED_TO | IN_CLOSE_WRITE);
	acknowledge_begin(&ack, ld, folder);
	if (!err && search_begin(&s.search, f->c->base, names.v, names.n) == LDAP_SUCCESS)
		end = loop(&s, &names, &ack, watch);
	if (watch >= 0)
		close(watch);
	acknowledge_end(&ack);
	inbox_close(&s.search.inbox);
	names_free(&names);
	return end;
}
