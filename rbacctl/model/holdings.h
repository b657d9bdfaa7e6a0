/*
 * holdings.h - what one subject holds: its assignments, and the roles that come with what it owns.
 *
 * Only what is held directly: inclusion and cascade are worked out when a question is asked. A role
 * counts at a scope when it, or one that includes it, is held there or (cascade) above.
 */
#ifndef RBACCTL_MODEL_HOLDINGS_H
#define RBACCTL_MODEL_HOLDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* One holding: ROLE at SCOPE in a window, by an assignment or by owning SCOPE. */
struct held {
	uint64_t id; /* of the assignment; for an owner's role: the change that made the scope */
	int role;
	char *scope; /* owned by the list */
	struct rbac_window window;
	bool owner; /* the role comes with owning SCOPE */
	char *via;  /* "%devs", the Unix group that holds it; NULL: held directly. Owned by the list
		     */
};

struct holdings {
	struct held *v;
	size_t n, cap;
	/* Of a user: */
	bool recorded, suspended, uid_changed;
	bool second; /* a second name of a person: the uid is recorded under another name, or passwd
			spells the name otherwise */
	bool absent; /* of a view: this host had no such account when it was published */
	uint32_t uid; /* as recorded; RBAC_NO_UID: none */
};

/* Add one; copies the strings. RBAC_OK or RBAC_NOMEM. */
int holdings_add(struct holdings *h, uint64_t id, int role, const char *scope, struct rbac_window w,
		 bool owner, const char *via);

/* Forget the list; the flags of the user stay. */
void holdings_clear(struct holdings *h);
void holdings_free(struct holdings *h);

/* Does E count at SCOPE, cascade considered (not the window)? */
bool held_reaches(const struct policy *p, const struct held *e, const char *scope);

/* The first entry through which ROLE / KEY counts at SCOPE (NULL: at any scope at all) at T; NULL:
 * none. */
const struct held *holdings_role_at(const struct policy *p, const struct holdings *h, int role,
				    const char *scope, int64_t t);
const struct held *holdings_key_at(const struct policy *p, const struct holdings *h, int key,
				   const char *scope, int64_t t);

/* "key sandbox.launch < launching < space-member < space-developer at space:main/web": how holding
 * E brings KEY, or ROLE where KEY is -1. */
void held_path_text(const struct policy *p, const struct held *e, int key, int role,
		    struct buf *out);

/* "key login.ssh < login < host-user < host-operator": how ROLE gives KEY. */
void role_key_path_text(const struct policy *p, int role, int key, struct buf *out);

#endif
