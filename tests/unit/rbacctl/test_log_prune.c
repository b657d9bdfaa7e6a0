/* log --prune: what goes, and what verify still finds afterwards. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/carrier/key_file.h"
#include "rbacctl/change/undo/log_prune.h"
#include "rbacctl/store/journal.h"
#include "rbacctl/store/prune.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; } );\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; }; };\n"                      \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; }; "                           \
	"roles = { r = { kind = \"top\"; keychains = [ \"c\" ]; }; "                               \
	"q = { kind = \"top\"; keychains = [ \"c\" ]; }; };\n"

static int take_away(struct lab *l, const char *subject)
{
	struct change c;
	struct revoke_request r = { .subject = subject, .role = "r", .scope = "top:a" };
	int err = lab_begin(l, &c, "root", false);

	return lab_end(l, &c, err ? err : change_revoke(&c, &r));
}

/* Change 2 gives bob r, 3 cyd, 4 takes it from bob, 5 gives it back. */
static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	host_init(l, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(l, "root", "bob", "r", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "r", "top:a"), RBAC_OK);
	assert_int_equal(take_away(l, "bob"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "bob", "r", "top:a"), RBAC_OK);
	return 0;
}

static int prune(struct lab *l, const char *before, const char *actor, bool dry_run)
{
	struct change c;
	int err = lab_begin(l, &c, actor, dry_run);

	return lab_end(l, &c, err ? err : change_log_prune(&c, before));
}

static void take_fault(void *ctx, const char *what)
{
	buf_printf(ctx, "%s\n", what);
}

static size_t rows_in(struct open *o, enum store_table table)
{
	size_t n;

	assert_int_equal(store_count(&o->t, table, &n), RBAC_OK);
	return n;
}

/* Up to any change, once and again: what is left verifies, and reaches as far back as it says. */
static void test_what_is_left_verifies(void **state)
{
	struct lab *l = *state;
	char before[32];

	for (unsigned n = 2; n <= 10; n++) {
		struct open o;
		struct store_baseline b;
		struct store_rows rows;
		uint64_t bad, generation;
		snprintf(before, sizeof(before), "%u", n);
		assert_int_equal(prune(l, before, "root", false), RBAC_OK);
		assert_verified(l);
		open_store(l, &o);
		assert_int_equal(store_generation(&o.t, &generation), RBAC_OK);
		assert_int_equal(rows_in(&o, T_AUDIT), generation - n + 1);
		assert_int_equal(rows_in(&o, T_JOURNAL), generation - n + 1);
		assert_int_equal(store_audit_verify(&o.t, &bad), RBAC_OK);
		assert_int_equal(store_baseline_get(&o.t, &b), RBAC_OK);
		assert_int_equal(b.change, n - 1);
		assert_int_equal(log_prune_signed(&l->a, &b), LOG_SIGNED);
		assert_int_equal(store_rows_between(&o.t, n - 1, generation, &rows), RBAC_OK);
		store_rows_free(&rows);
		assert_int_equal(store_rows_between(&o.t, n - 2, generation, &rows), RBAC_NOTFOUND);
		store_rows_free(&rows);
		close_store(&o);
	}
}

static void test_only_root_and_no_key_for_a_try(void **state)
{
	struct lab *l = *state;
	char path[sizeof(l->a.store) + 16];
	struct stat st;

	snprintf(path, sizeof(path), "%s/log.key", l->a.store);
	assert_int_equal(prune(l, "3", "ann", false), RBAC_REFUSED);
	assert_int_equal(prune(l, "3", "root", true), RBAC_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(prune(l, "3", "root", false), RBAC_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(prune(l, "4", "root", false), RBAC_UNTRUSTED);
	assert_said(l, "others than root can read or write the key of the log");
	assert_verified(l);
}

/* Who edited a row before the prune is found after it; a log with a fault is not pruned. */
static void test_traces_are_not_pruned_away(void **state)
{
	struct lab *l = *state;
	struct open o;
	struct store_baseline b;
	struct store_user u = { .uid = 7 };
	size_t n;

	open_store(l, &o);
	assert_int_equal(store_user_put(&o.t, "bob", &u), RBAC_OK);
	journal_forget(&o.t);
	assert_int_equal(store_commit(&o.t), RBAC_OK);
	close_store(&o);
	assert_int_equal(prune(l, "4", "root", false), RBAC_REFUSED);
	assert_said(l, "the log is not sound");
	open_store(l, &o);
	assert_int_equal(store_prune(&o.t, 3, &b, &n), RBAC_OK);
	assert_int_equal(store_baseline_put(&o.t, &b), RBAC_OK);
	assert_int_equal(store_audit_append(&o.t, &(struct store_audit){ .actor = "root",
									 .person = "root",
									 .verb = "test",
									 .text = "" }),
			 RBAC_OK);
	struct buf said = { 0 };
	assert_int_equal(store_journal_verify(&o.t, take_fault, &said), RBAC_OK);
	assert_string_equal(buf_text(&said), "user bob is not what change 3 left\n");
	buf_free(&said);
	close_store(&o);
}

static void test_a_changed_baseline_is_found(void **state)
{
	struct lab *l = *state;
	struct open o;
	struct store_baseline b, other;
	struct store_rows rows = { 0 };

	assert_int_equal(prune(l, "4", "root", false), RBAC_OK);
	open_store(l, &o);
	assert_int_equal(store_baseline_get(&o.t, &b), RBAC_OK);
	assert_int_equal(store_baseline_rows(&o.t, &rows), RBAC_OK);
	rows.n--;
	assert_int_equal(store_baseline_write(&o.t, &rows, other.digest), RBAC_OK);
	assert_memory_not_equal(other.digest, b.digest, sizeof(b.digest));
	store_rows_free(&rows);
	struct buf said = { 0 };
	assert_int_equal(store_journal_verify(&o.t, take_fault, &said), RBAC_OK);
	assert_non_null(strstr(buf_text(&said), "the baseline of change 3 was changed"));
	buf_free(&said);
	/* with its digest, or as of another change: the signature does not fit */
	other = b;
	other.digest[0] ^= 1;
	assert_int_equal(log_prune_signed(&l->a, &other), LOG_FORGED);
	other = b;
	other.change++;
	assert_int_equal(log_prune_signed(&l->a, &other), LOG_FORGED);
	other = b;
	other.chain[31] ^= 1;
	assert_int_equal(log_prune_signed(&l->a, &other), LOG_FORGED);
	close_store(&o);
}

static void test_whose_key_it_is(void **state)
{
	struct lab *l = *state;
	struct open o;
	struct store_baseline b;
	struct fleet_key key;
	char path[sizeof(l->a.store) + 16];

	snprintf(path, sizeof(path), "%s/log.key", l->a.store);
	assert_int_equal(prune(l, "4", "root", false), RBAC_OK);
	open_store(l, &o);
	assert_int_equal(store_baseline_get(&o.t, &b), RBAC_OK);
	assert_int_equal(log_prune_signed(&l->a, &b), LOG_SIGNED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(log_prune_signed(&l->a, &b), LOG_NO_KEY);
	assert_int_equal(key_file_make(path, &key), RBAC_OK);
	assert_int_equal(log_prune_signed(&l->a, &b), LOG_OTHER_KEY);
	close_store(&o);
	/* the next prune signs with the key that is there */
	assert_int_equal(prune(l, "5", "root", false), RBAC_OK);
	assert_verified(l);
}

/* docs/format.md: another program can verify the signature. */
static void test_what_is_signed(void **state)
{
	struct store_baseline b = { .change = 0x0102, .pruned = true };
	struct buf message = { 0 };
	uint8_t want[16 + 8 + 2 * STORE_HASH] = "rbac baseline 1\n\0\0\0\0\0\0\1\2";

	(void)state;
	memset(b.chain, 'c', sizeof b.chain);
	memset(b.digest, 'd', sizeof b.digest);
	memset(want + 24, 'c', STORE_HASH);
	memset(want + 24 + STORE_HASH, 'd', STORE_HASH);
	store_baseline_message(&b, &message);
	assert_int_equal(message.len, sizeof want);
	assert_memory_equal(message.p, want, sizeof want);
	buf_free(&message);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_what_is_left_verifies),
		ON_A_HOST(test_only_root_and_no_key_for_a_try),
		ON_A_HOST(test_traces_are_not_pruned_away),
		ON_A_HOST(test_a_changed_baseline_is_found),
		ON_A_HOST(test_whose_key_it_is),
		cmocka_unit_test(test_what_is_signed),
	};

	return cmocka_run_group_tests_name("rbacctl: log --prune", tests, NULL, NULL);
}
