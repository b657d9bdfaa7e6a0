#define _DEFAULT_SOURCE
#include "rbacctl/config/from_access.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/error.h"

/* One line, and what it becomes. */
struct entry {
	struct policy_pos pos;
	bool gives;
	bool everybody, anywhere;
	struct buf users, groups, from; /* "a", "b" */
	bool cron;                      /* an origin is the service cron */
	bool lost;                      /* a part of it was told */
	bool only;                      /* it takes from all but those that are named */
	bool narrower;                  /* an EXCEPT takes from it what a rule cannot */
};

struct reading {
	const char *service;
	const struct from_access_host *host;
	struct buf *rules;
	struct problems *left;
	unsigned taken; /* the last line that denies and is left out; 0: none */
	bool last;      /* no line is behind this one */
	bool closed;    /* everybody was judged: no line behind counts */
	size_t n_rules;
};

static void quote(struct buf *list, const char *word)
{
	buf_printf(list, "%s\"", list->len ? ", " : "");
	for (const char *p = word; *p; p++)
		buf_printf(list, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
	buf_printf(list, "\"");
}

static bool is(const char *word, const char *what)
{
	return strcasecmp(word, what) == 0;
}

static void lose(struct reading *r, struct entry *e, const char *what, const char *word,
		 const char *why)
{
	problem_error(r->left, e->pos, "%s \"%s\" is left out: %s", what, word, why);
	e->lost = true;
}

/* ---- users ---- */

static void add_user(struct reading *r, struct entry *e, char *word)
{
	size_t len = strlen(word);

	if (is(word, "ALL")) {
		e->everybody = true;
	} else if (len > 2 && *word == '(' && word[len - 1] == ')') {
		word[len - 1] = 0;
		quote(&e->groups, word + 1);
	} else if (*word == '@') {
		lose(r, e, "the netgroup", word, "name a Unix group in its place");
	} else if (strchr(word, '@')) {
		lose(r, e, "the user", word, "a login rule names hosts in `from`");
	} else if (!r->host->is_user(word) && r->host->is_group(word)) {
		quote(&e->groups, word); /* as pam_access without nodefgroup */
	} else {
		quote(&e->users, word);
	}
}

/* ---- origins ---- */

/* "10.1.2.3/255.255.0.0" and "10.1.2.3/16" are 10.1.0.0/16. False: it is no such network. */
static bool network_of(const char *word, char *out, size_t size)
{
	char address[INET_ADDRSTRLEN], *end;
	struct in_addr a, mask;
	const char *slash = strchr(word, '/');

	if (!slash || slash - word >= INET_ADDRSTRLEN)
		return false;
	snprintf(address, sizeof address, "%.*s", (int)(slash - word), word);
	unsigned long bits = strtoul(slash + 1, &end, 10);
	if (inet_pton(AF_INET, address, &a) != 1)
		return false;
	if (inet_pton(AF_INET, slash + 1, &mask) == 1) {
		uint32_t rest = ~ntohl(mask.s_addr);
		if (rest & (rest + 1))
			return false;
		bits = 32 - (unsigned)__builtin_popcount(rest);
	} else if (*end || bits > 32) {
		return false;
	}
	a.s_addr &= bits ? htonl(UINT32_MAX << (32 - bits)) : 0;
	snprintf(out, size, "%s/%lu", inet_ntop(AF_INET, &a, address, sizeof address), bits);
	return true;
}

/* "10.0." is 10.0.0.0/16. */
static bool net_of(const char *word, char *out, size_t size)
{
	unsigned v[4] = { 0 };
	int n = 0;
	const char *p = word;
	char *end;

	for (; *p && n < 3; n++) {
		if (!isdigit((unsigned char)*p))
			return false;
		unsigned long part = strtoul(p, &end, 10);
		if (*end != '.' || part > 255)
			return false;
		v[n] = (unsigned)part;
		p = end + 1;
	}
	snprintf(out, size, "%u.%u.%u.%u/%d", v[0], v[1], v[2], v[3], 8 * n);
	return n > 0 && !*p;
}

static bool is_address(const char *word)
{
	char address[100];
	unsigned char out[16];

	snprintf(address, sizeof address, "%.*s", (int)strcspn(word, "/"), word);
	return inet_pton(AF_INET, address, out) == 1 || inet_pton(AF_INET6, address, out) == 1;
}

static void add_origin(struct reading *r, struct entry *e, const char *word)
{
	char net[100];
	const char *slash = strchr(word, '/');

	if (is(word, "ALL")) {
		e->anywhere = true;
	} else if (is(word, "cron") || is(word, "crond")) {
		e->cron = true;
	} else if (is(word, "LOCAL")) {
		lose(r, e, "the origin", word, "the service login never has a remote host");
	} else if (network_of(word, net, sizeof net) || net_of(word, net, sizeof net)) {
		quote(&e->from, net);
	} else if (is_address(word)) {
		quote(&e->from, word);
	} else if (*word == '@') {
		lose(r, e, "the netgroup", word, "name hosts or networks in its place");
	} else if (strchr(word, '.') && !slash) {
		quote(&e->from, word); /* a host, or .domain */
	} else {
		lose(r, e, "the origin", word,
		     "it is a terminal, a display or a short name of a host");
	}
}

/* ---- lines ---- */

/* Call ADD with every word of LIST, up to EXCEPT. */
static void each_word(struct reading *r, struct entry *e, char *list,
		      void (*add)(struct reading *, struct entry *, char *))
{
	for (char *word; (word = strsep(&list, ", \t"));) {
		if (!*word)
			continue;
		if (is(word, "EXCEPT")) {
			/* "-:ALL EXCEPT admins:ALL" as the last line gives to admins alone. */
			if (e->gives || !r->last || add != add_user || !e->everybody) {
				e->narrower = true;
				return;
			}
			e->only = true;
			e->everybody = false;
			continue;
		}
		add(r, e, word);
	}
}

static void add_origin_word(struct reading *r, struct entry *e, char *word)
{
	add_origin(r, e, word);
}

static void write_rule(struct reading *r, const struct entry *e, const char *service,
		       bool with_from)
{
	buf_printf(r->rules, "%s  # %s:%u", r->n_rules++ ? ",\n" : "", e->pos.file, e->pos.line);
	if (r->taken)
		buf_printf(r->rules, "; also allows what line %u denies", r->taken);
	buf_printf(r->rules, "\n  { services = [ \"%s\" ];", service);
	if (e->everybody)
		buf_printf(r->rules, " anyone = true;");
	if (e->users.len && !e->everybody)
		buf_printf(r->rules, " users = [ %s ];", buf_text(&e->users));
	if (e->groups.len && !e->everybody)
		buf_printf(r->rules, " groups = [ %s ];", buf_text(&e->groups));
	if (with_from)
		buf_printf(r->rules, " from = [ %s ];", buf_text(&e->from));
	buf_printf(r->rules, " }");
}

static void give(struct reading *r, struct entry *e)
{
	bool somebody = e->everybody || e->users.len || e->groups.len;

	if (e->narrower) {
		problem_error(r->left, e->pos,
			      "the line is left out: login rules have no EXCEPT; put the other "
			      "users into a group, and name that");
		return;
	}
	if (somebody && (e->anywhere || e->from.len))
		write_rule(r, e, r->service, !e->anywhere);
	if (somebody && e->cron)
		write_rule(r, e, "cron", false);
	r->closed = e->everybody && e->anywhere;
}

static void take(struct reading *r, struct entry *e, const char *line)
{
	if (e->only && e->anywhere && !e->narrower && !e->lost) {
		write_rule(r, e, r->service, false);
		r->closed = true;
		return;
	}
	r->closed = e->everybody && e->anywhere && !e->narrower && !e->lost;
	if (r->closed)
		return;
	r->taken = e->pos.line;
	problem_error(
		r->left, e->pos,
		"\"%s\" is left out: login rules cannot deny; check that no later rule allows it",
		line);
}

static int read_entry(struct reading *r, char *text, struct policy_pos pos)
{
	struct entry e = { .pos = pos };
	char *rest = text, *whole = strdup(text);
	char *sign = strsep(&rest, ":"), *users = strsep(&rest, ":"), *origins = rest;

	if (!whole)
		return RBAC_NOMEM;
	sign += strspn(sign, " \t");
	if (!users || !origins || (*sign != '+' && *sign != '-')) {
		problem_error(r->left, pos, "\"%s\" is no line of access.conf(5)", whole);
	} else {
		e.gives = *sign == '+';
		each_word(r, &e, users, add_user);
		each_word(r, &e, origins, add_origin_word);
		if (e.gives)
			give(r, &e);
		else
			take(r, &e, whole);
	}
	bool failed = e.users.failed || e.groups.failed || e.from.failed || r->rules->failed;
	buf_free(&e.users);
	buf_free(&e.groups);
	buf_free(&e.from);
	free(whole);
	return failed ? RBAC_NOMEM : RBAC_OK;
}

/* Is there no line but comments in TEXT? */
static bool is_nothing(const char *text)
{
	for (const char *p = text; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
		const char *word = p + strspn(p, " \t\r");
		if (*word && *word != '\n' && *word != '#')
			return false;
	}
	return true;
}

int from_access(char *text, const char *name, const char *service,
		const struct from_access_host *host, struct buf *rules, struct problems *left)
{
	struct reading r = { .service = service, .host = host, .rules = rules, .left = left };
	struct policy_pos pos = { name, 0 };
	int err = RBAC_OK;

	buf_printf(rules, "login = (\n");
	for (char *line; (line = strsep(&text, "\n")) && !err && !r.closed;) {
		size_t len = strlen(line);
		pos.line++;
		r.last = is_nothing(text);
		line += strspn(line, " \t");
		len = strlen(line);
		while (len && isspace((unsigned char)line[len - 1]))
			line[--len] = 0;
		if (*line && *line != '#')
			err = read_entry(&r, line, pos);
	}
	if (!err && !r.closed) {
		struct entry e = { .pos = pos, .everybody = true };
		write_rule(&r, &e, service, false);
		problem_warn(
			left, pos,
			"the file does not end with \"-:ALL:ALL\", so it allows users whom no line "
			"names: the last rule allows everybody");
	}
	buf_printf(rules, "%s);\n", r.n_rules ? "\n" : "");
	return err || rules->failed ? RBAC_NOMEM : RBAC_OK;
}
