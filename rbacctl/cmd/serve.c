/* serve: the listener for people who are not root. */
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/serve/listener.h"

int cmd_serve(struct invocation *a, const struct args *args)
{
	bool make = args->value[OPT_LISTEN] != NULL;
	struct listener_sockets s;

	if (geteuid() != 0) {
		complain("serve: only root can serve others");
		return EXIT_REFUSED;
	}
	int err = listener_open(RBAC_SOCKET_PATH, RBAC_EXEMPT_PATH, make, &s);
	if (!err)
		err = listener_run(&s, make, a);
	return cmd_done(exit_of(err));
}
