/*
 * windows.h - the windows of one role, at one scope, of one person, in the store and in the rows of
 * an import: which of the new ones add nothing?
 */
#ifndef RBACCTL_CHANGE_IMPORT_WINDOWS_H
#define RBACCTL_CHANGE_IMPORT_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

enum span_is {
	SPAN_NEW,
	SPAN_REPEATS, /* the store or an earlier row has the very same */
	SPAN_COVERED, /* one in the store or in an earlier row covers all of its remaining time */
};

struct span {
	int64_t from, until;
	size_t came; /* 0: it is in the store; from 1 on: the order of the rows */
	size_t row;  /* the caller's */
	int place;   /* likewise */
	enum span_is is;
};

/* Set `is` of the N spans at V, which are sorted by this; n log n. RBAC_OK or RBAC_NOMEM. */
int windows_judge(struct span *v, size_t n, int64_t now);

/* Sort the N spans at V, which are of several places, and judge those of each place. */
int windows_judge_places(struct span *v, size_t n, int64_t now);

#endif
