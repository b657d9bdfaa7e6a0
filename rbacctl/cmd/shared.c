/* What several commands do: windows, instants, scopes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/host/time/local_time.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/table.h"

void cmd_print(struct buf *text)
{
	if (text->failed)
		complain("%s", rbac_error_text(RBAC_NOMEM));
	else
		fputs(buf_text(text), stdout);
	buf_free(text);
}

const char *cmd_person(const char *typed, struct person *p)
{
	if (!typed || typed[0] == '%' || person_find(typed, p) || !p->differs)
		return typed;
	remark("%s is %s here", typed, p->name);
	return p->name;
}

static int instant(const struct invocation *a, const char *option, const char *text, int64_t *t)
{
	const char *why;

	if (local_time_parse(text, a->now, t, &why) == RBAC_OK)
		return EXIT_DONE;
	complain("--%s %s: %s", option, text, why);
	return EXIT_USAGE;
}

int cmd_at(const struct invocation *a, const struct args *args, int64_t *t)
{
	char at[64], rel[64];

	*t = a->now;
	if (!args->value[OPT_AT])
		return EXIT_DONE;
	int status = instant(a, "at", args->value[OPT_AT], t);
	if (!status && !a->json) {
		human_instant(*t, a->now, at, sizeof at);
		human_relative(*t, a->now, rel, sizeof rel);
		printf("at %s (%s)\n", at, rel);
	}
	return status;
}

int cmd_window(const struct invocation *a, const struct args *args, int64_t *from, int64_t *until)
{
	const char *duration = args->value[OPT_FOR];
	int64_t seconds;
	int status = EXIT_DONE;
	*from = RBAC_TIME_MIN;
	*until = RBAC_TIME_MAX;
	if (duration && args->value[OPT_UNTIL]) {
		complain("--for and --until both say when it ends: give one");
		return EXIT_USAGE;
	}
	if (args->value[OPT_FROM])
		status = instant(a, "from", args->value[OPT_FROM], from);
	if (!status && args->value[OPT_UNTIL])
		status = instant(a, "until", args->value[OPT_UNTIL], until);
	if (!status && duration) {
		if (policy_duration_parse(duration, &seconds)) {
			complain("--for %s: expected a duration: " DURATION_FORMATS, duration);
			return EXIT_USAGE;
		}
		*until = (*from == RBAC_TIME_MIN ? a->now : *from) + seconds;
	}
	return status;
}

static int scope_meant(const struct snapshot *snap, int role, char *out)
{
	struct buf why = { 0 };
	int err = snapshot_which_scope(snap, role, out, &why);

	if (err)
		complain("%s", err == RBAC_INVALID ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	return exit_of(err);
}

int cmd_scope(const struct snapshot *snap, const struct args *args, int role, char *out,
	      const char **scope)
{
	*scope = args->value[OPT_SCOPE];
	if (!*scope) {
		*scope = out;
		return scope_meant(snap, role, out);
	}
	int err = policy_scope_kind(snap->p, *scope) < 0 ? RBAC_NOTFOUND
							 : snapshot_scope(snap, *scope, NULL);
	struct buf near = { 0 };
	if (err == RBAC_NOTFOUND)
		snapshot_nearest_scope(snap, *scope, &near);
	if (err)
		complain("--scope %s: %s%s (%s)", *scope,
			 err == RBAC_NOTFOUND ? "there is no such scope" : rbac_error_text(err),
			 buf_text(&near), COMMAND("rbacctl scope list"));
	buf_free(&near);
	return err ? EXIT_USAGE : EXIT_DONE;
}

void cmd_end(int64_t t, int64_t now, bool json, char *out, size_t size)
{
	char text[64], rel[64];

	if (t == RBAC_TIME_MIN || t == RBAC_TIME_MAX) {
		snprintf(out, size, "-");
	} else if (json) {
		policy_time_print(t, text);
		snprintf(out, size, "%s", text);
	} else {
		human_instant(t, now, text, sizeof text);
		human_relative(t, now, rel, sizeof rel);
		snprintf(out, size, "%s (%s)", text, rel);
	}
}

const char *cmd_window_state(struct rbac_window w, int64_t now, bool json, char *out, size_t size)
{
	char text[64];

	if (w.until <= now)
		return "expired";
	if (w.from <= now)
		return "active";
	if (json)
		return "not yet";
	human_instant(w.from, now, text, sizeof text);
	snprintf(out, size, "begins %s", text);
	return out;
}

int cmd_unknown(const char *what, const char *name, const char *near, const char *list)
{
	complain("the applied policy has no %s \"%s\"%s%s%s (%s)", what, name,
		 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
		 COMMAND("rbacctl list %s", list));
	return EXIT_USAGE;
}

int cmd_find_role(const struct snapshot *snap, const char *name, int *role)
{
	*role = policy_role_find(snap->p, name);
	return *role >= 0 ? EXIT_DONE
			  : cmd_unknown("role", name, policy_role_nearest(snap->p, name), "roles");
}

void cmd_say_host(const struct snapshot *snap)
{
	char name[256] = "this host";
	gethostname(name, sizeof name - 1);
	printf("host %s = %s", name, snap->p->host_any ? "any scope" : "");
	for (size_t i = 0; i < snap->p->hosts.n; i++)
		printf("%s%s", i ? " " : "", snap->p->hosts.v[i]);
	printf(", generation %" PRIu64 "\n", snap->v.meta.generation);
}

int cmd_list_done(const struct invocation *a, struct table *t, int err, struct buf *why)
{
	if (err)
		complain("%s", buf_text(why));
	else if (a->json || table_rows(t))
		err = table_print(t);
	table_free(t);
	buf_free(why);
	return cmd_done(exit_of(err));
}

int cmd_done(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	complain("standard output: %s", strerror(errno));
	return EXIT_TROUBLE;
}
