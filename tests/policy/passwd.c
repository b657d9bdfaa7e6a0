#include "rbacctl/host/nss/nsswitch.h"
#include "tests/policy/passwd.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/host/people/facts.h"

enum { USERS = 2304, GROUPS = 64, MEMBER_OF = 16, NAME = 300 };

static struct {
	char name[NAME];
	uid_t uid;
	gid_t primary, of[MEMBER_OF];
	int n;
	bool remote;
} users[USERS];
static struct {
	char name[NAME];
	gid_t gid;
	bool remote;     /* asked for by name or gid alone */
	bool unfiled;    /* in no file */
	char said[NAME]; /* the name in its entry, where that is another one */
} groups[GROUPS];
/* What a directory answers for other spellings, and the names it does not answer for. */
static struct {
	char alias[NAME], name[NAME];
} aliases[USERS];
static char silent[USERS][NAME];
static int n_users, n_groups, n_aliases, n_silent, next;
static int cut_at = USERS, cut_errno;
static bool has_directory, directory_is_down;
static void (*watcher)(const char *call, const char *name);

static void tell(const char *call, const char *name)
{
	if (watcher)
		watcher(call, name);
}

void passwd_watch(void (*fn)(const char *call, const char *name))
{
	watcher = fn;
}

static int find_user(const char *name)
{
	for (int i = 0; i < n_users; i++)
		if (strcmp(users[i].name, name) == 0)
			return i;
	return -1;
}

void passwd_reset(void)
{
	watcher = NULL;
	passwd_cut(USERS, 0);
	nsswitch_conf = "/nonexistent/nsswitch.conf"; /* who is in a group is asked for */
	n_users = n_groups = n_aliases = n_silent = next = 0;
	has_directory = directory_is_down = false;
	passwd_group("root", 0);
	passwd_user("root", 0, 0);
}

void passwd_user(const char *name, uid_t uid, gid_t primary)
{
	int i = find_user(name);
	if (i < 0) {
		if (n_users == USERS)
			abort();
		i = n_users++;
		users[i].n = 0;
		snprintf(users[i].name, NAME, "%s", name);
	}
	users[i].uid = uid;
	users[i].primary = primary;
	users[i].remote = false;
}

void passwd_remote_user(const char *name, uid_t uid, gid_t primary)
{
	passwd_user(name, uid, primary);
	users[find_user(name)].remote = true;
	has_directory = true;
}

void passwd_directory(bool up)
{
	has_directory = true;
	directory_is_down = !up;
}

void passwd_group(const char *name, gid_t gid)
{
	if (n_groups == GROUPS)
		abort();
	snprintf(groups[n_groups].name, NAME, "%s", name);
	groups[n_groups].remote = groups[n_groups].unfiled = false;
	groups[n_groups].said[0] = '\0';
	groups[n_groups++].gid = gid;
}

void passwd_remote_group(const char *name, gid_t gid)
{
	passwd_group(name, gid);
	groups[n_groups - 1].remote = groups[n_groups - 1].unfiled = true;
}

void passwd_listed_group(const char *name, gid_t gid)
{
	passwd_group(name, gid);
	groups[n_groups - 1].unfiled = true;
}

void passwd_member(const char *user, gid_t gid)
{
	int i = find_user(user);
	if (i < 0 || users[i].n == MEMBER_OF)
		abort();
	users[i].of[users[i].n++] = gid;
}

void passwd_alias(const char *alias, const char *name)
{
	if (n_aliases == USERS)
		abort();
	snprintf(aliases[n_aliases].alias, NAME, "%s", alias);
	snprintf(aliases[n_aliases++].name, NAME, "%s", name);
}

static int find_silent(const char *name)
{
	for (int i = 0; i < n_silent; i++)
		if (strcmp(silent[i], name) == 0)
			return i;
	return -1;
}

void passwd_silence(const char *name)
{
	if (n_silent == USERS)
		abort();
	if (find_silent(name) < 0)
		snprintf(silent[n_silent++], NAME, "%s", name);
}

void passwd_speak(void)
{
	n_silent = 0;
}

void passwd_cut(int n, int err)
{
	cut_at = n;
	cut_errno = err;
}

void passwd_drop_user(const char *name)
{
	int i = find_user(name);
	if (i >= 0)
		users[i] = users[--n_users];
}

void passwd_drop_group(const char *name)
{
	for (int i = 0; i < n_groups; i++)
		if (strcmp(groups[i].name, name) == 0)
			groups[i--] = groups[--n_groups];
}

/* ---- what the C library would answer ---- */

static struct passwd *entry(int i)
{
	static char name[NAME], empty[1];
	static struct passwd pw;
	if (i < 0 || i >= n_users)
		return NULL;
	strcpy(name, users[i].name);
	pw = (struct passwd){ .pw_name = name,
			      .pw_passwd = empty,
			      .pw_uid = users[i].uid,
			      .pw_gid = users[i].primary,
			      .pw_gecos = empty,
			      .pw_dir = empty,
			      .pw_shell = empty };
	return &pw;
}

struct passwd *getpwnam(const char *name)
{
	tell("getpwnam", name);
	for (int i = 0; i < n_aliases; i++)
		if (strcmp(aliases[i].alias, name) == 0)
			name = aliases[i].name;
	if (find_silent(name) >= 0) {
		errno = EIO;
		return NULL;
	}
	int i = find_user(name);
	if (directory_is_down && (i < 0 || users[i].remote)) {
		errno = EAGAIN;
		return NULL;
	}
	return entry(i);
}

bool facts_passwd_is_local(void)
{
	return !has_directory && n_silent == 0;
}

struct passwd *getpwuid(uid_t uid)
{
	tell("getpwuid", "");
	for (int i = 0; i < n_users; i++)
		if (users[i].uid == uid)
			return entry(i);
	return NULL;
}

void setpwent(void)
{
	tell("getpwent", "");
	next = 0;
}

struct passwd *getpwent(void)
{
	while (next < n_users && (users[next].remote || find_silent(users[next].name) >= 0))
		next++;
	if (next >= cut_at && cut_errno)
		errno = cut_errno;
	return next < n_users && next < cut_at ? entry(next++) : NULL;
}

void endpwent(void)
{
	next = 0;
}

/* As in /etc/group: those of whom it is not the primary group. */
static char **members(int i)
{
	static char *v[USERS + 1];
	int n = 0;
	for (int u = 0; u < n_users && !groups[i].remote; u++)
		for (int k = 0; k < users[u].n; k++)
			if (users[u].of[k] == groups[i].gid)
				v[n++] = users[u].name;
	v[n] = NULL;
	return v;
}

static struct group *group_entry(int i)
{
	static char name[NAME], empty[1];
	static struct group gr;
	if (i == n_groups)
		return NULL;
	strcpy(name, groups[i].said[0] ? groups[i].said : groups[i].name);
	gr = (struct group){
		.gr_name = name, .gr_passwd = empty, .gr_gid = groups[i].gid, .gr_mem = members(i)
	};
	return &gr;
}

void passwd_group_says(const char *name, const char *said)
{
	for (int i = 0; i < n_groups; i++)
		if (strcmp(groups[i].name, name) == 0)
			snprintf(groups[i].said, NAME, "%s", said);
}

struct group *getgrnam(const char *name)
{
	tell("getgrnam", name);
	int i = 0;
	for (int k = 0; k < n_aliases; k++)
		if (strcmp(aliases[k].alias, name) == 0)
			name = aliases[k].name;
	while (i < n_groups && strcmp(groups[i].name, name) != 0)
		i++;
	return group_entry(i);
}

struct group *getgrgid(gid_t gid)
{
	int i = 0;
	while (i < n_groups && groups[i].gid != gid)
		i++;
	return group_entry(i);
}

static int next_group;

void setgrent(void)
{
	next_group = 0;
}

/* A directory does not enumerate. */
struct group *getgrent(void)
{
	while (next_group < n_groups && groups[next_group].remote)
		next_group++;
	errno = 0;
	return next_group < n_groups ? group_entry(next_group++) : NULL;
}

void endgrent(void)
{
	next_group = 0;
}

/* Of whatever file: where F stands says how many have been read. */
int fgetgrent_r(FILE *restrict f, struct group *restrict gr, char *restrict buf, size_t size,
		struct group **restrict found)
{
	static char empty[1], *nobody[1];
	long i = ftell(f);
	*found = NULL;
	while (i >= 0 && i < n_groups && groups[i].unfiled)
		i++;
	if (i < 0 || i >= n_groups || fseek(f, i + 1, SEEK_SET))
		return ENOENT;
	if (strlen(groups[i].name) >= size)
		return ERANGE;
	strcpy(buf, groups[i].name);
	*gr = (struct group){
		.gr_name = buf, .gr_passwd = empty, .gr_gid = groups[i].gid, .gr_mem = nobody
	};
	*found = gr;
	return 0;
}

/* Each gid once, as glibc does. */
int getgrouplist(const char *user, gid_t primary, gid_t *out, int *n)
{
	int room = *n, i = find_user(user);
	*n = 0;
	for (int k = -1; k < (i < 0 ? 0 : users[i].n); k++) {
		gid_t gid = k < 0 ? primary : users[i].of[k];
		if (k >= 0 && gid == primary)
			continue;
		if (*n < room)
			out[*n] = gid;
		++*n;
	}
	return *n <= room ? *n : -1;
}
