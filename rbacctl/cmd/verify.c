/* verify: is everything sound? verify --repair. */
#include "rbacctl/change/mend.h"
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

static int repair(struct invocation *a)
{
	struct change c;
	int err = change_open_to_mend(&c, a);

	if (!err)
		err = change_mend(&c);
	return cmd_finish(&c, err);
}

int cmd_verify(struct invocation *a, const struct args *args)
{
	struct verify v = { .fn = on_line };
	struct buf why = { 0 };
	uint64_t generation = 0;
	if (args->value[OPT_REPAIR])
		return repair(a);
	if (args->value[OPT_DRY_RUN] || args->value[OPT_FORCE] || args->value[OPT_AS]) {
		complain("verify: --%s goes only with --repair", args->value[OPT_DRY_RUN]
									 ? "dry-run"
								 : args->value[OPT_FORCE] ? "force"
											  : "as");
		return EXIT_USAGE;
	}
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
