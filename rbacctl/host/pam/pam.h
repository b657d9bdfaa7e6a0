/*
 * pam.h - what the PAM files of this machine say of our module: which services there are, and which
 * of them ask us.
 *
 * Read as libpam reads them (pam.conf(5)): the first of the folders that has a file of the
 * service's name counts, and the file `other` stands for a service that has none. Followed are
 * @include, include and substack; looked at is the account stage.
 */
#ifndef RBACCTL_HOST_PAM_PAM_H
#define RBACCTL_HOST_PAM_PAM_H

#include <stdbool.h>
#include <stddef.h>

struct pam_folders {
	const char *v[2];    /* in the order in which libpam looks */
	const char *conf;    /* read where there is none of the folders; NULL: none */
	const char *debian;  /* a file that is there where libpam is Debian's or Ubuntu's, which
				knows @include, and reads what is included from the first folder
				alone; NULL: it is not */
	const char *modules; /* where modules stand; NULL: every one is taken to be there */
};

/* /etc/pam.d, /usr/lib/pam.d, /etc/pam.conf, and the folder that the build names. */
extern const struct pam_folders pam_here;

/* Is there a file of this name? SERVICE with a slash never has one. */
bool pam_has_file(const struct pam_folders *f, const char *service);

/* What SERVICE, or `other` in its place, asks of pam_rbac.so in the account stage. */
enum pam_gate {
	PAM_OPEN,            /* does not name the module */
	PAM_UNLISTED_IGNORE, /* names it, with unlisted=ignore: a service without a rule is left to
				the other modules */
	PAM_GATED,
	PAM_DARK /* no line that can be read names it, and a file cannot */
};
enum pam_gate pam_gate_of(const struct pam_folders *f, const char *service);

/* Names, sorted, each once; owned. */
struct pam_names {
	char **v;
	size_t n, cap;
};
void pam_names_free(struct pam_names *n);

/*
 * The services that have a file: without `other`, what packages leave behind (sshd.dpkg-old,
 * sshd~), and what is there to be included by others (common-account). RBAC_OK or RBAC_NOMEM.
 */
int pam_services(const struct pam_folders *f, struct pam_names *out);

#endif
