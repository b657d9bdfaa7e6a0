/* review ack: a use of an exemption, seen by another person. */

#include "rbacctl/change/due/exempt.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/number.h"

int cmd_review_ack(struct invocation *a, const struct args *args)
{
	struct change c;
	uint64_t id;

	if (!number_parse(args->v[0], 1, &id)) {
		complain("review ack %s: expected the number of a use of an exemption (%s)",
			 args->v[0], COMMAND("rbacctl status"));
		return EXIT_USAGE;
	}
	int err = change_open(&c, a, false);
	return cmd_finish(&c, err ? err : change_exempt_ack(&c, id));
}
