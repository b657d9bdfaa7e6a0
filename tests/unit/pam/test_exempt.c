/* rbacctl serve is told of each login that only an exemption let in, and of no other. */
#include <sys/socket.h>
#include <sys/un.h>

#include "common/exempt_message.h"
#include "tests/unit/pam/world.h"

static struct {
	char path[128], bytes[RBAC_EXEMPT_MESSAGE];
	size_t len;
	int n, flags;
} sent;

ssize_t __wrap_sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *at,
		      socklen_t size);

/* Nobody listens. */
ssize_t __wrap_sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *at,
		      socklen_t size)
{
	struct sockaddr_un to = { 0 };

	assert_true(fd >= 0);
	assert_true(len <= sizeof(sent.bytes) && size <= sizeof(to));
	memcpy(&to, at, size);
	snprintf(sent.path, sizeof(sent.path), "%s", to.sun_path);
	memcpy(sent.bytes, bytes, len);
	sent.len = len;
	sent.flags = flags;
	sent.n++;
	errno = ENOENT;
	return -1;
}

static void assert_ask(const char *user, const char *service, const char *options, int result,
		       int told)
{
	memset(&sent, 0, sizeof(sent));
	errno = 4711;
	assert_int_equal(ask(user, service, options), result);
	assert_int_equal(errno, 4711);
	assert_int_equal(sent.n, told);
}

static void a_login_that_needs_the_exemption_is_told(void **state)
{
	static const char message[] = RBAC_EXEMPT_MAGIC "safe\0sshd\0";

	(void)state;
	assert_ask("safe", "sshd", "", PAM_SUCCESS, 1);
	assert_logged(LOG_ALERT, "allowed user=\"safe\"");
	assert_string_equal(sent.path, RBAC_EXEMPT_PATH);
	assert_int_equal(sent.len, sizeof(message));
	assert_memory_equal(sent.bytes, message, sizeof(message));
	assert_int_equal(sent.flags, MSG_DONTWAIT | MSG_NOSIGNAL);
	assert_ask("rescue", "cron", "exempt_user=rescue", PAM_SUCCESS, 1);
	assert_logged(LOG_ALERT, "allowed user=\"rescue\"");
	assert_ask("safe", "all", "", PAM_SUCCESS, 0);
	assert_ask("bob", "sshd", "", PAM_SUCCESS, 0);
	assert_ask("carl", "sshd", "", PAM_PERM_DENIED, 0);
}

/* From where, and a word that is too long. */
static void the_words_are_cut_where_the_datagram_ends(void **state)
{
	char longest[RBAC_EXEMPT_WORD + 1];

	(void)state;
	for (size_t len = RBAC_EXEMPT_WORD - 2; len <= RBAC_EXEMPT_WORD; len++) {
		size_t magic = sizeof(RBAC_EXEMPT_MAGIC) - 1,
		       kept = len < RBAC_EXEMPT_WORD ? len : RBAC_EXEMPT_WORD - 1;

		memset(longest, 'h', len);
		longest[len] = '\0';
		memset(&world, 0, sizeof(world));
		world.path = "view.mdb";
		world.user = "safe";
		world.service = "sshd";
		world.rhost = longest;
		assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
		assert_int_equal(sent.len, magic + sizeof("safe") + sizeof("sshd") + kept + 1);
		assert_int_equal(strlen(sent.bytes + magic + sizeof("safe") + sizeof("sshd")),
				 kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_login_that_needs_the_exemption_is_told),
		cmocka_unit_test(the_words_are_cut_where_the_datagram_ends),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
