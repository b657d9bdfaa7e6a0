/* The state of the site before each act. */
#define _GNU_SOURCE
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/acts.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

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

/* A new policy, suspended people, a scope with an owner, one that is gone, a new key. */
static void change_all_on_authority(void)
{
	append(ACTS_AUTHORITY_ETC "/policy.d/more.conf",
	       "version = 1;\nroles = { more = { kind = \"account\"; includes = [ \"guest\" ]; "
	       "}; };\n");
	must("apply" ACTS_ON_AUTHORITY);
	must("user suspend alice --force" ACTS_ON_AUTHORITY);
	must("assign mallory more --scope account:main" ACTS_ON_AUTHORITY);
	must("scope transfer space:main/web carol --force" ACTS_ON_AUTHORITY);
	must("fleet keys new" ACTS_ON_AUTHORITY);
}

/* The authority of the act before is put away. */
static void put_away(const char *path)
{
	char old[256];

	snprintf(old, sizeof old, "%s-%lu", path, kit_ms());
	need(rename(path, old) == 0 || errno == ENOENT);
}

static void push_to(const char *carrier, const char *where)
{
	char line[500];

	snprintf(line, sizeof line, "fleet push --to %s%s", carrier, where);
	must(line);
}

/*
 * The site becomes the authority of a fleet, and in its place comes a member that has a role to
 * take, and one to lose; "take-first": it has taken nothing yet; "take-all": more than that has
 * changed.
 */
static void make_member(const struct act *act)
{
	const char *carrier = act->argv[2];
	char line[2000];

	put_away(ACTS_AUTHORITY_STATE);
	put_away(ACTS_AUTHORITY_ETC);
	must("fleet init stage --every 7d --as root");
	must("fleet enrol here --scope space:main/web --as root");
	const char *token = strstr(site_said(), "rbacfleet1.");
	need(token);
	snprintf(line, sizeof line, "fleet join %.*s", (int)strcspn(token, "\n"), token);
	push_to(carrier, "");
	need(rename(STAGE_STATE, ACTS_AUTHORITY_STATE) == 0 &&
	     rename(STAGE_ETC, ACTS_AUTHORITY_ETC) == 0);
	need(mkdir(STAGE_STATE, 0755) == 0 && mkdir(STAGE_FOLDER, 0755) == 0 &&
	     mkdir(STAGE_ETC, 0755) == 0);
	must(line);
	if (strcmp(act->name, "take-first") == 0)
		return;
	snprintf(line, sizeof line, "fleet take %s", carrier);
	must(line);
	if (strcmp(act->name, "take-all") == 0)
		change_all_on_authority();
	must("assign mallory guest --scope account:main" ACTS_ON_AUTHORITY);
	must("revoke carol guest --scope account:main" ACTS_ON_AUTHORITY);
	push_to(carrier, " --etc " ACTS_AUTHORITY_ETC " --store " ACTS_AUTHORITY_STATE);
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
	char uid[16];

	append(STAGE_ETC "/policy.d/asked.conf",
	       "version = 1;\nroles = { asked = { kind = \"account\"; keychains = [ \"login\" ]; "
	       "assign_by = [ \"admin\" ]; request_by = [ \"guest\" ]; approval = \"required\"; "
	       "review_every = \"90d\"; }; };\n");
	must("apply --as root");
	if (strcmp(act->name, "approve") == 0) {
		/* Another person than root, who approves it as alice. */
		snprintf(uid, sizeof uid, "%d", CAROL);
		need(setenv("SUDO_UID", uid, 1) == 0);
		must("request asked --scope account:main --from 2099-01-01T00:00:00Z --for 4h "
		     "--reason OPS-1");
		need(unsetenv("SUDO_UID") == 0);
		act->argv[1] = number_said("request ");
	} else if (strcmp(act->name, "review") == 0) {
		must("assign carol asked --scope account:main --as root");
		act->argv[2] = number_said("change ");
	}
}

/* A change that waits: of another login, or overdue. */
static void change_unconfirmed(const char *name)
{
	bool overdue = strcmp(name, "revert") == 0;

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

/* An assignment that has ended, and one that another covers. */
static void make_prunable(void)
{
	must("assign mallory guest --scope account:main --until 2099-01-01T00:00:00Z --as root");
	must("assign mallory guest --scope account:main --as root");
}

/* Who gave carol her role is another in the store, and no change wrote that. */
static void edit_store(void)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	MDB_cursor *cursor;
	MDB_val key, value;
	char row[512];
	bool edited = false;

	need(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 64) == 0);
	need(mdb_env_open(env, STAGE_STATE "/store", 0, 0600) == 0);
	need(mdb_txn_begin(env, NULL, 0, &txn) == 0);
	need(mdb_dbi_open(txn, "assign", 0, &dbi) == 0);
	need(mdb_cursor_open(txn, dbi, &cursor) == 0);
	while (!edited && mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
		need(value.mv_size <= sizeof row);
		memcpy(row, value.mv_data, value.mv_size);
		char *by = memmem(row, value.mv_size, "root", strlen("root"));
		if (!by || !memmem(row, value.mv_size, "carol", strlen("carol")))
			continue;
		memcpy(by, "toor", strlen("toor"));
		value.mv_data = row;
		need(mdb_cursor_put(cursor, &key, &value, MDB_CURRENT) == 0);
		edited = true;
	}
	need(edited && mdb_txn_commit(txn) == 0);
	mdb_env_close(env);
	need(site_do("verify") == 1);
}

void acts_prepare(struct act *act)
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
		make_member(act);
	if (strcmp(act->name, "init") == 0)
		site_clear();
	if (strncmp(act->name, "apply", 5) == 0)
		change_policy();
	if (strcmp(act->name, "confirm") == 0 || strcmp(act->name, "revert") == 0)
		change_unconfirmed(act->name);
	if (strcmp(act->name, "migrate") == 0)
		site_older();
	if (strcmp(act->name, "prune") == 0)
		make_prunable();
	if (strcmp(act->name, "repair") == 0)
		edit_store();
	if (strcmp(act->name, "due") == 0) {
		must("assign mallory guest --scope account:main --for 2s --as root");
		sleep(3);
	}
	site_save(act->name);
}
