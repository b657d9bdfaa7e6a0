/* Someone without rights, at the view, the store, the names and the log. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/site.h"
#include "tests/fault/stage.h"
#include "tests/fault/tracer.h"

/* ---- what they can't do ---- */

static void refused(int rc, const char *what)
{
	need_say(rc < 0 && (errno == EACCES || errno == EPERM), "%s: %d, %m", what, rc);
}

static void as_mallory(void *unused)
{
	(void)unused;
	stage_become(MALLORY);
	refused(open(STAGE_VIEW, O_RDWR | O_CLOEXEC), "write the view");
	refused(open(STAGE_VIEW, O_RDONLY | O_TRUNC | O_CLOEXEC), "truncate the view");
	refused(truncate(STAGE_VIEW, 0), "truncate the view");
	refused(chmod(STAGE_VIEW, 0666), "chmod the view");
	refused(unlink(STAGE_VIEW), "unlink the view");
	refused(rename(STAGE_VIEW, STAGE_STATE "/other"), "rename the view");
	refused(open(STAGE_VIEW ".new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
		"lay a temporary file");
	refused(symlink("/etc/passwd", STAGE_VIEW ".new"), "lay a link");
	refused(open(STAGE_STATE "/store", O_RDONLY | O_CLOEXEC), "list the store");
	refused(open(STAGE_STATE "/store/data.mdb", O_RDONLY | O_CLOEXEC), "read the store");
	refused(open(STAGE_STATE "/store/lock", O_RDWR | O_CLOEXEC), "take the lock");
	refused(open(STAGE_STATE "/store/lock.mdb", O_RDWR | O_CLOEXEC), "fill the reader table");
	refused(open(STAGE_ETC "/policy.d/x.conf", O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
		"lay a policy");
}

static void the_view_can_be_read_and_nothing_else(void)
{
	site_make();
	need(kit_fork(as_mallory, NULL, 10) == 0);
}

static void run_as_mallory(void *line)
{
	stage_become(MALLORY);
	int status = site_do(line);
	need_say(status == 4 || status == 3 || status == 2, "rbacctl %s: %d: %s",
		 (const char *)line, status, site_said());
	need_say(!strstr(site_said(), "bootstrap") && !strstr(site_said(), "mallory +"),
		 "rbacctl %s: %s", (const char *)line, site_said());
}

static void no_command_that_changes_or_tells_works_for_them(void)
{
	static const char *const lines[] = {
		"assign mallory admin",
		"assign mallory admin --as root",
		"assign mallory admin --as alice",
		"revoke alice admin",
		"scope create space:main/mine",
		"scope delete space:main/web --force",
		"user suspend alice",
		"user forget alice",
		"apply",
		"publish",
		"log",
		"list assignments",
		"init --policy /var/lib/fault.conf",
	};
	uint64_t before, after, a, b;
	site_make();
	a = site_print(&before);
	for (size_t i = 0; i < KIT_COUNT(lines); i++)
		need_say(kit_fork(run_as_mallory, (void *)(size_t)lines[i], 10) == 0, "%s",
			 lines[i]);
	b = site_print(&after);
	need(a == b && before == after && site_do("verify") == 0);
}

/* By sudo, which is root and knows who came: what the rules refuse leaves no trace that grows. */
static void nobody_fills_the_store_by_being_refused(void)
{
	static const char *const lines[] = { "assign mallory admin --scope account:main",
					     "scope create space:main/mine", "user suspend alice",
					     "revoke alice admin --scope account:main" };
	struct stat before, after;
	uint64_t generation, print;
	char said[8192], *reason = malloc(65537);
	site_make();
	need(reason && setenv("SUDO_UID", "61066", 1) == 0);
	need(site_do("log") == 0);
	snprintf(said, sizeof said, "%s", site_said());
	print = site_print(&generation);
	need(stat(STAGE_STATE "/store/data.mdb", &before) == 0);
	memset(reason, 'x', 65536);
	reason[65536] = '\0';
	const char *wordy[] = { "assign", "mallory", "member",   "--scope", "space:main/web",
				"--as",   "root",    "--reason", reason,    NULL };
	need_say(site_run(wordy) == 2, "a reason of 64 kB: %s", site_said());
	for (unsigned i = 0; i < kit_count(60, 2000); i++) {
		const char *line = lines[i % KIT_COUNT(lines)];
		int status = site_do(line);
		need_say(status == 3, "rbacctl %s: %d: %s", line, status, site_said());
	}
	need(site_print(&generation) == print && stat(STAGE_STATE "/store/data.mdb", &after) == 0 &&
	     after.st_size == before.st_size);
	need(site_do("log") == 0);
	need_say(strcmp(said, site_said()) == 0, "the log grew: %s", site_said());
	free(reason);
}

/* Everything that may be held, is held: readable files can be locked, mapped, watched. */
static void hold_all(void *unused)
{
	(void)unused;
	stage_become(MALLORY);
	for (int i = 0; i < 200; i++) {
		int fd = open(STAGE_VIEW, O_RDONLY | O_CLOEXEC);
		int dir = open(STAGE_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		need(fd >= 0 && dir >= 0);
		flock(fd, LOCK_EX | LOCK_NB);
		flock(dir, LOCK_EX | LOCK_NB);
		fcntl(fd, F_SETLEASE, F_RDLCK);
		need(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	}
	pause();
}

static void nobody_is_kept_waiting_by_them(void)
{
	site_make();
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		hold_all(NULL);
		_exit(1);
	}
	usleep(100000);
	unsigned long from = kit_ms();
	for (int i = 0; i < 10; i++) {
		need(site_do(i % 2 ? "revoke mallory guest --scope account:main --as root"
				   : "assign mallory guest --scope account:main --as root") == 0);
		need(getgrnam("r-guest"));
	}
	need_say(kit_ms() - from < 5000, "%lu ms", kit_ms() - from);
	kill(pid, SIGKILL);
	need(waitpid(pid, NULL, 0) == pid);
}

/* ---- the environment ---- */

#define EVIL "/var/lib/evil"

static int no_evil(void *ctx, const struct tracer_call *call)
{
	char path[256];
	(void)ctx;
	tracer_path(call, path, sizeof path);
	need_say(!strstr(path, "evil"), "%s %s", tracer_name(call->nr), path);
	return TRACER_GO;
}

static void the_environment_leads_nobody_to_their_files(void)
{
	static const char *const names[] = {
		"RBAC_VIEW", "RBAC_STATE", "RBAC_STORE", "RBAC_ETC",       "TZ", "TZDIR", "HOME",
		"TMPDIR",    "NSS_PATH",   "LMDB_PATH",  "XDG_RUNTIME_DIR"
	};
	char getent[] = "/usr/bin/getent", group[] = "group", name[] = "r-00", own[] = "-s",
	     only[] = "group:rbac";
	char *const argv[] = { getent, own, only, group, name, NULL };
	host_publish(1);
	need(mkdir(EVIL, 0777) == 0 && rename(STAGE_VIEW, EVIL "/view.mdb") == 0);
	host_publish(2);
	for (size_t i = 0; i < KIT_COUNT(names); i++)
		setenv(names[i], strcmp(names[i], "TZ") == 0 ? ":" EVIL "/zone" : EVIL, 1);
	struct tracer t = { .entry = no_evil, .output = -1 };
	int status = tracer_run(&t, argv);
	need_say(status == 0 && t.calls > 0, "getent: %d after %lu calls", status, t.calls);
	need(host_ask_generation(2) && host_ask_all());
}

/* ---- names ---- */

static bool unchanged(uint64_t print, uint64_t generation)
{
	uint64_t now;
	return site_print(&now) == print && now == generation;
}

static void try_name(const char *a, const char *b, const char *c, uint64_t print,
		     uint64_t generation)
{
	const char *assign[] = {
		"assign", "--as", "root", "--force", "--scope", c, "--", a, b, NULL
	};
	const char *create[] = { "scope", "create", "--as", "root", "--owner",
				 "carol", "--",     c,      NULL };
	int status = site_run(assign);
	need_say(status == 2 || status == 3, "assign %.60s %.60s at %.60s: %d: %.400s", a, b, c,
		 status, site_said());
	need(unchanged(print, generation));
	if (strcmp(c, "account:main") == 0)
		return;
	status = site_run(create);
	need_say(status == 2 || status == 3, "scope create %.60s: %d: %.400s", c, status,
		 site_said());
	need(unchanged(print, generation));
}

static void hostile_names_are_refused(void)
{
	static const char *const odd[] = {
		"",
		" ",
		"-rf",
		"--as",
		"--as=root",
		"+",
		"+x",
		"%",
		"%%devs",
		"%-x",
		"%r-admin",
		"a:b",
		"a,b",
		"a b",
		"a\nb",
		"a\tb",
		"a\x1b[31mb",
		"a/b",
		"../../etc/passwd",
		".",
		"..",
		"\xef\xbd\x81lice",
		"alic\xd0\xb5",
		"\xff\xfe",
		"a\"b",
		"a'b",
		"root",
		"%root",
	};
	static const char *const scopes[] = {
		"",
		":",
		"space:",
		"space:main",
		"space:main/",
		"space:main//web",
		"space:main/../web",
		"space:main/.",
		"space:/web",
		"space:main/web/x",
		"Space:main/web",
		"space:main/w b",
		"space:main/-x",
		"space:main/\n",
		"--scope",
		"/etc/passwd",
		"space:main/%s%n",
		"account:main/x",
		"none:main",
	};
	char *long_name = malloc(65537);
	uint64_t generation, print;
	need(long_name);
	site_make();
	print = site_print(&generation);
	for (size_t i = 0; i < KIT_COUNT(odd); i++) {
		try_name(odd[i], "guest", "account:main", print, generation);
		try_name("carol", odd[i], "account:main", print, generation);
	}
	for (size_t i = 0; i < KIT_COUNT(scopes); i++)
		try_name("carol", "member", scopes[i], print, generation);
	for (size_t len = 256; len <= 65536; len *= 4) {
		memset(long_name, 'a', len);
		long_name[len] = '\0';
		try_name(long_name, "guest", "account:main", print, generation);
		try_name("carol", long_name, "account:main", print, generation);
		try_name("carol", "member", long_name, print, generation);
	}
	free(long_name);
	need(site_do("verify") == 0);
}

static void one_name_is_not_another(void)
{
	static const char *const near[] = { "alic", "alicee", "Alice", "alice.", "alice-" };
	char line[128];
	site_make();
	for (size_t i = 0; i < KIT_COUNT(near); i++) {
		gid_t gids[16];
		int n = 16;
		snprintf(line, sizeof line, "can %s login --scope account:main", near[i]);
		need_say(site_do(line) == 1 || site_do(line) == 2, "%s", line);
		need(getgrouplist(near[i], 61999, gids, &n) >= 0 && n == 1);
	}
	need(!getgrnam("r-admi") && !getgrnam("r-admin2") && !getgrnam("R-admin") &&
	     !getgrnam("") && !getgrnam("r-admin\n"));
}

/* ---- the log ---- */

static void nobody_writes_the_log_of_changes(void)
{
	const char *argv[] = { "assign", "mallory", "guest",    "--scope", "account:main",
			       "--as",   "root",    "--reason", NULL,      NULL };
	static const char *const reasons[] = {
		"x\n9  2026-01-01T00:00:00Z  assign  by root  (root (uid 0))", "x\r\x1b[2Jy",
		"x\x07y", "\302\23331m", "x\x7fy"
	};
	site_make();
	for (size_t i = 0; i < KIT_COUNT(reasons); i++) {
		argv[8] = reasons[i];
		int status = site_run(argv);
		need_say(status == 0 || status == 2 || status == 3, "%d: %s", status, site_said());
		if (status == 0)
			need(site_do("revoke mallory guest --scope account:main --as root") == 0);
	}
	need(site_do("log") == 0);
	need_say(!strstr(site_said(), "\n9  2026-01-01") &&
			 !strpbrk(site_said(), "\x1b\x07\r\x7f") &&
			 !strstr(site_said(), "\xc2\x9b"),
		 "%s", site_said());
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "the view can be read, and nothing else", the_view_can_be_read_and_nothing_else,
		  10 },
		{ "no command that changes or tells works for them",
		  no_command_that_changes_or_tells_works_for_them, 20 },
		{ "nobody fills the store by being refused",
		  nobody_fills_the_store_by_being_refused, 20 },
		{ "nobody is kept waiting by them", nobody_is_kept_waiting_by_them, 20 },
		{ "the environment leads nobody to their files",
		  the_environment_leads_nobody_to_their_files, 10 },
		{ "hostile names are refused", hostile_names_are_refused, 30 },
		{ "one name is not another", one_name_is_not_another, 10 },
		{ "nobody writes the log of changes", nobody_writes_the_log_of_changes, 10 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
