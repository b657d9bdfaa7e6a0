/* A program with the C library built in (host_strange.c). Its exit status is the number of the
 * question that was answered wrongly. */
#include <grp.h>
#include <string.h>

#include "tests/fault/host.h"
#include "tests/fault/stage.h"

static int enumerated(void)
{
	int n = 0;
	setgrent();
	for (struct group *g; (g = getgrent());)
		n += g->gr_gid >= HOST_OURS && g->gr_gid <= HOST_OURS + HOST_GROUPS;
	endgrent();
	return n;
}

int main(void)
{
	gid_t gids[16];
	int n = 16;
	const struct group *g = getgrnam("r-00");
	if (!g || g->gr_gid != HOST_OURS || strcmp(g->gr_mem[0], "alice") != 0)
		return 1;
	g = getgrgid(HOST_OURS + 5);
	if (!g || strcmp(g->gr_name, "r-05") != 0)
		return 2;
	/* Her own, devs of /etc/group, and those of ours. */
	if (getgrouplist("alice", ALICE, gids, &n) < 0 || n != 2 + HOST_ALICES)
		return 3;
	return enumerated() == HOST_GROUPS + 1 ? 0 : 4;
}
