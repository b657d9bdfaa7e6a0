/* rbacctl as a program: the bulk import, the compile from scratch, and a small change at each size.
 */
#define _GNU_SOURCE /* nftw(3) */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

extern char **environ;

enum { ROLES_MOST = 1000, CHANGES = 7, COMPILES = 5 };

static char rbacctl[256];
static uint32_t next_user; /* whom nothing has been assigned to beyond the import */

struct store {
	char at[256]; /* etc/ and st/ are in it */
	uint32_t users, roles;
};

static const char *in_store(const struct store *s, char out[320], const char *file)
{
	snprintf(out, 320, "%s/%s", s->at, file);
	return out;
}

/* What a program had in memory at its largest: its own, and the pages of files that it had mapped,
 * which are the page cache's. */
struct size {
	long own_kb, mapped_kb, most_kb;
};

static long line_kb(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

/* Ask the kernel every other millisecond until it ends; MOST_KB is the kernel's own account, for
 * the whole time. */
static void watch(pid_t pid, int *status, struct size *size)
{
	char path[64], text[4096];
	struct rusage used;

	*size = (struct size){ 0 };
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	while (wait4(pid, status, WNOHANG, &used) == 0) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
		text[n > 0 ? n : 0] = '\0';
		if (fd >= 0)
			close(fd);
		long own = line_kb(text, "RssAnon:"), mapped = line_kb(text, "RssFile:");
		if (own + mapped > size->own_kb + size->mapped_kb) {
			size->own_kb = own;
			size->mapped_kb = mapped;
		}
		usleep(2000);
	}
	size->most_kb = used.ru_maxrss;
}

/* Seconds, or -1 when it failed; *SIZE its size in memory (NULL: not asked for). What it says goes
 * to DIR/said. */
static double run(const struct store *s, char *const argv[], struct size *size)
{
	posix_spawn_file_actions_t files;
	char path[320];
	int status;
	pid_t pid;

	setenv("RBAC_ETC", in_store(s, path, "etc"), 1);
	setenv("RBAC_STORE", in_store(s, path, "st"), 1);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, in_store(s, path, "said"),
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, 1, 2);
	double began = now_ns();
	if (posix_spawn(&pid, rbacctl, &files, NULL, argv, environ))
		world_fail(rbacctl);
	if (size)
		watch(pid, &status, size);
	else
		waitpid(pid, &status, 0);
	began = now_ns() - began;
	posix_spawn_file_actions_destroy(&files);
	return status == 0 ? began / 1e9 : -1;
}

static void say_why(const struct store *s, const char *label)
{
	char path[320], line[160] = "";
	FILE *f = fopen(in_store(s, path, "said"), "r");

	if (f && fgets(line, sizeof(line), f))
		line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
	report_missing(label, *line ? line : "not there");
}

static void write_policy(const struct store *s)
{
	char path[320];
	FILE *f = fopen(in_store(s, path, "bench.conf"), "w");

	if (!f)
		world_fail(path);
	fputs("version = 1;\nkinds = { host = { }; };\nkeys = ( { name = \"login\"; } );\n"
	      "keychains = { login = [ \"login\" ]; };\nroles = {\n"
	      "  admin = { kind = \"host\"; keychains = [ \"login\" ]; assign_by = [ \"admin\" ]; "
	      "bootstrap = true; };\n",
	      f);
	for (uint32_t r = 0; r < s->roles; r++)
		fprintf(f,
			"  r%04u = { kind = \"host\"; keychains = [ \"login\" ]; "
			"assign_by = [ \"admin\" ]; gid = %u; };\n",
			r, GID_MIN + r);
	fputs("};\n", f);
	fclose(f);
}

static void write_csv(const struct store *s)
{
	char path[320], name[NAME_SIZE];
	FILE *f = fopen(in_store(s, path, "all.csv"), "w");

	if (!f)
		world_fail(path);
	for (uint32_t u = 0; u < s->users; u++) {
		user_name(name, u);
		for (uint32_t k = 0; k < GROUPS_PER_USER; k++)
			fprintf(f, "%s,r%04u,,,\n", name, (u + k * (s->roles / 4)) % s->roles);
	}
	fclose(f);
}

static int forget_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static bool make_store(struct store *s, const char *name, uint32_t users, uint32_t roles)
{
	char path[320], policy[320];

	*s = (struct store){ .users = users, .roles = roles };
	snprintf(s->at, sizeof(s->at), "%s/%s", config.dir, name);
	nftw(s->at, forget_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir(s->at, 0755);
	mkdir(in_store(s, path, "etc"), 0755);
	mkdir(in_store(s, path, "st"), 0755);
	write_policy(s);
	write_csv(s);
	in_store(s, policy, "bench.conf");
	return run(s,
		   (char *[]){ "rbacctl", "init", "--policy", policy, "--host", "host:main",
			       "--admin", "daemon", NULL },
		   NULL) >= 0;
}

/* What the files take at their least: the view, and the store where that is written too. */
static double floor_of(const struct store *s, bool store)
{
	char from[320], to[320];
	double least = floor_append(in_store(s, from, "st/view/view.mdb"), in_store(s, to, "floor"),
				    false);

	return store ? least + floor_append(in_store(s, from, "st/store/data.mdb"), to, true)
		     : least;
}

static void report_floor(const struct store *s, const char *what, double ratio, double least)
{
	char label[96], note[96];

	snprintf(label, sizeof(label), "%s, %u users, over its floor", what, s->users);
	snprintf(note, sizeof(note),
		 "liblmdb alone, the same records appended in order and synced: %.2f s", least);
	report_value(label, ratio, "x", 0, note);
}

static bool import(struct store *s, double bound)
{
	char label[96], path[320], note[96];
	struct size size;

	in_store(s, path, "all.csv");
	double took = run(s, (char *[]){ "rbacctl", "import", "--force", "--csv", path, NULL },
			  &size);
	snprintf(label, sizeof(label), "import --csv, %u users x 3 roles", s->users);
	if (took < 0) {
		say_why(s, label);
		return false;
	}
	report_value(label, took, "s", bound, "to a published view");
	snprintf(label, sizeof(label), "import --csv, %u users: memory", s->users);
	snprintf(note, sizeof(note),
		 "at the largest that was seen %ld MB its own, %ld MB mapped files",
		 size.own_kb >> 10, size.mapped_kb >> 10);
	report_value(label, (double)size.most_kb / 1024, "MB", bound > 0 ? 1024 : 0, note);
	double least = floor_of(s, true);
	report_floor(s, "import", took / least, least);
	return true;
}

/* With a view of the store in its place: where there is none, any command makes one first, and
 * publish one more. */
static void compile(struct store *s, double bound)
{
	char label[96];
	double took[COMPILES], least[COMPILES], ratios[COMPILES];

	snprintf(label, sizeof(label), "compile from scratch, %u users", s->users);
	for (int i = 0; i < COMPILES; i++) {
		least[i] = floor_of(s, false);
		took[i] = run(s, (char *[]){ "rbacctl", "publish", NULL }, NULL);
		if (took[i] < 0)
			return say_why(s, label);
		ratios[i] = took[i] / least[i];
	}
	report_value(label, median_of(took, COMPILES), "s", bound, "rbacctl publish, start to end");
	report_floor(s, "compile", median_of(ratios, COMPILES), median_of(least, COMPILES));
}

static double assign(const struct store *s)
{
	char user[NAME_SIZE], role[16];

	user_name(user, next_user++);
	/* One role further than the first that the import gave: nobody has it yet. */
	snprintf(role, sizeof(role), "r%04u", (next_user + 1) % s->roles);
	return run(s, (char *[]){ "rbacctl", "assign", user, role, "--force", NULL }, NULL);
}

/* What it takes to write the view a second time, at its least: no sync. */
static double copy_view(const struct store *s)
{
	static char buf[1 << 20];
	char from[320], to[320];
	ssize_t n = 1;

	int in = open(in_store(s, from, "st/view/view.mdb"), O_RDONLY | O_CLOEXEC);
	double began = now_ns();
	int out = open(in_store(s, to, "copy"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (in < 0 || out < 0)
		world_fail(from);
	while (n > 0 && (n = read(in, buf, sizeof(buf))) > 0)
		n = write(out, buf, (size_t)n);
	close(out);
	began = now_ns() - began;
	close(in);
	unlink(to);
	return began / 1e9;
}

static void change_beside_copy(struct store *s, double bound)
{
	double changes[CHANGES], copies[CHANGES], ratios[CHANGES];
	char label[96], note[96];

	snprintf(label, sizeof(label), "assign, %u users, over one copy of the view", s->users);
	for (int i = 0; i < CHANGES; i++) {
		copies[i] = copy_view(s);
		changes[i] = assign(s);
		if (changes[i] < 0)
			return say_why(s, label);
		ratios[i] = changes[i] / copies[i];
	}
	snprintf(note, sizeof(note), "assign %.0f ms, copy %.0f ms",
		 1e3 * median_of(changes, CHANGES), 1e3 * median_of(copies, CHANGES));
	report_value(label, median_of(ratios, CHANGES), "x", bound, note);
}

static void change_beside_empty(struct store *s, const struct store *empty)
{
	double changes[CHANGES], none[CHANGES], ratios[CHANGES];
	char label[96], note[96];

	snprintf(label, sizeof(label), "assign, %u users, over an empty store", s->users);
	for (int i = 0; i < CHANGES; i++) {
		none[i] = assign(empty);
		changes[i] = assign(s);
		if (changes[i] < 0 || none[i] < 0)
			return say_why(changes[i] < 0 ? s : empty, label);
		ratios[i] = changes[i] / none[i];
	}
	snprintf(note, sizeof(note), "%.1f ms, empty %.1f ms", 1e3 * median_of(changes, CHANGES),
		 1e3 * median_of(none, CHANGES));
	report_value(label, median_of(ratios, CHANGES), "x", 0, note);
}

static void forget(const struct store *s)
{
	nftw(s->at, forget_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Seconds that an import of S's rows into a new store takes, and the bytes of that store. PROGRAM:
 * of the build. -1: it failed. */
static double import_with(const char *program, uint32_t users, uint32_t roles, double *bytes)
{
	char path[320];
	struct store s;
	struct stat st;
	double took = -1;

	snprintf(rbacctl, sizeof(rbacctl), "%s/%s", config.bin, program);
	if (make_store(&s, "store-journal", users, roles))
		took = run(&s,
			   (char *[]){ "rbacctl", "import", "--force", "--csv",
				       (char *)in_store(&s, path, "all.csv"), NULL },
			   NULL);
	if (took < 0 || stat(in_store(&s, path, "st/store/data.mdb"), &st) != 0) {
		say_why(&s, "import --csv with and without a journal");
		return -1;
	}
	*bytes = (double)st.st_size;
	forget(&s);
	return took;
}

/* What the journal of rows costs, beside an rbacctl that keeps none (no_journal.c). */
static void journal(void)
{
	const uint32_t users = 100000 / GROUPS_PER_USER, roles = ROLES_MOST;
	double with[COMPILES], without[COMPILES], ratios[COMPILES], bytes = 0, none = 1;
	char note[96];

	for (int i = 0; i < COMPILES; i++) {
		without[i] = import_with("tests/bench/rbacctl-no-journal", users, roles, &none);
		with[i] = import_with("bin/rbacctl", users, roles, &bytes);
		if (with[i] < 0 || without[i] < 0)
			return;
		ratios[i] = with[i] / without[i];
	}
	snprintf(note, sizeof(note), "import of 100,000 assignments: %.2f s, without %.2f s",
		 median_of(with, COMPILES), median_of(without, COMPILES));
	report_value("journal: time, over an rbacctl without one", median_of(ratios, COMPILES), "x",
		     1.3, note);
	snprintf(note, sizeof(note), "%.1f MB, without %.1f MB", bytes / 1e6, none / 1e6);
	report_value("journal: store, over an rbacctl without one", bytes / none, "x", 1.5, note);
}

void lines_admin(void)
{
	struct store empty, s;

	world_small_group(); /* rbacctl looks there whose the gids are */
	world_nsswitch("files");
	printf("\nrbacctl, as a program (the last two lines of a size: medians of %d changes)\n",
	       CHANGES);
	journal();
	snprintf(rbacctl, sizeof(rbacctl), "%s/bin/rbacctl", config.bin);
	for (unsigned i = 0; i < config.n_sizes; i++) {
		uint32_t users = config.sizes[i],
			 roles = group_count(users) < ROLES_MOST ? group_count(users) : ROLES_MOST;
		bool largest = users == 1000000;
		if (users < 10000)
			continue;
		next_user = 1;
		/* The same policy on both sides: only what is in the store differs. */
		if (!make_store(&empty, "store-empty", 0, roles))
			return say_why(&empty, "rbacctl init");
		if (!make_store(&s, "store-full", users, roles))
			return say_why(&s, "rbacctl init");
		if (import(&s, largest ? 10 : 0)) {
			/* Below UPDATE_USERS (update.h) each change compiles: tens of milliseconds
			 * at 10,000 users. */
			compile(&s, largest ? 3 : users == 10000 ? 0.1 : 0);
			change_beside_copy(&s, largest ? 5 : 0);
			change_beside_empty(&s, &empty);
		}
		forget(&empty);
		forget(&s);
	}
}
