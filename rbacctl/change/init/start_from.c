/* init --from: a host that begins with what `export` wrote. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/init/saved.h"
#include "rbacctl/change/init/start.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/print_problems.h"

#define TABLE_BYTES_MAX ((size_t)2 << 30)

/* What is in /etc/rbac would be mixed with what comes from elsewhere. */
static int refuse_other_files(const struct invocation *a, const struct start *s,
			      const struct policy_sources *from, const char *dir)
{
	for (size_t i = 0; i < s->there.n; i++) {
		const struct policy_text *here = &s->there.v[i],
					 *new = policy_sources_find(from, here->name);
		if (new &&new->len == here->len && memcmp(new->text, here->text, here->len) == 0)
			continue;
		complain("refused: %s/%s is there already%s\n"
			 "  move the files of %s to another place first: they would be mixed with "
			 "those of %s",
			 a->etc, here->name, new ? ", and it is another file" : "", a->etc, dir);
		return EXIT_REFUSED;
	}
	return EXIT_DONE;
}

static int fill(struct change *c, void *ctx)
{
	const struct start *s = ctx;
	struct problems problems = { 0 };
	struct saved_count n;
	int err = saved_read(c, &s->saved, &problems, &n);
	problems_print(&problems, stderr);
	if (err == RBAC_INVALID)
		change_fail(c, err, "%s: %zu error%s; nothing was made", s->from, problems.errors,
			    problems.errors == 1 ? "" : "s");
	if (!err)
		buf_printf(&c->done,
			   "from %s: %zu users, %zu scopes, %zu assignments, %zu group ids\n",
			   s->from, n.users, n.scopes, n.assignments, n.groups);
	problems_free(&problems);
	return err;
}

void start_take_saved(struct start *s)
{
	s->request = (struct init_request){ .root = "", .admin = "", .fill = fill, .ctx = s };
}

int start_from_choose(const struct invocation *a, const char *dir, struct start *s)
{
	struct policy_sources from = { 0 };
	struct problems problems = { 0 };
	int status = start_read_etc(a, s);
	if (status)
		return status;
	int err = policy_sources_read(dir, &from, &problems);
	if (!err || from.n) { /* there is such a folder: everything that is wrong, in one run */
		int tables = policy_sources_read_files(dir, saved_files, SAVED_TABLES,
						       TABLE_BYTES_MAX, &s->saved, &problems);
		err = err ? err : tables;
	}
	problems_print(&problems, stderr);
	if (err)
		complain("%s: expected the folder that %s wrote", dir,
			 COMMAND("rbacctl export --to %s", dir));
	status = err ? exit_of(err) : refuse_other_files(a, s, &from, dir);
	problems_free(&problems);
	if (status) {
		policy_sources_free(&from);
		return status;
	}
	policy_sources_free(&s->sources);
	s->sources = from;
	s->from = dir;
	start_take_saved(s);
	return start_load(s);
}
