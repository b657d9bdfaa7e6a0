/*
 * holdings.h - the holdings of one subject: the roles that it has by assignments, and by owning
 * scopes.
 *
 * The list has only the roles that are held directly; the functions below apply inclusion and
 * cascade. A role counts at a scope if it, or a role that includes it, is held there, or is held
 * above and cascades.
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
	uint64_t id; /* of the assignment; of an owner's role: the change that created the scope */
	int role;    /* index in the policy */
	char *scope; /* the list owns it */
	struct rbac_window window;
	bool owner; /* the subject has the role because it owns SCOPE */
	char *via;  /* the Unix group that holds it, "%devs"; NULL: held directly. The list owns it
		     */
};

struct holdings {
	struct held *v;
	size_t n, cap;
	/* Of a user: */
	bool recorded, suspended;
	bool uid_changed; /* the account has another uid than the recorded one */
	bool second; /* a second name of a person: the uid is recorded under another name, or passwd
			spells the name differently */
	bool absent; /* only from a view: this host had no such account when it was published */
	uint32_t uid; /* as recorded; RBAC_NO_UID: none */
};

/* Add one holding; copies SCOPE and VIA. RBAC_OK or RBAC_NOMEM. */
int holdings_add(struct holdings *h, uint64_t id, int role, const char *scope, struct rbac_window w,
		 bool owner, const char *via);

/* Empty the list; the flags of the user stay. */
void holdings_clear(struct holdings *h);
void holdings_free(struct holdings *h);

/* Does E count at SCOPE: is it held there, or above and cascades? Ignores the window. */
bool held_reaches(const struct policy *p, const struct held *e, const char *scope);

/* The first holding through which ROLE, or KEY, counts at SCOPE (NULL: at any scope) at the time T.
 * NULL: none. It borrows H. */
const struct held *holdings_role_at(const struct policy *p, const struct holdings *h, int role,
				    const char *scope, int64_t t);
const struct held *holdings_key_at(const struct policy *p, const struct holdings *h, int key,
				   const char *scope, int64_t t);

/* Append how the holding E gives KEY, or ROLE if KEY is -1: "key sandbox.launch < launching <
 * space-member < space-developer at space:main/web". */
void held_path_text(const struct policy *p, const struct held *e, int key, int role,
		    struct buf *out);

/* Append how ROLE gives KEY: "key login.ssh < login < host-user < host-operator". */
void role_key_path_text(const struct policy *p, int role, int key, struct buf *out);

#endif
