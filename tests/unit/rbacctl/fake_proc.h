/*
 * fake_proc.h - a /proc, the files of logind and utmp of a test's own, in a folder of its own.
 */
#ifndef TESTS_UNIT_RBACCTL_FAKE_PROC_H
#define TESTS_UNIT_RBACCTL_FAKE_PROC_H

#define _GNU_SOURCE /* nftw(), setresuid() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utmp.h>

#include "common/error.h"
#include "rbacctl/host/sessions/sessions.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define NOT_SET UINT32_MAX
/* Uids that nobody has: processes of BOB are ended. */
enum { BOB = 1999990001, EVE = 1999990002, STAFF = 6000 };

static char folder[] = "/tmp/rbac-sessions.XXXXXX";
static char proc[64], logind[64], utmp[64];
static struct session_places places;

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

struct fake {
	int pid, sid;
	uint32_t uid, login, audit;
	unsigned tty;
	unsigned began;
	const char *name, *groups;
	int parent; /* 0: init */
};

static void make_process(const struct fake *p)
{
	char path[128], text[512];
	snprintf(path, sizeof path, "%s/%d", proc, p->pid);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof path, "%s/%d/status", proc, p->pid);
	snprintf(text, sizeof text, "Name:\t%s\nUid:\t%u\t%u\t%u\t%u\nGroups:\t%s \n", p->name,
		 p->uid, p->uid, p->uid, p->uid, p->groups ? p->groups : "100");
	write_file(path, text);
	snprintf(path, sizeof path, "%s/%d/stat", proc, p->pid);
	snprintf(text, sizeof text,
		 "%d (%s) S %d %d %d %u -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 %u 1000 100\n", p->pid,
		 p->name, p->parent ? p->parent : 1, p->pid, p->sid, p->tty, p->began);
	write_file(path, text);
	snprintf(path, sizeof path, "%s/%d/loginuid", proc, p->pid);
	snprintf(text, sizeof text, "%u", p->login);
	write_file(path, text);
	snprintf(path, sizeof path, "%s/%d/sessionid", proc, p->pid);
	snprintf(text, sizeof text, "%u", p->audit);
	write_file(path, text);
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/rbac-sessions.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(proc, sizeof proc, "%s/proc", folder);
	snprintf(logind, sizeof logind, "%s/logind", folder);
	snprintf(utmp, sizeof utmp, "%s/utmp", folder);
	places = (struct session_places){ proc, logind, utmp, NULL };
	return mkdir(proc, 0755) || mkdir(logind, 0755);
}

static int drop(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static void find(const struct session_owners *owners, struct sessions *s)
{
	assert_int_equal(sessions_find(&places, owners, s), RBAC_OK);
}

static const uint32_t bob[] = { BOB };
static const struct session_owners of_bob = { .uids = bob, .n_uids = 1 };

#endif
