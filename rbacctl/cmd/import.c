/* import --csv FILE: many assignments in one change. change/import/rows.h says what a line holds.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/import/rows.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/import_access.h"
#include "rbacctl/files.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/print_problems.h"
#include "rbacctl/terminal.h"

enum { PROBLEMS_SHOWN = 100 };

struct list {
	char *text; /* the rows borrow it */
	struct import_row *rows;
	size_t n;
	const char *file;
	struct problems problems;
};

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return strcmp(path, "-") == 0 ? "standard input"
	       : !plain_text_is(path) ? "a file"
	       : slash                ? slash + 1
				      : path;
}

static int read_text(const char *path, char **text)
{
	bool from_stdin = strcmp(path, "-") == 0;
	int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	int err = fd < 0 ? RBAC_SYSTEM : files_read(fd, SIZE_MAX, text, &len);
	const char *why = err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err);
	if (fd >= 0 && !from_stdin)
		close(fd);
	if (err)
		complain("%s: cannot be read: %s", path, why);
	else if (len >= 2 &&
		 (memcmp(*text, "\xff\xfe", 2) == 0 || memcmp(*text, "\xfe\xff", 2) == 0)) {
		complain("%s: the file is UTF-16; save it as CSV in UTF-8", path);
		err = RBAC_INVALID;
	} else if (memchr(*text, 0, len)) {
		complain("%s: the file holds a NUL byte; expected lines of text", path);
		err = RBAC_INVALID;
	}
	return err ? EXIT_USAGE : EXIT_DONE;
}

static void progress(size_t done, size_t of)
{
	terminal_progress("imported", done, of);
}

static void say_problems(struct problems *p)
{
	size_t all = p->n;
	p->n = all > PROBLEMS_SHOWN ? PROBLEMS_SHOWN : all;
	problems_print(p, stderr);
	if (all > p->n)
		complain("... and %zu more", all - p->n);
	p->n = all;
}

static void forget_rows(struct list *l)
{
	free(l->rows);
	free(l->text);
	l->rows = NULL;
	l->text = NULL;
}

static int say_made(struct change *c, const struct list *l, size_t made)
{
	int err = RBAC_OK;
	if (made)
		err = change_list_given(c, made, plain_text_print);
	printf("%zu assignment%s %s from %zu line%s", made, made == 1 ? "" : "s",
	       c->a->dry_run ? "would be made" : "made", l->n, l->n == 1 ? "" : "s");
	if (made < l->n)
		printf(" (%zu said what exists already)", l->n - made);
	if (!c->nothing)
		printf("      change %" PRIu64 ", by %s", c->change, c->a->actor.name);
	putchar('\n');
	return err;
}

static int import(struct invocation *a, struct list *l, bool force)
{
	struct change c;
	size_t made = 0;
	char **names = calloc(l->n + 1, sizeof *names);
	for (size_t i = 0; names && i < l->n; i++)
		names[i] = (char *)l->rows[i].user;
	int err = cmd_open(&c, a, names, names ? l->n : 0);
	c.goes_on = true;
	free(names);
	if (!err)
		err = change_import(&c, l->rows, l->n, force, &l->problems, l->file, progress,
				    &made);
	terminal_clear();
	say_problems(&l->problems);
	forget_rows(l); /* before the view is compiled, which takes memory of its own */
	err = cmd_commit(&c, err);
	if (!err && !a->json)
		err = say_made(&c, l, made);
	if (!err && (!c.nothing || a->json))
		cmd_impact(&c, NULL);
	if (!err)
		cmd_report(&c);
	return change_close(&c, err);
}

static int from_access_file(const char *path, const char *service)
{
	char *text = NULL;
	int status = read_text(path, &text);

	if (!status)
		status = import_access(text, name_of(path), service);
	free(text);
	return cmd_done(status);
}

int cmd_import(struct invocation *a, const struct args *args)
{
	struct list l = { 0 };
	const char *path = args->value[OPT_CSV];
	const char *access = args->value[OPT_FROM_ACCESS], *service = args->value[OPT_SERVICE];
	if (!path == !access || (service && !access)) {
		complain(path && !access ? "import: --service is for --from-access"
			 : path          ? "import: --csv or --from-access, not both"
				: "import: --csv FILE or --from-access FILE is missing (- is "
				  "standard input)");
		return EXIT_USAGE;
	}
	if (access)
		return from_access_file(access, service ? service : "sshd");
	l.file = name_of(path);
	int status = read_text(path, &l.text);
	int err = status ? RBAC_OK
			 : import_rows_read(l.text, l.file, a->now, &l.rows, &l.n, &l.problems);
	size_t wrong = l.problems.errors;
	if (err) {
		say_problems(&l.problems);
		complain("%s; nothing was imported",
			 err == RBAC_NOMEM ? "out of memory"
					   : "the names of the columns are wrong");
		status = exit_of(err);
	} else if (!status) {
		status = import(a, &l, args->value[OPT_FORCE] != NULL);
		if (status == EXIT_REFUSED && wrong)
			status = EXIT_USAGE;
	}
	problems_free(&l.problems);
	forget_rows(&l);
	return cmd_done(status);
}
