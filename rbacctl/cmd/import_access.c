/* import --from-access FILE: login rules for rbac.conf from a file of pam_access. Changes nothing.
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>

#include "rbacctl/cmd/import_access.h"
#include "rbacctl/config/from_access.h"
#include "rbacctl/print_problems.h"

static bool is_user(const char *name)
{
	return getpwnam(name) != NULL;
}

static bool is_group(const char *name)
{
	return getgrnam(name) != NULL;
}

int import_access(char *text, const char *name, const char *service)
{
	const struct from_access_host host = { is_user, is_group };
	struct problems left = { 0 };
	struct buf rules = { 0 };
	int err = from_access(text, name, service, &host, &rules, &left);
	int status = err ? exit_of(err) : left.n ? EXIT_NO : EXIT_DONE;

	if (!err) {
		fputs(buf_text(&rules), stdout);
		problems_print(&left, stderr);
	} else {
		complain("%s", rbac_error_text(err));
	}
	problems_free(&left);
	buf_free(&rules);
	return status;
}
