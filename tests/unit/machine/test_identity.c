/*
 * What pam_rbac learns from passwd and group. This program is linked with pam_rbac/identity.c alone
 * and replaces getpwnam_r(3), getgrnam_r(3), getgrouplist(3) and getuid(2): a directory that fails
 * in every way, entries that need megabytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "pam_rbac/identity.h"

enum { KIB = 1024, MIB = 1024 * KIB };

static struct {
	int answer;   /* of getpwnam_r() and getgrnam_r(): 0 or an errno */
	bool absent;  /* answered without an entry */
	size_t needs; /* bytes of buffer that the entry takes */
	uid_t uid;
	int n_groups; /* of getgrouplist(); below 0: it fails otherwise than for room */
	int grumbles; /* errno that getgrouplist() leaves behind, whatever it returns */
	int asked, listed;
	uid_t real;
} world;

uid_t getuid(void)
{
	return world.real;
}

int getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found)
{
	*found = NULL;
	world.asked++;
	assert_true(strcasecmp(name, "bob") == 0);
	memset(buf, 1, size); /* all of it may be written */
	if (size < world.needs)
		return ERANGE;
	if (!world.answer && !world.absent) {
		*pw = (struct passwd){ .pw_name = strcpy(buf, "bob"),
				       .pw_uid = world.uid,
				       .pw_gid = 100 };
		*found = pw;
	}
	return world.answer;
}

int getgrnam_r(const char *name, struct group *gr, char *buf, size_t size, struct group **found)
{
	*found = NULL;
	world.asked++;
	memset(buf, 1, size);
	if (size < world.needs)
		return ERANGE;
	if (!world.answer && !world.absent) {
		*gr = (struct group){ .gr_name = (char *)name, .gr_gid = 600 };
		*found = gr;
	}
	return world.answer;
}

int getgrouplist(const char *user, gid_t primary, gid_t *out, int *n)
{
	int room = *n;

	world.listed++;
	errno = world.grumbles;
	assert_string_equal(user, "bob");
	assert_int_equal(primary, 100);
	if (world.n_groups < 0)
		return -1;
	for (int i = 0; i < room && i < world.n_groups; i++)
		out[i] = (gid_t)(100 + i);
	*n = world.n_groups;
	return world.n_groups <= room ? world.n_groups : -1;
}

static int reset(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.uid = 1000;
	world.n_groups = 3;
	return 0;
}

/* ---- the tests ---- */

static void root_is_the_invoker_only_by_the_real_uid(void **state)
{
	(void)state;
	assert_true(rbac_identity_invoked_by_root());
	world.real = 1;
	assert_false(rbac_identity_invoked_by_root());
}

static int identify(const char *typed, struct rbac_identity *id)
{
	int rc = rbac_identity_find(typed, id);

	return rc == RBAC_OK ? rbac_identity_groups(id) : rc;
}

static void a_person_has_the_name_uid_and_groups_of_passwd(void **state)
{
	static const char *const typed[] = { "bob", "BOB" };
	struct rbac_identity id;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(rbac_identity_find(typed[i], &id), RBAC_OK);
		assert_string_equal(id.name, "bob");
		assert_int_equal(id.uid, 1000);
		assert_int_equal(world.listed, 0); /* who is exempt by name needs no groups */
		assert_int_equal(rbac_identity_groups(&id), RBAC_OK);
		assert_int_equal(id.n_groups, 3);
		assert_int_equal(id.groups[0], 100);
		assert_int_equal(id.groups[2], 102);
		rbac_identity_free(&id);
		assert_null(id.name);
		assert_int_equal(id.uid, RBAC_NO_UID);
		assert_null(id.groups);
		assert_int_equal(id.n_groups, 0);
		world.listed = 0;
	}
}

/* "There is no such user" is an answer of all sources. An errno means that one of them could not be
 * asked, whatever errno it is. */
static void any_errno_of_passwd_or_group_means_no_answer(void **state)
{
	static const struct {
		int answer, user, group;
	} rows[] = {
		{ 0, RBAC_OK, RBAC_NOTFOUND },        { ENOENT, RBAC_SYSTEM, RBAC_SYSTEM },
		{ ESRCH, RBAC_SYSTEM, RBAC_SYSTEM },  { EBADF, RBAC_SYSTEM, RBAC_SYSTEM },
		{ EPERM, RBAC_SYSTEM, RBAC_SYSTEM },  { ENOMEM, RBAC_NOMEM, RBAC_NOMEM },
		{ EIO, RBAC_SYSTEM, RBAC_SYSTEM },    { EMFILE, RBAC_SYSTEM, RBAC_SYSTEM },
		{ EINTR, RBAC_SYSTEM, RBAC_SYSTEM },  { EACCES, RBAC_SYSTEM, RBAC_SYSTEM },
		{ EAGAIN, RBAC_SYSTEM, RBAC_SYSTEM },
	};
	struct rbac_identity id;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint32_t gid = 7;

		world.answer = rows[i].answer;
		world.absent = true;
		assert_int_equal(identify("bob", &id), rows[i].user);
		assert_int_equal(id.cause, rows[i].answer);
		assert_int_equal(id.uid, RBAC_NO_UID);
		assert_null(id.name);
		assert_null(id.groups);
		assert_int_equal(id.n_groups, 0);
		errno = 0;
		assert_int_equal(rbac_identity_group_gid("glass", &gid), rows[i].group);
		assert_int_equal(errno, rows[i].answer);
		assert_int_equal(gid, 7);
	}
	assert_int_equal(world.listed, 0);
}

/* getgrouplist(3) passes over a source that it could not ask: what it gives is not all there is. */
/* setresuid(-1, -1, -1) changes nothing: who gets that uid keeps root's. And it is the one that the
 * gate takes for none, and would not compare with the recorded one. */
static void a_uid_that_is_none_is_no_answer(void **state)
{
	struct rbac_identity id;

	(void)state;
	world.uid = (uid_t)-1;
	assert_int_equal(rbac_identity_find("bob", &id), RBAC_SYSTEM);
	assert_int_equal(id.cause, EINVAL);
	rbac_identity_free(&id);
	world.uid = (uid_t)-2;
	assert_int_equal(rbac_identity_find("bob", &id), RBAC_OK);
	assert_int_equal(id.uid, (uid_t)-2);
	rbac_identity_free(&id);
}

static void groups_of_a_source_that_failed_are_an_error(void **state)
{
	static const struct {
		int grumbles, result;
	} rows[] = {
		{ 0, RBAC_OK },         { ENOENT, RBAC_OK },     { ERANGE, RBAC_OK },
		{ ENOMEM, RBAC_NOMEM }, { EMFILE, RBAC_SYSTEM }, { ENFILE, RBAC_SYSTEM },
		{ EIO, RBAC_SYSTEM },
	};
	struct rbac_identity id;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		world.grumbles = rows[i].grumbles;
		assert_int_equal(identify("bob", &id), rows[i].result);
		assert_int_equal(id.n_groups, rows[i].result ? 0 : 3);
		if (rows[i].result)
			assert_int_equal(id.cause, rows[i].grumbles);
		rbac_identity_free(&id);
	}
}

static void a_group_has_its_gid(void **state)
{
	uint32_t gid = 0;

	(void)state;
	assert_int_equal(rbac_identity_group_gid("glass", &gid), RBAC_OK);
	assert_int_equal(gid, 600);
}

/* A large entry is asked for again with more room, up to 64 MiB; 17 times from 4 KiB on at most. */
static void an_entry_of_up_to_64_mib_is_read(void **state)
{
	static const struct {
		size_t needs;
		int result, asked;
	} rows[] = {
		{ 4 * KIB, RBAC_OK, 1 },   { 4 * KIB + 1, RBAC_OK, 2 },
		{ 8 * KIB, RBAC_OK, 2 },   { 1 * MIB, RBAC_OK, 9 },
		{ 64 * MIB, RBAC_OK, 15 }, { 64 * MIB + 1, RBAC_SYSTEM, 15 },
	};
	struct rbac_identity id;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint32_t gid;

		world.needs = rows[i].needs;
		world.asked = 0;
		assert_int_equal(rbac_identity_group_gid("glass", &gid), rows[i].result);
		assert_int_equal(world.asked, rows[i].asked);
		world.asked = 0;
		assert_int_equal(identify("bob", &id), rows[i].result);
		assert_int_equal(world.asked, rows[i].asked);
		rbac_identity_free(&id);
	}
}

/* Every group, however many: 64 at first, up to a million. getgrouplist(3) fails otherwise only
 * without memory. */
static void a_user_has_up_to_a_million_groups(void **state)
{
	static const struct {
		int n, result, listed;
	} rows[] = {
		{ 1, RBAC_OK, 1 },
		{ 64, RBAC_OK, 1 },
		{ 65, RBAC_OK, 2 },
		{ 128, RBAC_OK, 2 },
		{ 65536, RBAC_OK, 11 },
		{ 1 << 20, RBAC_OK, 15 },
		{ (1 << 20) + 1, RBAC_SYSTEM, 15 },
		{ -1, RBAC_NOMEM, 1 },
	};
	struct rbac_identity id;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		world.n_groups = rows[i].n;
		world.listed = 0;
		assert_int_equal(identify("bob", &id), rows[i].result);
		assert_int_equal(world.listed, rows[i].listed);
		assert_int_equal(id.n_groups, rows[i].result ? 0 : rows[i].n);
		if (!rows[i].result)
			assert_int_equal(id.groups[rows[i].n - 1], 100 + rows[i].n - 1);
		else
			assert_null(id.groups);
		rbac_identity_free(&id);
	}
}

/* With 32 MiB and 4 descriptors to be had, nothing lacks, and nothing is kept of them. */
static void a_process_without_memory_or_descriptors_is_short_of_them(void **state)
{
	struct rlimit memory, descriptors, low;
	int one, first = dup(0);

	(void)state;
	assert_int_equal(rbac_identity_shortage(), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &descriptors), 0);
	low = (struct rlimit){ .rlim_cur = (rlim_t)first + 4, .rlim_max = descriptors.rlim_max };
	close(first);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(rbac_identity_shortage(), 0);
	one = dup(0);
	assert_int_equal(one, first);
	assert_int_equal(rbac_identity_shortage(), EMFILE);
	close(one);
	assert_int_equal(rbac_identity_shortage(), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &descriptors), 0);

	if (getenv("RBAC_VALGRIND"))
		return; /* it keeps such a limit to itself */
	/* Private memory alone, as a sanitizer has terabytes of addresses. */
	assert_int_equal(getrlimit(RLIMIT_DATA, &memory), 0);
	low = (struct rlimit){ .rlim_cur = 4096, .rlim_max = memory.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_DATA, &low), 0);
	int lacks = rbac_identity_shortage();
	assert_int_equal(setrlimit(RLIMIT_DATA, &memory), 0);
	assert_int_equal(lacks, ENOMEM);
	assert_int_equal(rbac_identity_shortage(), 0);
}

/* Bytes of private memory that this process may write, as RLIMIT_DATA counts them: proc(5), VmData.
 */
static rlim_t private_memory(void)
{
	char text[4096] = "";
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	const char *line = strstr(text, "VmData:");

	assert_true(n > 0 && close(fd) == 0);
	return line ? (rlim_t)strtoull(line + strlen("VmData:"), NULL, 10) * KIB : 0;
}

/* The answer where SPARE bytes more of private memory can be had. */
static int shortage_with(rlim_t spare, const struct rlimit *usual)
{
	struct rlimit low = { .rlim_cur = private_memory() + spare, .rlim_max = usual->rlim_max };

	assert_int_equal(setrlimit(RLIMIT_DATA, &low), 0);
	int lacks = rbac_identity_shortage();
	assert_int_equal(setrlimit(RLIMIT_DATA, usual), 0);
	return lacks;
}

static void memory_of_32_mib_is_enough_and_a_page_less_is_not(void **state)
{
	struct rlimit usual;

	(void)state;
	if (getenv("RBAC_VALGRIND") || !private_memory())
		skip(); /* such a limit does not hold, or /proc does not say what it counts */
	assert_int_equal(getrlimit(RLIMIT_DATA, &usual), 0);
	assert_int_equal(shortage_with(32 * MIB, &usual), 0);
	assert_int_equal(shortage_with(32 * MIB - (rlim_t)sysconf(_SC_PAGESIZE), &usual), ENOMEM);
	assert_int_equal(shortage_with(32 * MIB, &usual), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(root_is_the_invoker_only_by_the_real_uid, reset),
		cmocka_unit_test_setup(a_person_has_the_name_uid_and_groups_of_passwd, reset),
		cmocka_unit_test_setup(a_uid_that_is_none_is_no_answer, reset),
		cmocka_unit_test_setup(groups_of_a_source_that_failed_are_an_error, reset),
		cmocka_unit_test_setup(any_errno_of_passwd_or_group_means_no_answer, reset),
		cmocka_unit_test_setup(a_group_has_its_gid, reset),
		cmocka_unit_test_setup(an_entry_of_up_to_64_mib_is_read, reset),
		cmocka_unit_test_setup(a_user_has_up_to_a_million_groups, reset),
		cmocka_unit_test_setup(a_process_without_memory_or_descriptors_is_short_of_them,
				       reset),
		cmocka_unit_test_setup(memory_of_32_mib_is_enough_and_a_page_less_is_not, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
