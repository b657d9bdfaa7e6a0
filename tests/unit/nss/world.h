/*
 * world.h - the view that the tests of the six entry points ask about, made in a folder of its own.
 */
#ifndef RBAC_TESTS_NSS_WORLD_H
#define RBAC_TESTS_NSS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/view_path.h"
#include "tests/unit/make_view.h"

enum {
	OURS = 2010000000,
	WEB = OURS + 1,
	OPS = OURS + 2,
	EMPTY = OURS + 3,
	HIDDEN = OURS + 4,
	STRAY = 4242,
	DOCKER = 27,
	DEVS = 500,
	MANY = 300
};
enum { UNTOUCHED = 4711 };

int rbac_view_path_acquire(struct rbac_view *v)
{
	return rbac_view_acquire("view.mdb", RBAC_TRUST_SELF, v);
}

int rbac_view_path_keep(struct rbac_view_kept *k)
{
	return rbac_view_keep("view.mdb", RBAC_TRUST_SELF, k);
}

/* ---- the view ---- */

static inline void put_group(struct maker *m, uint32_t gid, uint8_t flags, const char *name,
			     const struct encode_member *members, size_t n)
{
	encode_group(&m->buf, gid, flags, name, members, n);
	maker_put(m, RBAC_REC_GROUP, name);
	encode_group(&m->buf, gid, flags, name, NULL, 0);
	maker_put_gid(m, RBAC_REC_GID, gid);
}

static inline void put_groups(struct maker *m)
{
	static char names[MANY][16];
	struct encode_member many[MANY];
	int64_t now = time(NULL);
	const struct encode_member web[] = {
		{ "alice", ALWAYS },
		{ "alice", WINDOW(1, 2) },
		{ "bob", WINDOW(now - 100, now + 9999) },
		{ "bob", WINDOW(now - 50, now + 9999) },
		{ "carl", WINDOW(1, now - 100) },
		{ "dora", WINDOW(now + 9999, now + 99999) },
		{ "zoe", ALWAYS },
	};

	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "u%03d", i);
		many[i] = (struct encode_member){ names[i], ALWAYS };
	}
	put_group(m, WEB, 0, "web", web, COUNT(web));
	put_group(m, OPS, 0, "ops", many, MANY);
	put_group(m, EMPTY, 0, "empty", NULL, 0);
	put_group(m, HIDDEN, RBAC_GROUP_NOMEMBERS, "hidden", web, COUNT(web));
	put_group(m, DOCKER, RBAC_GROUP_EXTRA, "docker", web, COUNT(web));
	put_group(m, STRAY, 0, "stray", web, COUNT(web));
}

static inline void put_subject(struct maker *m, const char *user, uint32_t flags,
			       const struct encode_gid *gids, size_t n)
{
	encode_subject(&m->buf, RBAC_NO_UID, flags, gids, n, NULL, 0);
	maker_put(m, RBAC_REC_USER, user);
}

static inline void make(uint32_t flags)
{
	static const uint32_t extra[] = { DOCKER };
	const struct encode_gid bob[] = { { WEB, ALWAYS },    { OPS, WINDOW(1, 2) },
					  { DOCKER, ALWAYS }, { WEB, WINDOW(1, RBAC_TIME_MAX) },
					  { STRAY, ALWAYS },  { 0, ALWAYS } };
	const struct encode_gid ops = { OPS, ALWAYS }, empty = { EMPTY, ALWAYS };
	struct encode_gid busy[MANY];
	struct maker m;

	for (uint32_t i = 0; i < MANY; i++)
		busy[i] = (struct encode_gid){ OURS + 10 + i, ALWAYS };
	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .flags = flags,
						   .generation = 1,
						   .gid_min = OURS,
						   .gid_max = OURS + 999,
						   .n_unix = 2,
						   .extra = extra,
						   .n_extra = 1 });
	maker_put(&m, RBAC_REC_META, "");
	put_groups(&m);
	put_subject(&m, "bob", 0, bob, COUNT(bob));
	put_subject(&m, "barred", RBAC_SUBJECT_SUSPENDED, bob, COUNT(bob));
	put_subject(&m, "other", RBAC_SUBJECT_UID_CHANGED, bob, COUNT(bob));
	put_subject(&m, "idle", 0, NULL, 0);
	put_subject(&m, "busy", 0, busy, MANY);
	encode_subject(&m.buf, RBAC_NO_UID, 0, &ops, 1, NULL, 0);
	maker_put_gid(&m, RBAC_REC_UNIX, DEVS);
	encode_subject(&m.buf, RBAC_NO_UID, 0, &empty, 1, NULL, 0);
	maker_put_gid(&m, RBAC_REC_UNIX, DOCKER);
	maker_end(&m);
	/* Publish waits until the coarse clock has moved (view.h). */
	nanosleep(&(struct timespec){ .tv_nsec = 12000000 }, NULL);
}

static inline int setup(void **state)
{
	(void)state;
	maker_enter_folder();
	make(RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	return 0;
}

static inline int again(void **state)
{
	(void)state;
	make(RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	_nss_rbac_endgrent();
	maker_leave_folder();
	return 0;
}

#endif
