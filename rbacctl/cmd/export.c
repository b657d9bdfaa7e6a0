/* export: what the store holds, as files. */
#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/saved.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/host/etc.h"
#include "rbacctl/host/new_folder.h"
#include "rbacctl/terminal.h"

static void on_file(const char *file)
{
	struct buf text = { 0 };

	buf_printf(&text, "export: %s", file);
	terminal_progress(buf_text(&text), 0, 0);
	buf_free(&text);
}

int cmd_export(struct invocation *a, const struct args *args)
{
	struct policy_sources files = { 0 };
	struct buf why = { 0 };
	uint64_t generation = 0;
	const char *to = args->value[OPT_TO];
	if (!to || !*to) {
		complain("export: --to DIR is missing: the folder to make");
		return EXIT_USAGE;
	}
	int err = saved_write(a, on_file, &files, &generation, &why);
	if (!err)
		err = new_folder_write(to, &files, &why);
	terminal_clear();
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	for (size_t i = 0; i < files.n && !err; i++)
		printf("wrote %s/%s\n", to, files.v[i].name);
	if (!err)
		printf("exported: generation %" PRIu64 "; to start a host on it: %s\n", generation,
		       COMMAND("rbacctl init --from %s", to));
	policy_sources_free(&files);
	buf_free(&why);
	return cmd_done(exit_of(err));
}
