/* Many assignments in one change: what the rows say, once each, and nothing when one of them is
 * bad. */
#include "rbacctl/change/import/import.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST "version = 1; host = \"low:a/x\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; }; };\n"                      \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; };\n"                          \
	"roles = { boss = { kind = \"top\"; bootstrap = true; keychains = [ \"c\" ]; }; "          \
	"one = { kind = \"low\"; }; two = { kind = \"low\"; };\n"                                  \
	"few = { kind = \"low\"; max = 2; }; day = { kind = \"low\"; }; "                          \
	"night = { kind = \"low\"; }; };\n"                                                        \
	"exclusive = ( { name = \"shifts\"; roles = [ \"day\", \"night\" ]; } );\n"
#define ROW(n, u, r, s)                                                                            \
	{                                                                                          \
		.user = u, .role = r, .scope = s, .from = RBAC_TIME_MIN, .until = RBAC_TIME_MAX,   \
		.line = n                                                                          \
	}
#define ROW_UNTIL(n, u, r, s, f, t)                                                                \
	{                                                                                          \
		.user = u, .role = r, .scope = s, .from = f, .until = t, .line = n                 \
	}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return 0;
}

struct outcome {
	struct problems problems;
	size_t made;
	bool nothing;
	int err;
};

static struct outcome import(struct lab *l, const struct import_row *rows, size_t n)
{
	struct outcome o = { 0 };
	struct change c;
	struct import_row *copy = calloc(n, sizeof *copy);
	assert_non_null(copy);
	memcpy(copy, rows, n * sizeof *copy);
	o.err = lab_begin(l, &c, "root", false);
	if (!o.err)
		o.err = change_import(&c, copy, n, false, &o.problems, "list.csv", NULL, &o.made);
	o.nothing = c.nothing;
	o.err = lab_end(l, &c, o.err);
	free(copy);
	assert_verified(l); /* each index has what the table has, and nothing else */
	return o;
}

/* Import ROWS, which are bad at LINES (0 ends them) and nowhere else: nothing of it is done. */
static void import_refused(struct lab *l, const struct import_row *rows, size_t n,
			   const unsigned *lines)
{
	struct outcome o = import(l, rows, n);
	assert_int_equal(o.err, RBAC_REFUSED);
	size_t k = 0;
	for (; lines[k]; k++) {
		bool named = false;
		for (size_t i = 0; i < o.problems.n; i++)
			named |= o.problems.v[i].line == lines[k];
		if (!named)
			fail_msg("line %u is not named", lines[k]);
	}
	assert_int_equal(o.problems.n, k);
	problems_free(&o.problems);
}

struct holds {
	const char *subject, *role, *scope;
	int64_t from, until;
	size_t n;
	uint64_t last;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct holds *h = ctx;
	h->last = a->id;
	if (!h->subject ||
	    (strcmp(a->subject, h->subject) == 0 && strcmp(a->role, h->role) == 0 &&
	     strcmp(a->scope, h->scope) == 0 && a->from == h->from && a->until == h->until))
		h->n++;
	return RBAC_OK;
}

/* How many assignments there are that say what ROW says (NULL: at all); *LAST: the last id of any.
 */
static size_t count(struct lab *l, const struct import_row *row, uint64_t *last)
{
	struct holds h = { 0 };
	struct store *s;
	struct store_txn t;
	if (row)
		h = (struct holds){ row->user, row->role,  *row->scope ? row->scope : "low:a/x",
				    row->from, row->until, 0,
				    0 };
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_assignments_all(&t, on_assignment, &h), RBAC_OK);
	store_abort(&t);
	store_close(s);
	if (last)
		*last = h.last;
	return h.n;
}

static void each_row_once_in_any_order(void **state)
{
	struct lab *l = *state;
	const struct import_row rows[] = {
		ROW(1, "eve", "one", "low:a/x"),
		ROW(2, "bob", "two", ""),
		ROW(3, "cyd", "one", "low:a/x"),
		ROW(4, "bob", "one", "low:a/x"),
		ROW(5, "bob", "two",
		    "low:a/x"), /* the host's scope, which line 2 means: the same */
		ROW(6, "cyd", "boss", "top:a"),
		ROW_UNTIL(7, "dan", "one", "", NOW, NOW + 60),
		ROW_UNTIL(8, "dan", "one", "", NOW + 90, NOW + 120),
		ROW(9, "eve", "one", ""),
	};
	uint64_t before, last;
	size_t n = count(l, NULL, &before);
	struct outcome o = import(l, rows, COUNT(rows));
	assert_int_equal(o.err, RBAC_OK);
	assert_int_equal(o.problems.n, 0);
	assert_int_equal(o.made, 7);
	assert_int_equal(count(l, NULL, &last), n + 7);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(count(l, &rows[i], NULL), 1);
	/* Numbers go on where they ended. */
	assert_int_equal(host_assign(l, "root", "ann", "two", "low:a/x"), RBAC_OK);
	assert_int_equal(count(l, NULL, &before), n + 8);
	assert_true(before > last);
}

static void existing_assignments_are_skipped(void **state)
{
	struct lab *l = *state;
	const struct import_row rows[] = { ROW(1, "bob", "one", ""), ROW(2, "bob", "two", ""),
					   ROW(3, "cyd", "one", "") };
	assert_int_equal(host_assign(l, "root", "bob", "two", "low:a/x"), RBAC_OK);
	assert_int_equal(import(l, rows, COUNT(rows)).made, 2);
	struct outcome again = import(l, rows, COUNT(rows));
	assert_int_equal(again.err, RBAC_OK);
	assert_true(again.nothing);
	assert_int_equal(again.made, 0);
	const struct import_row more[] = { ROW(1, "abe", "one", ""), ROW(2, "bob", "one", ""),
					   ROW(3, "zoe", "one", "") };
	passwd_user("abe", 1100, 100); /* between and around those that are there */
	passwd_user("zoe", 1101, 100);
	assert_int_equal(import(l, more, COUNT(more)).made, 2);
	assert_int_equal(count(l, &more[1], NULL), 1);
}

static void a_longer_window_makes_a_row_pointless(void **state)
{
	struct lab *l = *state;
	size_t n = count(l, NULL, NULL);
	const struct import_row in_file[] = { ROW(1, "bob", "one", ""),
					      ROW_UNTIL(2, "bob", "one", "", NOW, NOW + 60),
					      ROW(3, "cyd", "one", "") };
	import_refused(l, in_file, COUNT(in_file), (unsigned[]){ 2, 0 });
	assert_int_equal(count(l, NULL, NULL), n);
	assert_int_equal(host_assign(l, "root", "bob", "one", "low:a/x"), RBAC_OK);
	const struct import_row in_store[] = { ROW(1, "abe", "one", ""),
					       ROW_UNTIL(2, "bob", "one", "", NOW, NOW + 60) };
	passwd_user("abe", 1100, 100);
	import_refused(l, in_store, COUNT(in_store), (unsigned[]){ 2, 0 });
	assert_int_equal(count(l, NULL, NULL), n + 1);
	/* What has begun covers also a row that would have begun earlier: only what is to come
	 * counts, as for `assign`. */
	const struct import_row begun[] = { ROW_UNTIL(1, "cyd", "one", "", NOW - 60, NOW + 600),
					    ROW_UNTIL(2, "cyd", "one", "", RBAC_TIME_MIN,
						      NOW + 60) };
	import_refused(l, begun, COUNT(begun), (unsigned[]){ 2, 0 });
	assert_int_equal(import(l, begun, 1).err, RBAC_OK);
	import_refused(l, begun + 1, 1, (unsigned[]){ 2, 0 });
}

static void every_bad_row_is_named(void **state)
{
	struct lab *l = *state;
	size_t n = count(l, NULL, NULL);
	const struct import_row rows[] = {
		ROW(1, "bob", "none", ""),
		ROW(2, "bob", "one", ""),
		ROW(3, "cyd", "none", ""),
		ROW(4, "cyd", "one", "top:a"),
		ROW(5, "%devs", "one", ""),
		ROW(6, "nobody-knows", "one", ""),
		ROW_UNTIL(7, "dan", "one", "", NOW, NOW - 60),
		ROW(8, "eve", "one", "low:a/nowhere"),
		ROW(9, "root", "one", ""),
	};
	import_refused(l, rows, COUNT(rows), (unsigned[]){ 1, 3, 4, 5, 6, 7, 8, 9, 0 });
	assert_int_equal(count(l, NULL, NULL), n);
	struct outcome o = import(
		l, rows, 3); /* what is wrong with a place is found once, and said of each row */
	assert_int_equal(o.problems.n, 2);
	assert_string_equal(o.problems.v[0].text, o.problems.v[1].text);
	problems_free(&o.problems);
}

static void maxima_and_exclusive_sets_hold(void **state)
{
	struct lab *l = *state;
	const struct import_row many[] = { ROW(1, "eve", "few", ""), ROW(2, "bob", "one", ""),
					   ROW(3, "cyd", "few", ""), ROW(4, "bob", "few", "") };
	const struct import_row enough[] = { ROW(1, "eve", "few", ""), ROW(2, "cyd", "few", "") };
	const struct import_row both[] = { ROW(1, "dan", "one", ""), ROW(2, "dan", "day", ""),
					   ROW(3, "dan", "night", "") };
	import_refused(l, many, COUNT(many), (unsigned[]){ 1, 0 });
	assert_int_equal(import(l, enough, COUNT(enough)).err, RBAC_OK);
	import_refused(l, both, COUNT(both), (unsigned[]){ 1, 0 });
}

/* More places than the table of them begins with: every row finds its own again. */
static void many_places(void **state)
{
	enum { SCOPES = 600, MANY = 30 };
	static struct import_row rows[2 * SCOPES];
	static char scopes[SCOPES][24], users[MANY][16];
	struct lab *l = *state;
	struct change c;
	for (int i = 0; i < MANY; i++) {
		snprintf(users[i], sizeof users[i], "m%02d", i);
		passwd_user(users[i], (uid_t)(3000 + i), 100);
	}
	int err = lab_begin(l, &c, "root", false);
	for (int i = 0; i < SCOPES; i++) {
		snprintf(scopes[i], sizeof scopes[i], "low:a/s%d", i);
		if (!err)
			err = change_scope_create(&c, scopes[i], NULL);
		/* Again, from the last to the first: half of them for the same user. */
		rows[i] = (struct import_row)ROW((unsigned)i + 1, users[i % MANY], "one",
						 scopes[i]);
		rows[2 * SCOPES - 1 - i] = (struct import_row)ROW(
			(unsigned)(2 * SCOPES - i), users[(i + i % 2) % MANY], "one", scopes[i]);
	}
	assert_int_equal(lab_end(l, &c, err), RBAC_OK);
	struct outcome o = import(l, rows, COUNT(rows));
	assert_int_equal(o.err, RBAC_OK);
	assert_int_equal(o.made, SCOPES + SCOPES / 2);
}

/* A person is what passwd says: rows of several spellings are rows of one user, and a second name
 * of a uid is refused. */
static void each_person_once(void **state)
{
	struct lab *l = *state;
	passwd_alias("BOB", "bob");
	passwd_alias("Bob", "bob");
	passwd_user("bobby", 1002, 100);
	const struct import_row rows[] = { ROW(1, "zoe", "one", ""), ROW(2, "bob", "one", ""),
					   ROW(3, "BOB", "one", ""), ROW(4, "Bob", "two", "") };
	passwd_user("zoe", 1050, 100);
	struct outcome o = import(l, rows, COUNT(rows));
	assert_int_equal(o.err, RBAC_OK);
	assert_int_equal(o.made, 3);
	const struct import_row second[] = { ROW(1, "cyd", "one", ""), ROW(2, "bobby", "one", "") };
	import_refused(l, second, COUNT(second), (unsigned[]){ 2, 0 });
	/* exclusive: what bob holds and what Bob is to get */
	const struct import_row both[] = { ROW(1, "dan", "day", ""), ROW(2, "bob", "day", ""),
					   ROW(3, "Bob", "night", "") };
	import_refused(l, both, COUNT(both), (unsigned[]){ 2, 0 });
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(each_row_once_in_any_order),
		ON_A_HOST(existing_assignments_are_skipped),
		ON_A_HOST(a_longer_window_makes_a_row_pointless),
		ON_A_HOST(every_bad_row_is_named),
		ON_A_HOST(maxima_and_exclusive_sets_hold),
		ON_A_HOST(many_places),
		ON_A_HOST(each_person_once),
	};

	return cmocka_run_group_tests_name("rbacctl: import", tests, NULL, NULL);
}
