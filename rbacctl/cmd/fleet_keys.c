/* fleet keys, fleet take-over: the list of keys of a fleet. */
#include "rbacctl/change/fleet/keys.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/carrier/key_file.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/table.h"

static const struct table_column columns[] = {
	{ "WHAT", "what", TABLE_TEXT },
	{ "KEY", "key", TABLE_TEXT },
};

static int show(const struct invocation *a)
{
	struct buf lines = { 0 }, why = { 0 };
	struct table *t = table_new("fleet_keys", a->json, columns,
				    sizeof(columns) / sizeof(*columns));
	int err = fleet_keys_tell(a, &lines, &why);

	if (err)
		complain("%s", buf_text(&why));
	for (char *save, *p = lines.len ? strtok_r((char *)lines.p, "\n", &save) : NULL; p;
	     p = strtok_r(NULL, "\n", &save)) {
		char *tab = strchr(p, '\t');
		if (!tab)
			break;
		*tab = '\0';
		table_row(t, -1, (const char *[]){ p, tab + 1 });
	}
	int bad = err ? err : table_print(t);
	table_free(t);
	buf_free(&lines);
	buf_free(&why);
	return exit_of(bad);
}

static int said(int err, struct buf *why)
{
	if (err)
		complain("%s", why->len ? buf_text(why) : rbac_error_text(err));
	buf_free(why);
	return exit_of(err);
}

static int draft(const struct invocation *a, const char *path, char *const *words, int n)
{
	struct buf why = { 0 };
	int status = said(fleet_keys_draft(a, path, words, n, &why), &why);

	if (!status)
		printf("%s: to be signed with the root keys: %s\n  then, here: %s\n", path,
		       THERE_COMMAND("rbacctl fleet keys sign %s KEYFILE", path),
		       COMMAND("rbacctl fleet keys take %s", path));
	return status;
}

static int sign(const char *path, const char *key_file)
{
	struct buf why = { 0 };
	int status = said(fleet_keys_add_signature(path, key_file, &why), &why);

	if (!status)
		printf("%s: signed\n", path);
	return status;
}

static int new_root(const char *path)
{
	char hex[2 * FLEET_PUBLIC + 1];
	struct fleet_key key;
	int err = key_file_make(path, &key);

	if (err) {
		complain("%s: %s", path,
			 err == RBAC_CONFLICT
				 ? "it is there already, and a key is never overwritten"
			 : err == RBAC_SYSTEM ? strerror(errno)
					      : rbac_error_text(err));
		return exit_of(err == RBAC_CONFLICT ? RBAC_REFUSED : err);
	}
	sodium_bin2hex(hex, sizeof(hex), key.public, FLEET_PUBLIC);
	fleet_key_erase(&key);
	printf("%s: a root key; on the authority: %s\n", path,
	       THERE_COMMAND("rbacctl fleet keys draft FILE add-root %s", hex));
	return EXIT_DONE;
}

static int take_list(struct invocation *a, const char *path, const char *verb)
{
	bool took_over = false;
	struct change c;
	int err = change_open_on_member(&c, a, false);

	c.verb = verb;
	if (!err)
		err = change_fleet_keys(&c, path, &took_over);
	err = cmd_commit_told(&c, err);
	if (!err && took_over && !a->dry_run)
		printf("  members take from this host from the next push on, and nothing from the "
		       "old authority any more: %s\n",
		       COMMAND("rbacctl fleet push --to DIR"));
	int status = change_close(&c, err);
	if (!status && !a->dry_run)
		fleet_keys_put_in_place(a);
	return status;
}

/* A draft, its signature and its taking at once, where one root key is enough. */
static int at_once(struct invocation *a, const char *word, const char *key_file, const char *verb)
{
	char path[PATH_MAX], own[PATH_MAX];
	struct buf why = { 0 };

	snprintf(own, sizeof(own), "%s/fleet/root.key", a->state);
	snprintf(path, sizeof(path), "%s/fleet/draft.%ld", a->state, (long)getpid());
	int err = fleet_keys_draft(a, path, (char *const[]){ (char *)(uintptr_t)word }, 1, &why);
	if (!err)
		err = fleet_keys_add_signature(path, key_file ? key_file : own, &why);
	int status = said(err, &why);
	if (!status)
		status = take_list(a, path, verb);
	unlink(path);
	return status;
}

int cmd_fleet_keys(struct invocation *a, const struct args *args)
{
	char *const *v = args->v;
	int n = args->n;

	if (n == 0)
		return cmd_done(show(a));
	if (strcmp(v[0], "new") == 0 && n <= 2)
		return cmd_done(at_once(a, "new", v[1], "fleet keys"));
	if (strcmp(v[0], "draft") == 0 && n >= 3)
		return cmd_done(draft(a, v[1], v + 2, n - 2));
	if (strcmp(v[0], "sign") == 0 && n == 3)
		return cmd_done(sign(v[1], v[2]));
	if (strcmp(v[0], "take") == 0 && n == 2)
		return cmd_done(take_list(a, v[1], "fleet keys"));
	if (strcmp(v[0], "root") == 0 && n == 2)
		return cmd_done(new_root(v[1]));
	complain("fleet keys %s: expected nothing, new [KEYFILE], draft FILE WORD..., "
		 "sign FILE KEYFILE, take FILE, or root KEYFILE (%s)",
		 v[0], COMMAND("rbacctl fleet keys --help"));
	return EXIT_USAGE;
}

int cmd_fleet_take_over(struct invocation *a, const struct args *args)
{
	return cmd_done(at_once(a, "take-over", args->n ? args->v[0] : NULL, "fleet take-over"));
}
