/*
 * host.h - for programs that are hosts of the module: views to look at, and questions with one
 * right answer, asked through the C library or the module's own entry points.
 */
#ifndef TESTS_FAULT_HOST_H
#define TESTS_FAULT_HOST_H

#include <grp.h>
#include <nss.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Groups of ours: HOST_GROUPS of them, "r-00" (OURS) and on; ALICE is in the first three, and r-00
 * has her as a member; r-01 has HOST_MEMBERS, one of them for a time that is not over. */
enum { HOST_GROUPS = 20, HOST_OURS = 2010000000, HOST_ALICES = 3, HOST_MANY = 1, HOST_MEMBERS = 7 };

/*
 * Put the view of GENERATION in place, as publish does, from a process of its own, and return once
 * every reader sees it. r-gen (HOST_OURS + HOST_GROUPS) has the one member "gen-GENERATION".
 */
void host_publish(unsigned generation);

/* From now on to the end of the case a process that is forked now makes the views: a host of many
 * threads is not one to fork. */
void host_publish_from_aside(void);

/* Ask through the C library. False: not the right answer. GENERATION 0: any. */
bool host_ask_group(void);
bool host_ask_generation(unsigned generation);
bool host_ask_alice(void);
bool host_ask_all(void); /* all of these, and an enumeration */

/* The module by itself, as glibc loads it. MODE: more flags for dlopen. */
struct host_module {
	void *handle;
	enum nss_status (*getgrnam)(const char *, struct group *, char *, size_t, int *);
	enum nss_status (*getgrgid)(gid_t, struct group *, char *, size_t, int *);
	enum nss_status (*setgrent)(int);
	enum nss_status (*getgrent)(struct group *, char *, size_t, int *);
	enum nss_status (*endgrent)(void);
	enum nss_status (*initgroups)(const char *, gid_t, long *, long *, gid_t **, long, int *);
};
void host_load(struct host_module *m, int mode);

/* Open descriptors of this process; mappings of the view in it. Neither opens anything that stays.
 */
int host_descriptors(void);
int host_mappings(void);

#endif
