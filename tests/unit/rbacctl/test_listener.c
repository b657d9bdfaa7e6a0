/* listener.c, connection.c: what a command sees of its surroundings when it runs for a peer. */
#define _GNU_SOURCE /* clearenv, struct ucred */
#include "tests/unit/rbacctl/helper.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rbacctl/buf.h"
#include "rbacctl/serve/listener.h"
#include "rbacctl/serve/message.h"

enum { PEER = 1001, ANSWERED = 42 };

/* ---- the command ---- */

extern char **environ;

static void say_descriptors(void)
{
	char path[64], target[128];
	DIR *d = opendir("/proc/self/fd");
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof path, "/proc/self/fd/%.16s", e->d_name);
		ssize_t n = readlink(path, target, sizeof target - 1);
		if (n <= 0 || atoi(e->d_name) == dirfd(d))
			continue;
		target[n] = '\0';
		printf("fd %s=%.*s\n", e->d_name, (int)strcspn(target, ":"), target);
	}
	if (d)
		closedir(d);
}

static int say_surroundings(struct invocation *a, struct peer *peer, int n, char **words,
			    bool *change)
{
	char cwd[256], byte;
	mode_t mask = umask(0);

	(void)a, (void)n, (void)words;
	*change = false;
	tzset();
	for (char **e = environ; e && *e; e++)
		printf("env %s\n", *e);
	printf("umask %03o\ncwd %s\nzone %s\n", (unsigned)mask, getcwd(cwd, sizeof cwd) ? cwd : "?",
	       tzname[0]);
	printf("stdin %zd\nuid %u\n", read(STDIN_FILENO, &byte, 1), (unsigned)peer->uid);
	say_descriptors();
	return ANSWERED;
}

/* ---- the listener and its peer ---- */

static struct sockaddr_un at = { .sun_family = AF_UNIX };

/* In surroundings that another command would mind, and with a descriptor that is not its own. */
static void listen_there(void)
{
	struct listener_sockets s = { .exempt = -1 };
	struct invocation a = { .run_for_peer = say_surroundings };

	clearenv();
	setenv("PATH", "/tmp/eve", 1);
	setenv("LC_ALL", "fr_FR.UTF-8", 1);
	setenv("TZ", "Asia/Tokyo", 1);
	setenv("RBAC_STORE", "/tmp/eve", 1);
	setenv("SUDO_UID", "1002", 1);
	umask(0);
	if (chdir("/tmp") != 0 || dup2(open("/dev/zero", O_RDONLY), 0) != 0 || dup(0) < 0)
		_exit(1);
	s.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(s.fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(s.fd, 1) != 0)
		_exit(1);
	_exit(listener_run(&s, true, &a));
}

/* The uid that the kernel says of this process: fakeroot(1) does not change that one. */
static uid_t kernel_uid(void)
{
	struct ucred cred = { .uid = 0 };
	socklen_t len = sizeof cred;
	int two[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, two), 0);
	assert_int_equal(getsockopt(two[0], SOL_SOCKET, SO_PEERCRED, &cred, &len), 0);
	close(two[0]);
	close(two[1]);
	return cred.uid;
}

static int connect_there(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	while (connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		usleep(1000);
	return fd;
}

/* A peer of another user, if root runs this. Its answer goes to TO as it comes. */
static void ask(int to)
{
	static char bytes[MESSAGE_REPLY];
	char *words[] = { "log" };
	struct buf b = { 0 };
	ssize_t n;

	if (kernel_uid() == 0 && setresuid(PEER, PEER, PEER) != 0)
		_exit(1);
	setenv("PATH", "/tmp/mallory", 1);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	int fd = connect_there();
	if (!message_write(80, 1, words, &b) || send(fd, b.p, b.len, 0) < 0)
		_exit(1);
	while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
		if (bytes[0] == REPLY_STATUS)
			_exit(bytes[1] == ANSWERED ? 0 : 1);
		else if (write(to, bytes + 1, (size_t)n - 1) < 0)
			_exit(1);
	_exit(1);
}

/* What the command said, between newlines. */
static void answer_of(char *out, size_t size)
{
	int pipes[2], status;
	size_t len = 1;
	ssize_t n;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid_t listener = fork();
	if (listener == 0) {
		close(pipes[0]);
		close(pipes[1]);
		listen_there();
	}
	pid_t peer = fork();
	if (peer == 0)
		ask(pipes[1]);
	close(pipes[1]);
	while ((n = read(pipes[0], out + len, size - len - 1)) > 0)
		len += (size_t)n;
	out[0] = '\n';
	out[len] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(peer, &status, 0), peer);
	kill(listener, SIGTERM);
	assert_int_equal(waitpid(listener, NULL, 0), listener);
	assert_int_equal(status, 0);
}

static int peer_setup(void **state)
{
	char folder[] = "/tmp/test_listener.XXXXXX";

	(void)state;
	passwd_reset();
	passwd_user("mallory", PEER, 100);
	if (kernel_uid() != 0 && kernel_uid() != PEER)
		passwd_user("tester", kernel_uid(), 100);
	if (!mkdtemp(folder) || chmod(folder, 0755) != 0)
		return -1;
	snprintf(at.sun_path, sizeof at.sun_path, "%s/sock", folder);
	return 0;
}

static int peer_teardown(void **state)
{
	(void)state;
	unlink(at.sun_path);
	*strrchr(at.sun_path, '/') = '\0';
	return rmdir(at.sun_path);
}

static void has_line(const char *said, const char *line)
{
	char whole[160];

	snprintf(whole, sizeof whole, "\n%s\n", line);
	if (!strstr(said, whole))
		fail_msg("expected \"%s\" in:%s", line, said);
}

static size_t count(const char *said, const char *word)
{
	size_t n = 0;

	for (const char *p = said; (p = strstr(p, word)); p += strlen(word))
		n++;
	return n;
}

static void a_command_sees_fixed_surroundings_and_no_other_descriptor(void **state)
{
	static char said[MESSAGE_REPLY];
	char uid[32];

	(void)state;
	snprintf(uid, sizeof uid, "uid %u", kernel_uid() ? (unsigned)kernel_uid() : PEER);
	answer_of(said, sizeof said);
	has_line(said, "env PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	has_line(said, "env LC_ALL=C.UTF-8");
	assert_int_equal(count(said, "\nenv "), 2);
	has_line(said, "umask 077");
	has_line(said, "cwd /");
	has_line(said, "stdin 0");
	has_line(said, uid);
	assert_null(strstr(said, "zone JST"));
	has_line(said, "fd 0=/dev/null");
	has_line(said, "fd 1=/memfd");
	has_line(said, "fd 2=/memfd");
	has_line(said, "fd 3=socket");
	if (!getenv("RBAC_VALGRIND")) /* which has descriptors of its own */
		assert_int_equal(count(said, "\nfd "), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_command_sees_fixed_surroundings_and_no_other_descriptor, peer_setup,
			peer_teardown),
	};

	return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
