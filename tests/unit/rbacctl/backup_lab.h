/* backup_lab.h - a store, its backups, and what is in them. */
#ifndef TESTS_UNIT_RBACCTL_BACKUP_LAB_H
#define TESTS_UNIT_RBACCTL_BACKUP_LAB_H

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/change/undo/backup.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY(roles)                                                                              \
	"version = 1; kinds = { top = { }; };\nroles = { boss = { kind = \"top\"; bootstrap = "    \
	"true; }; box = { kind = \"top\"; }; " roles " };\n"

static inline const char *in_state(const struct lab *l, const char *name)
{
	static char path[4][300];
	static int n;
	n = (n + 1) % 4;
	snprintf(path[n], sizeof path[n], "%s/%s", l->state, name);
	return path[n];
}

static inline int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY(""), "top:a", "ann");
	return 0;
}

static inline void backup(struct lab *l, const char *name)
{
	struct buf why = { 0 };
	uint64_t generation;
	int err = change_backup(&l->a, in_state(l, name), &generation, &why);
	if (err)
		fail_msg("backup: %s", buf_text(&why));
	buf_free(&why);
}

/* What comes of restoring NAME; l->said has the words. */
static inline int restore_as(struct lab *l, const char *name, const char *actor, bool force)
{
	struct restore r = { 0 };
	struct change c;
	l->a.as = actor;
	l->a.now = l->now;
	l->a.dry_run = false;
	buf_reset(&l->said);
	int err = restore_read(&l->a, in_state(l, name), &r, &l->said);
	if (!err) {
		err = change_open_to_restore(&c, &l->a);
		err = lab_end(l, &c, err ? err : change_restore(&c, &r, force));
	}
	restore_close(&r);
	return err;
}

static inline int restore(struct lab *l, const char *name)
{
	return restore_as(l, name, "root", false);
}

struct count {
	const char *subject, *role;
	size_t n;
};

static inline int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct count *n = ctx;
	n->n += strcmp(a->subject, n->subject) == 0 && strcmp(a->role, n->role) == 0;
	return RBAC_OK;
}

static inline struct store_txn open_to_read(struct lab *l, struct store **s)
{
	struct store_txn t;
	assert_int_equal(store_open(l->a.store, STORE_READ, s), RBAC_OK);
	assert_int_equal(store_begin(*s, &t), RBAC_OK);
	return t;
}

static inline bool holds(struct lab *l, const char *subject, const char *role)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	struct count n = { subject, role, 0 };
	assert_int_equal(store_assignments_all(&t, on_assignment, &n), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return n.n > 0;
}

static inline uint64_t generation_of(struct lab *l)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	uint64_t n;
	assert_int_equal(store_generation(&t, &n), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return n;
}

static inline int take_away(struct lab *l, const char *subject)
{
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	return lab_end(l, &c,
		       err ? err
			   : change_revoke(&c, &(struct revoke_request){ .subject = subject,
									 .role = "box",
									 .scope = "top:a" }));
}

static inline void lose_store(struct lab *l)
{
	static const char *const files[] = { "store/data.mdb", "store/lock.mdb", "store/lock",
					     "store" };
	(void)remove(in_state(l, "store/data.mdb.v1")); /* what a migration keeps */
	for (size_t i = 0; i < COUNT(files); i++)
		assert_int_equal(remove(in_state(l, files[i])), 0);
}

#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)

#endif
