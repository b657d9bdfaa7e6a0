/*
 * A member under a carrier that does what it likes, for many random steps, beside a second
 * implementation that knows what each thing is instead of reading its bytes: both say the same of
 * each arrival. Whatever the carrier does, a member never holds rows that the authority did not
 * sign for that sheet, and never goes back.
 */
#include "world.h"

/* Under valgrind, which is slow, fewer steps use much the same memory. */
enum { STEPS = 24000, STEPS_WATCHED = 2000, SHEETS = 3, MADE_MAX = 400, ROWS_MAX = 40 };

static const char *const names[SHEETS] = { FLEET_SHEET, MAIN, "space:main/db" };

/* One head that somebody signed, with what it is. */
struct label {
	struct made m;
	int sheet, key; /* KEY: 11 to 13: of term 1 to 3; 20: ended; 99: of nobody */
	uint64_t term, number;
	int64_t issued;
	unsigned content; /* which rows it has: SUM is theirs */
	uint64_t sum;
	bool other_fleet;
};
static struct label made[MADE_MAX];
static size_t n_made;

/* What the carrier brings. */
struct arrival {
	const struct label *l;
	int as; /* the sheet for which it comes */
	bool altered, complete;
};

/* ---- an authority, and others ---- */

static uint64_t sum_of_rows(unsigned content)
{
	uint64_t n = content % ROWS_MAX;

	return n * (content + 1) + n * (n - 1) / 2;
}

static struct fleet_records rows_of(int sheet, unsigned content)
{
	if (sheet > 0)
		return world_rows(content + 1, content % ROWS_MAX);
	struct fleet_records r = { 0 };
	char text[32];
	snprintf(text, sizeof(text), "version = %u;", content);
	assert_int_equal(fleet_records_add_text(&r, "rbac.conf", text, strlen(text)), RBAC_OK);
	return r;
}

static void make(struct label l)
{
	struct fleet_head h = world_head(names[l.sheet], l.term, l.number);
	struct fleet_records r = rows_of(l.sheet, l.content);
	struct fleet_key key = world_key(l.key);
	struct label *place = &made[n_made < MADE_MAX ? n_made++ : (size_t)rand() % MADE_MAX];

	if (l.other_fleet)
		h.fleet[0] ^= 1;
	h.issued = l.issued;
	l.sum = l.sheet > 0 ? sum_of_rows(l.content) : 0;
	l.m = world_sheet(h, NULL, &r, &key);
	if (place->m.head.p)
		world_free(&place->m);
	*place = l;
}

/* The true authority, whose numbers rise; now and then it is restored from a backup, or another
 * takes over. */
static struct authority {
	uint64_t term, number[SHEETS];
	unsigned content[SHEETS];
	int64_t clock;
} authority;

static void publish(void)
{
	int s = rand() % SHEETS;
	bool same = rand() % 3 == 0 && authority.number[s] > 0;

	authority.clock++;
	if (!same) {
		authority.number[s]++;
		authority.content[s] = (unsigned)rand() % 1000;
	}
	make((struct label){ .sheet = s,
			     .key = 10 + (int)authority.term,
			     .term = authority.term,
			     .number = authority.number[s],
			     .issued = authority.clock,
			     .content = authority.content[s] });
}

static void forge(void)
{
	static const int keys[] = { 11, 12, 13, 20, 99, 1 };
	int s = rand() % SHEETS;

	make((struct label){ .sheet = s,
			     .key = keys[rand() % 6],
			     .term = 1 + (uint64_t)rand() % 4,
			     .number = authority.number[s] + (uint64_t)rand() % 3,
			     .issued = authority.clock + rand() % 5 - 2,
			     .content = (unsigned)rand() % 1000,
			     .other_fleet = rand() % 3 == 0 });
}

/* ---- the plain member ---- */

struct plain {
	bool taken;
	uint64_t term, number;
	int64_t issued;
	unsigned content;
};
static struct plain plain[SHEETS];
static uint64_t plain_term;

static bool signs(const struct label *l)
{
	return l->key >= 11 && l->key <= 13 && (uint64_t)(l->key - 10) == l->term;
}

/* FLEET_VERDICTS: refused, in one way or another. */
static enum fleet_verdict plain_judge(const struct arrival *a)
{
	const struct label *l = a->l;
	const struct plain *h = &plain[a->as];

	if (a->altered || l->other_fleet || !signs(l) || l->sheet != a->as)
		return FLEET_VERDICTS;
	if (l->term < plain_term)
		return FLEET_LOWER_TERM;
	if (l->term == h->term) {
		if (l->number < h->number)
			return FLEET_ROLLBACK;
		if (l->number == h->number && h->taken && l->content != h->content)
			return FLEET_FORK;
		if (l->number == h->number && h->taken)
			return l->issued > h->issued ? FLEET_FRESHER : FLEET_SAME;
	}
	return a->complete ? FLEET_TAKE : FLEET_WAIT;
}

static void plain_take(const struct arrival *a)
{
	const struct label *l = a->l;

	plain[a->as] = (struct plain){ true, l->term, l->number, l->issued, l->content };
	plain_term = l->term > plain_term ? l->term : plain_term;
}

/* ---- the member that reads bytes ---- */

static struct fleet_held held[SHEETS];
static struct fleet_keys keys;
static uint64_t held_sum[SHEETS];

static struct fleet_trust trust(void)
{
	struct fleet_trust t = { .keys = &keys, .now = NOW };

	for (int s = 0; s < SHEETS; s++)
		t.term = held[s].term > t.term ? held[s].term : t.term;
	return t;
}

static int on_record(void *ctx, const struct fleet_record *rec)
{
	*(uint64_t *)ctx += rec->id;
	return RBAC_OK;
}

static void note(int s, const struct fleet_judgement *j)
{
	if (j->verdict == FLEET_FRESHER)
		held[s].issued = j->head.issued;
	if (j->verdict != FLEET_TAKE)
		return;
	held[s] = (struct fleet_held){ .taken = true,
				       .term = j->head.term,
				       .number = j->head.number,
				       .issued = j->head.issued };
	memcpy(held[s].content, j->content, FLEET_HASH);
	held_sum[s] = 0;
	assert_int_equal(fleet_judgement_each(j, on_record, &held_sum[s]), RBAC_OK);
}

/* ---- the carrier ---- */

/* Chunks of any sheets, in any order; COMPLETE: also all that L names. */
static struct fleet_bytes *gather(const struct label *l, bool complete, size_t *n)
{
	struct fleet_bytes *v = calloc(l->m.n + 8, sizeof(*v));

	*n = 0;
	for (int i = 0; i < 4; i++) {
		const struct label *other = &made[rand() % n_made];
		if (other != l && other->m.n && other->content != l->content)
			v[(*n)++] = other->m.bytes[(uint32_t)rand() % other->m.n];
	}
	uint32_t left_out = l->m.n ? (uint32_t)rand() % l->m.n : 0;
	for (uint32_t i = l->m.n; i-- > 0;)
		if (complete || i != left_out)
			v[(*n)++] = l->m.bytes[i];
	return v;
}

static enum fleet_verdict deliver(struct arrival *a)
{
	struct fleet_trust t = trust();
	struct fleet_judgement j;
	uint8_t *head = malloc(a->l->m.head.len);
	size_t n;

	/* Nothing to leave out of no chunk; chunks of the same rows are the same. */
	a->complete |= a->l->m.n == 0;
	struct fleet_bytes *chunks = gather(a->l, a->complete, &n);
	memcpy(head, a->l->m.head.p, a->l->m.head.len);
	if (a->altered)
		head[(size_t)rand() % a->l->m.head.len] ^= (uint8_t)(1 << rand() % 8);
	struct fleet_arrived arrived = { names[a->as], { head, a->l->m.head.len }, chunks, n };
	assert_int_equal(fleet_judge(&t, &held[a->as], &arrived, &j), RBAC_OK);
	note(a->as, &j);
	fleet_judgement_free(&j);
	free(chunks);
	free(head);
	return j.verdict;
}

static void step(size_t *seen)
{
	struct arrival a = { .l = &made[(size_t)rand() % n_made],
			     .altered = rand() % 8 == 0,
			     .complete = rand() % 4 != 0 };
	uint64_t term, number;

	/* More often what is newest. */
	for (int i = 0; i < 20; i++) {
		const struct label *other = &made[(size_t)rand() % n_made];
		if (other->term >= a.l->term && other->issued > a.l->issued && signs(other))
			a.l = other;
	}
	if (rand() % 3 == 0)
		a.l = &made[(size_t)rand() % n_made];
	a.as = rand() % 10 ? a.l->sheet : rand() % SHEETS;
	term = held[a.as].term;
	number = held[a.as].number;
	enum fleet_verdict got = deliver(&a), want = plain_judge(&a);
	if (want == FLEET_TAKE)
		plain_take(&a);
	else if (want == FLEET_FRESHER)
		plain[a.as].issued = a.l->issued;
	if (want == FLEET_VERDICTS ? !fleet_refused(got) : got != want)
		fail_msg("%s as %s: %s; plainly %d", names[a.l->sheet], names[a.as],
			 fleet_verdict_text(got), (int)want);
	assert_true(held[a.as].term > term ||
		    (held[a.as].term == term && held[a.as].number >= number));
	assert_true(held_sum[a.as] ==
		    (a.as > 0 && plain[a.as].taken ? sum_of_rows(plain[a.as].content) : 0));
	seen[got]++;
}

static void begin(void)
{
	memset(held, 0, sizeof(held));
	memset(plain, 0, sizeof(plain));
	memset(held_sum, 0, sizeof(held_sum));
	plain_term = 0;
	keys = world_keys();
	authority = (struct authority){ .term = 1, .clock = NOW - 1000 };
	for (size_t i = 0; i < n_made; i++)
		world_free(&made[i].m);
	memset(made, 0, sizeof(made));
	n_made = 0;
	publish();
}

static void test_verdicts_are_those_of_a_second_implementation(void **state)
{
	size_t seen[FLEET_VERDICTS] = { 0 };
	bool watched = getenv("RBAC_VALGRIND") != NULL;
	(void)state;
	srand(14);
	for (int i = 0; i < (watched ? STEPS_WATCHED : STEPS); i++) {
		if (i % 3000 == 0)
			begin();
		if (rand() % 3 == 0)
			publish();
		if (rand() % 6 == 0)
			forge();
		if (rand() % 1500 == 0 && authority.term < 3)
			authority.term++;
		if (rand() % 900 == 0) /* an old backup of it */
			for (int s = 0; s < SHEETS; s++)
				authority.number[s] -= authority.number[s] / 4;
		step(seen);
	}
	for (int v = 0; v < FLEET_VERDICTS && !watched; v++)
		if (v != FLEET_NEWER && v != FLEET_TOO_LARGE && seen[v] < 20)
			fail_msg("only %zu times: %s", seen[v],
				 fleet_verdict_text((enum fleet_verdict)v));
	for (size_t i = 0; i < n_made; i++)
		world_free(&made[i].m);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		test_verdicts_are_those_of_a_second_implementation) };

	return cmocka_run_group_tests_name("fleet: a member and any carrier", tests, NULL, NULL);
}
