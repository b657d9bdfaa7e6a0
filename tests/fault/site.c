#define _GNU_SOURCE
#include "tests/fault/site.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/view.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

#define KEPT "/var/lib/kept"
#define POLICY "/var/lib/fault.conf"

static const char policy[] =
	"version = 1;\n"
	"kinds = { account = { };\n"
	"  space = { parent = \"account\"; owner = \"space-admin\"; create_by = [ \"admin\" ]; "
	"delete_by = [ \"owner\" ]; }; };\n"
	"keys = ( { name = \"login\"; }, { name = \"launch\"; } );\n"
	"keychains = { login = [ \"login\" ]; launching = [ \"launch\" ]; };\n"
	"roles = {\n"
	"  admin = { kind = \"account\"; keychains = [ \"login\" ]; includes = [ \"member\" ]; "
	"bootstrap = true; min = 1; assign_by = [ \"admin\" ]; };\n"
	"  space-admin = { kind = \"space\"; keychains = [ \"login\" ]; "
	"includes = [ \"member\" ]; };\n"
	"  member = { kind = \"space\"; keychains = [ \"launching\", \"login\" ]; "
	"assign_by = [ \"owner\" ]; };\n"
	"  guest = { kind = \"account\"; keychains = [ \"login\" ]; };\n"
	"};\n";

static const char host[] =
	"version = 1;\n"
	"host = \"space:main/web\";\n"
	"login = ( { services = [ \"sshd\" ]; keys = [ \"login\" ]; },\n"
	"          { services = [ \"sudo\", \"sudo-i\" ]; roles = [ \"admin\" ]; "
	"groups = [ \"devs\" ]; },\n"
	"          { services = [ \"anyone\" ]; anyone = true; } );\n"
	"exempt = { users = [ ]; groups = [ \"glass\" ]; };\n"
	"groups = { name = \"r-%{role}\"; members = true; enumerate = true;\n"
	"           extra = ( { role = \"guest\"; unix_groups = [ \"docker\" ]; } ); };\n";

static char said[8192];

const char *site_said(void)
{
	return said;
}

static void read_said(int fd)
{
	ssize_t n = pread(fd, said, sizeof said - 1, 0);
	said[n > 0 ? n : 0] = '\0';
}

int site_run(const char *const *argv)
{
	const char *full[SITE_ARGS + 2] = { "rbacctl" };
	int status, n = 1;
	int out = memfd_create("said", MFD_CLOEXEC);
	need(out >= 0);
	while (*argv && n <= SITE_ARGS)
		full[n++] = *argv++;
	char path[4096];
	snprintf(path, sizeof path, "%s", stage_built("bin/rbacctl"));
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		dup2(out, 1);
		dup2(out, 2);
		execv(path, (char *const *)(size_t)full);
		_exit(127);
	}
	need(waitpid(pid, &status, 0) == pid);
	read_said(out);
	close(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int site_do(const char *line)
{
	char words[512], *save = NULL;
	const char *argv[SITE_ARGS + 1];
	int n = 0;
	snprintf(words, sizeof words, "%s", line);
	for (char *w = strtok_r(words, " ", &save); w && n < SITE_ARGS;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	argv[n] = NULL;
	return site_run(argv);
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	need_say(f, "%s: %m", path);
	need(fputs(text, f) >= 0 && fclose(f) == 0);
}

static void must(const char *line)
{
	int status = site_do(line);
	need_say(status == 0, "rbacctl %s: %d: %s", line, status, said);
}

void site_make(void)
{
	site_clear();
	write_text(POLICY, policy);
	write_text(STAGE_ETC "/rbac.conf", host);
	must("init --policy " POLICY " --host space:main/web --admin alice");
	must("assign carol guest --scope account:main --as root");
	must("assign bob member --scope space:main/web --as root");
	must("assign %devs guest --scope account:main --as root");
	must("assign mallory member --scope space:main/web --until 2100-01-01T00:00:00Z --as root");
	must("scope create space:main/db --owner carol --as root");
	/* Another bob: the roles of the first one do not count. */
	stage_change_uid(BOB + 50);
	must("publish");
}

/* ---- folders kept and brought back ---- */

static void remove_tree(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		DIR *d = fdopendir(fd);
		for (struct dirent *e; (e = readdir(d));)
			if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
				remove_tree(dirfd(d), e->d_name);
		closedir(d);
		unlinkat(at, name, AT_REMOVEDIR);
		return;
	}
	unlinkat(at, name, 0);
}

static void copy_file(int from, int to, const char *name, const struct stat *st)
{
	int in = openat(from, name, O_RDONLY | O_CLOEXEC),
	    out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st->st_mode);
	off_t at = 0;
	need(in >= 0 && out >= 0);
	while (at < st->st_size)
		need(sendfile(out, in, &at, (size_t)(st->st_size - at)) > 0);
	close(in);
	close(out);
}

static void copy_tree(int from, int to, const char *name)
{
	struct stat st;
	need_say(fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == 0, "%s", name);
	if (!S_ISDIR(st.st_mode)) {
		copy_file(from, to, name, &st);
		return;
	}
	need(mkdirat(to, name, st.st_mode) == 0);
	int a = openat(from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    b = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need(a >= 0 && b >= 0);
	DIR *d = fdopendir(a);
	for (struct dirent *e; (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			copy_tree(a, b, e->d_name);
	closedir(d);
	close(b);
}

static int open_dir(const char *path)
{
	mkdir(path, 0755);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need_say(fd >= 0, "%s", path);
	return fd;
}

static void copy_both(const char *from, const char *to)
{
	int a = open_dir(from), b = open_dir(to);
	remove_tree(b, "etc");
	remove_tree(b, "rbac");
	copy_tree(a, b, "etc");
	copy_tree(a, b, "rbac");
	close(a);
	close(b);
}

void site_save(const char *name)
{
	char path[256];
	close(open_dir(KEPT));
	snprintf(path, sizeof path, KEPT "/%s", name);
	copy_both("/var/lib", path);
}

void site_load(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, KEPT "/%s", name);
	copy_both(path, "/var/lib");
}

void site_lose_store(void)
{
	int fd = open_dir("/var/lib/rbac");
	remove_tree(fd, "store");
	close(fd);
}

void site_clear(void)
{
	int fd = open_dir("/var/lib");
	remove_tree(fd, "etc");
	remove_tree(fd, "rbac");
	need(mkdirat(fd, "etc", 0755) == 0 && mkdirat(fd, "rbac", 0755) == 0);
	close(fd);
	stage_change_uid(BOB);
}

static void copy_older(const char *name, const char *folder, mode_t mode)
{
	int from = open("tests/data/store-0.1.0", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need_say(from >= 0, "tests/data/store-0.1.0: to be run from the top of the tree");
	need(mkdir(folder, mode) == 0);
	int to = open_dir(folder);
	copy_tree(from, to, name);
	close(from);
	close(to);
}

void site_older(void)
{
	site_clear();
	copy_older("data.mdb", STAGE_STATE "/store", 0700);
	copy_older("view.mdb", STAGE_FOLDER, 0755);
	stage_change_uid(BOB +
			 50); /* as site_make() leaves it, for every site that is brought back */
}

/* ---- what a view says ---- */

static uint64_t mix(uint64_t h, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return (h ^ len) * 1099511628211u;
}

uint64_t site_print(uint64_t *generation)
{
	struct rbac_view v;
	struct rbac_bytes key = { 0 }, rec;
	uint64_t h = 14695981039346656037u;
	int rc = rbac_view_open(STAGE_VIEW, RBAC_TRUST_ROOT, &v);
	*generation = 0;
	if (rc == RBAC_ABSENT)
		return 0;
	need_say(rc == RBAC_OK, "the view: %s", rbac_error_text(rc));
	while ((rc = rbac_view_next(&v, key, &key, &rec, NULL)) == RBAC_OK)
		if (key.p[0] != RBAC_REC_META)
			h = mix(mix(h, key.p, key.len), rec.p, rec.len);
	need_say(rc == RBAC_NOTFOUND, "a record of the view: %s", rbac_error_text(rc));
	h = mix(h, v.meta.extra, 4 * (size_t)v.meta.n_extra);
	h = mix(h, v.meta.exempt_gids, 4 * (size_t)v.meta.n_exempt_gids);
	*generation = v.meta.generation;
	rbac_view_release(&v);
	return h;
}
