/*
 * stage.h - a host for one test program: a mount namespace of its own in which the real C library
 * finds our module, a few people and groups, and an empty /var/lib in memory. Nothing of the
 * machine is touched, and nothing is left of it.
 */
#ifndef TESTS_FAULT_STAGE_H
#define TESTS_FAULT_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

#define STAGE_STATE "/var/lib/rbac"
#define STAGE_FOLDER STAGE_STATE "/view"
#define STAGE_VIEW STAGE_FOLDER "/view.mdb"
#define STAGE_ETC "/var/lib/etc"

/* In passwd and group here, beside root. DEVS has ALICE and MALLORY as members; GLASS, which nobody
 * is in, exempts. */
enum {
	ALICE = 61001,
	BOB = 61002,
	CAROL = 61003,
	MALLORY = 61066,
	DEVS = 61100,
	DOCKER = 61101,
	GLASS = 61102
};

/*
 * Enter it: first thing in main. Needs root: without it, says that the test is left out and ends
 * the program with status 0. The program begins anew once, so that the C library takes up where our
 * module lies.
 */
void stage_enter(char **argv);

/* PATH of what was built, from build/COMPILER/: "bin/rbacctl"; on the stage, for every user to
 * read. Static. */
const char *stage_built(const char *path);

/* Give up root for good, for USER with its own group alone. */
void stage_become(uid_t user);

/* This process is a login of its own from now on, for what tells logins apart
 * (host/confirm/login.h). */
void stage_login(void);

/* From here to the end the host has another boot id. */
void stage_boot_begin(void);
void stage_boot_end(void);

/* The host looks as if systemd ran, and takes every timer. False: it has no systemd. */
bool stage_systemd(void);

/* The entry of BOB in passwd gets another uid. */
void stage_change_uid(uid_t bob);

#endif
