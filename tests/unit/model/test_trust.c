/* Who could have written a configuration file: owners, modes, folders on the way, links. Root makes
 * the cases. */
#define _GNU_SOURCE /* nftw */
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/config/source.h"
#include "rbacctl/config/trust.h"
#include "tests/unit/model/helper.h"

enum { BOB = 1002 };

static char dir[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static const char *path(const char *name)
{
	static char p[4][256];
	static int n;

	n = (n + 1) % 4;
	snprintf(p[n], sizeof(p[n]), "%s/%s", dir, name);
	return p[n];
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(path(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(path(name), 0644);
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/rbac-trust-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	chmod(dir, 0755);
	mkdir(path("etc"), 0755);
	mkdir(path("etc/policy.d"), 0755);
	mkdir(path("home"), 0755);
	put("etc/rbac.conf", "x");
	put("etc/policy.d/p.conf", "x");
	put("home/p.conf", "x");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Read DIR/etc; SAID must be in what is said, NULL: nothing is. */
static void reads(const char *said)
{
	struct policy_sources s;
	struct problems p = { 0 };
	int err = policy_sources_read(path("etc"), &s, &p);
	char *text = problems_text(&p);

	if (!said ? err != RBAC_OK : err != RBAC_INVALID || !strstr(text, said))
		fail_msg("expected: %s\nsaid: %s", said ? said : "nothing", text);
	free(text);
	problems_free(&p);
	policy_sources_free(&s);
}

static bool root(void)
{
	return geteuid() == 0;
}

static void test_what_root_alone_can_write(void **state)
{
	(void)state;
	reads(NULL);
	chmod(dir, 01777); /* as /tmp: nobody replaces there what is somebody else's */
	reads(root() ? NULL : "can be written by everybody");
}

static void test_each_file_and_folder_is_judged(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
	} places[] = {
		{ "etc/rbac.conf", 0644 },
		{ "etc/policy.d/p.conf", 0644 },
		{ "etc/policy.d", 0755 },
		{ "etc", 0755 },
		{ "", 0755 },
	};
	char said[300];

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *at = places[i].name[0] ? path(places[i].name) : dir;
		chmod(at, places[i].mode | 02);
		snprintf(said, sizeof(said),
			 "%s can be written by everybody, expected root%s alone: chmod go-w %s", at,
			 root() ? "" : " or you", at);
		reads(said);
		chmod(at, places[i].mode | 020);
		if (root())
			reads("can be written by its group");
		chmod(at, places[i].mode);
		if (!root())
			continue;
		assert_int_equal(chown(at, BOB, (gid_t)-1), 0);
		snprintf(said, sizeof(said), "%s belongs to uid 1002, expected root: chown root %s",
			 at, at);
		reads(said);
		assert_int_equal(chown(at, 0, (gid_t)-1), 0);
		reads(NULL);
	}
}

/* A file of root's in somebody else's folder can be replaced by them. */
static void test_where_links_lead(void **state)
{
	char far[300];

	(void)state;
	assert_int_equal(unlink(path("etc/policy.d/p.conf")), 0);
	assert_int_equal(symlink("../../home/p.conf", path("etc/policy.d/p.conf")), 0);
	reads(NULL);
	chmod(path("home"), 0777);
	snprintf(far, sizeof(far), "%s can be written by everybody", path("home"));
	reads(far);
	chmod(path("home"), 0755);
	chmod(path("home/p.conf"), 0666);
	reads("home/p.conf can be written by everybody");
	chmod(path("home/p.conf"), 0644);
	/* The folder itself by a link, absolute, over another link. */
	assert_int_equal(rename(path("etc"), path("real")), 0);
	assert_int_equal(symlink(path("real"), path("home/between")), 0);
	assert_int_equal(symlink("home/between", path("etc")), 0);
	reads(NULL);
	chmod(path("home"), 0777);
	reads(far);
	chmod(path("home"), 0755);
	assert_int_equal(unlink(path("home/between")), 0);
	assert_int_equal(symlink("between", path("home/between")), 0); /* a loop cannot be opened */
	reads("cannot be opened");
}

/* N links one behind the other, the first of them etc/policy.d/p.conf, the last to home/p.conf. */
static void chain_of_links(int n)
{
	char name[32], next[64];

	unlink(path("etc/policy.d/p.conf"));
	for (int i = 1; i <= n; i++) {
		snprintf(name, sizeof name, i == 1 ? "etc/policy.d/p.conf" : "link%d", i);
		snprintf(next, sizeof next, i == n ? "home/p.conf" : "link%d", i + 1);
		assert_int_equal(symlink(path(next), path(name)), 0);
	}
}

/* The kernel follows 40 links (path_resolution(7)), and so do we: where it goes on, we look. */
static void test_as_many_links_as_the_kernel_follows(void **state)
{
	(void)state;
	chain_of_links(40);
	reads(NULL);
	chmod(path("home"), 0777);
	reads("home can be written by everybody");
	chmod(path("home"), 0755);
	for (int i = 2; i <= 40; i++) {
		char name[32];
		snprintf(name, sizeof name, "link%d", i);
		assert_int_equal(unlink(path(name)), 0);
	}
	chain_of_links(41);
	reads("cannot be opened");
}

/* `check` by somebody on files of their own, written with umask 002; what others can write is
 * refused nevertheless. */
static void test_own_files_of_an_ordinary_user(void **state)
{
	int status;

	(void)state;
	if (!root())
		skip();
	for (const char *const *p = (const char *const[]){ "etc", "etc/rbac.conf", "etc/policy.d",
							   "etc/policy.d/p.conf", NULL };
	     *p; p++) {
		assert_int_equal(chown(path(*p), BOB, BOB), 0);
		chmod(path(*p), strchr(*p, 'c') && strstr(*p, ".conf") ? 0664 : 0775);
	}
	pid_t child = fork();
	if (child == 0) {
		if (setgid(BOB) || setuid(BOB))
			_exit(9);
		struct policy_sources s;
		struct problems p = { 0 };
		int err = policy_sources_read(path("etc"), &s, &p);
		policy_sources_free(&s);
		problems_free(&p);
		if (err != RBAC_OK)
			_exit(1);
		chmod(path("etc/rbac.conf"), 0666);
		err = policy_sources_read(path("etc"), &s, &p);
		policy_sources_free(&s);
		problems_free(&p);
		_exit(err == RBAC_INVALID ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	reads("belongs to uid 1002"); /* root takes none of it */
}

static void test_paths(void **state)
{
	struct buf why = { 0 };

	(void)state;
	assert_true(trust_path(path("etc/../etc/./rbac.conf"), &why));
	assert_true(trust_path(path("none/at/all"), &why));
	assert_true(trust_path("/", &why));
	assert_int_equal(chdir(dir), 0);
	assert_true(trust_path("etc/rbac.conf", &why));
	assert_int_equal(why.len, 0);
	chmod(dir, 0757);
	assert_false(trust_path("etc/rbac.conf", &why));
	assert_non_null(strstr(buf_text(&why), dir));
	chmod(dir, 0755);
	assert_int_equal(chdir("/"), 0);
	buf_free(&why);
}

int main(void)
{
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(test_what_root_alone_can_write),
		IN_A_FOLDER(test_each_file_and_folder_is_judged),
		IN_A_FOLDER(test_where_links_lead),
		IN_A_FOLDER(test_as_many_links_as_the_kernel_follows),
		IN_A_FOLDER(test_own_files_of_an_ordinary_user),
		IN_A_FOLDER(test_paths),
	};

	return cmocka_run_group_tests_name("policy: who could have written it", tests, NULL, NULL);
}
