/* review ack: a use of an exemption, seen by another person. */
#include <errno.h>
#include <stdlib.h>

#include "rbacctl/change/exempt.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"

int cmd_review_ack(struct invocation *a, const struct args *args)
{
	struct change c;
	char *end;

	errno = 0;
	uint64_t id = strtoull(args->v[0], &end, 10);
	if (errno || *args->v[0] < '1' || *args->v[0] > '9' || *end) {
		complain("review ack %s: expected the number of a use of an exemption (%s)",
			 args->v[0], COMMAND("rbacctl status"));
		return EXIT_USAGE;
	}
	int err = change_open(&c, a, false);
	return cmd_finish(&c, err ? err : change_exempt_ack(&c, id));
}
