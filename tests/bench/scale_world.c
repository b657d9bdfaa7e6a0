#define _GNU_SOURCE /* nftw(3) */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/scale.h"

enum { FIRST_UID = 200000, STAFF_GID = 65000 };

static uint32_t or_n(uint32_t number, const struct scale_world *w)
{
	return number ? number : w->n;
}

void scale_user(char out[20], uint32_t i)
{
	snprintf(out, 20, "w%06u", i);
}

const char *scale_path(const struct scale_world *w, char out[320], const char *file)
{
	snprintf(out, 320, "%s/%s", w->at, file);
	return out;
}

static FILE *create(const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		world_fail(path);
	return f;
}

static void finish(FILE *f, const char *path)
{
	if (ferror(f) || fclose(f))
		world_fail(path);
}

/* ---- the host: /etc/passwd and /etc/group are this namespace's own ---- */

static void copy_into(FILE *to, const char *path)
{
	char line[1024];
	FILE *f = fopen(path, "re");

	if (!f)
		world_fail(path);
	while (fgets(line, sizeof(line), f))
		fputs(line, to);
	fclose(f);
}

static void write_host(const struct scale_world *w)
{
	uint32_t users = or_n(w->shape->users, w);
	FILE *passwd, *group;
	char name[20];

	if (access("/etc/passwd.small", F_OK) && rename("/etc/passwd", "/etc/passwd.small"))
		world_fail("/etc/passwd");
	passwd = create("/etc/passwd.new");
	copy_into(passwd, "/etc/passwd.small");
	group = create("/etc/group.wide");
	copy_into(group, "/etc/group.small");
	fprintf(group, "staff%u:x:%d:", w->n, STAFF_GID);
	for (uint32_t i = 0; i < users; i++) {
		scale_user(name, i);
		fprintf(passwd, "%s:x:%u:100::/:/bin/sh\n", name, FIRST_UID + i);
		if (w->shape->group)
			fprintf(group, "%s%s", i ? "," : "", name);
	}
	fputc('\n', group);
	finish(passwd, "/etc/passwd.new");
	finish(group, "/etc/group.wide");
	if (rename("/etc/passwd.new", "/etc/passwd") || rename("/etc/group.wide", "/etc/group"))
		world_fail("/etc");
}

/* `check` warns of a gated service without a file in pam.d; `other` counts for all. Other sections
 * have a pam.d of their own. */
static void write_pam(bool wanted)
{
	FILE *f;

	if (!wanted) {
		unlink("/etc/pam.d/other");
		rmdir("/etc/pam.d");
		return;
	}
	mkdir("/etc/pam.d", 0755);
	f = create("/etc/pam.d/other");
	fputs("account required pam_rbac.so\n", f);
	finish(f, "/etc/pam.d/other");
}

/* ---- what rbacctl reads ---- */

static void write_policy(const struct scale_world *w)
{
	static const char *const limits[] = { [NO_LIMIT] = "",
					      [WITH_MAX] = " max = 1000000;",
					      [WITH_MIN] = " min = 1; bootstrap = true;",
					      [WITH_EXCLUSIVE] = "" };
	uint32_t roles = or_n(w->shape->roles, w);
	char path[320];
	FILE *f = create(scale_path(w, path, "scale.conf"));

	fputs("version = 1;\n"
	      "kinds = { site = { }; host = { parent = \"site\"; create_by = [ \"admin\" ]; "
	      "delete_by = [ \"admin\" ]; }; };\nkeys = (",
	      f);
	for (uint32_t i = 0; i < roles; i++)
		fprintf(f, "%s\n  { name = \"k%u\"; }", i ? "," : "", i);
	fputs(" );\nkeychains = {\n", f);
	for (uint32_t i = 0; i < roles; i++)
		fprintf(f, "  c%u = [ \"k%u\" ];\n", i, i);
	fprintf(f,
		"};\nroles = {\n"
		"  admin = { kind = \"site\"; keychains = [ \"c0\" ]; assign_by = [ \"admin\" ]; "
		"bootstrap = true; gid = %u; };\n",
		GID_MIN);
	fprintf(f,
		"  spare = { kind = \"host\"; keychains = [ \"c0\" ]; "
		"assign_by = [ \"admin\" ]; gid = %u; };\n",
		GID_MIN + 1);
	fprintf(f,
		"  other = { kind = \"host\"; keychains = [ \"c0\" ]; "
		"assign_by = [ \"admin\" ]; gid = %u; };\n",
		GID_MIN + 2);
	for (uint32_t i = 0; i < roles; i++)
		fprintf(f,
			"  r%u = { kind = \"host\"; keychains = [ \"c%u\" ]; "
			"assign_by = [ \"admin\" ]; gid = %u;%s };\n",
			i, i, GID_MIN + 3 + i, limits[w->shape->limit]);
	fputs("};\n", f);
	if (w->shape->limit == WITH_EXCLUSIVE)
		fputs("exclusive = ( { name = \"apart\"; roles = [ \"r0\", \"other\" ]; } );\n", f);
	finish(f, path);
}

static void write_rows(const struct scale_world *w)
{
	uint32_t users = or_n(w->shape->users, w), scopes = or_n(w->shape->scopes, w),
		 n = w->shape->group ? users : or_n(w->shape->assignments, w);
	char path[320], name[20];
	FILE *f = create(scale_path(w, path, "rows.csv"));

	for (uint32_t i = 0; i < n; i++) {
		scale_user(name, i % users);
		fprintf(f, "%s,spare,host:main/s%u\n", name, i % scopes);
	}
	finish(f, path);
}

void scale_write_files(const struct scale_world *w)
{
	uint32_t users = or_n(w->shape->users, w), scopes = or_n(w->shape->scopes, w),
		 roles = or_n(w->shape->roles, w), n = or_n(w->shape->assignments, w);
	char path[320], name[20];
	FILE *f;

	mkdir(scale_path(w, path, "etc/assignments.d"), 0755);
	f = create(scale_path(w, path, "etc/assignments.d/all.conf"));
	fputs("version = 1;\nscopes = (", f);
	for (uint32_t i = 1; i < scopes; i++) /* the first is made by init */
		fprintf(f, "%s\n  { scope = \"host:main/s%u\"; }", i > 1 ? "," : "", i);
	fputs(" );\nassignments = (", f);
	if (w->shape->group)
		fprintf(f, " { group = \"staff%u\"; role = \"r0\"; scope = \"host:main/s0\"; }",
			w->n);
	for (uint32_t i = 0; i < n && !w->shape->group; i++) {
		scale_user(name, i % users);
		fprintf(f, "%s\n  { user = \"%s\"; role = \"r%u\"; scope = \"host:main/s%u\"; }",
			i ? "," : "", name, i % roles, i % scopes);
	}
	fputs(" );\n", f);
	finish(f, path);
}

/* ---- making and ending ---- */

static int forget_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

void scale_make(struct scale_world *w, const struct scale_shape *shape, uint32_t n)
{
	char path[320];

	*w = (struct scale_world){ .shape = shape, .n = n };
	snprintf(w->at, sizeof(w->at), "%s/scale", config.dir);
	nftw(w->at, forget_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir(w->at, 0755);
	mkdir(scale_path(w, path, "etc"), 0755);
	mkdir(scale_path(w, path, "st"), 0755);
	write_host(w);
	write_pam(true);
	write_policy(w);
	write_rows(w);
}

void scale_end(const struct scale_world *w, bool forget)
{
	if (forget)
		nftw(w->at, forget_one, 16, FTW_DEPTH | FTW_PHYS);
	write_pam(false);
	if (rename("/etc/passwd.small", "/etc/passwd"))
		world_fail("/etc/passwd");
	world_small_group();
}
