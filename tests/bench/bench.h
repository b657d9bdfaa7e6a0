/*
 * bench.h - what the parts of the bench share. It runs as root in a mount namespace of its own
 * (run.sh), where /etc and /var/lib are scratch, the libraries are installed, and DIR/N/ is what
 * `generate N` wrote.
 */
#ifndef RBAC_BENCH_H
#define RBAC_BENCH_H

#include <grp.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/view.h"
#include "tests/bench/names.h"

enum { NOBODY_GID = 65534, GROUP_ROOM = 64 };
enum { BUFFER = 2 << 20 }; /* libnss-cache asks for at least 1 MB before it looks up a gid */

struct config {
	const char *dir;   /* DIR */
	const char *bin;   /* folder of the build */
	uint32_t sizes[8]; /* numbers of users */
	unsigned n_sizes;
	bool quick; /* fewer rounds */
};
extern struct config config;

/* ---- world.c: which population is in place ---- */
bool world_enter(uint32_t users, bool members); /* false: it has not been generated */
bool world_enter_crowd(void);
const char *world_path(char out[256], const char *file); /* of DIR/N/FILE */
void world_nsswitch(const char *sources);                /* the group line of /etc/nsswitch.conf */
void world_small_group(void);                            /* /etc/group is that of a small host */
void world_tick(void); /* until the coarse clock has moved twice: what was renamed is seen */
void world_fail(const char *what) __attribute__((noreturn));

/* ---- keys.c: what is asked for; made before the clock runs ---- */
enum key_kind {
	KEY_USER,
	KEY_GROUP,
	KEY_NO_USER,
	KEY_NO_GROUP,
	KEY_NO_GID,
	KEY_FAR_GID,
	KEY_CROWD,
	KEY_FEW
};
struct key {
	char name[NAME_SIZE];
	uint32_t gid, uid; /* UID: what passwd says of a user */
};
void keys_fill(enum key_kind kind, uint32_t users, struct key *keys, size_t n);

/* ---- the table's columns: who is asked ---- */
enum column { OURS, RAW, EMPTY, FILES, EXTRAUSERS, CACHE, DB, COLUMNS };

/* ---- measure.c: several ways to do the same, side by side ---- */
enum { CONTENDERS = 8 };
struct contender {
	/* Do it for N keys. Returns how many were found: it has to be all, or none, as `hits` says.
	 */
	size_t (*run)(void *ctx, const struct key *keys, size_t n);
	void *ctx;
	void (*prepare)(void *ctx); /* before each batch, untimed; may be NULL */
	bool nothing; /* finds nothing, even where HITS: the module that knows nothing */
};
struct times {
	unsigned n;    /* rounds */
	double ns[64]; /* per call */
};
/*
 * RUN of contenders left NULL is skipped, its times stay n = 0. A line that comes out over BOUND
 * (0: none) times BASE is measured anew, three times in all, and the last one counts: what disturbs
 * a machine for a second does not decide, what is slow stays so.
 */
void measure(const struct contender *c, struct times *out, enum key_kind kind, uint32_t users,
	     bool hits, enum column base, double bound);
double median(const struct times *t);
double ratio(const struct times *a, const struct times *b); /* median of the rounds' ratios */
double now_ns(void);
double median_of(double *v, unsigned n);

/* ---- report.c: the table ---- */
void report_begin(const char *title);
/* BASE: what the ratio is to; BOUND 0: no bound. Where RAW is not the base, its own ratio is told
 * beside a bound that was missed. */
void report_times(const char *label, const struct times *t, enum column base, double bound);
/* One figure of ours against a bound: "12.3 ms  at most 15 ms". UNIT is printed after VALUE and
 * BOUND. */
void report_value(const char *label, double value, const char *unit, double bound,
		  const char *note);
void report_at_least(const char *label, double value, const char *unit, double bound,
		     const char *note);
void report_missing(const char *label, const char *why);
int report_end(void); /* the summary; how many lines are over their bound */

/* ---- modules.c: NSS modules, called directly ---- */
struct module {
	const char *name;
	enum nss_status (*getgrnam)(const char *, struct group *, char *, size_t, int *);
	enum nss_status (*getgrgid)(gid_t, struct group *, char *, size_t, int *);
	enum nss_status (*initgroups)(const char *, gid_t, long *, long *, gid_t **, long, int *);
	enum nss_status (*setgrent)(int);
	enum nss_status (*getgrent)(struct group *, char *, size_t, int *);
	enum nss_status (*endgrent)(void);
	void (*reset)(void); /* the world has changed; NULL: sees it by itself */
};
extern struct module modules[COLUMNS]; /* RAW: floor.c; getgrnam NULL: not installed */
void modules_load(void);
void modules_reset(void);
size_t module_getgrnam(void *m, const struct key *keys, size_t n);
size_t module_getgrgid(void *m, const struct key *keys, size_t n);
size_t module_initgroups(void *m, const struct key *keys, size_t n);

/* ---- raw.c: liblmdb on the same file ---- */
struct raw;
struct raw *raw_open(const char *path);
void raw_close(struct raw *r);
size_t raw_user(void *r, const struct key *keys, size_t n);
size_t raw_group(void *r, const struct key *keys, size_t n);
size_t raw_gid(void *r, const struct key *keys, size_t n);

/* ---- admin_floor.c: what liblmdb alone takes ---- */
/* Seconds to write the records of the LMDB file FROM to a new file TO, which is removed again.
 * TABLES: it has named databases. */
double floor_append(const char *from, const char *to, bool tables);

/* ---- the lines ---- */
void lines_direct(void);
void lines_glibc(void);
void lines_growth(void);
void lines_login(void);
void lines_stage(void);
void lines_fresh(void);
void lines_enumerate(void);
void lines_memory(void);
void lines_threads(void);
void lines_crowd(void);
void lines_admin(void);
void lines_socket(void);
void lines_scale(void);

#endif
