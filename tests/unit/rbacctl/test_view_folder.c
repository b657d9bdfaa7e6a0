/* Where the view lies: its folder, its modes, and what else may be there. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/view/publish.h"
#include "tests/unit/rbacctl/helper.h"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, "version = 1; host = \"top:a\";\n",
		  "version = 1; kinds = { top = { }; }; keys = ( ); keychains = { };\n"
		  "roles = { box = { kind = \"top\"; }; };\n",
		  "top:a", "ann");
	return 0;
}

static void everybody_can_read_it_and_leftovers_go(void **state)
{
	struct lab *l = *state;
	struct stat st;
	char left[160];
	mode_t old = umask(0);
	snprintf(left, sizeof left, "%s/view/view.mdb.new", l->state);
	close(open(left, O_CREAT | O_WRONLY, 0666));
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	umask(old);
	assert_int_equal(access(left, F_OK), -1);
	assert_int_equal(stat(l->a.view, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_verified(l);
	old = umask(077);
	assert_int_equal(host_assign(l, "root", "eve", "box", "top:a"), RBAC_OK);
	umask(old);
	assert_int_equal(stat(l->a.view, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
}

static void folder_of(struct lab *l, char folder[160])
{
	snprintf(folder, 160, "%s/view", l->state);
}

/* A container is given the folder: there is the view in it, and nothing else. */
static void it_is_alone_in_its_folder(void **state)
{
	struct lab *l = *state;
	struct stat st;
	char folder[160];
	int n = 0;
	folder_of(l, folder);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	DIR *d = opendir(folder);
	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d)); n++)
		assert_true(e->d_name[0] == '.' || strcmp(e->d_name, "view.mdb") == 0);
	closedir(d);
	assert_int_equal(n, 3);
}

static void its_folder_is_made_whatever_the_umask(void **state)
{
	struct lab *l = *state;
	struct stat st;
	char folder[160];
	folder_of(l, folder);
	assert_int_equal(unlink(l->a.view), 0);
	assert_int_equal(rmdir(folder), 0);
	mode_t old = umask(077);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	umask(old);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_verified(l);
}

static void its_folder_is_mended(void **state)
{
	static const struct {
		mode_t mode;
		uid_t owner;
	} wrong[] = { { 0777, 0 }, { 0775, 0 },    { 01777, 0 },
		      { 0700, 0 }, { 0755, 1000 }, { 0755, 65534 } };
	struct lab *l = *state;
	struct publication p;
	struct stat st;
	char folder[160];
	folder_of(l, folder);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(chown(folder, wrong[i].owner, (gid_t)-1), 0);
		assert_int_equal(chmod(folder, wrong[i].mode), 0);
		assert_int_equal(publish_begin(&p, l->state), RBAC_OK);
		assert_true(p.folder_repaired);
		assert_int_equal(stat(folder, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0755);
		assert_int_equal(st.st_uid, geteuid());
	}
	assert_int_equal(publish_begin(&p, l->state), RBAC_OK);
	assert_false(p.folder_repaired);
}

/* Of somebody's making: nothing is written where it leads. */
static void a_folder_that_is_a_link_is_refused(void **state)
{
	struct lab *l = *state;
	char folder[160], elsewhere[160];
	folder_of(l, folder);
	snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", l->state);
	assert_int_equal(rename(folder, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, folder), 0);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_SYSTEM);
	assert_int_equal(unlink(folder), 0);
	assert_int_equal(rename(elsewhere, folder), 0);
	assert_verified(l);
}

/* Where it lay in 0.1.0. */
static void a_view_at_the_old_place_goes(void **state)
{
	struct lab *l = *state;
	char old[160];
	snprintf(old, sizeof old, "%s/view.mdb", l->state);
	close(open(old, O_CREAT | O_WRONLY, 0644));
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	assert_int_equal(access(old, F_OK), -1);
	assert_verified(l);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(everybody_can_read_it_and_leftovers_go),
		ON_A_HOST(it_is_alone_in_its_folder),
		ON_A_HOST(its_folder_is_made_whatever_the_umask),
		ON_A_HOST(its_folder_is_mended),
		ON_A_HOST(a_folder_that_is_a_link_is_refused),
		ON_A_HOST(a_view_at_the_old_place_goes),
	};

	return cmocka_run_group_tests_name("rbacctl: the folder of the view", tests, NULL, NULL);
}
