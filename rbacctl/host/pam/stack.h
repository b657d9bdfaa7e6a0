/*
 * stack.h - the stacks of a PAM service, read and run by libpam's own rules.
 *
 * pam_config_read() reads what pam_start(3) reads: the file of the service in the first folder that
 * has one, where there is no folder its lines in pam.conf, and the file `other`, which stands in
 * for each stage of which the service has no line. Includes are followed. A stack is then a list of
 * entries; what libpam makes of the answers of its modules, pam_step() says, one entry at a time.
 *
 * The rules are those of libpam (pam.conf(5), and the library where the page is silent):
 * tests/unit/rbacctl/test_pam_stack runs random stacks through both.
 */
#ifndef RBACCTL_HOST_PAM_STACK_H
#define RBACCTL_HOST_PAM_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/host/pam/pam.h"

enum pam_stage { PAM_AUTH, PAM_ACCOUNT, PAM_PASSWORD, PAM_SESSION, PAM_STAGES };

/* The numbers of libpam (in its public header), as far as they are named here. */
enum pam_return {
	PAM_R_SUCCESS = 0,
	PAM_R_PERM_DENIED = 6,
	PAM_R_AUTH_ERR = 7,
	PAM_R_AUTHINFO_UNAVAIL = 9,
	PAM_R_USER_UNKNOWN = 10,
	PAM_R_NEW_AUTHTOK_REQD = 12,
	PAM_R_ACCT_EXPIRED = 13,
	PAM_R_IGNORE = 25,
	PAM_R_ABORT = 26,
	PAM_R_MODULE_UNKNOWN = 28,
	PAM_RETURNS = 32
};

/* The action for an answer; a positive number skips as many entries. */
enum pam_action {
	PAM_ACT_IGNORE = 0,
	PAM_ACT_OK = -1,
	PAM_ACT_DONE = -2,
	PAM_ACT_BAD = -3,
	PAM_ACT_DIE = -4,
	PAM_ACT_RESET = -5,
	PAM_ACT_UNSET = -6
};

/* A place in the files, and the include through which it is read: VIA is an index in the config's
 * places, -1 for the service's own file. FILE is owned by the config. */
struct pam_place {
	const char *file;
	unsigned line;
	int via;
};

struct pam_entry {
	enum {
		PAM_RUNS,      /* a module */
		PAM_MUST_FAIL, /* a line that libpam does not understand: perm_denied */
		PAM_ENTERS     /* the begin of a substack */
	} what;
	int level; /* of substacks; 0: the service's own */
	int actions[PAM_RETURNS];
	char *module; /* as written; NULL: none */
	char **argv;
	int argc;
	char *control;
	struct pam_place at;
};

struct pam_stack {
	struct pam_entry *v;
	size_t n, cap;
};

/* The faults for which libpam refuses a file or a line. */
struct pam_fault {
	struct pam_place at;
	enum {
		PAM_FAULT_TYPE,    /* neither auth, account, password nor session */
		PAM_FAULT_CONTROL, /* the control is missing or not understood */
		PAM_FAULT_MODULE,  /* no module is named */
		PAM_FAULT_INCLUDE, /* the file to include cannot be read, or is read again within
				      itself */
		PAM_FAULT_BROKEN,  /* libpam refuses the file, and with it the service */
		PAM_FAULT_CUT      /* a line is too long for libpam of Debian 12 */
	} what;
	enum pam_stage stage;
	char *text; /* the word that is meant, or why */
};

struct pam_config {
	struct pam_stack own[PAM_STAGES], other[PAM_STAGES];
	const char *file; /* of the service, or of `other`; NULL: none at all */
	bool has_file;    /* the service has a file of its own, or lines in pam.conf */
	bool refused;     /* pam_start(3) fails: nobody gets in */
	const char *dark; /* a file that libpam reads and this user may not: what the stacks are is
			     not known; else NULL */
	char **files;
	size_t n_files, cap_files;
	struct pam_place *places; /* lines that include */
	size_t n_places, cap_places;
	struct pam_fault *faults;
	size_t n_faults, cap_faults;
};

/* RBAC_OK or RBAC_NOMEM; to be freed in any case. */
int pam_config_read(const struct pam_folders *f, const char *service, struct pam_config *c);
void pam_config_free(struct pam_config *c);

/* The stack that STAGE of the service runs: its own, or that of `other`. */
const struct pam_stack *pam_stack_of(const struct pam_config *c, enum pam_stage stage);

/* "auth", "account", ... */
const char *pam_stage_name(enum pam_stage stage);

/* ---- running ---- */

enum { PAM_LEVELS = 16 }; /* substacks within one another that libpam allows */

struct pam_run {
	size_t at; /* the entry that is asked next; the stack's N: it has ended */
	struct pam_verdict {
		enum { PAM_UNDECIDED, PAM_POSITIVE, PAM_NEGATIVE } impression;
		int status;
	} now, at_begin[PAM_LEVELS + 1]; /* as each substack began */
	int level;                       /* of the entry before */
};

/* Before the first entry of S that asks a module or fails. */
void pam_begin(struct pam_run *r, const struct pam_stack *s);

/* Entry R->at of S returned RET: go to the next. Returns the action that was taken; PAM_ACT_UNSET
 * where it was a jump too far, which libpam takes for a failure. */
int pam_step(struct pam_run *r, const struct pam_stack *s, int ret);

/* The return code of libpam when the run has ended. */
int pam_end_of(const struct pam_run *r, const struct pam_stack *s);

#endif
