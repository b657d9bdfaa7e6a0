/* Which view a small change builds on: one of enough users, whole and undamaged. */
#include "tests/unit/rbacctl/update_lab.h"

#include <unistd.h>

#include "rbacctl/change/import/import.h"

/* The byte AT in the file at PATH, with the bits of MASK turned over. */
static void flip(const char *path, size_t at, int mask)
{
	FILE *f = fopen(path, "r+");
	assert_non_null(f);
	fseek(f, (long)at, SEEK_SET);
	int byte = fgetc(f) ^ mask;
	fseek(f, (long)at, SEEK_SET);
	assert_int_equal(fputc(byte, f), byte);
	fclose(f);
}

/* Where the kind of the page that is the tree's root stands (docs/format.md): a branch turned into
 * nothing at all. */
static size_t root_kind(const char *text)
{
	enum { PAGE = 4096, META_ROOT = 16 + 72 + 40, KIND = 10 };
	uint64_t root;
	memcpy(&root, text + META_ROOT, sizeof root);
	return root * PAGE + KIND;
}

/* A record that is damaged must not be read and sealed again as if it were whole. */
static void a_damaged_view_is_no_base(void **state)
{
	struct change c;
	struct problems problems = { 0 };
	struct role_groups groups;
	struct facts some;
	char part[300], why[1024] = "";
	const char name[] = "gspace-member";
	(void)state;
	assert_int_equal(lab_begin(&lab, &c, "root", false), RBAC_OK);
	assert_int_equal(change_assign(&c, &(struct assign_request){ .subject = "u01",
								     .role = "space-member",
								     .scope = "space:main/web",
								     .reason = "",
								     .replace = true,
								     .from = RBAC_TIME_MIN,
								     .until = START + 9999 }),
			 RBAC_OK);
	/* One bit of the group's record, found by its key in the file. */
	FILE *f = fopen(lab.a.view, "r");
	static char text[1 << 18];
	assert_non_null(f);
	size_t len = fread(text, 1, sizeof text, f), at = 0;
	for (size_t i = 0; i + sizeof name < len; i++)
		if (memcmp(text + i, name, sizeof name - 1) == 0)
			at = i + sizeof name - 1 + 6;
	assert_true(at > 0);
	fclose(f);
	flip(lab.a.view, at, 1);
	snprintf(part, sizeof part, "%s/part", lab.state);
	assert_int_equal(role_groups_make(c.p, &groups, &problems), RBAC_OK);
	assert_int_equal(gather_facts(c.p, &c.t, c.a->now, NULL, &some), RBAC_OK);
	struct compile job = { &c.t, c.p, &c.sources, &some, &groups, c.a->now };
	assert_int_equal(update_view(&job, lab.a.view, part, why, sizeof why), RBAC_DAMAGED);
	assert_int_not_equal(access(part, F_OK), 0);
	flip(lab.a.view, at, 1);
	/* Likewise where the tree itself is: what liblmdb then says is no reason to refuse the
	 * change. */
	flip(lab.a.view, root_kind(text), 0x01);
	assert_int_equal(update_view(&job, lab.a.view, part, why, sizeof why), RBAC_DAMAGED);
	assert_int_not_equal(access(part, F_OK), 0);
	flip(lab.a.view, root_kind(text), 0x01);
	/* One that is cut short would kill us in liblmdb (SIGBUS). */
	assert_int_equal(truncate(lab.a.view, 3 * 4096), 0);
	assert_int_equal(update_view(&job, lab.a.view, part, why, sizeof why), RBAC_DAMAGED);
	assert_int_not_equal(access(part, F_OK), 0);
	facts_free(&some);
	role_groups_free(&groups);
	lab_end(&lab, &c, RBAC_REFUSED);
}

static void leave(void)
{
}

static void take_away(void)
{
	assert_int_equal(unlink(lab.a.view), 0);
}

/* The kind of the root page: liblmdb finds no tree. */
static void damage(void)
{
	char text[4096];
	FILE *f = fopen(lab.a.view, "r");
	assert_non_null(f);
	assert_int_equal(fread(text, sizeof text, 1, f), 1);
	fclose(f);
	flip(lab.a.view, root_kind(text), 0x01);
}

/* An assignment to another user; SPOIL does something to the view between the begin of the change
 * and its end. */
static void assign_over(void (*spoil)(void))
{
	static int next = 1;
	struct change c;
	char user[16];
	snprintf(user, sizeof user, "u%02d", next++);
	int err = lab_begin(&lab, &c, "root", false);
	spoil();
	if (!err)
		err = change_assign(&c, &(struct assign_request){ .subject = user,
								  .role = "space-member",
								  .scope = "space:main/web",
								  .reason = "",
								  .from = RBAC_TIME_MIN,
								  .until = RBAC_TIME_MAX });
	assert_int_equal(lab_end(&lab, &c, err), RBAC_OK);
}

static void assign_another(void)
{
	assign_over(leave);
}

static void a_change_is_an_update_from_so_many_users_on(void **state)
{
	enum { ENOUGH = 500 };
	static struct import_row rows[ENOUGH];
	static char names[ENOUGH][16];
	struct problems problems = { 0 };
	struct change c;
	size_t there = 0, made = 0;
	(void)state;
	lab.a.update_users = ENOUGH;
	int err = lab_begin(&lab, &c, "root", false);
	assert_int_equal(err ? err : store_count(&c.t, T_USER, &there), RBAC_OK);
	size_t n = ENOUGH - 2 - there;
	for (size_t i = 0; i < n; i++) {
		snprintf(names[i], sizeof names[i], "x%05u", (unsigned)i);
		rows[i] = (struct import_row){ .user = names[i],
					       .role = "space-member",
					       .scope = "",
					       .from = RBAC_TIME_MIN,
					       .until = RBAC_TIME_MAX,
					       .line = 1 };
	}
	assert_int_equal(
		lab_end(&lab, &c, change_import(&c, rows, n, true, &problems, "many", NULL, &made)),
		RBAC_OK);
	assert_int_equal(made, n);
	size_t compiled = view_transaction(&lab);
	assign_another(); /* the last but one that is not enough */
	assert_int_equal(view_transaction(&lab), compiled);
	assign_another();
	assert_int_equal(view_transaction(&lab), compiled + 1);
	assign_another();
	assert_int_equal(view_transaction(&lab), compiled + 2);
	assert_true(lab_verify(&lab));
	/* Where there is no view to build on, or a damaged one, the change compiles it from
	 * scratch, and ends. */
	assign_over(take_away);
	assert_int_equal(view_transaction(&lab), compiled);
	assert_true(lab_verify(&lab));
	assign_another();
	assert_int_equal(view_transaction(&lab), compiled + 1);
	assign_over(damage);
	assert_int_equal(view_transaction(&lab), compiled);
	assert_true(lab_verify(&lab));
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_VIEW(a_damaged_view_is_no_base),
		ON_A_VIEW(a_change_is_an_update_from_so_many_users_on),
	};

	return cmocka_run_group_tests_name("rbacctl: the view that an update builds on", tests,
					   NULL, NULL);
}
