/* export: what the store holds, as files. */
#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/init/saved.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/host/etc/etc.h"
#include "rbacctl/host/new_folder.h"
#include "rbacctl/terminal.h"

static void on_file(const char *file)
{
	struct buf text = { 0 };

	buf_printf(&text, "export: %s", file);
	terminal_progress(buf_text(&text), 0, 0);
	buf_free(&text);
}

static int print_json(const char *to, const struct policy_sources *files, uint64_t generation)
{
	json_t *o = json_schema(), *names = json_array();

	for (size_t i = 0; i < files->n; i++)
		json_array_append_new(names, json_text(files->v[i].name));
	json_object_set_new(o, "folder", json_text(to));
	json_object_set_new(o, "generation", json_integer((json_int_t)generation));
	json_object_set_new(o, "files", names);
	return json_print(o);
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
	for (size_t i = 0; i < files.n && !err && !a->json; i++)
		printf("wrote %s/%s\n", to, files.v[i].name);
	if (!err && a->json)
		err = print_json(to, &files, generation);
	else if (!err)
		printf("exported: generation %" PRIu64 "; to start a host on it: %s\n", generation,
		       COMMAND("rbacctl init --from %s", to));
	policy_sources_free(&files);
	buf_free(&why);
	return cmd_done(exit_of(err));
}
