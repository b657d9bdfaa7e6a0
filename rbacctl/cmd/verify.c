/* verify: is everything sound? verify --repair. */
#include "rbacctl/change/read/repair_rows.h"
#include "rbacctl/change/read/verify.h"

#include <stdio.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/terminal.h"

enum { SCHEMA = 1 };

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

/* With --json: an object for each line, and what more is said about it. CTX: an array. */
static void on_json_line(void *ctx, enum verify_what what, const char *text)
{
	static const char *const kinds[] = { [VERIFY_FAULT] = "fault",
					     [VERIFY_WARNING] = "warning",
					     [VERIFY_STORE] = "store",
					     [VERIFY_VIEW] = "view" };
	json_t *all = ctx, *last = json_array_get(all, json_array_size(all) - 1);

	if (kinds[what])
		json_array_append_new(all, json_pack("{s:s,s:o,s:[]}", "kind", kinds[what], "text",
						     json_text(text), "more"));
	else if (last) {
		json_t *lines = json_lines(text);
		json_array_extend(json_object_get(last, "more"), lines);
		json_decref(lines);
	}
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
	int err = change_open_to_repair_rows(&c, a);

	if (!err)
		err = change_repair_rows(&c);
	return cmd_finish(&c, err);
}

static void say_end(const struct verify *v, uint64_t generation)
{
	if (generation == 0)
		printf("no policy has been applied yet: %s\n", COMMAND_TO_INIT());
	else
		printf("%s%s%s%s\n", terminal_color(v->faults ? COLOR_BAD : COLOR_GOOD),
		       v->faults ? "NOT sound" : "sound", terminal_plain(),
		       v->faults ? "" : ": store, indexes, audit chain and view agree");
}

/* The lines in V->ctx, which it releases. */
static int print_json(const struct verify *v, uint64_t generation)
{
	return json_print(json_pack("{s:i,s:o,s:b,s:o}", "schema", SCHEMA, "generation",
				    generation ? json_integer((json_int_t)generation) : json_null(),
				    "sound", v->faults == 0, "lines", v->ctx));
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
	if (a->json)
		v = (struct verify){ .fn = on_json_line, .ctx = json_array() };
	int err = verify_store(&v, a, &generation, &why);
	if (!err && generation) {
		verify_step(&v, "the view");
		verify_view(&v, a);
	}
	terminal_clear();
	if (err) {
		complain("%s", buf_text(&why));
		json_decref(v.ctx);
	} else if (!a->json) {
		say_end(&v, generation);
	} else {
		err = print_json(&v, generation);
	}
	buf_free(&why);
	return cmd_done(err ? exit_of(err) : v.faults ? EXIT_NO : EXIT_DONE);
}
