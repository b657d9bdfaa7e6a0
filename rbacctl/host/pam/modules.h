/*
 * modules.h - what the modules of a PAM stack answer in the account stage, if that is known
 * without asking them.
 *
 * Asked is about a user with nothing special: the account is valid, no file or list names the user.
 * The answer of a module is a set of return codes, since it may depend on what only the module
 * knows.
 */
#ifndef RBACCTL_HOST_PAM_MODULES_H
#define RBACCTL_HOST_PAM_MODULES_H

#include <stdint.h>

#include "rbacctl/host/pam/stack.h"

/* The kind of user that a stack is run for. */
enum pam_subject { PAM_ROLELESS, PAM_HOLDER, PAM_ROOT, PAM_EXEMPT, PAM_SUBJECTS };

struct pam_asked {
	const struct pam_folders *f;
	const char *service;
	enum pam_subject who;
	bool ruled;   /* a login rule names the service */
	bool expired; /* the password may have to be changed: pam_unix and its like may say so */
};

enum pam_module_state {
	PAM_MODULE_THERE,
	PAM_MODULE_ABSENT,
	PAM_MODULE_NO_STAGE, /* it has no function for the account stage */
	PAM_MODULE_FOREIGN   /* it has our module's name, and is another module */
};
enum pam_module_state pam_module_state(const struct pam_folders *f, const char *module);

/* The file of MODULE, into PATH. False: F names no folder of modules. */
bool pam_module_path(const struct pam_folders *f, const char *module, char *path, size_t size);

/* Is it known what E answers, but for an account that has expired? Where not, only libpam tells. */
bool pam_is_predictable(const struct pam_entry *e);

/* Is MODULE pam_rbac.so, wherever it stands? */
bool pam_module_is_ours(const char *module);

/* The codes that E may return, as bits. */
uint32_t pam_answers(const struct pam_asked *q, const struct pam_entry *e);

/* Has E, which names our module, this option ("unlisted=ignore")? */
bool pam_entry_has(const struct pam_entry *e, const char *option);

#endif
