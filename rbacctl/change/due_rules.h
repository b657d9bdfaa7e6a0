/*
 * due_rules.h - what the files about what is due share; due.h has what others call.
 */
#ifndef RBACCTL_CHANGE_DUE_RULES_H
#define RBACCTL_CHANGE_DUE_RULES_H

#include "rbacctl/change/due.h"
#include "rbacctl/store/request.h"

struct finding {
	struct change *c;
	struct due_list *out;
	int64_t since, now; /* instants after SINCE, up to NOW */
	uint64_t seen;      /* changes up to this one were looked at */
};

/* Add N, of which kind, id, instant, person, role and scope are set, to F->out, unless it is in the
 * store already. RBAC_OK, or an error with a message. */
int due_add(struct finding *f, struct store_notice n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

bool due_is_new(const struct finding *f, int64_t instant);

/* (due_requests.c) What there is to tell of a request that is pending, and of any other; CTX is the
 * struct finding. */
int due_on_pending(void *ctx, const struct store_request *r);
int due_on_request(void *ctx, const struct store_request *r);

#endif
