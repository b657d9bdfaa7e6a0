/*
 * gate.h - the stages of pam_rbac.so in real libpam, with stacks of its own under /var/lib
 * of the stage.
 */
#ifndef TESTS_FAULT_GATE_H
#define TESTS_FAULT_GATE_H

#include <stdbool.h>

#include <security/pam_appl.h>

/* Who comes, and what the host says of it. NULL: says nothing. */
struct login {
	const char *user, *service, *rhost, *tty, *ruser;
	int (*conv)(int, const struct pam_message **, struct pam_response **,
		    void *); /* NULL: gate_quiet() */
	bool no_conv;
};

/* The stack of SERVICE: pam_rbac.so with OPTIONS, its session line with end=exact, and nothing
 * else. */
void gate_configure(const char *service, const char *options);

/* A transaction on the stack FILE, ready for pam_acct_mgmt(3); the caller ends it. */
pam_handle_t *gate_begin(const struct login *l, const char *file);

/* All of it; what the account stage says. */
int gate_ask(const struct login *l, const char *file);

/* Open a session and close it; what went wrong, or PAM_SUCCESS. */
int gate_open_session(const struct login *l, const char *file);

/* A conversation that takes what it is told and answers nothing. How many messages it was told so
 * far. */
int gate_quiet(int n, const struct pam_message **msg, struct pam_response **resp, void *data);
int gate_told(void);

#endif
