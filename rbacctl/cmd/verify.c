/* verify: is everything sound? verify --repair. */
#include "rbacctl/change/mend.h"
#include "rbacctl/change/verify.h"

#include <stdio.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/terminal.h"

static void on_line(void *ctx, enum verify_what what, const char *text)
{
	static const char *const begins[] = {
		[VERIFY_FAULT] = "FAULT  ", [VERIFY_WARNING] = "WARN   ", [VERIFY_MORE] = "       ",
		[VERIFY_LINES] = "",        [VERIFY_STORE] = "store  ",   [VERIFY_VIEW] = "view   ",
	};
	enum color color = what == VERIFY_FAULT ? COLOR_BAD : COLOR_NOTE;
	bool colored = what == VERIFY_FAULT || what == VERIFY_WARNING;
	(void)ctx;
	terminal_clear();
	printf("%s%s%s%s%s", colored ? terminal_color(color) : "", begins[what],
	       colored ? terminal_plain() : "", text, what == VERIFY_LINES ? "" : "\n");
}

static void on_step(const char *what)
{
	struct buf text = { 0 };

	buf_printf(&text, "verify: %s", what);
	terminal_progress(buf_text(&text), 0, 0);
	buf_free(&text);
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
	struct verify v = { .fn = on_line, .step = on_step };
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
	if (!err && generation) {
		on_step("the view");
		verify_view(&v, a);
	}
	terminal_clear();
	if (err) {
		complain("%s", buf_text(&why));
	} else if (generation == 0) {
		printf("no policy has been applied yet: %s\n", COMMAND_TO_INIT());
	} else {
		printf("%s%s%s%s\n", terminal_color(v.faults ? COLOR_BAD : COLOR_GOOD),
		       v.faults ? "NOT sound" : "sound", terminal_plain(),
		       v.faults ? "" : ": store, indexes, audit chain and view agree");
	}
	buf_free(&why);
	return cmd_done(err ? exit_of(err) : v.faults ? EXIT_NO : EXIT_DONE);
}
