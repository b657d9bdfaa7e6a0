#include "rbacctl/host/people/actor.h"

#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/person.h"

#define NO_UID ((uid_t)-1) /* proc(5): 4294967295, a login uid that was never set */

static const char *const source_text[CLAIMS] = {
	[CLAIM_LOGIN] = "login uid",   [CLAIM_SUDO] = "SUDO_UID", [CLAIM_DOAS] = "DOAS_USER",
	[CLAIM_PKEXEC] = "PKEXEC_UID", [CLAIM_REAL] = "real uid",
};

/* ---- reading ---- */

static bool parse_uid(const char *text, uid_t *uid)
{
	char *end;

	errno = 0;
	unsigned long v = strtoul(text, &end, 10);
	if (errno || (*end && *end != '\n') || v >= UINT32_MAX || text[0] < '0' || text[0] > '9')
		return false;
	*uid = (uid_t)v;
	return true;
}

static void claim_uid(struct claim *c, uid_t uid)
{
	const struct passwd *pw = uid == NO_UID ? NULL : getpwuid(uid);

	*c = (struct claim){ .made = true,
			     .uid = uid,
			     .known = pw && rbac_name_is_user(pw->pw_name, strlen(pw->pw_name)) };
	snprintf(c->name, sizeof(c->name), "%s", c->known ? pw->pw_name : "?");
}

static void read_login(struct claim *c, const char *path)
{
	char text[32] = "";
	uid_t uid;
	FILE *f = fopen(path, "re");

	if (!f)
		return;
	if (fgets(text, sizeof(text), f) && parse_uid(text, &uid))
		claim_uid(c, uid);
	fclose(f);
}

/* What is set and is no uid is a claim that names nobody: it is not passed over. */
static void read_number(struct claim *c, const char *variable)
{
	const char *text = getenv(variable);
	uid_t uid;

	if (text && *text)
		claim_uid(c, parse_uid(text, &uid) ? uid : NO_UID);
}

static void read_name(struct claim *c, const char *variable)
{
	const char *text = getenv(variable);
	const struct passwd *pw = text && rbac_name_is_user(text, strlen(text)) ? getpwnam(text)
										: NULL;

	if (text && *text)
		claim_uid(c, pw ? pw->pw_uid : NO_UID);
}

void claims_read(struct claim v[CLAIMS], const char *loginuid)
{
	memset(v, 0, CLAIMS * sizeof(*v));
	read_login(&v[CLAIM_LOGIN], loginuid);
	if (geteuid() == 0) {
		read_number(&v[CLAIM_SUDO], "SUDO_UID");
		read_name(&v[CLAIM_DOAS], "DOAS_USER");
		read_number(&v[CLAIM_PKEXEC], "PKEXEC_UID");
	}
	claim_uid(&v[CLAIM_REAL], getuid());
}

/* ---- choosing ---- */

static bool names_somebody(const struct claim *c)
{
	return c->made && c->uid != 0;
}

static void one_text(const struct claim v[CLAIMS], int i, struct buf *out)
{
	if (v[i].uid == NO_UID)
		buf_printf(out, "%s of nobody", source_text[i]);
	else
		buf_printf(out, "%s %u (%s)", source_text[i], (unsigned)v[i].uid, v[i].name);
}

static int contradict(const struct claim v[CLAIMS], int a, int b, struct buf *why)
{
	one_text(v, a, why);
	buf_printf(why, " against ");
	one_text(v, b, why);
	return RBAC_CONFLICT;
}

int claims_choose(const struct claim v[CLAIMS], enum claim_source *which, struct buf *why)
{
	int first = -1;

	for (int i = 0; i < CLAIM_REAL; i++) {
		if (!names_somebody(&v[i]))
			continue;
		if (first >= 0 && v[first].uid != v[i].uid)
			return contradict(v, first, i, why);
		if (first < 0)
			first = i;
	}
	if (first > CLAIM_LOGIN && v[CLAIM_LOGIN].made)
		return contradict(v, CLAIM_LOGIN, first, why); /* the login uid is root's */
	if (first < 0)
		for (first = 0; !v[first].made;)
			first++; /* the real uid is always there */
	*which = (enum claim_source)first;
	return RBAC_OK;
}

void claims_text(const struct claim v[CLAIMS], struct buf *out)
{
	int n = 0;

	for (int i = 0; i < CLAIMS; i++) {
		if (!v[i].made)
			continue;
		buf_printf(out, "%s", n++ ? ", " : "");
		one_text(v, i, out);
	}
}

/* ---- whose authority ---- */

static int act_as(const char *as, struct actor *act, struct buf *why)
{
	struct person p;

	if (geteuid() != 0) {
		buf_printf(why, "--as is for root only: %s", COMMAND_WITH_SUDO());
		return RBAC_REFUSED;
	}
	if (person_find(as, &p)) {
		buf_printf(why, "--as %s: expected the name of a user", as);
		return RBAC_INVALID;
	}
	act->root = strcmp(p.name, "root") == 0 || (p.state == PERSON_KNOWN && p.uid == 0);
	act->as = !act->root && p.state == PERSON_KNOWN ? p.uid : 0;
	snprintf(act->name, sizeof act->name, "%s", act->root ? "root" : p.name);
	return RBAC_OK;
}

static int act_as_oneself(const struct claim *who, struct actor *act, struct buf *why)
{
	if (!who->known) {
		buf_printf(why,
			   "uid %u has no name in passwd, so it is unknown who acts; "
			   "root can name somebody with --as USER",
			   (unsigned)who->uid);
		return RBAC_INVALID;
	}
	act->root = who->uid == 0;
	snprintf(act->name, sizeof act->name, "%s", act->root ? "root" : who->name);
	return RBAC_OK;
}

/* For the audit: who it was by the claim that is believed, whose authority was used, and every
 * claim. */
static void tell_person(const struct claim v[CLAIMS], const struct claim *who, const char *as,
			struct actor *act)
{
	struct buf all = { 0 };

	claims_text(v, &all);
	snprintf(act->person, sizeof act->person, "%s (uid %u)%s%s; %s", who->name,
		 (unsigned)who->uid, as ? " as " : "", as ? act->name : "", buf_text(&all));
	buf_free(&all);
}

static void note_uid(const struct claim *claim, struct actor *act)
{
	const size_t room = sizeof act->uids / sizeof *act->uids;

	if (!claim->made || claim->uid == 0 || claim->uid == (uid_t)-1)
		return;
	for (size_t i = 0; i < act->n_uids; i++)
		if (act->uids[i] == claim->uid)
			return;
	if (act->n_uids < room)
		act->uids[act->n_uids++] = claim->uid;
}

int actor_find(const char *as, struct actor *act, struct buf *why)
{
	struct claim v[CLAIMS];
	struct buf clash = { 0 };
	enum claim_source which = CLAIM_REAL;

	claims_read(v, "/proc/self/loginuid");
	act->n_uids = 0;
	act->as = 0;
	for (size_t i = 0; i < CLAIMS; i++)
		note_uid(&v[i], act);
	int err = claims_choose(v, &which, &clash);
	if (err && !as) {
		buf_printf(why,
			   "refused: it is unknown who acts: %s\n"
			   "  say whose authority is used: --as USER, or --as root",
			   buf_text(&clash));
		err = RBAC_REFUSED;
	} else {
		act->uid = v[which].uid;
		err = as ? act_as(as, act, why) : act_as_oneself(&v[which], act, why);
	}
	tell_person(v, &v[which], as, act);
	buf_free(&clash);
	return err;
}

void actor_find_for_upkeep(const char *as, struct actor *act)
{
	struct buf why = { 0 };

	if (actor_find(as, act, &why) && geteuid() == 0) {
		act->root = true;
		strcpy(act->name, "root");
	}
	buf_free(&why);
}

int actor_of_peer(const struct peer *peer, struct actor *act, struct buf *why)
{
	struct claim who, login = { .made = false };

	claim_uid(&who, peer->uid);
	if (peer->login_is == PEER_LOGIN_KNOWN && peer->login != peer->uid)
		claim_uid(&login, peer->login);
	act->uid = peer->uid;
	act->n_uids = 0;
	act->as = 0;
	note_uid(&who, act);
	note_uid(&login, act);
	int err = who.uid == 0 ? RBAC_REFUSED : act_as_oneself(&who, act, why);
	snprintf(act->person, sizeof act->person, "%s (uid %u)", who.name, (unsigned)who.uid);
	size_t len = strlen(act->person);
	if (login.made)
		snprintf(act->person + len, sizeof act->person - len, "; login uid %u (%s)",
			 (unsigned)login.uid, login.name);
	return err;
}

bool actor_is(const struct actor *act, uid_t uid)
{
	if (uid == 0)
		return act->n_uids == 0;
	for (size_t i = 0; i < act->n_uids; i++)
		if (act->uids[i] == uid)
			return true;
	return act->as == uid;
}

bool actor_was(const struct actor *act, const char *person)
{
	static const char *const before[] = { "uid ", "_UID ", "_USER " };
	bool root = false, others = false;

	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		for (const char *p = person; (p = strstr(p, before[i]));) {
			p += strlen(before[i]);
			if (*p < '0' || *p > '9')
				continue;
			unsigned long uid = strtoul(p, NULL, 10);
			if (uid != 0 && actor_is(act, (uid_t)uid))
				return true;
			root |= uid == 0;
			others |= uid != 0;
		}
	return root && !others && actor_is(act, 0);
}
