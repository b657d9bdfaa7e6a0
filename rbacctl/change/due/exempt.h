/*
 * exempt.h - uses of an exemption: recorded, told, and open until another person acknowledges them.
 */
#ifndef RBACCTL_CHANGE_DUE_EXEMPT_H
#define RBACCTL_CHANGE_DUE_EXEMPT_H

#include "rbacctl/change/due/due.h"
#include "rbacctl/store/exempt.h"

enum { EXEMPT_KEEP = 400 * 86400 }; /* seconds that a use is kept after it began */

/* Does somebody log in, or become somebody else, by SERVICE? Jobs of cron and at run again and
 * again, and nobody is there: an exemption of theirs is in the system's log alone. */
bool exempt_is_login(const char *service);

/* One boot from another: a session has its number again. */
void exempt_boot_id(char out[40]);

/* The identity of a session within this boot: the process of root's that let the user in. OUT
 * has SIZE bytes. */
void exempt_session_id(const char *boot, pid_t pid, uint64_t began, char *out, size_t size);

/* Open sessions that no rule allows; the texts are the list's own. */
struct exempt_uses {
	struct store_use *v;
	size_t n, cap;
	bool failed;
};
void exempt_uses_add(struct exempt_uses *l, const struct store_use *u);
void exempt_uses_free(struct exempt_uses *l);

/* How many of FOUND are not recorded yet, into *N. For change_due_look(). */
int change_exempt_new(struct change *c, const struct exempt_uses *found, size_t *n);

/* Record those, with a notice to each person of `breakglass`. Part of an act. */
int change_exempt_record(struct change *c, const struct exempt_uses *found);

/*
 * Acknowledge use ID; an act. The actor is another person than who used it, and root or one of
 * `breakglass`.
 */
int change_exempt_ack(struct change *c, uint64_t id);

/* The uses that are open, from the store in the folder STORE, into *OUT. RBAC_OK, or an error;
 * nothing is locked. */
int exempt_open(const char *store, struct exempt_uses *out);

#endif
