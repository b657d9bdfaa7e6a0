/* verify: is everything sound? */
#include "rbacctl/change/verify.h"

#include <stdio.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"

static void on_line(void *ctx, enum verify_what what, const char *text)
{
	static const char *const begins[] = {
		[VERIFY_FAULT] = "FAULT  ", [VERIFY_WARNING] = "WARN   ", [VERIFY_MORE] = "       ",
		[VERIFY_LINES] = "",        [VERIFY_STORE] = "store  ",   [VERIFY_VIEW] = "view   ",
	};
	(void)ctx;
	printf("%s%s%s", begins[what], text, what == VERIFY_LINES ? "" : "\n");
}

int cmd_verify(struct invocation *a, const struct args *args)
{
	struct verify v = { .fn = on_line };
	struct buf why = { 0 };
	uint64_t generation = 0;
	(void)args;
	int err = verify_store(&v, a, &generation, &why);
	if (err) {
		complain("%s", buf_text(&why));
	} else if (generation == 0) {
		printf("no policy has been applied yet: %s\n", COMMAND_TO_INIT());
	} else {
		verify_view(&v, a);
		printf("%s\n", v.faults ? "NOT sound"
					: "sound: store, indexes, audit chain and view agree");
	}
	buf_free(&why);
	return cmd_done(err ? exit_of(err) : v.faults ? EXIT_NO : EXIT_DONE);
}
