/*
 * due_list.h - notices in the making, and when they are made.
 */
#ifndef RBACCTL_CHANGE_RULES_DUE_LIST_H
#define RBACCTL_CHANGE_RULES_DUE_LIST_H

#include "rbacctl/change/internal.h"
#include "rbacctl/store/notice.h"

/* In the folder of the store: held by the `due` that runs, and set to the time when it began. */
#define DUE_LOCK "due.lock"

/* In seconds. WARN: before sessions are ended. BACK: by how much the clock may go back without a
 * warning.
 */
enum {
	DUE_DAY = 86400,
	DUE_HOUR = 3600,
	DUE_WARN = 300,
	DUE_BACK = 300,
	DUE_KEEP = 30 * 86400,
	DUE_REVIEW = 14 * 86400
};

/* A list of notices, which owns its texts. */
struct due_list {
	struct store_notice *v;
	size_t n, cap;
	bool failed; /* out of memory: it is not whole */
};
void due_list_free(struct due_list *l);

/* Append a copy of N. */
void due_list_add(struct due_list *l, const struct store_notice *n);

/* By which ways a notice of KIND goes to a person, by P. */
uint32_t change_due_ways(const struct policy *p, enum notice_kind kind);

struct due_finding {
	struct change *c;
	struct due_list *out;
	int64_t since, now; /* instants after SINCE, up to NOW */
	uint64_t seen;      /* changes up to this one were looked at */
};

/* Add N, of which kind, id, instant, person, role and scope are set, to F->out, unless it is in the
 * store already. RBAC_OK, or an error with a message. */
int due_add(struct due_finding *f, struct store_notice n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

bool due_is_new(const struct due_finding *f, int64_t instant);

#endif
