#include "tests/fault/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

#define CARRIER "/var/lib/carrier"
#define AUTHORITY_STATE "/var/lib/authority"
#define AUTHORITY_ETC "/var/lib/authority-etc"
#define ON_AUTHORITY " --as root --etc " AUTHORITY_ETC " --store " AUTHORITY_STATE

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
	{ .name = "take-back", .argv = { "publish" }, .upkeep = true },
	{ .name = "import", .argv = { "import", "--csv", STAGE_ETC "/list.csv", "--as", "root" } },
	{ .name = "edit", .argv = { "edit", "--yes", "--as", "root" } },
	{ .name = "restore", .argv = { "restore", STAGE_ETC "/backup", "--as", "root" } },
	{ .name = "rollback", .argv = { "rollback", "4", "--as", "root" } },
	/* The view gets another number, and nothing else. */
	{ .name = "log-prune", .argv = { "log", "--prune", "4", "--as", "root" }, .quiet = true },
	/* What is asked for is nothing that a view shows. */
	{ .name = "request",
	  .argv = { "request", "asked", "--scope", "account:main", "--for", "4h", "--reason",
		    "OPS-1", "--as", "carol" },
	  .quiet = true },
	{ .name = "approve", .argv = { "approve", NULL, "--as", "alice" } },
	{ .name = "review", .argv = { "review", "keep", NULL, "--as", "alice" }, .quiet = true },
	/* What is due is written down, and then what became of it. */
	{ .name = "due", .argv = { "due" }, .quiet = true, .steps = 2 },
	/* A store of 0.1.0. */
	{ .name = "migrate", .argv = { "publish" }, .upkeep = true },
	{ .name = "take", .argv = { "fleet", "take", CARRIER }, .member = true },
};
const size_t n_acts = KIT_COUNT(acts);

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "ae");
	need(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* A policy that differs, and so much of it that it takes more than a page. */
static void change_policy(void)
{
	char line[128];
	append(STAGE_ETC "/policy.d/fault.conf", "plans = { free = { }; };\n");
	append(STAGE_ETC "/policy.d/more.conf", "version = 1;\nroles = {\n");
	for (int i = 0; i < 60; i++) {
		snprintf(line, sizeof line,
			 "  more-%d = { kind = \"account\"; includes = [ \"guest\" ]; };\n", i);
		append(STAGE_ETC "/policy.d/more.conf", line);
	}
	append(STAGE_ETC "/policy.d/more.conf", "};\n");
}

/* What has come since is gone again afterwards, and a policy of its own. */
static void change_since_backup(void)
{
	need(site_do("backup " STAGE_ETC "/backup") == 0);
	change_policy();
	need(site_do("apply --as root") == 0);
	need(site_do("assign mallory more-1 --scope account:main --as root") == 0);
	need(site_do("scope delete space:main/db --recursive --force --as root") == 0);
}

static void must(const char *line)
{
	int status = site_do(line);

	need_say(status == 0, "rbacctl %s: %d: %s", line, status, site_said());
}

/* The site becomes the authority of a fleet, and in its place comes a member that has a role to
 * take, and one to lose. */
static void make_member(void)
{
	char join[2000];

	must("fleet init stage --every 7d --as root");
	must("fleet enrol here --scope space:main/web --as root");
	const char *token = strstr(site_said(), "rbacfleet1.");
	need(token);
	snprintf(join, sizeof join, "fleet join %.*s", (int)strcspn(token, "\n"), token);
	must("fleet push --to " CARRIER);
	need(rename(STAGE_STATE, AUTHORITY_STATE) == 0 && rename(STAGE_ETC, AUTHORITY_ETC) == 0);
	need(mkdir(STAGE_STATE, 0755) == 0 && mkdir(STAGE_FOLDER, 0755) == 0 &&
	     mkdir(STAGE_ETC, 0755) == 0);
	must(join);
	must("fleet take " CARRIER);
	must("assign mallory guest --scope account:main" ON_AUTHORITY);
	must("revoke carol guest --scope account:main" ON_AUTHORITY);
	must("fleet push --to " CARRIER " --etc " AUTHORITY_ETC " --store " AUTHORITY_STATE);
}

/* The number that stands in what was said last, behind WORD. */
static const char *number_said(const char *word)
{
	static char number[16];
	const char *p = strstr(site_said(), word);

	need_say(p, "%s in: %s", word, site_said());
	p += strlen(word);
	snprintf(number, sizeof number, "%.*s", (int)strspn(p, "0123456789"), p);
	return strdup(number);
}

/* A role that is asked for and reviewed. What is approved is for a time that does not depend on
 * when that is. */
static void make_asked(struct act *act)
{
	append(STAGE_ETC "/policy.d/asked.conf",
	       "version = 1;\nroles = { asked = { kind = \"account\"; keychains = [ \"login\" ]; "
	       "assign_by = [ \"admin\" ]; request_by = [ \"guest\" ]; approval = \"required\"; "
	       "review_every = \"90d\"; }; };\n");
	must("apply --as root");
	if (strcmp(act->name, "approve") == 0) {
		must("request asked --scope account:main --from 2099-01-01T00:00:00Z --for 4h "
		     "--reason OPS-1 --as carol");
		act->argv[1] = number_said("request ");
	} else if (strcmp(act->name, "review") == 0) {
		must("assign carol asked --scope account:main --as root");
		act->argv[2] = number_said("change ");
	}
}

/* A change that waits: of another login, or overdue. */
static void change_unconfirmed(const char *name)
{
	bool overdue = strcmp(name, "take-back") == 0;

	change_policy();
	if (overdue)
		stage_boot_begin();
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		stage_login();
		must("apply --confirm 7d --as root");
		_exit(0);
	}
	int status;
	need(waitpid(pid, &status, 0) == pid && status == 0);
	if (overdue)
		stage_boot_end();
}

static void prepare(struct act *act)
{
	site_make();
	if (strcmp(act->name, "request") == 0 || strcmp(act->name, "approve") == 0 ||
	    strcmp(act->name, "review") == 0)
		make_asked(act);
	if (strcmp(act->name, "edit") == 0)
		need(setenv("EDITOR", "sed -i 's/anyone = true/groups = [ \"devs\" ]/'", 1) == 0);
	if (strcmp(act->name, "import") == 0)
		append(STAGE_ETC "/list.csv", "user,role,scope,reason\n"
					      "mallory,guest,account:main,\"a, b\"\n"
					      "carol,member,space:main/web\n");
	if (strcmp(act->name, "restore") == 0)
		change_since_backup();
	if (act->member)
		make_member();
	if (strcmp(act->name, "init") == 0)
		site_clear();
	if (strncmp(act->name, "apply", 5) == 0)
		change_policy();
	if (strcmp(act->name, "confirm") == 0 || strcmp(act->name, "take-back") == 0)
		change_unconfirmed(act->name);
	if (strcmp(act->name, "migrate") == 0)
		site_older();
	if (strcmp(act->name, "due") == 0) {
		must("assign mallory guest --scope account:main --for 2s --as root");
		sleep(3);
	}
	site_save(act->name);
}

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

void acts_make(void)
{
	bool systemd = stage_systemd();

	for (size_t i = 0; i < n_acts; i++) {
		struct act *act = &acts[i];
		if (!systemd)
			leave_nothing_waiting(act);
		prepare(act);
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
	return new;
}
