/*
 * import.h - many assignments in one change, all or nothing.
 */
#ifndef RBACCTL_CHANGE_IMPORT_IMPORT_H
#define RBACCTL_CHANGE_IMPORT_IMPORT_H

#include "rbacctl/change/change.h"

/* The log names at most this many assignments one by one. If there are more, the last line has the
 * ids of all, and `show` names each. */
enum { IMPORT_LOGGED = 1000 };

struct import_row {
	const char *user, *role, *scope; /* SCOPE "" : the host's */
	const char *reason;              /* NULL: none */
	int64_t from, until;
	unsigned line;
	int place; /* this and what follows: for change_import alone */
	uint32_t uid;
	enum person_state state;
	bool no_user;
};

/*
 * Assign what ROWS say, by the same rules as `assign`; a row that is in the store already, or twice
 * in ROWS, is skipped. Sorts ROWS, and puts the host's scope, borrowed from C, where there is none.
 * Every bad row goes to PROBLEMS with its line; RBAC_REFUSED when there is an error in it, also one
 * that was there before. FORCE: also names that passwd does not know. PROGRESS (may be NULL) is
 * called now and then with how many rows are done. *MADE gets the number of new assignments.
 */
int change_import(struct change *c, struct import_row *rows, size_t n, bool force,
		  struct problems *problems, const char *file,
		  void (*progress)(size_t done, size_t of), size_t *made);

#endif
