/*
 * The socket of `rbacctl serve`: what it adds to a change, and what one user who behaves badly
 * costs all others. The same without the socket, or without that user, is measured in the same
 * rounds.
 */
#define _GNU_SOURCE /* setresuid */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum {
	LEADS = 5,  /* who ask in turn: each has 20 changes at once */
	ROUNDS = 9, /* with and without who disturbs */
	CALLS = 5,  /* of a round */
	PROCESSES = 1000,
	FIRST_UID = 100000,
	BAD = 40 /* the user who behaves badly */
};

static char rbacctl[256], peer[256], at[256];

/* ---- programs ---- */

static pid_t start(const char *program, unsigned user, bool root, char *const argv[])
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	if (!root && setresuid(FIRST_UID + user, FIRST_UID + user, FIRST_UID + user) != 0)
		_exit(126);
	execv(program, argv);
	_exit(127);
}

/* Nanoseconds; -1: it failed, or was lost. */
static double timed(const char *program, unsigned user, bool root, char *const argv[])
{
	int status;
	double began = now_ns();
	pid_t pid = start(program, user, root, argv);

	waitpid(pid, &status, 0);
	began = now_ns() - began;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? began : -1;
}

/* Root works on the files of the store in AT. */
static double by_root(char *const words[])
{
	char *argv[16] = { "rbacctl", "--store", at, "--etc", at };
	size_t n = 5;

	for (size_t i = 0; words[i] && n < 15; i++)
		argv[n++] = words[i];
	return timed(rbacctl, 0, true, argv);
}

static void lead_name(char out[NAME_SIZE], unsigned i)
{
	user_name(out, i);
}

/* ---- the host ---- */

static int forget_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static bool make_host(void)
{
	char path[320], name[NAME_SIZE];

	snprintf(rbacctl, sizeof(rbacctl), "%s/bin/rbacctl", config.bin);
	snprintf(peer, sizeof(peer), "%s/tests/system/tools/peer", config.bin);
	snprintf(at, sizeof(at), "%s/socket", config.dir);
	nftw(at, forget_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir(at, 0755);
	snprintf(path, sizeof(path), "%s/site.conf", at);
	FILE *f = fopen(path, "w");
	if (!f)
		return false;
	fputs("version = 1;\nkinds = { host = { }; };\nroles = {\n"
	      "  lead = { kind = \"host\"; assign_by = [ \"lead\" ]; bootstrap = true; };\n"
	      "  dev = { kind = \"host\"; assign_by = [ \"lead\" ]; };\n};\n",
	      f);
	fclose(f);
	lead_name(name, 0);
	bool made = by_root((char *[]){ "init", "--policy", path, "--host", "host:main", "--admin",
					name, NULL }) >= 0;
	for (unsigned i = 1; i < LEADS && made; i++) {
		lead_name(name, i);
		made = by_root((char *[]){ "assign", name, "lead", NULL }) >= 0;
	}
	return made;
}

static pid_t serve(void)
{
	pid_t pid = start(
		rbacctl, 0, true,
		(char *[]){ "rbacctl", "--store", at, "--etc", at, "serve", "--listen", NULL });

	for (int i = 0; i < 500 && access(RBAC_SOCKET_PATH, F_OK) != 0; i++)
		usleep(10000);
	return pid;
}

static void end(pid_t pid, int signal)
{
	kill(pid, signal);
	waitpid(pid, NULL, 0);
}

/* ---- what is timed ---- */

static double assign_by_root(unsigned round)
{
	(void)round;
	double took = by_root((char *[]){ "assign", "u0000030", "dev", NULL });

	by_root((char *[]){ "revoke", "u0000030", "dev", NULL });
	return took;
}

static double assign_by_socket(unsigned round)
{
	double took = timed(rbacctl, round % LEADS, false,
			    (char *[]){ "rbacctl", "assign", "u0000030", "dev", NULL });

	by_root((char *[]){ "revoke", "u0000030", "dev", NULL });
	return took;
}

static double question(unsigned round)
{
	return timed(rbacctl, round % LEADS, false,
		     (char *[]){ "rbacctl", "list", "assignments", NULL });
}

struct side {
	double ns[ROUNDS * CALLS];
	unsigned n, lost;
};

static void call(struct side *s, double (*fn)(unsigned round), unsigned i)
{
	double took = fn(i);

	if (took < 0)
		s->lost++;
	else
		s->ns[s->n++] = took;
}

/* FN against BASE, where both are quiet (BAD NULL), or FN with BAD running against itself without.
 */
static void compare(const char *label, double (*fn)(unsigned round), double (*base)(unsigned round),
		    char *const bad[], double bound)
{
	struct side one = { .n = 0 }, other = { .n = 0 };
	char note[160];

	for (unsigned r = 0; r < ROUNDS; r++) {
		for (unsigned i = 0; i < CALLS; i++)
			call(&other, base, i);
		pid_t pid = bad ? start(peer, BAD, false, bad) : 0;
		usleep(bad ? 300000 : 0);
		for (unsigned i = 0; i < CALLS; i++)
			call(&one, fn, i);
		if (bad)
			end(pid, SIGKILL);
		usleep(bad ? 300000 : 0);
	}
	double quiet = median_of(other.ns, other.n), took = median_of(one.ns, one.n);
	snprintf(note, sizeof(note), "%.1f ms beside %.1f ms; %u of %u lost", took / 1e6,
		 quiet / 1e6, one.lost, one.n + one.lost);
	/* What is lost is over any bound. */
	report_value(label, one.lost || !quiet ? 1e3 : took / quiet, "x", bound, note);
}

/* ---- due, and a crowd of processes ---- */

static double due_by_root(unsigned round)
{
	(void)round;
	return by_root((char *[]){ "due", NULL });
}

static double sessions_by_root(unsigned round)
{
	char name[NAME_SIZE];

	(void)round;
	user_name(name, BAD);
	return by_root((char *[]){ "sessions", name, NULL });
}

/* The start of the program, and nothing else. */
static double program_alone(unsigned round)
{
	(void)round;
	return timed(rbacctl, 0, true, (char *[]){ "rbacctl", "--version", NULL });
}

/* FN in milliseconds, beside the start of the program. */
static void absolute(const char *label, double (*fn)(unsigned round), double bound,
		     const char *also)
{
	struct side one = { .n = 0 }, alone = { .n = 0 };
	char note[200];

	for (unsigned i = 0; i < ROUNDS * CALLS; i++) {
		call(&alone, program_alone, i);
		call(&one, fn, i);
	}
	snprintf(note, sizeof(note), "beside %.1f ms for the program alone%s",
		 median_of(alone.ns, alone.n) / 1e6, also);
	report_value(label, one.lost ? 1e6 : median_of(one.ns, one.n) / 1e6, "ms", bound, note);
}

/* What `cat /proc/PID/status /proc/PID/stat` of all processes takes within one process. */
static double plain_scan(void)
{
	static const char *const names[] = { "status", "stat", "loginuid", "sessionid" };
	char path[64], text[4096];
	double began = now_ns();
	DIR *d = opendir("/proc");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		for (size_t i = 0; e->d_name[0] >= '1' && e->d_name[0] <= '9' && i < 4; i++) {
			snprintf(path, sizeof(path), "/proc/%.16s/%s", e->d_name, names[i]);
			int fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd >= 0 && read(fd, text, sizeof(text)) >= 0)
				close(fd);
		}
	if (d)
		closedir(d);
	return now_ns() - began;
}

static void crowd(void)
{
	static pid_t pids[PROCESSES];
	double direct[ROUNDS];
	char also[80];

	for (unsigned i = 0; i < PROCESSES; i++)
		pids[i] = start("/bin/sleep", BAD, false, (char *[]){ "sleep", "600", NULL });
	for (unsigned i = 0; i < ROUNDS; i++)
		direct[i] = plain_scan();
	snprintf(also, sizeof(also), "; %.1f ms for reading the same files",
		 median_of(direct, ROUNDS) / 1e6);
	absolute("sessions: a scan of 1,000 processes", sessions_by_root, 60, also);
	for (unsigned i = 0; i < PROCESSES; i++)
		end(pids[i], SIGKILL);
}

/* ---- memory ---- */

static long line_kb(const char *text, const char *name)
{
	const char *p = strstr(text, name);

	return p ? strtol(p + strlen(name), NULL, 10) : 0;
}

static void memory(pid_t pid)
{
	char path[64], text[4096], note[96];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
	snprintf(note, sizeof(note), "its own; %.1f MB of programs and libraries are mapped",
		 (double)line_kb(text, "RssFile:") / 1024);
	report_value("serve: memory after all that", (double)line_kb(text, "RssAnon:") / 1024, "MB",
		     4, note);
}

void lines_socket(void)
{
	world_small_group();
	world_nsswitch("files");
	unsetenv("RBAC_ETC");
	unsetenv("RBAC_STORE");
	printf("\nthe socket of rbacctl serve (medians of %d; what is lost counts as over)\n",
	       ROUNDS * CALLS);
	if (!make_host()) {
		report_missing("rbacctl serve", "init failed");
		return;
	}
	pid_t pid = serve();
	compare("assign through the socket, over root's own", assign_by_socket, assign_by_root,
		NULL, 1.6);
	compare("a question, beside 200 silent connections", question, question,
		(char *[]){ "peer", "silent", "200", NULL }, 2.5);
	compare("a question, beside connect and close", question, question,
		(char *[]){ "peer", "flood", NULL }, 5);
	compare("root's assign, beside 4 who are refused", assign_by_root, assign_by_root,
		(char *[]){ "peer", "ceaseless", "4", "assign", "u0000030", "lead", NULL }, 1.2);
	memory(pid);
	end(pid, SIGTERM);
	absolute("due, with nothing due", due_by_root, 5, "");
	crowd();
	nftw(at, forget_one, 16, FTW_DEPTH | FTW_PHYS);
}
