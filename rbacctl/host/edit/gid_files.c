#define _DEFAULT_SOURCE
#include "rbacctl/host/edit/gid_files.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "rbacctl/command.h"
#include "rbacctl/host/mounts.h"

enum {
	POINTS_MAX = 256,   /* mounts that are looked at; more are said not to be */
	LOOK_EVERY = 0x3ff, /* entries after which the time is looked at */
};

struct search {
	uint32_t min, max;
	time_t until;
	struct buf *out;
	struct buf done, left; /* where was looked, and where not, one blank before each */
	char *points[POINTS_MAX];
	size_t n_points;
	dev_t seen[POINTS_MAX];
	size_t n_seen;
	size_t found;
};

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static bool is_local(const char *type)
{
	static const char *const types[] = { "ext2",  "ext3",     "ext4", "xfs",
					     "btrfs", "overlay",  "zfs",  "f2fs",
					     "tmpfs", "bcachefs", "jfs",  "reiserfs" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

/* The points are kept: to look while the list is read would take long. */
static bool on_mount(void *ctx, const struct mounted *m)
{
	struct search *s = ctx;

	if (is_local(m->type) && s->n_points < POINTS_MAX)
		s->points[s->n_points++] = strdup(m->point);
	else if (is_local(m->type) || mounts_is_network(m->type))
		buf_printf(&s->left, " %s (%s)", m->point, m->type);
	return true;
}

static void name_file(struct search *s, const FTSENT *f)
{
	if (++s->found > GID_FILES_NAMED)
		return;
	buf_printf(s->out, "  ");
	command_quote(s->out, f->fts_path);
	buf_printf(s->out, "  gid %u\n", (unsigned)f->fts_statp->st_gid);
}

/* False: the time is over. */
static bool walk(struct search *s, char *point)
{
	char *const paths[] = { point, NULL };
	FTS *t = fts_open(paths, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	bool in_time = true;
	unsigned n = 0;

	for (FTSENT *f; t && in_time && (f = fts_read(t));) {
		if (f->fts_info != FTS_DP && f->fts_info != FTS_NS && f->fts_info != FTS_ERR &&
		    f->fts_statp->st_gid >= s->min && f->fts_statp->st_gid <= s->max)
			name_file(s, f);
		if ((++n & LOOK_EVERY) == 0)
			in_time = now() < s->until;
	}
	if (t)
		fts_close(t);
	return in_time && t;
}

/* A file system that is mounted twice is looked at once. */
static bool is_new(struct search *s, const char *point)
{
	struct stat st;

	if (lstat(point, &st) || !S_ISDIR(st.st_mode))
		return false;
	for (size_t i = 0; i < s->n_seen; i++)
		if (s->seen[i] == st.st_dev)
			return false;
	s->seen[s->n_seen++] = st.st_dev;
	return true;
}

static void say(struct search *s, int seconds)
{
	if (s->found > GID_FILES_NAMED)
		buf_printf(s->out, "  and %zu more\n", s->found - GID_FILES_NAMED);
	if (s->found)
		buf_printf(s->out, "%zu %s above; give %s another group: chgrp GROUP FILE\n",
			   s->found,
			   s->found == 1 ? "file keeps the GID of a role, named"
					 : "files keep the GIDs of roles, named",
			   s->found == 1 ? "it" : "them");
	else
		buf_printf(s->out, "no file with the GID of a role was found\n");
	buf_printf(s->out, "  searched:%s\n", s->done.len ? buf_text(&s->done) : " nothing");
	if (s->left.len)
		buf_printf(s->out,
			   "  not searched (file systems of the network, or %d s were over):%s\n"
			   "  to search there: find FOLDER -xdev -gid +%u -gid -%u\n",
			   seconds, buf_text(&s->left), (unsigned)s->min - 1, (unsigned)s->max + 1);
}

void gid_files_find(uint32_t min, uint32_t max, int seconds, struct buf *out)
{
	struct search s = { .min = min, .max = max, .until = now() + seconds, .out = out };

	mounts_each(on_mount, &s);
	for (size_t i = 0; i < s.n_points; i++) {
		char *point = s.points[i];
		if (point && is_new(&s, point)) {
			bool whole = now() < s.until && walk(&s, point);
			buf_printf(whole ? &s.done : &s.left, " %s", point);
		}
		free(point);
	}
	say(&s, seconds);
	buf_free(&s.done);
	buf_free(&s.left);
}
