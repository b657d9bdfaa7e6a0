/*
 * warm USER GROUP: call the module itself (the C library looks at files of its own at each call) so
 * often that several ticks of the coarse clock pass. Between the two getppid(2), which strace
 * shows, there are only lookups. Prints how many there were and how many ticks passed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 100000, ROOM = 64 };

typedef enum nss_status by_name(const char *, struct group *, char *, size_t, int *);
typedef enum nss_status by_gid(gid_t, struct group *, char *, size_t, int *);
typedef enum nss_status of_user(const char *, gid_t, long *, long *, gid_t **, long, int *);

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	void *m = dlopen("libnss_rbac.so.2", RTLD_NOW);
	if (argc != 3 || !m)
		return 2;
	by_name *name = (by_name *)dlsym(m, "_nss_rbac_getgrnam_r");
	by_gid *gid = (by_gid *)dlsym(m, "_nss_rbac_getgrgid_r");
	of_user *user = (of_user *)dlsym(m, "_nss_rbac_initgroups_dyn");
	gid_t *gids = calloc(ROOM, sizeof *gids);
	char buf[65536];
	struct group g;
	struct timespec tick;
	int err, bad = !name || !gid || !user || !gids ||
		       name(argv[2], &g, buf, sizeof buf, &err) != NSS_STATUS_SUCCESS;

	if (bad)
		return 1;
	gid_t number = g.gr_gid;
	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	double began = seconds(CLOCK_MONOTONIC);
	getppid();
	for (int i = 0; i < ROUNDS; i++) {
		long start = 0, size = ROOM;
		bad += name(argv[2], &g, buf, sizeof buf, &err) != NSS_STATUS_SUCCESS;
		bad += gid(number, &g, buf, sizeof buf, &err) != NSS_STATUS_SUCCESS;
		bad += user(argv[1], 65534, &start, &size, &gids, 0, &err) != NSS_STATUS_SUCCESS;
		bad += name("no-such-group", &g, buf, sizeof buf, &err) != NSS_STATUS_NOTFOUND;
	}
	getppid();
	double took = seconds(CLOCK_MONOTONIC) - began;
	printf("%d lookups, %d ticks\n", 4 * ROUNDS,
	       (int)(took / ((double)tick.tv_nsec / 1e9)) + 1);
	return bad != 0;
}
