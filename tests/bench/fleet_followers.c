/*
 * fleet_followers WRITER HOST N ROUNDS FOLDER: how long one change takes to reach N followers, each
 * with its own TLS connection, search and inbox, all in this process. It uses the object files of
 * rbac-follow.
 *	WRITER, HOST   fleet.conf of the authority, and of the host h1 (the others are h2, h3, ...)
 *	FOLDER         for the inboxes
 * A round replaces the head of the fleet's sheet with a new one that is signed and names as many
 * sheets as it can. Rounds of two kinds follow one another, on the same connections:
 *	plain    a message is received and decoded by libldap, and nothing is done with it
 *	follow   as rbac-follow: the sheet is put into the inbox, which is then checked
 * Exit status 1: a message did not come, or an inbox has other bytes than the directory.
 */
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "rbac_follow/conf.h"
#include "rbac_follow/directory.h"
#include "rbac_follow/follow.h"
#include "rbac_follow/search.h"
#include "tests/bench/fleet_head.h"

enum {
	ROUND_MOST_MS = 60000,
	EVENTS = 256,
	SPARE_FILES = 100, /* descriptors beside the connections */
	ROUNDS_MAX = 1000,
};

enum kind { PLAIN, FOLLOW, KINDS };

struct follower {
	struct search search;
	struct buf cookie;
	char *dir; /* of the inbox */
	bool has;  /* what the round sends */
};

static struct follower *followers;
static int n_followers, poller, n_have;
static enum kind kind;
static struct sent_head sent;

void follow_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- the followers ---- */

static LDAP *open_as(const struct conf *c)
{
	char why[DIRECTORY_WHY];
	const char *uri;
	LDAP *ld = directory_open_any(c, &uri, why);

	if (!ld)
		die("%s: %s", c->bind_dn, why);
	return ld;
}

static void watch(LDAP *ld, void *what)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = what };
	int fd = -1;

	ldap_get_option(ld, LDAP_OPT_DESC, &fd);
	if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e) != 0)
		die("epoll: %s", strerror(errno));
}

/* Host number I, from 1 on, follows the fleet's sheet, that of its scope, and that of the scope
 * above it. */
static void begin(struct follower *f, struct conf *c, const char *folder, int i)
{
	static char why[DIRECTORY_WHY];
	char bind_dn[DIRECTORY_WHY], scope[40], dir[PATH_MAX];
	char *names[] = { (char *)FLEET_SHEET, (char *)"account:main", scope };

	snprintf(scope, sizeof(scope), "space:main/h%d", i);
	snprintf(bind_dn, sizeof(bind_dn), "cn=h%d,ou=hosts,%s", i, c->base);
	c->bind_dn = bind_dn;
	f->search = (struct search){ .ld = open_as(c), .cookie = &f->cookie, .why = why };
	snprintf(dir, sizeof(dir), "%s/h%d", folder, i);
	f->dir = strdup(dir);
	if (!f->dir || inbox_open(&f->search.inbox, f->dir, names, 3) != RBAC_OK)
		die("the inbox %s: %s", dir, strerror(errno));
	if (search_begin(&f->search, c->base, names, 3) != LDAP_SUCCESS)
		die("%s", why);
	watch(f->search.ld, f);
}

/* ---- a round ---- */

/* One message of the search of F. */
static void take_message(struct follower *f, LDAPMessage *m)
{
	struct search *s = &f->search;
	bool again, is_entry = ldap_msgtype(m) == LDAP_RES_SEARCH_ENTRY;

	if (ldap_msgtype(m) == LDAP_RES_SEARCH_RESULT || kind == FOLLOW) {
		if (!search_message(s, m, &again))
			die("%s: %s", f->dir, s->why);
		is_entry = s->inbox.v[0].h.number == sent.number;
	}
	if (is_entry && !f->has) {
		f->has = true;
		n_have++;
	}
}

/* Has libldap, or TLS below it, more than it has handed out? */
static bool is_ready(LDAP *ld)
{
	Sockbuf *sb = NULL;

	return ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) == LDAP_SUCCESS && sb &&
	       ber_sockbuf_ctrl(sb, LBER_SB_OPT_DATA_READY, NULL) > 0;
}

/* All that is there; and then, as rbac-follow, what take is told and what the inbox lacks. */
static void drain(struct follower *f)
{
	struct search *s = &f->search;
	struct timeval none = { 0 };
	LDAPMessage *m = NULL;
	int64_t fresh_until;
	int type;

	while ((type = ldap_result(s->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &none, &m)) > 0 ||
	       (type == 0 && is_ready(s->ld))) {
		if (type > 0) {
			take_message(f, m);
			ldap_msgfree(m);
		}
	}
	if (type < 0)
		die("%s: the connection is lost", f->dir);
	if (kind == FOLLOW && inbox_tell(&s->inbox) != RBAC_OK)
		die("%s: %s", f->dir, strerror(errno));
	if (kind == FOLLOW && inbox_lacks(&s->inbox, &fresh_until))
		die("%s: %s", f->dir, inbox_lacks(&s->inbox, &fresh_until));
}

/* The answer to the change. */
static void drain_writer(LDAP *ld)
{
	struct timeval none = { 0 };
	LDAPMessage *m = NULL;
	int code = LDAP_SUCCESS;

	while (ldap_result(ld, LDAP_RES_ANY, LDAP_MSG_ONE, &none, &m) > 0) {
		ldap_parse_result(ld, m, &code, NULL, NULL, NULL, NULL, 1);
		if (code != LDAP_SUCCESS)
			die("%s: %s", sent.dn, ldap_err2string(code));
	}
}

/* Until every follower has what the round sends. Milliseconds since BEGAN. */
static double wait_for_all(LDAP *writer, double began)
{
	struct epoll_event events[EVENTS];

	while (n_have < n_followers) {
		int n = epoll_wait(poller, events, EVENTS, 1000);
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr)
				drain(events[i].data.ptr);
			else
				drain_writer(writer);
		}
		if (now_ms() - began > ROUND_MOST_MS)
			die("%d of %d followers have the change after %d s", n_have, n_followers,
			    ROUND_MOST_MS / 1000);
	}
	return now_ms() - began;
}

static void expect_all(enum kind k)
{
	kind = k;
	n_have = 0;
	for (int i = 0; i < n_followers; i++)
		followers[i].has = false;
}

static double play_round(LDAP *writer, enum kind k)
{
	sent_head_make(&sent);
	expect_all(k);
	const double began = now_ms();
	sent_head_send(&sent, writer);
	return wait_for_all(writer, began);
}

/* The inbox of each follower has the head that was sent last. */
static void compare_inboxes(void)
{
	for (int i = 0; i < n_followers; i++) {
		struct buf got = { 0 };
		int err = folder_read_head(followers[i].dir, FLEET_SHEET, &got);
		if (err || got.len != sent.bytes.len || memcmp(got.p, sent.bytes.p, got.len) != 0)
			die("%s does not have the head that was sent last", followers[i].dir);
		buf_free(&got);
	}
}

/* ---- the report ---- */

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static long memory_mb(void)
{
	char line[100];
	long kb = 0;
	FILE *in = fopen("/proc/self/status", "r");

	while (in && fgets(line, sizeof(line), in))
		sscanf(line, "VmRSS: %ld", &kb);
	if (in)
		fclose(in);
	return kb / 1024;
}

static void report(double *ms[KINDS], int rounds)
{
	static const char *const word[] = { "plain", "follow" };

	printf("%d followers, %d rounds of each kind, a head of %zu bytes, %ld MB here\n"
	       "ms until the last one has the change: least, middle, largest\n",
	       n_followers, rounds, sent.bytes.len, memory_mb());
	for (int k = 0; k < KINDS; k++) {
		qsort(ms[k], (size_t)rounds, sizeof(*ms[k]), ascending);
		printf("%-6s %7.0f %7.0f %7.0f\n", word[k], ms[k][0], ms[k][rounds / 2],
		       ms[k][rounds - 1]);
	}
	printf("follow/plain, of the middles: %.2f\n",
	       ms[FOLLOW][rounds / 2] / ms[PLAIN][rounds / 2]);
}

/* ---- */

static void raise_limit(void)
{
	rlim_t need = (rlim_t)n_followers + SPARE_FILES;
	struct rlimit l;

	getrlimit(RLIMIT_NOFILE, &l);
	if (l.rlim_cur >= need)
		return;
	l = (struct rlimit){ need, need > l.rlim_max ? need : l.rlim_max };
	if (setrlimit(RLIMIT_NOFILE, &l) != 0)
		die("%d connections need as many descriptors: %s", n_followers, strerror(errno));
}

static void read_conf(const char *path, struct conf *c)
{
	char why[500];

	if (!conf_read(path, c, why, sizeof(why)))
		die("%s", why);
}

static void connect_all(struct conf *host, const char *folder)
{
	const double began = now_ms();
	char *own = host->bind_dn;

	for (int i = 0; i < n_followers; i++)
		begin(&followers[i], host, folder, i + 1);
	host->bind_dn = own;
	printf("%d connections in %.1f s\n", n_followers, (now_ms() - began) / 1e3);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct conf writer_conf, host;
	double *ms[KINDS];

	if (argc != 6)
		die("usage: fleet_followers WRITER HOST N ROUNDS FOLDER");
	n_followers = atoi(argv[3]);
	int rounds = atoi(argv[4]);
	if (n_followers < 1 || rounds < 1 || rounds > ROUNDS_MAX || sodium_init() < 0)
		die("at least one follower, and 1 to %d rounds", ROUNDS_MAX);
	signal(SIGPIPE, SIG_IGN);
	raise_limit();
	read_conf(argv[1], &writer_conf);
	read_conf(argv[2], &host);
	followers = calloc((size_t)n_followers, sizeof(*followers));
	for (int k = 0; k < KINDS; k++)
		ms[k] = calloc((size_t)rounds, sizeof(*ms[k]));
	poller = epoll_create1(EPOLL_CLOEXEC);
	if (!followers || !ms[PLAIN] || !ms[FOLLOW] || poller < 0)
		die("no memory");
	LDAP *writer = open_as(&writer_conf);
	sent_head_begin(&sent, writer, writer_conf.base);
	watch(writer, NULL);
	connect_all(&host, argv[5]);
	expect_all(FOLLOW);
	wait_for_all(writer, now_ms());
	play_round(writer, PLAIN); /* the first one pays for what both find warm */
	for (int r = 0; r < rounds; r++)
		for (int k = 0; k < KINDS; k++)
			ms[k][r] = play_round(writer, (enum kind)k);
	compare_inboxes();
	report(ms, rounds);
	return 0;
}
