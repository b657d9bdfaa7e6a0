/* who.h: how many users a refusal looks at and asks this host about, and what it says of the
 * others. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/access/who.h"
#include "rbacctl/config/source.h"

#define HOST "version = 1; host = \"any\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; };\n"                          \
	"roles = { boss = { kind = \"top\"; assign_by = [ \"boss\" ]; "                            \
	"keychains = [ \"c\" ]; }; };\n"

/*
 * N users "u000000"...; FIRST and those after it hold boss by record; those from MEMBER on by a
 * group. A source of its own (source.h).
 */
struct world {
	struct policy *p;
	size_t n, first, member, foreign; /* below FOREIGN: the uid is recorded for another name */
	bool groups;
	size_t user;          /* whose holdings were asked for last */
	size_t looked, asked; /* how often a record was read, and this host was asked */
};

static size_t number(const char *user)
{
	return strtoul(user + 1, NULL, 10);
}

static int users(const struct source *s, source_user_fn *fn, void *arg)
{
	const struct world *w = s->ctx;
	char name[24];
	int err = RBAC_OK;

	for (size_t i = 0; i < w->n && !err; i++) {
		snprintf(name, sizeof(name), "u%06zu", i);
		err = fn(arg, name);
	}
	return err;
}

static int add_boss(struct holdings *h, const char *via)
{
	return holdings_add(h, 1, 0, "top:a", (struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX },
			    false, via);
}

static int holdings(const struct source *s, const char *user, struct holdings *h)
{
	struct world *w = s->ctx;

	w->looked++;
	w->user = number(user);
	h->recorded = true;
	h->uid = (uint32_t)w->user + 100000;
	return w->user >= w->first ? add_boss(h, NULL) : RBAC_OK;
}

static int other_name(const struct source *s, const char *user, uint32_t uid, char *out)
{
	struct world *w = s->ctx;

	(void)uid;
	w->looked--; /* it is the second time that this record was read */
	w->asked++;
	strcpy(out, number(user) < w->foreign ? "another" : "");
	return RBAC_OK;
}

static int unix_groups(const struct source *s, source_gid_fn *fn, void *arg)
{
	return ((const struct world *)s->ctx)->groups ? fn(arg, 5000) : RBAC_OK;
}

static int group_holdings(const struct source *s, const struct gids *gids, struct holdings *h)
{
	const struct world *w = s->ctx;

	(void)gids;
	return w->groups && w->user >= w->member ? add_boss(h, "%devs") : RBAC_OK;
}

static int owner(const struct source *s, const char *scope, char *out)
{
	(void)s, (void)scope;
	out[0] = 0;
	return RBAC_OK;
}

static const char *text_of(struct world *w, struct buf *out)
{
	struct policy_sources s = { 0 };
	struct who_scopes at = { (char *[]){ (char *)"top:a" }, 1, 1 };
	struct who who;

	w->p = policy_of(&s, HOST, POLICY);
	struct source source = { w->p,     NULL,       NULL,  w,           users,
				 holdings, other_name, owner, unix_groups, group_holdings };
	w->looked = w->asked = 0;
	assert_int_equal(
		who_may(&(struct who_question){ &source, &w->p->roles[0].assign_by, &at, 0, NOW },
			&who),
		RBAC_OK);
	out->len = 0;
	who_text(&who, false, out);
	policy_free(w->p);
	policy_sources_free(&s);
	return buf_text(out);
}

static void test_users_who_hold_nothing_are_not_asked_about(void **state)
{
	struct buf out = { 0 };
	struct world w = { .n = WHO_LOOK, .first = WHO_LOOK - 1 };
	(void)state;

	assert_string_equal(text_of(&w, &out), "u019999; root with --as root");
	assert_int_equal(w.looked, WHO_LOOK);
	assert_int_equal(w.asked, 1);
	buf_free(&out);
}

static void test_no_more_than_the_first_users_are_looked_at(void **state)
{
	struct buf out = { 0 };
	struct world w = { .n = WHO_LOOK + 1, .first = WHO_LOOK };
	(void)state;

	assert_string_equal(text_of(&w, &out), "perhaps others; root with --as root");
	assert_int_equal(w.looked, WHO_LOOK);
	w.n = WHO_LOOK;
	assert_string_equal(text_of(&w, &out), "nobody yet; root with --as root");
	buf_free(&out);
}

static void test_members_of_groups_are_asked_about_up_to_the_limit(void **state)
{
	struct buf out = { 0 };
	struct world w = { .n = WHO_ASK, .first = WHO_LOOK, .member = WHO_ASK - 1, .groups = true };
	(void)state;

	assert_string_equal(text_of(&w, &out), "u000099; root with --as root");
	w.n = WHO_ASK + 1;
	w.member = WHO_ASK;
	assert_string_equal(text_of(&w, &out), "perhaps others; root with --as root");
	assert_int_equal(w.asked, WHO_ASK);
	/* A user who may by the records is found nevertheless. */
	w.n = WHO_LOOK;
	w.first = WHO_LOOK - 1;
	w.member = WHO_LOOK;
	assert_string_equal(text_of(&w, &out), "u019999 and perhaps others; root with --as root");
	assert_int_equal(w.asked, WHO_ASK + 1);
	buf_free(&out);
}

static void test_a_uid_that_is_anothers_now_lets_nobody(void **state)
{
	struct buf out = { 0 };
	struct world w = { .n = 10, .foreign = 8 };
	(void)state;

	assert_string_equal(text_of(&w, &out), "u000008, u000009; root with --as root");
	w = (struct world){ .n = WHO_LOOK, .foreign = WHO_LOOK };
	assert_string_equal(text_of(&w, &out), "perhaps others; root with --as root");
	assert_int_equal(w.asked, WHO_ASK);
	w = (struct world){ .n = 10 };
	assert_string_equal(
		text_of(&w, &out),
		"u000000, u000001, u000002, u000003, u000004 and others; root with --as root");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_users_who_hold_nothing_are_not_asked_about),
		cmocka_unit_test(test_no_more_than_the_first_users_are_looked_at),
		cmocka_unit_test(test_members_of_groups_are_asked_about_up_to_the_limit),
		cmocka_unit_test(test_a_uid_that_is_anothers_now_lets_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
