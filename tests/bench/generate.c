/*
 * generate USERS DIR [crowd]: write into DIR what the bench reads:
 *	on/view.mdb    a view as rbacctl publishes it
 *	off/view.mdb   the same with members = false
 *	group          group(5): nss_files, and libnss-extrausers
 *	group.cache    the same with libnss-cache's indexes
 *	group.txt      what makedb(1) wants
 * crowd: one more group, of CROWD members.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/walk.h"
#include "rbacctl/view/finish.h"
#include "tests/bench/names.h"

#define ALWAYS ((struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX })

struct group {
	char name[NAME_SIZE];
	uint32_t gid, n;
	uint32_t *users; /* ascending, and so are their names */
};

static uint32_t n_users, n_groups;
static struct group *groups;
static char (*users)[NAME_SIZE];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void *need(void *p)
{
	if (!p)
		die("memory");
	return p;
}

/* ---- the world ---- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void make_world(bool crowd)
{
	uint32_t plain = group_count(n_users);

	n_groups = plain + crowd;
	users = need(calloc(n_users, sizeof *users));
	groups = need(calloc(n_groups, sizeof *groups));
	for (uint32_t g = 0; g < plain; g++) {
		group_name(groups[g].name, g);
		groups[g].gid = group_gid(g);
		groups[g].users = need(calloc(2 * MEMBERS_PER_GROUP, sizeof *groups[g].users));
	}
	for (uint32_t u = 0; u < n_users; u++) {
		user_name(users[u], u);
		for (unsigned k = 0; k < GROUPS_PER_USER; k++) {
			struct group *g = &groups[group_of(n_users, u, k)];

			if (g->n < 2 * MEMBERS_PER_GROUP)
				g->users[g->n++] = u;
		}
	}
	for (uint32_t g = 0; g < plain; g++)
		qsort(groups[g].users, groups[g].n, sizeof *groups[g].users, by_number);
	if (!crowd)
		return;
	struct group *all = &groups[plain];
	strcpy(all->name, "gcrowd");
	all->gid = CROWD_GID;
	all->users = need(calloc(CROWD, sizeof *all->users));
	while (all->n < CROWD && all->n < n_users) {
		all->users[all->n] = all->n;
		all->n++;
	}
}

/* ---- the view ---- */

struct view {
	struct output out;
	struct buf buf;
	char why[256];
};

static void wrote(const struct view *v, int err)
{
	if (err) {
		fprintf(stderr, "%s\n", v->why);
		exit(1);
	}
}

/* Keys come in order. */
static void put_named(struct view *v, uint8_t type, const char *name)
{
	wrote(v, output_put(&v->out, type, name, strlen(name), &v->buf, true));
	buf_reset(&v->buf);
}

static void put_group(struct view *v, const struct group *g, bool members)
{
	struct encode_member *m = need(calloc(g->n + 1, sizeof *m));

	for (uint32_t i = 0; i < g->n; i++)
		m[i] = (struct encode_member){ users[g->users[i]], ALWAYS };
	encode_group(&v->buf, g->gid, members ? 0 : RBAC_GROUP_NOMEMBERS, g->name,
		     members ? m : NULL, members ? g->n : 0);
	put_named(v, RBAC_REC_GROUP, g->name);
	free(m);
}

static void put_user(struct view *v, uint32_t user, bool crowd)
{
	struct encode_gid gids[GROUPS_PER_USER + 1];
	struct encode_grant grants[GROUPS_PER_USER + 1];
	size_t n = 0;

	for (; n < GROUPS_PER_USER; n++) {
		uint32_t g = group_of(n_users, user, (unsigned)n);

		gids[n] = (struct encode_gid){ group_gid(g), ALWAYS };
		grants[n] = (struct encode_grant){ user * 4ull + n, g % ROLES, RBAC_GRANT_HERE,
						   ALWAYS, BENCH_SCOPE };
	}
	if (crowd) {
		gids[n] = (struct encode_gid){ CROWD_GID, ALWAYS };
		grants[n] = (struct encode_grant){ user * 4ull + n, 0, RBAC_GRANT_HERE, ALWAYS,
						   BENCH_SCOPE };
		n++;
	}
	encode_subject(&v->buf, user_uid(user), 0, gids, n, grants, n);
	put_named(v, RBAC_REC_USER, users[user]);
}

/* Whose the uid is: a login looks it up beside the user's own record. */
static void put_uid(struct view *v, uint32_t user)
{
	uint8_t key[RBAC_NUMBER_KEY];

	rbac_number_key(key, user_uid(user));
	encode_uid(&v->buf, users[user]);
	wrote(v, output_put(&v->out, RBAC_REC_UID, key, sizeof(key), &v->buf, true));
	buf_reset(&v->buf);
}

static void put_rule(struct view *v)
{
	uint8_t roles[ROLES / 8];

	memset(roles, 0xff, sizeof(roles));
	encode_rules(&v->buf,
		     &(struct encode_rule){ .number = 1,
					    .line = 1,
					    .file = "/etc/rbac/rbac.conf",
					    .roles = roles,
					    .n_role_bytes = sizeof(roles) },
		     1);
	put_named(v, RBAC_REC_LOGIN, BENCH_SERVICE);
}

static void put_meta(struct view *v, bool members)
{
	static const char *const hosts[] = { BENCH_SCOPE };
	struct zone_offset zone[100];

	for (int i = 0; i < 100;
	     i++) /* as many changes of the clock as a zone has in fifty years */
		zone[i] = (struct zone_offset){ i * 15768000ll, i % 2 ? 7200 : 3600 };
	encode_meta(&v->buf, &(struct encode_meta){ .flags = RBAC_META_ENUMERATE |
							     (members ? RBAC_META_MEMBERS : 0u),
						    .generation = 1,
						    .gid_min = GID_MIN,
						    .gid_max = GID_MAX,
						    .zone = zone,
						    .n_zone = 100,
						    .hosts = hosts,
						    .n_hosts = 1 });
	put_named(v, RBAC_REC_META, "");
}

/* With what rbacctl itself writes views with. */
static void make_view(const char *folder, bool members)
{
	char path[64];
	struct view v = { 0 };

	mkdir(folder, 0755);
	snprintf(path, sizeof(path), "%s/view.mdb", folder);
	unlink(path);
	wrote(&v, output_begin(&v.out, path, v.why, sizeof(v.why)));
	for (uint32_t g = 0; g < n_groups; g++) {
		encode_group(&v.buf, groups[g].gid, members ? 0 : RBAC_GROUP_NOMEMBERS,
			     groups[g].name, NULL, 0);
		wrote(&v, output_put_gid(&v.out, RBAC_REC_GID, groups[g].gid, &v.buf));
		buf_reset(&v.buf);
	}
	for (uint32_t g = 0; g < n_groups; g++)
		put_group(&v, &groups[g], members);
	put_rule(&v);
	put_meta(&v, members);
	for (uint32_t u = 0; u < n_users; u++)
		put_user(&v, u, n_groups > group_count(n_users) && u < CROWD);
	for (uint32_t u = 0; u < n_users; u++)
		put_uid(&v, u);
	wrote(&v, finish_view(&v.out));
	buf_free(&v.buf);
}

/* ---- the peers' files ---- */

struct index {
	char key[NAME_SIZE];
	long at;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct index *)a)->key, ((const struct index *)b)->key);
}

/* libnss-cache, nsscache: "KEY\0NUMBER\0..." in lines of one length, sorted by strcmp. */
static void write_index(const char *path, struct index *ix)
{
	FILE *f = need(fopen(path, "w"));

	qsort(ix, n_groups, sizeof *ix, by_key);
	for (uint32_t g = 0; g < n_groups; g++) {
		char line[33] = "";

		memcpy(line, ix[g].key, strlen(ix[g].key));
		sprintf(line + strlen(ix[g].key) + 1, "%08ld", ix[g].at);
		fwrite(line, 1, 32, f);
		putc('\n', f);
	}
	fclose(f);
}

static void write_line(FILE *f, const struct group *g)
{
	fprintf(f, "%s:x:%u:", g->name, g->gid);
	for (uint32_t i = 0; i < g->n; i++)
		fprintf(f, "%s%s", i ? "," : "", users[g->users[i]]);
	putc('\n', f);
}

static void write_peers(void)
{
	struct index *names = need(calloc(n_groups, sizeof *names)),
		     *gids = need(calloc(n_groups, sizeof *gids));
	FILE *group = need(fopen("group", "w")), *cache = need(fopen("group.cache", "w")),
	     *db = need(fopen("group.txt", "w"));

	for (uint32_t g = 0; g < n_groups; g++) {
		strcpy(names[g].key, groups[g].name);
		snprintf(gids[g].key, sizeof(gids[g].key), "%u", groups[g].gid);
		names[g].at = gids[g].at = ftell(cache);
		write_line(group, &groups[g]);
		write_line(cache, &groups[g]);
		fprintf(db, "0%u ", g);
		write_line(db, &groups[g]);
		fprintf(db, ".%s ", groups[g].name);
		write_line(db, &groups[g]);
		fprintf(db, "=%u ", groups[g].gid);
		write_line(db, &groups[g]);
	}
	if (fclose(group) || fclose(cache) || fclose(db))
		die("peers' files");
	write_index("group.cache.ixname", names);
	write_index("group.cache.ixgid", gids);
	free(names);
	free(gids);
}

int main(int argc, char **argv)
{
	n_users = argc >= 3 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	if (n_users < 1000 || n_users > 1000000) {
		fprintf(stderr, "usage: generate USERS DIR [crowd]: 1000 to 1000000 users\n");
		return 2;
	}
	umask(022);
	if (chdir(argv[2]))
		die(argv[2]);
	make_world(argc > 3 && strcmp(argv[3], "crowd") == 0);
	make_view("on", true);
	make_view("off", false);
	write_peers();
	return 0;
}
