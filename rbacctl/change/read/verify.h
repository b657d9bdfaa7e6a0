/*
 * verify.h - is everything sound? The store and its indexes, the audit chain, the applied policy,
 * the people, and the view: its records, and what a compile would write now.
 */
#ifndef RBACCTL_CHANGE_READ_VERIFY_H
#define RBACCTL_CHANGE_READ_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/invocation.h"

enum verify_what {
	VERIFY_FAULT,   /* something is not as it must be */
	VERIFY_WARNING, /* something needs attention */
	VERIFY_MORE,    /* more about the line before */
	VERIFY_LINES,   /* the same, several lines, each with its end */
	VERIFY_STORE,   /* what was read: "generation 7" */
	VERIFY_VIEW,    /* "generation 7, 120 records" */
};
typedef void verify_fn(void *ctx, enum verify_what what, const char *text);

struct verify {
	verify_fn *fn;
	void (*step)(const char *what); /* told what is being done: "the journal"; NULL: nothing */
	void *ctx;
	size_t faults;
};

static inline void verify_step(const struct verify *v, const char *what)
{
	if (v->step)
		v->step(what);
}

/*
 * The store, and the view as far as it is compared with the store. *GENERATION gets its last
 * change, 0 where no policy has been applied yet: then there is no view. RBAC_OK, also where there
 * are faults; or an error, and WHY gets why the store cannot be read, and what would help.
 */
int verify_store(struct verify *v, const struct invocation *a, uint64_t *generation,
		 struct buf *why);

/* For this folder: tell V->fn one thing, as printf(3). A VERIFY_FAULT is counted. */
void verify_say(struct verify *v, enum verify_what what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * For verify_store(): the view at PATH beside the last change that T sees, and record for record
 * beside what a compile would write now. T may begin anew, after a change that was made meanwhile.
 */
struct store_txn;
void verify_history(struct verify *v, const char *path, struct store_txn *t);

/* The view by itself, and what it means on this host. What cannot be told is said on stderr. */
void verify_view(struct verify *v, const struct invocation *a);

#endif
