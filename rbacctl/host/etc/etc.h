/*
 * etc.h - read and check the files in /etc/rbac, for the verbs that begin with that.
 */
#ifndef RBACCTL_HOST_ETC_ETC_H
#define RBACCTL_HOST_ETC_ETC_H

#include "rbacctl/config/source.h"
#include "rbacctl/host/new_files.h"
#include "rbacctl/invocation.h"
#include "rbacctl/model/model.h"

/*
 * Read A->etc and check it by itself; problems go to PROBLEMS. HERE: the files are for this host,
 * and a time zone that it does not have is an error. RBAC_OK, RBAC_INVALID, RBAC_NOMEM. *S and *P
 * are to be freed in any case.
 */
int etc_read(const struct invocation *a, bool here, struct policy_sources *s, struct policy **p,
	     struct problems *problems);

/* The same for the texts S, which have been read. */
int etc_judge(bool here, const struct policy_sources *s, struct policy **p,
	      struct problems *problems);

/* Print PROBLEMS, and after errors what would help and how many they are. */
void etc_say(const struct invocation *a, const struct policy_sources *s,
	     const struct problems *problems);

/* Both. */
int etc_load(const struct invocation *a, struct policy_sources *s, struct policy **p);

/* Write the texts of S that THERE has not, and the folders for them, into the folder ETC; rbac.conf
 * last, all synced. FILES gets what was made. RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM with errno set.
 */
int etc_write(const char *etc, const struct policy_sources *s, const struct policy_sources *there,
	      struct new_files *files);

/* Is what stands in the folder ETC what is applied? APPLIED: the files of a view, which have their
 * comments blanked; those of assignments.d are in no view and are left out. */
enum etc_state { ETC_APPLIED, ETC_DIFFERS, ETC_UNREADABLE };
enum etc_state etc_compare(const char *etc, const struct policy_sources *applied);

#endif
