#include "tests/fault/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

struct act acts[] = {
	{ .name = "init",
	  .argv = { "init", "--policy", "/var/lib/fault.conf", "--host", "space:main/web",
		    "--admin", "alice" } },
	{ .name = "assign",
	  .argv = { "assign", "mallory", "guest", "--scope", "account:main", "--as", "root" } },
	{ .name = "revoke",
	  .argv = { "revoke", "carol", "guest", "--scope", "account:main", "--as", "root" } },
	{ .name = "create",
	  .argv = { "scope", "create", "space:main/new", "--owner", "carol", "--as", "root" } },
	{ .name = "delete",
	  .argv = { "scope", "delete", "space:main/db", "--recursive", "--force", "--as",
		    "root" } },
	{ .name = "suspend", .argv = { "user", "suspend", "carol", "--as", "root" } },
	{ .name = "apply", .argv = { "apply", "--as", "root" } },
	{ .name = "apply-confirm", .argv = { "apply", "--confirm", "7d", "--as", "root" } },
	{ .name = "confirm", .argv = { "confirm" }, .upkeep = true },
	/* What nobody confirmed: the boot is another one than that of the change. */
	{ .name = "revert", .argv = { "publish" }, .upkeep = true },
	{ .name = "import", .argv = { "import", "--csv", STAGE_ETC "/list.csv", "--as", "root" } },
	{ .name = "edit", .argv = { "edit", "--yes", "--as", "root" } },
	{ .name = "restore", .argv = { "restore", STAGE_ETC "/backup", "--as", "root" } },
	{ .name = "rollback", .argv = { "rollback", "4", "--as", "root" } },
	/* The view gets another number, and nothing else. */
	{ .name = "log-prune", .argv = { "log", "--prune", "4", "--as", "root" }, .quiet = true },
	{ .name = "prune", .argv = { "prune", "--as", "root" }, .quiet = true },
	/* What is put right is nothing that a view shows. */
	{ .name = "repair",
	  .argv = { "verify", "--repair", "--as", "root" },
	  .quiet = true,
	  .mends = true },
	/* What is asked for is nothing that a view shows. */
	{ .name = "request",
	  .argv = { "request", "asked", "--scope", "account:main", "--for", "4h", "--reason",
		    "OPS-1", "--as", "carol" },
	  .quiet = true },
	{ .name = "approve", .argv = { "approve", NULL, "--as", "alice" } },
	{ .name = "review", .argv = { "review", "keep", NULL, "--as", "root" }, .quiet = true },
	/* What is due is written down, and then what became of it. */
	{ .name = "due", .argv = { "due" }, .quiet = true, .steps = 2 },
	/* A store of 0.1.0. */
	{ .name = "migrate", .argv = { "publish" }, .upkeep = true },
	{ .name = "take", .argv = { "fleet", "take", ACTS_CARRIER }, .member = true },
	{ .name = "take-first",
	  .argv = { "fleet", "take", ACTS_CARRIER "-first" },
	  .member = true },
	/* Every kind of sheet and record at once. */
	{ .name = "take-all", .argv = { "fleet", "take", ACTS_CARRIER "-all" }, .member = true },
};
size_t n_acts = KIT_COUNT(acts);

/* No timer of systemd's, and no process, is to wait for each of these. */
static void leave_nothing_waiting(struct act *act)
{
	size_t n = 0;

	while (act->argv[n])
		n++;
	need(n + 2 <= SITE_ARGS);
	if (strcmp(act->name, "apply-confirm") != 0)
		return;
	act->argv[n] = "--store";
	act->argv[n + 1] = STAGE_STATE "/.";
}

/* Leave those that RBAC_FAULT_ACTS names. */
static void pick(void)
{
	const char *picked = getenv("RBAC_FAULT_ACTS");
	char list[512], word[64];
	size_t n = 0;

	if (!picked || !*picked)
		return;
	snprintf(list, sizeof list, " %s ", picked);
	for (size_t i = 0; i < n_acts; i++) {
		snprintf(word, sizeof word, " %s ", acts[i].name);
		if (strstr(list, word))
			acts[n++] = acts[i];
	}
	need_say(n > 0, "RBAC_FAULT_ACTS=%s: there is no such act", picked);
	n_acts = n;
}

bool acts_all(void)
{
	return n_acts == KIT_COUNT(acts);
}

void acts_make(void)
{
	bool systemd = stage_systemd();

	pick();
	for (size_t i = 0; i < n_acts; i++) {
		struct act *act = &acts[i];
		if (!systemd)
			leave_nothing_waiting(act);
		acts_prepare(act);
		act->before = site_print(&act->from);
		int status = site_run(act->argv);
		need_say(status == 0, "%s undisturbed: %d: %s", act->name, status, site_said());
		act->after = site_print(&act->to);
		need_say(act->before != act->after || act->upkeep || act->quiet,
			 "%s changes the view", act->name);
		need_say(act->to == act->from + (act->steps ? act->steps : 1),
			 "%s is so many changes", act->name);
	}
}

char *const *acts_argv(const struct act *act)
{
	static const char *full[SITE_ARGS + 2];
	full[0] = stage_built("bin/rbacctl");
	memcpy(full + 1, act->argv, sizeof act->argv);
	return (char *const *)(size_t)full;
}

static bool is_old(const struct act *act, uint64_t print, uint64_t generation)
{
	return print == act->before && generation == act->from;
}

static bool is_new(const struct act *act, uint64_t print, uint64_t generation)
{
	return print == act->after && generation <= act->to &&
	       generation > (act->steps ? act->from : act->to - 1);
}

bool acts_look(const struct act *act, const char *how)
{
	uint64_t generation, print = site_print(&generation);
	bool new = is_new(act, print, generation);
	need_say(new || is_old(act, print, generation),
		 "%s, %s: readers see something else (generation %lu)", act->name, how,
		 (unsigned long)generation);
	return new;
}

/* Any command of root's repairs; an init is done again. */
static void next_command(const struct act *act, unsigned next, const char *how)
{
	static const char *const lines[] = {
		"status", "publish", "list scopes",
		"assign nobody guest --scope account:main --dry-run --as root"
	};
	if (act->from > 0) {
		const char *line = lines[next % KIT_COUNT(lines)];
		int status = site_do(line);
		/* A member changes nothing itself. */
		need_say(status == 0 || next % KIT_COUNT(lines) == 0 ||
				 (act->member && status == 3 && strncmp(line, "assign", 6) == 0),
			 "%s, %s: then rbacctl %s: %d: %s", act->name, how, line, status,
			 site_said());
		return;
	}
	int status = site_run(act->argv);
	/* 3: there is a policy already, since the first one was done after all. */
	need_say(status == 0 || status == 3, "%s, %s: once more: %d: %s", act->name, how, status,
		 site_said());
}

bool acts_judge(const struct act *act, unsigned next, const char *how)
{
	uint64_t generation;
	struct stat st;
	bool seen = acts_look(act, how);
	next_command(act, next, how);
	/* The old view was compiled on another machine. */
	need_say(!act->upkeep || site_do("publish") == 0, "%s, %s: then publish: %s", act->name,
		 how, site_said());
	int status = site_do("verify");
	bool unmended = act->mends && status == 1;
	if (unmended) {
		need_say(!seen, "%s, %s: readers saw it mended", act->name, how);
		need_say(site_run(act->argv) == 0, "%s, %s: once more: %s", act->name, how,
			 site_said());
		status = site_do("verify");
	}
	need_say(status == 0, "%s, %s: then verify: %d: %s", act->name, how, status, site_said());
	uint64_t print = site_print(&generation);
	bool old = is_old(act, print, generation), new = is_new(act, print, generation);
	need_say(old || new, "%s, %s: half a change (generation %lu)", act->name, how,
		 (unsigned long)generation);
	need_say(new || !seen, "%s, %s: readers saw a change that was not made", act->name, how);
	need_say(act->from > 0 || new, "%s, %s: init could not be done again", act->name, how);
	/* Nothing is lost: it is told, if not by this run then by the next. */
	if (strcmp(act->name, "due") == 0)
		need_say(site_do("due") == 0 && site_do("log") == 0 &&
				 strstr(site_said(), "told mallory: ended, guest at account:main"),
			 "%s, %s: not told: %s", act->name, how, site_said());
	/* What the view says is what the store holds: compiled anew it is the same. */
	if (next % 2 == 0 || kit_long()) {
		need(site_do("publish") == 0);
		need_say(site_print(&generation) == print,
			 "%s, %s: the view was not that of the store", act->name, how);
	}
	/* A leftover stays until someone makes a view again, and is never one that readers open. */
	if (next % 4 == 1 || act->from == 0)
		need_say(stat(STAGE_VIEW ".new", &st) != 0, "%s, %s: a leftover", act->name, how);
	return new && !unmended;
}

void acts_complete(const struct act *act, const char *how)
{
	uint64_t generation;
	int status = site_run(act->argv);

	need_say(status == 0, "%s, %s: once more: %d: %s", act->name, how, status, site_said());
	status = site_do("verify");
	need_say(status == 0, "%s, %s: then verify: %d: %s", act->name, how, status, site_said());
	need_say(site_print(&generation) == act->after, "%s, %s: the rest is not there", act->name,
		 how);
}
