/*
 * person.h - whom a typed name means: a person is what passwd says, not what was typed
 * (docs/design.md, "Meaning").
 *
 * SSSD and winbind answer BOB and bob@realm with the entry of bob. A typed name is looked up once,
 * here; from then on its pw_name and its uid count, and names are compared byte for byte. A name
 * that passwd does not know is itself.
 */
#ifndef RBACCTL_HOST_PEOPLE_PERSON_H
#define RBACCTL_HOST_PEOPLE_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "common/name.h"
#include "rbacctl/host/people/facts.h"

enum person_state {
	PERSON_KNOWN,   /* passwd has an entry */
	PERSON_ABSENT,  /* passwd says that it has none */
	PERSON_UNASKED, /* the lookup failed: a directory does not answer, no descriptor, ... */
};

struct person {
	char name[RBAC_USER_MAX +
		  1]; /* pw_name; what was typed where the person is not PERSON_KNOWN */
	uint32_t uid; /* RBAC_NO_UID where the person is not PERSON_KNOWN */
	enum person_state state;
	bool differs; /* NAME is not what was typed */
};

/*
 * Look TYPED up. RBAC_OK; RBAC_INVALID: TYPED, or the pw_name that passwd answers, is no name that
 * can be recorded (rbac_name_is_user); *OUT is then TYPED itself, cut where it is too long, as if
 * absent.
 *
 * An absent name is told from a failed lookup by errno, as getpwnam(3) has it. The C library loses
 * the difference where a later source of nsswitch.conf answers "not found" for one that did not
 * answer.
 */
int person_find(const char *typed, struct person *out);

/*
 * The same for many names, and where the lock of the store is held: a name that the pass over
 * passwd in F (facts_read_passwd; NULL: none was made) or what was asked before, in KNOWN (NULL:
 * nothing), has an answer for needs no lookup of its own.
 */
int person_among(const struct facts *f, const struct facts_known *known, const char *typed,
		 struct person *out);

#endif
