#include "tests/unit/common/viewfile.h"

#include <sys/socket.h>
#include <sys/un.h>

static void what_is_not_there_is_absent(void **state)
{
	char below[128];

	(void)state;
	unlink(view_path);
	assert_int_equal(at_path(), RBAC_ABSENT);
	view_publish(1);
	snprintf(below, sizeof(below), "%s/view.mdb", view_path);
	assert_int_equal(verdict(below, RBAC_TRUST_SELF), RBAC_ABSENT);
}

static void what_is_no_regular_file_is_untrusted(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	(void)state;
	view_make(made_path, 1, RBAC_VIEW_VERSION);
	unlink(view_path);
	assert_int_equal(symlink(made_path, view_path), 0);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	unlink(view_path);
	assert_int_equal(mkfifo(view_path, 0644), 0);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	unlink(view_path);
	assert_int_equal(mkdir(view_path, 0755), 0);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	rmdir(view_path);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", view_path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	close(fd);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	unlink(view_path);
}

static void a_file_that_others_may_write_is_untrusted_also_once_cached(void **state)
{
	static const mode_t modes[] = { 0664, 0646, 0666, 0620, 0602 };

	(void)state;
	view_publish(1);
	assert_int_equal(at_path(), RBAC_OK);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		chmod(view_path, modes[i]);
		assert_int_equal(at_path(), RBAC_UNTRUSTED);
		chmod(view_path, 0444);
		assert_int_equal(at_path(), RBAC_OK);
	}
}

static void only_root_owns_what_is_trusted(void **state)
{
	(void)state;
	view_publish(1);
	assert_int_equal(at_path(), RBAC_OK);
	if (geteuid() != 0) {
		assert_int_equal(verdict(view_path, RBAC_TRUST_ROOT), RBAC_UNTRUSTED);
		assert_int_equal(verdict(view_path, RBAC_TRUST_OVERFLOW), RBAC_UNTRUSTED);
		return;
	}
	for (int trust = RBAC_TRUST_ROOT; trust <= RBAC_TRUST_SELF; trust++) {
		assert_int_equal(chown(view_path, 0, 0), 0);
		tick_wait();
		assert_int_equal(verdict(view_path, trust), RBAC_OK);
		assert_int_equal(chown(view_path, 1, 0), 0);
		tick_wait();
		assert_int_equal(verdict(view_path, trust), RBAC_UNTRUSTED);
		assert_int_equal(chown(view_path, 65534, 0), 0);
		tick_wait();
		assert_int_equal(verdict(view_path, trust), trust == RBAC_TRUST_OVERFLOW ? RBAC_OK : RBAC_UNTRUSTED);
	}
}

static void a_cached_view_does_not_lend_its_trust(void **state)
{
	struct rbac_view v;

	(void)state;
	if (geteuid() != 0)
		skip();
	need_cache();
	assert_int_equal(chown(view_path, 65534, 0), 0);
	tick_wait();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(acquire(view_path, RBAC_TRUST_OVERFLOW, &v), RBAC_OK);
		assert_in_range(v.slot, 0, 3);
		assert_int_equal(acquire(view_path, RBAC_TRUST_ROOT, &(struct rbac_view){ 0 }), RBAC_UNTRUSTED);
		release(&v);
	}
}

static void what_is_no_view_is_damaged(void **state)
{
	static uint8_t bytes[20000];
	int fd;

	(void)state;
	for (size_t len = 0; len < sizeof(bytes); len = 3 * len + 1) {
		write_file(bytes, len, 0);
		assert_int_equal(at_path(), RBAC_DAMAGED);
	}
	write_file(bytes, 1, (off_t)1 << 40);
	/* There is no room for the giant in there. */
	assert_int_equal(at_path(), under_valgrind() ? RBAC_SYSTEM : RBAC_DAMAGED);
	view_publish(1);
	fd = open(view_path, O_RDONLY);
	for (off_t size = read(fd, bytes, sizeof(bytes)) - 1; size > 0; size -= 1111) {
		write_file(bytes, (size_t)size, 0);
		tick_wait();
		/* A rest of the last page may hold all there is; whatever is left must be right or be found damaged. */
		if (size <= 8192)
			assert_int_equal(verdict(view_path, RBAC_TRUST_SELF), RBAC_DAMAGED);
		else
			verdict(view_path, RBAC_TRUST_SELF);
	}
	close(fd);
	view_make(made_path, 1, 0);
	rename(made_path, view_path);
	assert_int_equal(at_path(), RBAC_DAMAGED);
	view_publish(2);
	tick_wait();
	assert_int_equal(generation(), 2);
}

static void a_view_of_a_later_format_is_newer(void **state)
{
	(void)state;
	view_make(made_path, 1, VERSION_NEXT);
	rename(made_path, view_path);
	assert_int_equal(at_path(), RBAC_NEWER);
	view_publish(2);
	assert_int_equal(at_path(), RBAC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_there_is_absent),
		cmocka_unit_test(what_is_no_regular_file_is_untrusted),
		cmocka_unit_test(a_file_that_others_may_write_is_untrusted_also_once_cached),
		cmocka_unit_test(only_root_owns_what_is_trusted),
		cmocka_unit_test(a_cached_view_does_not_lend_its_trust),
		cmocka_unit_test(what_is_no_view_is_damaged),
		cmocka_unit_test(a_view_of_a_later_format_is_newer),
	};

	return cmocka_run_group_tests_name("view, trust", tests, view_setup, view_teardown);
}
