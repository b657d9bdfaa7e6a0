/* Lists of keys of a fleet: one take follows them, a thousand at most; the next take goes on. */
#include "tests/unit/rbacctl/fleet_lab.h"

#include "rbacctl/carrier/folder.h"
#include "rbacctl/carrier/key_file.h"
#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/fleet/keys.h"

enum { AT_ONCE = 1000 };

/* The list that the member has. */
static struct fleet_keys held(struct fleet_lab *f)
{
	struct store *s;
	struct store_txn t;
	struct fleet_keys keys;
	MDB_val v;

	assert_int_equal(store_open_to_read(f->member.a.store, &s, &t), RBAC_OK);
	assert_int_equal(store_fleet_keys(&t, &v), RBAC_OK);
	assert_int_equal(fleet_keys_decode(v.mv_data, v.mv_size, &keys), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return keys;
}

/* The lists of the N versions behind LAST, which differ in nothing else. */
static void put_lists(struct fleet_lab *f, const struct fleet_keys *last, int n)
{
	struct fleet_path path = fleet_path(&f->authority.a, FLEET_ROOT_KEY);
	struct fleet_keys next = *last;
	struct fleet_key root;

	assert_int_equal(key_file_read(path.text, &root), RBAC_OK);
	for (int i = 0; i < n; i++) {
		struct buf list = { 0 };

		next.version++;
		assert_int_equal(fleet_keys_encode(&next, &list), RBAC_OK);
		assert_int_equal(fleet_keys_sign(&list, &root), RBAC_OK);
		assert_int_equal(folder_write_keys(f->dir, next.version, &list), RBAC_OK);
		buf_free(&list);
	}
	fleet_key_erase(&root);
}

static void a_take_follows_a_thousand_lists(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	struct fleet_keys first = held(f);
	put_lists(f, &first, AT_ONCE);
	took_all(f);
	struct fleet_keys then = held(f);
	assert_int_equal(then.version, first.version + AT_ONCE);
	put_lists(f, &then, AT_ONCE + 1);
	took_all(f);
	assert_int_equal(held(f).version, then.version + AT_ONCE);
	took_all(f);
	assert_int_equal(held(f).version, then.version + AT_ONCE + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_take_follows_a_thousand_lists, setup, teardown),
	};

	return cmocka_run_group_tests_name("rbacctl: take of lists of keys", tests, NULL, NULL);
}
