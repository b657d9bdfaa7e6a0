#define _GNU_SOURCE
#include "rbacctl/host/mounts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* \040 and the like stand for blanks in a path. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++)
		if (*p == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] && p[3]) {
			*to++ = (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0'));
			p += 3;
		} else {
			*to++ = *p;
		}
	*to = 0;
}

static bool has_option(const char *options, const char *option)
{
	size_t len = strlen(option);

	for (const char *p = options; *p; p += strcspn(p, ","), p += *p == ',')
		if (strcspn(p, ",") == len && strncmp(p, option, len) == 0)
			return true;
	return false;
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static bool read_line(char *line, struct mounted *m)
{
	char *rest = line, *word = NULL, *own;

	for (int i = 0; i < 5; i++)
		word = strsep(&rest, " ");
	own = strsep(&rest, " ");
	char *type = rest ? strstr(rest, " - ") : NULL;
	if (!type && rest && strncmp(rest, "- ", 2) == 0)
		type = rest - 1; /* there is no optional field */
	if (!word || !own || !type)
		return false;
	rest = type + 3;
	m->point = word;
	m->type = strsep(&rest, " ");
	(void)strsep(&rest, " ");
	if (!rest)
		return false;
	rest[strcspn(rest, "\n")] = 0;
	m->options = rest;
	m->read_only = has_option(own, "ro") || has_option(rest, "ro");
	unescape(word);
	return true;
}

void mounts_each(mounts_fn *fn, void *ctx)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	struct mounted m;
	bool goes_on = true;

	while (f && goes_on && getline(&line, &size, f) > 0)
		if (read_line(line, &m))
			goes_on = fn(ctx, &m);
	free(line);
	if (f)
		fclose(f);
}

struct nearest {
	const char *path;
	size_t len;
	bool found;
	struct mount_of *out;
};

/* The longest point that leads to the path; of two the later lies on top. */
static bool on_mount(void *ctx, const struct mounted *m)
{
	struct nearest *x = ctx;
	size_t len = strlen(m->point);
	bool root = strcmp(m->point, "/") == 0;

	if (len < x->len || (!root && (strncmp(x->path, m->point, len) != 0 ||
				       (x->path[len] && x->path[len] != '/'))))
		return true;
	x->len = len;
	x->found = true;
	snprintf(x->out->type, sizeof x->out->type, "%s", m->type);
	x->out->point = !root && !x->path[len];
	x->out->read_only = m->read_only;
	return true;
}

bool mounts_of(const char *path, struct mount_of *out)
{
	char real[PATH_MAX];
	struct nearest x = { .path = real, .out = out };

	*out = (struct mount_of){ .point = false };
	if (realpath(path, real))
		mounts_each(on_mount, &x);
	return x.found;
}

bool mounts_is_network(const char *type)
{
	static const char *const types[] = {
		"nfs",
		"nfs4",
		"cifs",
		"smb3",
		"ncp",
		"afs",
		"ceph",
		"lustre",
		"fuse.sshfs",
		"fuse.glusterfs",
		"fuse.ceph-fuse",
		"fuse.s3fs",
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}
