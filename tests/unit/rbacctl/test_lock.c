/* The lock of the store: one change at a time, who has it, and how long another waits. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/store/store.h"
#include "tests/unit/rbacctl/helper.h"

static int setup(void **state)
{
	static struct lab l;
	struct store *s;
	if (!lab_open(&l))
		return -1;
	assert_int_equal(store_open(l.a.store, STORE_CREATE, &s), RBAC_OK);
	store_close(s);
	*state = &l;
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

/* A process that has the lock of L's store until it reads a byte from the pipe that *LET_GO writes
 * to. */
static pid_t hold_lock(const struct lab *l, int *let_go)
{
	int has[2], end[2];
	char c;
	assert_int_equal(pipe(has), 0);
	assert_int_equal(pipe(end), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct store *s;
		close(end[1]);
		int err = store_open(l->a.store, STORE_CHANGE, &s);
		if (err == RBAC_OK && write(has[1], "x", 1) == 1 && read(end[0], &c, 1) == 1)
			store_close(s);
		_exit(0);
	}
	close(has[1]);
	close(end[0]);
	assert_int_equal(read(has[0], &c, 1), 1);
	close(has[0]);
	*let_go = end[1];
	return pid;
}

static void one_change_at_a_time(void **state)
{
	struct lab *l = *state;
	struct store *s;
	char whom[40];
	int let_go, status;
	pid_t pid = hold_lock(l, &let_go);
	snprintf(whom, sizeof whom, "by process %ld (", (long)pid);
	for (int seconds = 0; seconds < 2; seconds++) {
		assert_int_equal(store_open_within(l->a.store, STORE_CHANGE, seconds, &s),
				 RBAC_SYSTEM);
		assert_non_null(strstr(store_why(s), "busy: another change is being made"));
		assert_non_null(strstr(store_why(s), whom));
		store_close(s);
	}
	/* Who only reads does not wait. */
	assert_int_equal(store_open_within(l->a.store, STORE_READ, 0, &s), RBAC_OK);
	store_close(s);
	assert_int_equal(write(let_go, "x", 1), 1);
	assert_int_equal(store_open_within(l->a.store, STORE_CHANGE, 60, &s), RBAC_OK);
	store_close(s);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(let_go);
}

/* Whoever starts rbacctl may have blocked the signal that ends the wait: a child inherits that. */
static void a_wait_ends_with_alarms_blocked(void **state)
{
	enum { PATIENCE = 300 }; /* tenths of a second */
	struct lab *l = *state;
	int let_go, status, tries = 0;
	pid_t holder = hold_lock(l, &let_go), waiter = fork();
	if (waiter == 0) {
		struct store *s;
		sigset_t alarm, after;
		sigemptyset(&alarm);
		sigaddset(&alarm, SIGALRM);
		sigprocmask(SIG_BLOCK, &alarm, NULL);
		int err = store_open_within(l->a.store, STORE_CHANGE, 1, &s);
		sigprocmask(SIG_BLOCK, NULL, &after);
		_exit(err == RBAC_SYSTEM && strstr(store_why(s), "busy") &&
				      sigismember(&after, SIGALRM)
			      ? 0
			      : 1);
	}
	while (waitpid(waiter, &status, WNOHANG) == 0 && tries++ < PATIENCE)
		usleep(100000);
	if (tries > PATIENCE) {
		kill(waiter, SIGKILL);
		waitpid(waiter, &status, 0);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(write(let_go, "x", 1), 1);
	assert_int_equal(waitpid(holder, &status, 0), holder);
	close(let_go);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_change_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wait_ends_with_alarms_blocked, setup, teardown),
	};

	return cmocka_run_group_tests_name("rbacctl: the lock", tests, NULL, NULL);
}
