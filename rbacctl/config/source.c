#include "rbacctl/config/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/files.h"
#include "rbacctl/config/trust.h"

static const char *const folders[] = { "policy.d", "assignments.d" };

static unsigned rank(const char *name)
{
	if (strncmp(name, "policy.d/", 9) == 0)
		return 2;
	if (strncmp(name, "assignments.d/", 14) == 0)
		return 3;
	return strcmp(name, "host.conf") == 0;
}

static int order(const char *a, const char *b)
{
	unsigned x = rank(a), y = rank(b);

	return x != y ? (x < y ? -1 : 1) : strcmp(a, b);
}

/* Takes TEXT over, also when it fails. */
static int insert(struct policy_sources *s, const char *name, char *text, size_t len)
{
	size_t at = s->n;
	struct policy_text *v;
	char *copy;

	while (at > 0 && order(s->v[at - 1].name, name) >= 0)
		at--;
	if (at < s->n && strcmp(s->v[at].name, name) == 0) {
		free(text);
		return RBAC_CONFLICT;
	}
	copy = strdup(name);
	v = copy ? reallocarray(s->v, s->n + 1, sizeof(*v)) : NULL;
	if (!v) {
		free(copy);
		free(text);
		return RBAC_NOMEM;
	}
	s->v = v;
	memmove(v + at + 1, v + at, (s->n - at) * sizeof(*v));
	v[at] = (struct policy_text){ .name = copy, .text = text, .len = len };
	s->n++;
	return RBAC_OK;
}

int policy_sources_add(struct policy_sources *s, const char *name, const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return RBAC_NOMEM;
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return insert(s, name, copy, len);
}

int policy_sources_copy(const struct policy_sources *from, struct policy_sources *to)
{
	int err = RBAC_OK;

	memset(to, 0, sizeof(*to));
	for (size_t i = 0; i < from->n && err == RBAC_OK; i++)
		err = policy_sources_add(to, from->v[i].name, from->v[i].text, from->v[i].len);
	return err;
}

const struct policy_text *policy_sources_find(const struct policy_sources *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return &s->v[i];
	return NULL;
}

bool policy_sources_equal(const struct policy_sources *a, const struct policy_sources *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct policy_text *x = &a->v[i], *y = &b->v[i];
		if (strcmp(x->name, y->name) != 0 || x->len != y->len ||
		    memcmp(x->text, y->text, x->len) != 0)
			return false;
	}
	return true;
}

void policy_sources_free(struct policy_sources *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].name);
		free(s->v[i].text);
	}
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* ---- reading a folder ---- */

static unsigned line_of(const char *text, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

/* PATH, the way to it included, or what FD has open of it, could have been written by others: said.
 */
static bool distrust(const char *path, int fd, bool way, struct policy_pos at,
		     struct problems *problems)
{
	struct buf why = { 0 };
	struct stat st;
	bool trusted = (!way || trust_path(path, &why)) &&
		       (fstat(fd, &st) != 0 || trust_stat(path, &st, &why));

	if (!trusted)
		problem_error(problems, at, "%s",
			      why.len ? buf_text(&why) : "cannot be judged: out of memory");
	buf_free(&why);
	return !trusted;
}

static int take(int fd, const char *path, const char *name, size_t most, struct policy_sources *s,
		struct problems *problems)
{
	struct policy_pos at = { .file = name, .line = 0 };
	struct stat st, link;
	char *text;
	size_t len;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		problem_error(problems, at, "not a regular file");
		return RBAC_OK;
	}
	/* The way to the folder has been judged; that of a link goes elsewhere. */
	if (distrust(path, fd, lstat(path, &link) != 0 || S_ISLNK(link.st_mode), at, problems))
		return RBAC_OK;
	int err = files_read(fd, most, &text, &len);
	if (err == RBAC_SYSTEM)
		problem_error(problems, at, "cannot be read: %m");
	if (err == RBAC_INVALID)
		problem_error(problems, at, "larger than %zu MiB", most >> 20);
	if (err != RBAC_OK)
		return err == RBAC_NOMEM ? err : RBAC_OK;

	const char *nul = memchr(text, 0, len);
	if (nul) {
		at.line = line_of(text, (size_t)(nul - text));
		problem_error(problems, at, "holds a NUL byte: this is no text file");
		free(text);
		return RBAC_OK;
	}
	return insert(s, name, text, len);
}

/* FILE in the folder that DIR has open; ETC: the folder of all, for the path. MISSING is said when
 * it is not there. */
static int read_at_most(int dir, const char *etc, const char *file, const char *name, size_t most,
			const char *missing, struct policy_sources *s, struct problems *problems)
{
	struct policy_pos at = { .file = name, .line = 0 };
	char path[PATH_MAX + 600];
	/* O_NONBLOCK: a FIFO must not hang us; it is refused by its type. */
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		ssize_t n = -1;
		if (errno == ENOENT)
			n = readlinkat(dir, file, path, sizeof path - 1);
		if (n >= 0)
			problem_error(problems, at, "a link to %.*s, which does not exist", (int)n,
				      path);
		else if (errno == ENOENT || errno == EINVAL)
			problem_error(problems, at, "%s", missing);
		else
			problem_error(problems, at, "cannot be opened: %m");
		return RBAC_OK;
	}
	snprintf(path, sizeof path, "%s/%s", etc, name);
	int err = take(fd, path, name, most, s, problems);
	close(fd);
	return err;
}

static int read_one(int dir, const char *etc, const char *file, const char *name,
		    struct policy_sources *s, struct problems *problems)
{
	return read_at_most(dir, etc, file, name, POLICY_FILE_MAX,
			    "missing; rbac.conf(5) has an example", s, problems);
}

/* ENDING: ".conf" or ".test". */
static bool wanted(const struct dirent *e, const char *ending)
{
	size_t len = strlen(e->d_name), end = strlen(ending);

	return e->d_name[0] != '.' && len > end && strcmp(e->d_name + len - end, ending) == 0;
}

static int read_folder(int dir, const char *etc, const char *folder, const char *ending,
		       struct policy_sources *s, struct problems *problems)
{
	struct policy_pos at = { .file = folder, .line = 0 };
	int fd = openat(dir, folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int err = RBAC_OK;

	if (!d) {
		if (errno != ENOENT)
			problem_error(problems, at, "cannot be opened: %m");
		if (fd >= 0)
			close(fd);
		return RBAC_OK;
	}
	char path[PATH_MAX + 600];
	snprintf(path, sizeof path, "%s/%s", etc, folder);
	if (distrust(path, fd, true, at, problems)) {
		closedir(d);
		return RBAC_OK;
	}
	for (;;) {
		errno = 0;
		const struct dirent *e = readdir(d);
		if (!e) {
			if (errno)
				problem_error(problems, at, "cannot be read: %m");
			break;
		}
		if (!wanted(e, ending))
			continue;
		if (s->n >= POLICY_FILES_MAX) {
			problem_error(problems, at, "more than %d files", POLICY_FILES_MAX);
			break;
		}
		char name[sizeof(e->d_name) + 32];
		snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
		err = read_one(fd, etc, e->d_name, name, s, problems);
		if (err != RBAC_OK)
			break;
	}
	closedir(d);
	return err;
}

static int read_host(int fd, const char *dir, struct policy_sources *s, struct problems *problems)
{
	if (faccessat(fd, "host.conf", F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
		return RBAC_OK;
	return read_one(fd, dir, "host.conf", "host.conf", s, problems);
}

/* PARTS: what is missing is no problem. */
static int read_all(const char *dir, bool parts, struct policy_sources *s,
		    struct problems *problems)
{
	size_t before = problems->errors;
	int err = RBAC_OK;

	memset(s, 0, sizeof(*s));
	int fd = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (fd < 0 && errno == ENOENT && parts)
		return RBAC_OK;
	if (fd < 0) {
		problem_error(problems, (struct policy_pos){ .file = dir }, "cannot be opened: %m");
		return RBAC_INVALID;
	}
	if (distrust(dir, fd, true, (struct policy_pos){ .file = dir }, problems)) {
		close(fd);
		return RBAC_INVALID;
	}
	if (!parts || faccessat(fd, "rbac.conf", F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
		err = read_one(fd, dir, "rbac.conf", "rbac.conf", s, problems);
	if (err == RBAC_OK)
		err = read_host(fd, dir, s, problems);
	for (size_t i = 0; err == RBAC_OK && i < sizeof(folders) / sizeof(*folders); i++)
		err = read_folder(fd, dir, folders[i], ".conf", s, problems);
	close(fd);
	if (err != RBAC_OK)
		return err;
	return problems->errors > before ? RBAC_INVALID : RBAC_OK;
}

int policy_sources_read(const char *dir, struct policy_sources *s, struct problems *problems)
{
	return read_all(dir, false, s, problems);
}

int policy_sources_read_parts(const char *dir, struct policy_sources *s, struct problems *problems)
{
	return read_all(dir, true, s, problems);
}

int policy_sources_read_files(const char *dir, const char *const *names, size_t n, size_t most,
			      struct policy_sources *s, struct problems *problems)
{
	size_t before = problems->errors;
	int fd = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY), err = RBAC_OK;

	if (fd < 0) {
		problem_error(problems, (struct policy_pos){ .file = dir }, "cannot be opened: %m");
		return RBAC_INVALID;
	}
	for (size_t i = 0; i < n && err == RBAC_OK; i++)
		err = read_at_most(fd, dir, names[i], names[i], most, "missing", s, problems);
	close(fd);
	return err ? err : problems->errors > before ? RBAC_INVALID : RBAC_OK;
}

int policy_sources_read_tests(const char *dir, struct policy_sources *s, struct problems *problems)
{
	size_t before = problems->errors;
	int fd = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	*s = (struct policy_sources){ 0 };
	if (fd < 0 && errno == ENOENT)
		return RBAC_OK;
	if (fd < 0) {
		problem_error(problems, (struct policy_pos){ .file = dir }, "cannot be opened: %m");
		return RBAC_INVALID;
	}
	int err = read_folder(fd, dir, "tests.d", ".test", s, problems);
	close(fd);
	return err ? err : problems->errors > before ? RBAC_INVALID : RBAC_OK;
}

int policy_sources_read_host(const char *dir, struct policy_sources *s, struct problems *problems)
{
	size_t before = problems->errors;
	int err = RBAC_OK;

	memset(s, 0, sizeof(*s));
	int fd = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (fd < 0 && errno == ENOENT)
		return RBAC_OK;
	if (fd < 0)
		problem_error(problems, (struct policy_pos){ .file = dir }, "cannot be opened: %m");
	else if (!distrust(dir, fd, true, (struct policy_pos){ .file = dir }, problems))
		err = read_host(fd, dir, s, problems);
	if (fd >= 0)
		close(fd);
	if (err != RBAC_OK)
		return err;
	return problems->errors > before ? RBAC_INVALID : RBAC_OK;
}
