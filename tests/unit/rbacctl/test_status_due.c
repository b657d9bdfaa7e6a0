/* What status says of notices that nobody got, and of uses of an exemption: five, and how many more
 * there are. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/store/exempt.h"
#include "rbacctl/store/notice.h"
#include "rbacctl/table.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { boss = { kind = \"top\"; bootstrap = true; }; };\n"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return 0;
}

static void put_use(struct store_txn *t, int i, uint64_t acked)
{
	char session[16];

	snprintf(session, sizeof session, "s%d", i);
	assert_int_equal(store_use_put(t, &(struct store_use){ .id = (uint64_t)i,
							       .when = NOW,
							       .seen = 1,
							       .acked = acked,
							       .session = session,
							       .user = "eve",
							       .service = "sshd",
							       .from = "" }),
			 RBAC_OK);
}

static void put_notice(struct store_txn *t, int i, uint32_t tries)
{
	assert_int_equal(store_notice_put(t, &(struct store_notice){ .kind = NOTICE_ASKED,
								     .id = (uint64_t)i,
								     .instant = NOW,
								     .person = "ann",
								     .made = NOW,
								     .next = NOW,
								     .tries = tries,
								     .left = 1,
								     .role = "boss",
								     .scope = "top:a",
								     .text = "bob asks",
								     .why = "no mail" }),
			 RBAC_OK);
}

/* How many rows there are. */
static size_t rows(const struct lab *l)
{
	static const struct table_column columns[] = { { "WHAT", "what", TABLE_TEXT },
						       { "STATE", "state", TABLE_TEXT } };
	struct table *t = table_new("status", false, columns, COUNT(columns));
	bool attention = cmd_due_lines(&l->a, t);
	size_t n = table_rows(t);

	assert_int_equal(attention, n > 0);
	table_free(t);
	return n;
}

/* N of what PUT writes, beside one that is settled. */
static void put_some(struct lab *l, void put(struct store_txn *, int), int n)
{
	struct open o;

	open_store(l, &o);
	for (int i = 0; i < n; i++)
		put(&o.t, i + 1);
	assert_int_equal(store_commit(&o.t), RBAC_OK);
	store_close(o.s);
}

static void put_open_use(struct store_txn *t, int i)
{
	put_use(t, i, 0);
	put_use(t, i + 100, 2); /* acknowledged */
}

static void put_failed_notice(struct store_txn *t, int i)
{
	put_notice(t, i, NOTICE_TRIES);
	put_notice(t, i + 100, NOTICE_TRIES - 1); /* is tried again */
}

static void assert_five(struct lab *l, void put(struct store_txn *, int))
{
	assert_int_equal(rows(l), 0);
	put_some(l, put, 1);
	assert_int_equal(rows(l), 1);
	put_some(l, put, 5);
	assert_int_equal(rows(l), 5);
	put_some(l, put, 6); /* and "1 more" */
	assert_int_equal(rows(l), 6);
	put_some(l, put, 9);
	assert_int_equal(rows(l), 6);
}

static void uses_of_an_exemption(void **state)
{
	assert_five(*state, put_open_use);
}

static void notices_that_nobody_got(void **state)
{
	assert_five(*state, put_failed_notice);
}

#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(uses_of_an_exemption),
		ON_A_HOST(notices_that_nobody_got),
	};

	return cmocka_run_group_tests_name("rbacctl: status of due", tests, NULL, NULL);
}
