/*
 * acts.h - the changing commands that are killed, starved and cut off from power, each on a site
 * where it has something to do.
 */
#ifndef TESTS_FAULT_ACTS_H
#define TESTS_FAULT_ACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fault/site.h"

/* The fleet that ACT.member is in: its carrier and its authority. */
#define ACTS_CARRIER "/var/lib/carrier"
#define ACTS_AUTHORITY_STATE "/var/lib/authority"
#define ACTS_AUTHORITY_ETC "/var/lib/authority-etc"
#define ACTS_ON_AUTHORITY " --as root --etc " ACTS_AUTHORITY_ETC " --store " ACTS_AUTHORITY_STATE

struct act {
	const char *name;
	const char *argv[SITE_ARGS + 1];
	bool upkeep;    /* the view says the same before and after, and any other command of root's
			   does it too */
	bool quiet;     /* the view says the same before and after, but for its number */
	bool member;    /* on a member of a fleet */
	bool mends;     /* without it verify finds a fault */
	unsigned steps; /* changes, of which the first makes the view what it is; 0: one */
	/* Set by acts_make(): what the view says before and after it, and its generations. 0: there
	 * is none. */
	uint64_t before, after, from, to;
};

/*
 * Make the site of each, keep it under its name, do it once undisturbed. Where RBAC_FAULT_ACTS
 * names acts, with blanks between, these are all. Before it ACTS and N_ACTS have every act.
 */
void acts_make(void);

/* For acts_make(): the site of ACT, kept under its name (acts_prepare.c). What ACT is to be typed
 * with is put into its words. */
void acts_prepare(struct act *act);

/* Are these all the acts there are? */
bool acts_all(void);

extern struct act acts[];
extern size_t n_acts;

/* The argv of ACT as execv() wants it. */
char *const *acts_argv(const struct act *act);

/*
 * After ACT was cut short somehow, HOW saying where: what readers find now is old or new; after the
 * next command (NEXT picks which) store and view are sound, nothing is left over, and the change is
 * wholly there or wholly not. True: it is there.
 */
bool acts_judge(const struct act *act, unsigned next, const char *how);

/* ACT on a member was done in part, as it may be when a sheet cannot be read, and HOW says where:
 * the same once more brings the rest. */
void acts_complete(const struct act *act, const char *how);

/* What readers find right now is what ACT found or what it makes. True: the latter. */
bool acts_look(const struct act *act, const char *how);

#endif
