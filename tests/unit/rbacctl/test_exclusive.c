/* exclusive.c against the sentence it stands for, tried scope by scope and instant by instant; and
 * lookup.c. */
#include "helper.h"

#include "rbacctl/config/source.h"
#include "rbacctl/lookup.h"
#include "rbacctl/access/rules.h"

enum { TRIALS = 4000, MOST = 14, LAST = 12 };

static const char host[] =
	"version = 1; host = \"any\"; login = ( { services = [ \"sshd\" ]; anyone = true; } );\n";
static const char text[] =
	"version = 1;\n"
	"kinds = { top = { }; mid = { parent = \"top\"; }; low = { parent = \"mid\"; }; "
	"side = { parent = \"top\"; }; };\n"
	"keys = ( { name = \"k\"; } );\n"
	"keychains = { c = [ \"k\" ]; };\n"
	"roles = {\n"
	"  ta = { kind = \"top\"; keychains = [ \"c\" ]; };  tb = { kind = \"top\"; "
	"keychains = [ \"c\" ]; };\n"
	"  tx = { kind = \"top\"; includes = [ \"mb\" ]; cascade = false; };\n"
	"  ma = { kind = \"mid\"; keychains = [ \"c\" ]; };  mb = { kind = \"mid\"; "
	"keychains = [ \"c\" ]; cascade = false; };\n"
	"  mx = { kind = \"mid\"; includes = [ \"la\" ]; };\n"
	"  la = { kind = \"low\"; keychains = [ \"c\" ]; };  lb = { kind = \"low\"; "
	"keychains = [ \"c\" ]; };\n"
	"  sa = { kind = \"side\"; keychains = [ \"c\" ]; };\n"
	"};\n"
	"exclusive = (\n"
	"  { name = \"two\"; roles = [ \"ta\", \"lb\" ]; },\n"
	"  { name = \"many\"; roles = [ \"ta\", \"tb\", \"ma\", \"mb\", \"la\", "
	"\"sa\" ]; at_most = 2; },\n"
	"  { name = \"most\"; roles = [ \"tb\", \"ma\", \"mb\", \"la\", "
	"\"lb\" ]; at_most = 3; } );\n";

static const char *const scopes[4][3] = {
	{ "top:a", "top:b", "top:a" },
	{ "mid:a/m", "mid:a/n", "mid:b/m" },
	{ "low:a/m/l", "low:a/m/k", "low:b/m/l" },
	{ "side:a/m", "side:b/m", "side:a/n" },
};

/* How many places of SET count at SCOPE at T: each by itself. */
static unsigned together(const struct policy *p, const struct policy_exclusive *set,
			 const struct holdings *h, const char *scope, int64_t t)
{
	unsigned n = 0;
	for (size_t i = 0; i < set->roles.n; i++)
		n += holdings_role_at(p, h, set->roles.v[i], scope, t) != NULL;
	return n;
}

static bool plain(const struct policy *p, const struct holdings *h, int64_t now)
{
	for (size_t s = 0; s < p->n_exclusives; s++)
		for (size_t k = 0; k < 12; k++)
			for (int64_t t = now; t <= LAST; t++)
				if (together(p, &p->exclusives[s], h, scopes[k / 3][k % 3], t) >
				    p->exclusives[s].at_most)
					return true;
	return false;
}

static void give_some(const struct policy *p, struct holdings *h)
{
	int n = 2 + rand() % (MOST - 2);
	for (int i = 0; i < n; i++) {
		int role = rand() % (int)p->n_roles;
		int64_t from = rand() % LAST;
		struct rbac_window w = { rand() % 4 ? from : RBAC_TIME_MIN,
					 rand() % 4 ? from + 1 + rand() % 4 : RBAC_TIME_MAX };
		assert_int_equal(holdings_add(h, (uint64_t)i, role,
					      scopes[p->roles[role].kind][rand() % 3], w, false,
					      NULL),
				 RBAC_OK);
	}
}

static void test_says_what_the_sentence_says(void **state)
{
	struct policy_sources s;
	struct policy *p = policy_of(&s, host, text);
	unsigned clashes = 0;
	(void)state;
	srand(9);
	for (int i = 0; i < TRIALS; i++) {
		struct holdings h = { 0 };
		struct rules_clash c;
		int64_t now = rand() % LAST;
		give_some(p, &h);
		int err = rules_exclusive(p, &h, false, now, &c);
		if (err != (plain(p, &h, now) ? RBAC_CONFLICT : RBAC_OK))
			fail_msg("trial %d: %d", i, err);
		if (err) {
			clashes++;
			assert_true(c.at >= now);
			assert_true(together(p, &p->exclusives[c.set], &h, c.scope, c.at) >
				    p->exclusives[c.set].at_most);
		}
		holdings_free(&h);
	}
	assert_true(clashes > TRIALS / 10 && clashes < TRIALS * 9 / 10);
	policy_free(p);
	policy_sources_free(&s);
}

/* ---- lookup ---- */

static bool is_number(const void *ctx, uint32_t number, const void *key)
{
	return ((const uint32_t *)ctx)[number] == *(const uint32_t *)key;
}

static void test_lookup(void **state)
{
	enum { N = 5000 };
	static uint32_t v[N];
	struct lookup t = { 0 };
	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		v[i] = i * 2654435761u;
		/* Few hashes, so that many entries share one. */
		assert_int_equal(lookup_find(&t, v[i] % 64, is_number, v, &v[i]), LOOKUP_NONE);
		assert_int_equal(lookup_add(&t, v[i] % 64, i), RBAC_OK);
	}
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(lookup_find(&t, v[i] % 64, is_number, v, &v[i]), i);
	lookup_free(&t);
	assert_int_equal(lookup_find(&t, 1, is_number, v, &v[0]), LOOKUP_NONE);
	assert_true(lookup_hash_text(lookup_hash_text(LOOKUP_SEED, "a"), "bc") !=
		    lookup_hash_text(lookup_hash_text(LOOKUP_SEED, "ab"), "c"));
}

static void test_a_lookup_can_use_memory_of_the_caller(void **state)
{
	uint32_t v[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	struct lookup_slot room[16] = { { 0 } };
	struct lookup t;
	(void)state;
	assert_int_equal(lookup_slots_for(8), 16);
	assert_int_equal(lookup_slots_for(9), 32);
	lookup_use(&t, room, 16);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(lookup_add(&t, i, i), RBAC_OK);
	assert_int_equal(lookup_add(&t, 9, 9), RBAC_NOMEM);
	assert_int_equal(lookup_find(&t, 7, is_number, v, &v[7]), 7);
	lookup_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_what_the_sentence_says),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_a_lookup_can_use_memory_of_the_caller),
	};

	return cmocka_run_group_tests_name("rbacctl: exclusive sets, lookup", tests, NULL, NULL);
}
