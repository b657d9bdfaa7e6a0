/*
 * Bad configurations as data: every case of tests/policy/bad is an /etc/rbac with exactly what is
 * said of it (tests/policy/README.md). A case that only warns loads. With RBAC_WRITE_EXPECT=1 the
 * files get what is said now, to be read before it is kept.
 */
#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/model/helper.h"

#include "rbacctl/config/load.h"

#define FOLDER "tests/policy/bad"
enum { LINE = 4096, TEXTS = 16, TEXT = 1 << 16, NAME = 256 };

struct text {
	char name[NAME], text[TEXT];
	size_t len;
};

/* One .case file on its way; `out` is what it would be if every case said what is expected. */
struct file {
	const char *path;
	FILE *in, *out;
	unsigned line;
	struct text texts[TEXTS];
	size_t n;
	char name[NAME],
		dir[NAME]; /* the case, and the folder that is its /etc/rbac; "": none yet */
	char expected[TEXT];
	unsigned cases, failed;
};

static void wrong(const struct file *f, const char *what)
{
	fail_msg("%s:%u: %s", f->path, f->line, what);
}

/* The next line without its end; false at the end of the file. */
static bool next_line(struct file *f, char line[LINE])
{
	if (!fgets(line, LINE, f->in))
		return false;
	f->line++;
	size_t len = strlen(line);
	if (len == 0 || line[len - 1] != '\n')
		wrong(f, "a line is too long or has no end");
	line[len - 1] = '\0';
	return true;
}

static void append(struct file *f, struct text *t, char c)
{
	if (t->len >= TEXT - 1)
		wrong(f, "a text is too long");
	t->text[t->len++] = c;
}

/* \xHH is a byte, \\ a backslash; a \ at the end of a line takes the line end away. */
static void append_bytes(struct file *f, struct text *t, const char *line)
{
	unsigned byte;

	for (; *line; line++) {
		if (*line != '\\') {
			append(f, t, *line);
		} else if (line[1] == '\0') {
			return;
		} else if (line[1] == '\\') {
			append(f, t, *++line);
		} else if (line[1] == 'x' && isxdigit(line[2]) && isxdigit(line[3]) &&
			   sscanf(line + 2, "%2x", &byte) == 1) {
			append(f, t, (char)byte);
			line += 3;
		} else {
			wrong(f, "expected \\xHH, \\\\ or a \\ at the end of the line");
		}
	}
	append(f, t, '\n');
}

/* The lines up to one with a "." alone. */
static void read_text(struct file *f, struct text *t, bool bytes)
{
	char line[LINE];

	t->len = 0;
	while (next_line(f, line)) {
		fprintf(f->out, "%s\n", line);
		if (strcmp(line, ".") == 0)
			return;
		if (bytes) {
			append_bytes(f, t, line);
			continue;
		}
		for (const char *p = line; *p; p++)
			append(f, t, *p);
		append(f, t, '\n');
	}
	wrong(f, "expected a line with a . alone");
}

static const struct text *find_text(const struct file *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->texts[i].name, name) == 0)
			return &f->texts[i];
	wrong(f, "no text of this name");
	return NULL;
}

static void path_in(const struct file *f, const char *name, char path[2 * NAME])
{
	snprintf(path, 2 * NAME, "%s/%s", f->dir, name);
}

static void write_config(struct file *f, const char *name, const struct text *t)
{
	char path[2 * NAME];

	if (!f->dir[0])
		wrong(f, "a file outside of a case");
	path_in(f, name, path);
	if (access(path, F_OK) == 0)
		wrong(f, "this file is there already");
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(t->text, 1, t->len, out), t->len);
	assert_int_equal(fclose(out), 0);
}

static void open_case(struct file *f, const char *name)
{
	const char *tmp = getenv("TMPDIR");
	char path[2 * NAME];

	snprintf(f->name, sizeof(f->name), "%s", name);
	snprintf(f->dir, sizeof(f->dir), "%s/rbac-bad-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	path_in(f, "policy.d", path);
	assert_int_equal(mkdir(path, 0755), 0);
	path_in(f, "assignments.d", path);
	assert_int_equal(mkdir(path, 0755), 0);
	f->expected[0] = '\0';
}

static void remove_folder(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	char path[3 * NAME];

	while (d && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (unlink(path) != 0)
			remove_folder(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

/* What is said of the case in the folder; *ENDED_WELL: the load ended as that says. To be freed. */
static char *judge(const struct file *f, bool *ended_well)
{
	struct policy_sources s;
	struct problems problems = { 0 };
	struct policy *p = NULL;
	int err = policy_sources_read(f->dir, &s, &problems);

	if (err == RBAC_OK)
		err = policy_load(&s, &p, &problems);
	char *said = problems_text(&problems);
	*ended_well = *said && err == (problems.errors ? RBAC_INVALID : RBAC_OK) &&
		      !p == !!problems.errors;
	policy_free(p);
	problems_free(&problems);
	policy_sources_free(&s);
	return said;
}

static void close_case(struct file *f)
{
	bool ended_well;

	if (!f->dir[0])
		return;
	char *said = judge(f, &ended_well);
	for (const char *at = said, *end; (end = strchr(at, '\n')); at = end + 1)
		fprintf(f->out, "| %.*s\n", (int)(end - at), at);
	if (strcmp(said, f->expected) != 0 || !ended_well) {
		print_error("%s: %s: expected\n%ssaid%s\n%s", f->path, f->name, f->expected,
			    ended_well ? "" : ", and the load ended otherwise than that", said);
		f->failed++;
	}
	f->cases++;
	free(said);
	remove_folder(f->dir);
	f->dir[0] = '\0';
}

static void expect(struct file *f, const char *words)
{
	size_t len = strlen(f->expected);

	if (!f->dir[0] || len + strlen(words) + 2 > sizeof(f->expected))
		wrong(f, "this belongs to no case, or is too long");
	snprintf(f->expected + len, sizeof(f->expected) - len, "%s\n", words);
}

static void read_line(struct file *f, const char *line)
{
	char name[NAME], text[NAME];
	struct text *scratch = &f->texts[TEXTS - 1];

	if (sscanf(line, "text %255s", name) == 1) {
		if (f->n == TEXTS - 1)
			wrong(f, "too many texts");
		strcpy(f->texts[f->n].name, name);
		read_text(f, &f->texts[f->n++], false);
	} else if (sscanf(line, "case %255s", name) == 1) {
		open_case(f, name);
	} else if (sscanf(line, "file %255s = %255s", name, text) == 2) {
		write_config(f, name, find_text(f, text));
	} else if (sscanf(line, "file %255s", name) == 1 ||
		   sscanf(line, "bytes %255s", name) == 1) {
		read_text(f, scratch, *line == 'b');
		write_config(f, name, scratch);
	} else if (*line && *line != '#') {
		wrong(f, "expected text, case, file, bytes, | or #");
	}
}

static void run_file(struct file *f)
{
	char line[LINE], *rewritten;
	size_t len;

	f->in = fopen(f->path, "r");
	f->out = open_memstream(&rewritten, &len);
	assert_non_null(f->in);
	assert_non_null(f->out);
	while (next_line(f, line)) {
		if (strncmp(line, "| ", 2) == 0) {
			expect(f, line + 2);
			continue;
		}
		if (!*line || strncmp(line, "case ", 5) == 0)
			close_case(f);
		fprintf(f->out, "%s\n", line);
		read_line(f, line);
	}
	close_case(f);
	fclose(f->in);
	fclose(f->out);
	if (getenv("RBAC_WRITE_EXPECT")) {
		FILE *out = fopen(f->path, "w");
		assert_non_null(out);
		assert_int_equal(fwrite(rewritten, 1, len, out), len);
		assert_int_equal(fclose(out), 0);
	}
	free(rewritten);
}

static int is_case_file(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return dot && dot != e->d_name && strcmp(dot, ".case") == 0;
}

static void test_cases(void **state)
{
	struct dirent **names;
	int n = scandir(FOLDER, &names, is_case_file, alphasort);
	unsigned cases = 0, failed = 0;

	(void)state;
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char path[2 * NAME];
		struct file *f = calloc(1, sizeof(*f));
		assert_non_null(f);
		snprintf(path, sizeof(path), FOLDER "/%s", names[i]->d_name);
		f->path = path;
		run_file(f);
		cases += f->cases;
		failed += f->failed;
		free(f);
		free(names[i]);
	}
	free(names);
	assert_true(cases >= 136);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	umask(022);
	return cmocka_run_group_tests_name("policy: bad configurations", tests, NULL, NULL);
}
