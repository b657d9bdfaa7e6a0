/*
 * doubles.h - two names of one person: in a store of an older version, which did not refuse the
 * second, or in passwd now.
 */
#ifndef RBACCTL_HOST_PEOPLE_DOUBLES_H
#define RBACCTL_HOST_PEOPLE_DOUBLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/host/people/facts.h"

struct double_name {
	uint32_t uid;
	char *name;
	int kind;
};
struct doubles {
	struct double_name *v;
	size_t n, cap;
};

/* A recorded user with the uid that is recorded (RBAC_NO_UID: none). RBAC_OK or RBAC_NOMEM. */
int doubles_add(struct doubles *d, const char *name, uint32_t uid);

/*
 * Call FN with a sentence for each pair, after all are added. BOTH: both are recorded, and what the
 * two hold has to be made one; otherwise a second name that passwd has for a recorded uid, or a
 * recorded name that passwd spells otherwise, which has no roles. PASSWD: a pass over passwd.
 * RBAC_OK or RBAC_NOMEM.
 */
typedef void doubles_fn(void *ctx, const char *text, bool both);
int doubles_find(struct doubles *d, const struct facts *passwd, doubles_fn *fn, void *ctx);

void doubles_free(struct doubles *d);

#endif
