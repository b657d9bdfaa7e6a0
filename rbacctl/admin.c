#define _GNU_SOURCE /* vasprintf */
#include "rbacctl/admin.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/command.h"
#include "rbacctl/policy/problem.h"

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

static bool parse_uid(const char *text, uid_t *uid)
{
	char *end;
	errno = 0;
	unsigned long v = strtoul(text, &end, 10);
	if (errno || end == text || (*end && *end != '\n') || v >= UINT32_MAX || text[0] < '0' || text[0] > '9')
		return false;
	*uid = (uid_t)v;
	return true;
}

/* proc(5): 4294967295 when it was never set. */
static bool login_uid(uid_t *uid)
{
	char text[32] = "";
	FILE *f = fopen("/proc/self/loginuid", "re");
	if (!f)
		return false;
	bool ok = fgets(text, sizeof text, f) && parse_uid(text, uid);
	fclose(f);
	return ok;
}

static uid_t person_uid(void)
{
	uid_t uid;
	const char *sudo = getenv("SUDO_UID");
	if (login_uid(&uid))
		return uid;
	if (geteuid() == 0 && sudo && parse_uid(sudo, &uid))
		return uid;
	return getuid();
}

static int act_as(struct admin *a, const char *person, struct buf *why)
{
	struct actor *act = &a->actor;
	if (geteuid() != 0) {
		buf_printf(why, "--as is for root only: %s", COMMAND_WITH_SUDO());
		return RBAC_REFUSED;
	}
	if (!rbac_name_is_user(a->as, strlen(a->as))) {
		buf_printf(why, "--as %s: expected the name of a user", a->as);
		return RBAC_INVALID;
	}
	act->root = strcmp(a->as, "root") == 0;
	snprintf(act->name, sizeof act->name, "%s", a->as);
	snprintf(act->person, sizeof act->person, "%s as %s", person, a->as);
	return RBAC_OK;
}

int admin_actor(struct admin *a, struct buf *why)
{
	struct actor *act = &a->actor;
	char person[400];
	act->uid = person_uid();
	const struct passwd *pw = getpwuid(act->uid);
	const char *name = pw ? pw->pw_name : "?";
	snprintf(person, sizeof person, "%.255s (uid %u)", name, (unsigned)act->uid);
	if (a->as)
		return act_as(a, person, why);
	if (!pw || !rbac_name_is_user(name, strlen(name))) {
		buf_printf(why, "uid %u has no name in passwd, so it is unknown who acts; root can name somebody with --as USER", (unsigned)act->uid);
		return RBAC_INVALID;
	}
	act->root = act->uid == 0;
	snprintf(act->name, sizeof act->name, "%s", act->root ? "root" : name);
	snprintf(act->person, sizeof act->person, "%s", person);
	return RBAC_OK;
}
