/* import --csv FILE: lines `user,role,scope,from,until`, the last three may be empty. */
#include "rbacctl/change/import.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/files.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/print_problems.h"

enum { FIELDS = 5, PROBLEMS_SHOWN = 100 };

struct csv {
	char *text; /* rows point into it */
	struct import_row *rows;
	size_t n, cap;
	const char *file;
	struct problems problems;
};

static int read_all(const char *path, char **text)
{
	bool from_stdin = strcmp(path, "-") == 0;
	int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	*text = NULL;
	if (fd < 0)
		return RBAC_SYSTEM;
	int err = files_read(fd, SIZE_MAX, text, &len);
	if (!from_stdin)
		close(fd);
	return err || memchr(*text, 0, len) ? RBAC_INVALID : RBAC_OK;
}

static void time_field(struct csv *c, unsigned line, const char *what, const char *text, int64_t *t)
{
	if (*text && policy_time_parse(text, t))
		problem_error(&c->problems, (struct policy_pos){ c->file, line },
			      "%s \"%s\": expected an instant as 2026-01-31T18:00:00Z, or nothing",
			      what, text);
}

static bool add_line(struct csv *c, char *line, unsigned number)
{
	char *field[FIELDS + 1] = { line };
	int n = 1;
	for (char *p = line; *p && n <= FIELDS; p++)
		if (*p == ',') {
			*p = 0;
			field[n++] = p + 1;
		}
	if (n < 2 || n > FIELDS || strchr(field[n - 1], ',')) {
		problem_error(&c->problems, (struct policy_pos){ c->file, number },
			      "expected user,role,scope,from,until (the last three may "
			      "be empty or left out)");
		return true;
	}
	for (int i = n; i < FIELDS; i++)
		field[i] = line + strlen(line); /* an empty string that lives as long as the text */
	if (!buf_room(&c->rows, c->n, &c->cap, sizeof *c->rows))
		return false;
	struct import_row *r = &c->rows[c->n++];
	*r = (struct import_row){ .user = field[0],
				  .role = field[1],
				  .scope = field[2],
				  .from = RBAC_TIME_MIN,
				  .until = RBAC_TIME_MAX,
				  .line = number,
				  .place = -1 };
	time_field(c, number, "from", field[3], &r->from);
	time_field(c, number, "until", field[4], &r->until);
	return true;
}

static int parse(struct csv *c)
{
	unsigned number = 0;
	for (char *line = c->text, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		size_t len = strlen(line);
		if (len && line[len - 1] == '\r')
			line[len - 1] = 0;
		number++;
		if (!plain_text_is(line)) {
			problem_error(&c->problems, (struct policy_pos){ c->file, number },
				      "a control character, or not UTF-8");
			continue;
		}
		if (!*line || (number == 1 && strncmp(line, "user,role", 9) == 0 &&
			       (!line[9] || line[9] == ',')))
			continue; /* an empty line; the names of the columns */
		if (!add_line(c, line, number))
			return RBAC_NOMEM;
	}
	return RBAC_OK;
}

static void progress(size_t done, size_t of)
{
	fprintf(stderr, "\rimported %zu of %zu", done, of);
	fflush(stderr);
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

static void forget_rows(struct csv *c)
{
	free(c->rows);
	free(c->text);
	c->rows = NULL;
	c->text = NULL;
	c->n = c->cap = 0;
}

static int import(struct invocation *a, struct csv *csv, bool force)
{
	struct change c;
	size_t made = 0;
	bool terminal = isatty(STDERR_FILENO);
	int err = change_open(&c, a, false);
	if (!err)
		err = change_import(&c, csv->rows, csv->n, force, &csv->problems, csv->file,
				    terminal ? progress : NULL, &made);
	if (terminal)
		fputs("\r\033[K", stderr);
	say_problems(&csv->problems);
	size_t lines = csv->n;
	forget_rows(csv); /* before the view is compiled, which takes memory of its own */
	if (!err)
		err = change_commit(&c);
	if (!err)
		fputs(buf_text(&c.notes), stdout);
	if (!err)
		printf("%zu assignments %s (%zu lines; "
		       "the others existed already)      change %" PRIu64 ", by %s\n",
		       made, a->dry_run ? "would be made" : "made", lines,
		       c.nothing ? c.change - 1 : c.change, a->actor.name);
	return change_close(&c, err);
}

int cmd_import(struct invocation *a, const struct args *args)
{
	struct csv csv = { 0 };
	const char *path = args->value[OPT_CSV];
	if (!path) {
		complain("import: --csv FILE is missing (- is standard input)");
		return EXIT_USAGE;
	}
	const char *slash = strrchr(path, '/');
	csv.file = strcmp(path, "-") == 0 ? "standard input"
		   : !plain_text_is(path) ? "a file"
		   : slash                ? slash + 1
					  : path;
	int status = EXIT_DONE;
	int err = read_all(path, &csv.text);
	if (err) {
		complain("%s: %s", path,
			 err == RBAC_SYSTEM ? strerror(errno)
					    : "cannot be read whole, or holds a NUL byte");
		status = EXIT_USAGE;
	} else if (parse(&csv)) {
		complain("out of memory");
		status = EXIT_TROUBLE;
	} else if (csv.problems.errors) {
		say_problems(&csv.problems);
		complain("%zu bad line%s; nothing was imported", csv.problems.errors,
			 csv.problems.errors == 1 ? "" : "s");
		status = EXIT_USAGE;
	} else {
		status = import(a, &csv, args->value[OPT_FORCE] != NULL);
	}
	problems_free(&csv.problems);
	forget_rows(&csv);
	return cmd_done(status);
}
