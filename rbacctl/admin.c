#define _GNU_SOURCE /* vasprintf */
#include "rbacctl/admin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/host/actor.h"
#include "rbacctl/command.h"
#include "rbacctl/host/person.h"
#include "rbacctl/model/problem.h"

void complain(const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	fflush(stdout);
	va_start(ap, fmt);
	int len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		fputs("rbacctl: out of memory\n", stderr);
		return;
	}
	problem_tame(text);
	fprintf(stderr, "rbacctl: %s\n", text);
	free(text);
}

int exit_of(int err)
{
	switch (err) {
	case RBAC_OK:
		return EXIT_DONE;
	case RBAC_INVALID:
	case RBAC_NOTFOUND:
		return EXIT_USAGE;
	case RBAC_REFUSED:
	case RBAC_CONFLICT:
		return EXIT_REFUSED;
	default:
		return EXIT_TROUBLE;
	}
}

/* --as: whose authority is used, by the name that counts. */
static int act_as(struct admin *a, struct buf *why)
{
	struct actor *act = &a->actor;
	struct person p;
	if (geteuid() != 0) {
		buf_printf(why, "--as is for root only: %s", COMMAND_WITH_SUDO());
		return RBAC_REFUSED;
	}
	if (person_find(a->as, &p)) {
		buf_printf(why, "--as %s: expected the name of a user", a->as);
		return RBAC_INVALID;
	}
	act->root = strcmp(p.name, "root") == 0 || (p.state == PERSON_KNOWN && p.uid == 0);
	snprintf(act->name, sizeof act->name, "%s", act->root ? "root" : p.name);
	return RBAC_OK;
}

static int act_as_oneself(struct admin *a, const struct claim *who, struct buf *why)
{
	struct actor *act = &a->actor;
	if (!who->known) {
		buf_printf(
			why,
			"uid %u has no name in passwd, so it is unknown who acts; root can name somebody with --as USER",
			(unsigned)who->uid);
		return RBAC_INVALID;
	}
	act->root = who->uid == 0;
	snprintf(act->name, sizeof act->name, "%s", act->root ? "root" : who->name);
	return RBAC_OK;
}

/* For the audit: who it was by the claim that is believed, whose authority was used, and every
 * claim. */
static void tell_person(struct admin *a, const struct claim v[CLAIMS], const struct claim *who)
{
	struct actor *act = &a->actor;
	struct buf all = { 0 };
	claims_text(v, &all);
	snprintf(act->person, sizeof act->person, "%s (uid %u)%s%s; %s", who->name,
		 (unsigned)who->uid, a->as ? " as " : "", a->as ? act->name : "", buf_text(&all));
	buf_free(&all);
}

int admin_actor(struct admin *a, struct buf *why)
{
	struct claim v[CLAIMS];
	struct buf clash = { 0 };
	enum claim_source which = CLAIM_REAL;
	claims_read(v, "/proc/self/loginuid");
	int err = claims_choose(v, &which, &clash);
	if (err && !a->as) {
		buf_printf(
			why,
			"refused: it is unknown who acts: %s\n  say whose authority is used: --as USER, or --as root",
			buf_text(&clash));
		err = RBAC_REFUSED;
	} else {
		a->actor.uid = v[which].uid;
		err = a->as ? act_as(a, why) : act_as_oneself(a, &v[which], why);
	}
	tell_person(a, v, &v[which]);
	buf_free(&clash);
	return err;
}

void admin_actor_for_upkeep(struct admin *a)
{
	struct buf why = { 0 };
	if (admin_actor(a, &why) && geteuid() == 0) {
		a->actor.root = true;
		strcpy(a->actor.name, "root");
	}
	buf_free(&why);
}
