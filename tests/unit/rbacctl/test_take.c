/*
 * An authority and a member over a folder: what the authority has for the member's scopes, the
 * member has, row for row; what the folder does in between never gives a row that the authority did
 * not make.
 */
#include "tests/unit/rbacctl/fleet_lab.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/read/records.h"

static void test_rows_arrive_and_go(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	same_rows(f);
	does(f, "+cyd member team:main/a");
	does(f, "+dan guest site:main");
	push(f);
	took_all(f);
	same_rows(f);
	does(f, "-cyd member team:main/a");
	push(f);
	took_all(f);
	same_rows(f);
	took_all(f);
	assert_int_equal(f->took.taken, 0);
}

/* What was signed anew and says the same is no change of the member's. */
static void test_nothing_new_is_no_change(void **state)
{
	struct fleet_lab *f = *state;
	struct records_state before, after;
	struct buf why = { 0 };

	took_all(f);
	assert_int_equal(records_state(&f->member.a, &before, &why), RBAC_OK);
	f->authority.now += 86400;
	f->member.now += 86400;
	push(f);
	took_all(f);
	assert_int_equal(records_state(&f->member.a, &after, &why), RBAC_OK);
	assert_true(before.generation == after.generation);
}

static void test_old_state_is_refused_and_told(void **state)
{
	struct fleet_lab *f = *state;
	char old[256];

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	snprintf(old, sizeof(old), "%s/old", f->authority.state);
	copy_folder(f->dir, old);
	does(f, "-cyd member team:main/a");
	push(f);
	took_all(f);
	assert_int_equal(take_from(f, old), RBAC_OK);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "refused: team:main/a"));
	same_rows(f);
}

/* A new member believes nothing below its token, nor below what the fleet's head says. */
static void test_a_new_member_takes_no_old_state(void **state)
{
	struct fleet_lab *f = *state;
	char old[256], path[600], from[600];
	struct buf notes = { 0 }, why = { 0 };

	does(f, "+cyd member team:main/a");
	push(f);
	snprintf(old, sizeof(old), "%s/old", f->authority.state);
	copy_folder(f->dir, old);
	does(f, "-cyd member team:main/a");
	push(f);
	/* The head of the fleet's sheet is of now, that of the scope of before. */
	snprintf(from, sizeof(from), "%s/sheets/team=main+a", old);
	snprintf(path, sizeof(path), "%s/sheets/team=main+a", f->dir);
	copy_folder(from, path);
	take(f);
	assert_true(f->took.attention);
	char *rows = rows_of(&f->member);
	assert_null(strstr(rows, "cyd"));
	free(rows);
	buf_free(&notes);
	buf_free(&why);
}

static void test_silence_is_told(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	f->member.now += 180;
	took_all(f);
	f->member.now += 1;
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "stale"));
}

/* A sheet that does not come although the fleet's head names it. */
static void test_a_sheet_that_is_held_back_is_told(void **state)
{
	struct fleet_lab *f = *state;
	char old[600], now[600];

	took_all(f);
	snprintf(old, sizeof(old), "%s/kept", f->authority.state);
	snprintf(now, sizeof(now), "%s/sheets/team=main+a", f->dir);
	copy_folder(now, old);
	does(f, "+cyd member team:main/a");
	push(f);
	copy_folder(old, now);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "waiting: team:main/a"));
}

static void test_the_authority_takes_nothing(void **state)
{
	struct fleet_lab *f = *state;
	struct change c;

	f->authority.a.as = "root";
	int err = change_take(&c, &f->authority.a, f->dir, &f->took);
	assert_int_equal(err, RBAC_REFUSED);
	change_close(&c, err);
}

/* An old store on the authority would publish numbers that members have seen. */
static void test_an_old_store_pushes_nothing(void **state)
{
	struct fleet_lab *f = *state;
	char kept[300], store[300];
	struct push_result r;
	struct buf why = { 0 };

	snprintf(kept, sizeof(kept), "%s/kept", f->member.state);
	snprintf(store, sizeof(store), "%s/store", f->authority.state);
	copy_folder(store, kept);
	does(f, "+cyd member team:main/a");
	push(f);
	copy_folder(kept, store);
	assert_int_equal(fleet_push(&f->authority.a, f->dir, false, &r, &why), RBAC_CONFLICT);
	assert_non_null(strstr(buf_text(&why), "an old store was put back"));
	buf_free(&why);
}

/* Bytes of any file of the folder, altered; or the file gone. */
static void spoil(const char *dir)
{
	char command[400];

	snprintf(command, sizeof(command), "find '%s/sheets' -type f | sort", dir);
	FILE *p = popen(command, "r");
	char files[40][300];
	int n = 0;
	while (p && n < 40 && fgets(files[n], sizeof(files[n]), p))
		files[n][strcspn(files[n], "\n")] = '\0', n++;
	pclose(p);
	assert_true(n > 0);
	const char *path = files[rand() % n];
	if (rand() % 4 == 0) {
		unlink(path);
		return;
	}
	int fd = open(path, O_RDWR);
	struct stat st;
	char c;
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	off_t at = rand() % (st.st_size ? st.st_size : 1);
	if (pread(fd, &c, 1, at) == 1) {
		c ^= (char)(1 << rand() % 8);
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
	}
	close(fd);
}

static void random_act(struct fleet_lab *f)
{
	static const char *const users[] = { "cyd", "dan", "eve" };
	const char *user = users[rand() % 3];
	char words[100], *rows = rows_of(&f->authority), mark[40];

	snprintf(mark, sizeof(mark), " %s member ", user);
	snprintf(words, sizeof(words), "%c%s member team:main/a", strstr(rows, mark) ? '-' : '+',
		 user);
	free(rows);
	does(f, words);
}

/* Every state of the member's rows is one that the authority had; and when the folder is whole, it
 * is that of now. */
static void test_a_random_carrier_gives_nothing_that_the_authority_did_not(void **state)
{
	enum { ROUNDS = 25 };
	struct fleet_lab *f = *state;
	char *had[ROUNDS + 1], whole[300];
	int n = 0;

	srand(7);
	took_all(f);
	had[n++] = rows_of(&f->authority);
	snprintf(whole, sizeof(whole), "%s/whole", f->authority.state);
	for (int i = 1; i <= ROUNDS; i++) {
		random_act(f);
		had[n++] = rows_of(&f->authority);
		push(f);
		copy_folder(f->dir, whole);
		for (int k = rand() % 3; k >= 0; k--)
			spoil(whole);
		if (take_from(f, whole))
			fail_msg("take: %s", buf_text(&f->member.said));
		char *m = rows_of(&f->member);
		bool known = false;
		for (int k = 0; k < n; k++)
			known |= strcmp(m, had[k]) == 0;
		assert_true(known);
		free(m);
		if (rand() % 3 == 0) {
			took_all(f);
			same_rows(f);
		}
	}
	took_all(f);
	same_rows(f);
	while (n > 0)
		free(had[--n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows_arrive_and_go),
		TEST(test_nothing_new_is_no_change),
		TEST(test_old_state_is_refused_and_told),
		TEST(test_a_new_member_takes_no_old_state),
		TEST(test_silence_is_told),
		TEST(test_a_sheet_that_is_held_back_is_told),
		TEST(test_the_authority_takes_nothing),
		TEST(test_an_old_store_pushes_nothing),
		TEST(test_a_random_carrier_gives_nothing_that_the_authority_did_not),
	};

	return cmocka_run_group_tests_name("rbacctl: a fleet over a folder", tests, NULL, NULL);
}
