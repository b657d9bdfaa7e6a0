/*
 * windows.h - windows of one role, at one scope, of one person, that stand already or are to be
 * added in some order: which of the new ones say nothing new?
 */
#ifndef RBACCTL_CHANGE_WINDOWS_H
#define RBACCTL_CHANGE_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

enum span_is {
	SPAN_NEW,
	SPAN_REPEATS, /* the store or an earlier row has the very same */
	SPAN_COVERED, /* one that stands or comes before covers all of it that is still to come */
};

struct span {
	int64_t from, until;
	size_t came; /* 0: it stands; from 1 on: the order in which they are added */
	size_t row;  /* the caller's */
	int place;   /* likewise */
	enum span_is is;
};

/* Judge the N spans at V, which are sorted anew; n log n. RBAC_OK or RBAC_NOMEM. */
int windows_judge(struct span *v, size_t n, int64_t now);

#endif
