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
#include "rbac_follow/inbox.h"
#include "rbac_follow/names.h"
#include "rbac_follow/sync.h"

/* libldap may have read more than it has handed out, so "nothing is there" is believed only after
 * this time; and no wait is longer than TICK_MS, so that timers and signals count. */
enum { QUIET_MS = 10, TICK_MS = 1000 };

struct session {
	const struct follow *f;
	LDAP *ld;
	struct buf *cookie;
	char *why;
	struct inbox inbox;
	char dir[PATH_MAX]; /* of the inbox */
	int search;
	bool asked_all; /* without a cookie */
	unsigned *patience;
	time_t began, lacks_since;
	unsigned dropped; /* entries over a limit */
};

/* ---- the search ---- */

static int begin_search(struct session *s, const struct names *names)
{
	static char *attrs[] = { (char *)"rbacSheetName",   (char *)"rbacHead", (char *)"rbacData",
				 (char *)"rbacKeysVersion", (char *)"rbacKeys", NULL };
	struct buf value = { 0 }, filter = { 0 }, base = { 0 };

	sync_request(s->cookie, &value);
	buf_printf(&filter, "(|(objectClass=rbacKeyList)");
	for (size_t i = 0; i < names->n; i++)
		buf_printf(&filter, "(rbacSheetName=%s)", names->v[i]);
	buf_printf(&filter, ")");
	buf_printf(&base, "ou=sheets,%s", s->f->c->base);
	int rc = LDAP_NO_MEMORY;
	if (!value.failed && !filter.failed && !base.failed) {
		LDAPControl sync = { .ldctl_oid = (char *)DIRECTORY_SYNC,
				     .ldctl_value = { value.len, (char *)value.p },
				     .ldctl_iscritical = 1 };
		LDAPControl *controls[] = { &sync, NULL };
		rc = ldap_search_ext(s->ld, buf_text(&base), LDAP_SCOPE_SUBTREE, buf_text(&filter),
				     attrs, 0, controls, NULL, NULL, 0, &s->search);
	}
	buf_free(&value);
	buf_free(&filter);
	buf_free(&base);
	if (rc)
		directory_why(s->ld, rc, "the search", s->why);
	return rc;
}

/* ---- what comes ---- */

static void keep_cookie(struct session *s, const struct sync_news *news)
{
	if (!news->cookie)
		return;
	buf_reset(s->cookie);
	if (!sync_cookie_is_of_several(news->cookie, news->len))
		buf_put(s->cookie, news->cookie, news->len);
}

static void read_control(struct session *s, LDAPControl **controls, const char *oid)
{
	const LDAPControl *c = ldap_control_find(oid, controls, NULL);
	struct sync_news news;

	if (c && sync_read(oid, c->ldctl_value.bv_val, c->ldctl_value.bv_len, &news))
		keep_cookie(s, &news);
	ldap_controls_free(controls);
}

static int put_entry(struct session *s, const char *name, const struct berval *version,
		     const struct berval *keys, const struct berval *head,
		     const struct berval *data)
{
	int err = RBAC_OK;

	if (version && keys) {
		char *end;
		unsigned long long v = strtoull(version->bv_val, &end, 10);
		if (!*end && v > 0)
			err = inbox_keys(&s->inbox, v, (uint8_t *)keys->bv_val, keys->bv_len);
	}
	if (!err && name && head)
		err = inbox_head(&s->inbox, name, (uint8_t *)head->bv_val, head->bv_len);
	if (!err && name && data)
		err = inbox_chunk(&s->inbox, name, (uint8_t *)data->bv_val, data->bv_len);
	return err;
}

static int on_entry(struct session *s, LDAPMessage *m)
{
	LDAPControl **controls = NULL;
	struct berval *name = directory_value(s->ld, m, "rbacSheetName"),
		      *head = directory_value(s->ld, m, "rbacHead"),
		      *data = directory_value(s->ld, m, "rbacData"),
		      *keys = directory_value(s->ld, m, "rbacKeys"),
		      *version = directory_value(s->ld, m, "rbacKeysVersion");
	int err = put_entry(s, name ? name->bv_val : NULL, version, keys, head, data);

	ber_bvfree(name);
	ber_bvfree(head);
	ber_bvfree(data);
	ber_bvfree(keys);
	ber_bvfree(version);
	if (err == RBAC_REFUSED) {
		if (s->dropped++ == 0)
			follow_say("an entry is not one of those asked for, or over a limit: it is "
				   "dropped");
		err = RBAC_OK;
	}
	if (err)
		snprintf(s->why, DIRECTORY_WHY, "the inbox %.200s: %s", s->dir,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	else if (ldap_get_entry_controls(s->ld, m, &controls) == LDAP_SUCCESS)
		read_control(s, controls, SYNC_STATE);
	return err;
}

static void on_info(struct session *s, LDAPMessage *m)
{
	struct berval *value = NULL;
	struct sync_news news;
	char *oid = NULL;

	if (ldap_parse_intermediate(s->ld, m, &oid, &value, NULL, 0) == LDAP_SUCCESS && oid &&
	    value && sync_read(oid, value->bv_val, value->bv_len, &news))
		keep_cookie(s, &news);
	ldap_memfree(oid);
	ber_bvfree(value);
}

/* The search is over: it never is while all is well. */
static enum session_end on_result(struct session *s, LDAPMessage *m)
{
	int code = LDAP_OTHER;

	ldap_parse_result(s->ld, m, &code, NULL, NULL, NULL, NULL, 0);
	directory_why(s->ld, code, "the server ended the search", s->why);
	return code == LDAP_SYNC_REFRESH_REQUIRED ? SESSION_AGAIN : SESSION_LOST;
}

/* One message. False: the session is over, as *END says. */
static bool on_message(struct session *s, LDAPMessage *m, enum session_end *end)
{
	bool goes_on = true;

	*end = SESSION_LOST;
	if (ldap_msgid(m) != s->search) { /* the acknowledgement's answer */
		acknowledge_result(s->ld, m);
	} else if (ldap_msgtype(m) == LDAP_RES_SEARCH_ENTRY) {
		goes_on = on_entry(s, m) == RBAC_OK;
	} else if (ldap_msgtype(m) == LDAP_RES_INTERMEDIATE) {
		on_info(s, m);
	} else if (ldap_msgtype(m) == LDAP_RES_SEARCH_RESULT) {
		*end = on_result(s, m);
		goes_on = false;
	}
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
		goes_on = on_message(s, m, end);
		ldap_msgfree(m);
	}
	if (inbox_tell(&s->inbox))
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
	const char *lacks = inbox_lacks(&s->inbox, &fresh_until);
	time_t now = time(NULL);
	bool old = fresh_until && now > fresh_until;

	if (!lacks)
		s->lacks_since = 0;
	else if (!s->lacks_since)
		s->lacks_since = now;
	if (!lacks && !old)
		*s->patience = SESSION_PATIENCE;
	if (lacks && now - s->lacks_since >= *s->patience) {
		snprintf(s->why, DIRECTORY_WHY, "%s: all is asked for again", lacks);
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
		empty(watch);
		if (names_changed(names)) {
			snprintf(s->why, DIRECTORY_WHY, "other sheets are followed now");
			return SESSION_AGAIN;
		}
		acknowledge_when_due(ack, s->ld);
	}
	return SESSION_LOST;
}

enum session_end session_run(const struct follow *f, LDAP *ld, struct buf *cookie,
			     unsigned *patience, char *why)
{
	struct session s = { .f = f,
			     .ld = ld,
			     .cookie = cookie,
			     .why = why,
			     .asked_all = cookie->len == 0,
			     .patience = patience,
			     .began = time(NULL) };
	struct acknowledge ack;
	struct names names;
	enum session_end end = SESSION_LOST;
	char folder[PATH_MAX];

	snprintf(why, DIRECTORY_WHY, "ended");
	snprintf(s.dir, sizeof(s.dir), "%s/inbox", f->own);
	snprintf(folder, sizeof(folder), "%s/follow", f->state);
	int err = names_read(&names, folder);
	if (!err)
		err = inbox_open(&s.inbox, s.dir, names.v, names.n);
	if (err)
		snprintf(why, DIRECTORY_WHY, "the inbox %.200s: %s", s.dir,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch >= 0)
		inotify_add_watch(watch, folder, IN_MOVED_TO | IN_CLOSE_WRITE);
	acknowledge_begin(&ack, ld, folder);
	if (!err && begin_search(&s, &names) == LDAP_SUCCESS)
		end = loop(&s, &names, &ack, watch);
	if (watch >= 0)
		close(watch);
	acknowledge_end(&ack);
	inbox_close(&s.inbox);
	names_free(&names);
	return end;
}
