/* What a directory sends becomes files, within bounds: of sheets that are followed, no larger than
 * they may be, no more than heads name but for a few. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbac_follow/inbox.h"
#include "rbacctl/fleet/chunk.h"
#include "rbacctl/fleet/sign.h"

#define WEB "space:main/web"

struct lab {
	char dir[64];
	struct inbox x;
};

static char *names[] = { (char *)FLEET_SHEET, (char *)WEB };

static int begin(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));

	snprintf(l->dir, sizeof(l->dir), "/tmp/inbox.XXXXXX");
	if (!mkdtemp(l->dir) || inbox_open(&l->x, l->dir, names, 2))
		return -1;
	*state = l;
	return 0;
}

static int end(void **state)
{
	struct lab *l = *state;
	char command[100];

	inbox_close(&l->x);
	snprintf(command, sizeof(command), "rm -rf %s", l->dir);
	int bad = system(command);
	free(l);
	return bad;
}

/* A head of NAME that names the one chunk of LEN bytes at P; LEN 0: none. */
static struct buf head_of(const char *name, uint64_t number, const void *p, size_t len)
{
	struct fleet_head h = { .name = name,
				.owner = "",
				.plan = "",
				.exists = true,
				.term = 1,
				.number = number,
				.issued = 1000 };
	struct fleet_chunk_ref ref = { .size = (uint32_t)len };
	struct buf out = { 0 };
	uint8_t none[FLEET_SIGNATURE] = { 0 };

	fleet_chunk_hash(p, len, ref.hash);
	h.n_chunks = len > 0;
	if (fleet_head_is_fleet(&h))
		h.interval = 60;
	assert_int_equal(fleet_head_encode(&h, NULL, &ref, &out), RBAC_OK);
	buf_put(&out, none, sizeof(none)); /* the inbox does not judge */
	return out;
}

static size_t files_of(const struct lab *l, const char *name)
{
	char path[PATH_MAX];
	size_t n = 0;

	folder_sheet_path(l->dir, name, "", path);
	DIR *d = opendir(path);
	for (const struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void test_a_head_and_its_chunk_are_whole(void **state)
{
	struct lab *l = *state;
	struct buf h = head_of(WEB, 7, "abc", 3);
	int64_t fresh;

	assert_int_equal(inbox_head(&l->x, WEB, h.p, h.len), RBAC_OK);
	assert_false(l->x.v[1].whole);
	assert_int_equal(inbox_chunk(&l->x, WEB, (const uint8_t *)"abc", 3), RBAC_OK);
	assert_true(l->x.v[1].whole);
	assert_int_equal(files_of(l, WEB), 2);
	assert_string_equal(inbox_lacks(&l->x, &fresh), "the sheet \"fleet\" has not arrived");
	buf_free(&h);
}

static void test_sheets_that_are_not_followed_are_dropped(void **state)
{
	struct lab *l = *state;
	struct buf h = head_of("space:main/db", 7, "abc", 3);

	assert_int_equal(inbox_head(&l->x, "space:main/db", h.p, h.len), RBAC_REFUSED);
	assert_int_equal(inbox_chunk(&l->x, "space:main/db", h.p, h.len), RBAC_REFUSED);
	assert_int_equal(inbox_head(&l->x, "../../etc", h.p, h.len), RBAC_REFUSED);
	assert_false(l->x.wrote);
	buf_free(&h);
}

static void test_entries_that_are_too_large_are_dropped(void **state)
{
	struct lab *l = *state;
	uint8_t *large = calloc(1, FLEET_CHUNK_MAX + 1);

	assert_int_equal(inbox_chunk(&l->x, WEB, large, FLEET_CHUNK_MAX + 1), RBAC_REFUSED);
	assert_int_equal(inbox_chunk(&l->x, WEB, large, FLEET_CHUNK_MAX), RBAC_OK);
	assert_int_equal(inbox_head(&l->x, WEB, large, FLEET_HEAD_MAX + 1), RBAC_REFUSED);
	assert_int_equal(inbox_keys(&l->x, 1, large, FLEET_KEYS_MAX + 1), RBAC_REFUSED);
	assert_int_equal(inbox_keys(&l->x, 1, large, FLEET_KEYS_MAX), RBAC_OK);
	free(large);
}

/* Endless chunks that no head names end at a bound, and a head that is whole takes them away. */
static void test_endless_chunks_are_dropped_at_the_limit(void **state)
{
	struct lab *l = *state;
	uint8_t *chunk = calloc(1, FLEET_CHUNK_MAX);
	size_t taken = 0;
	for (uint32_t i = 0; i < 40; i++) {
		memcpy(chunk, &i, sizeof(i));
		taken += inbox_chunk(&l->x, i % 3 ? WEB : FLEET_SHEET, chunk, FLEET_CHUNK_MAX) ==
			 RBAC_OK;
	}
	assert_int_equal(taken, INBOX_UNNAMED / folder_file_cost(FLEET_CHUNK_MAX));
	/* One that a head names is taken nevertheless. */
	struct buf h = head_of(WEB, 7, "abc", 3);
	assert_int_equal(inbox_head(&l->x, WEB, h.p, h.len), RBAC_OK);
	assert_int_equal(inbox_chunk(&l->x, WEB, (const uint8_t *)"abc", 3), RBAC_OK);
	struct buf next = head_of(WEB, 8, "abc", 3);
	assert_int_equal(inbox_head(&l->x, WEB, next.p, next.len), RBAC_OK);
	assert_int_equal(files_of(l, WEB), 2);
	assert_int_equal(l->x.v[1].unnamed, 0);
	free(chunk);
	buf_free(&h);
	buf_free(&next);
}

/* A file costs more than its bytes. */
static void test_endless_small_chunks_are_dropped_at_the_limit(void **state)
{
	struct lab *l = *state;
	size_t taken = 0;

	for (uint32_t i = 0; i < 5000; i++)
		taken += inbox_chunk(&l->x, WEB, (const uint8_t *)&i, sizeof(i)) == RBAC_OK;
	assert_int_equal(taken, INBOX_UNNAMED / folder_file_cost(sizeof(uint32_t)));
	assert_int_equal(files_of(l, WEB), taken);
}

/* A server that closes each connection gets no more room than one that keeps it. */
static void test_all_sessions_share_one_bound(void **state)
{
	struct lab *l = *state;
	uint8_t *chunk = calloc(1, FLEET_CHUNK_MAX);
	size_t taken = 0;

	for (uint32_t i = 0; i < 40; i++) {
		if (i % 8 == 0) {
			inbox_close(&l->x);
			assert_int_equal(inbox_open(&l->x, l->dir, names, 2), RBAC_OK);
		}
		memcpy(chunk, &i, sizeof(i));
		taken += inbox_chunk(&l->x, WEB, chunk, FLEET_CHUNK_MAX) == RBAC_OK;
	}
	assert_int_equal(taken, INBOX_UNNAMED / folder_file_cost(FLEET_CHUNK_MAX));
	free(chunk);
}

enum { MANY = 32 };

/* A chunk of heads number NUMBER. */
static void many_chunk(uint8_t *chunk, uint64_t number, uint32_t i)
{
	memset(chunk, 0, FLEET_CHUNK_MAX);
	memcpy(chunk, &number, sizeof(number));
	memcpy(chunk + sizeof(number), &i, sizeof(i));
}

static struct buf head_of_many(uint64_t number, uint8_t *chunk)
{
	struct fleet_head h = { .name = WEB,
				.owner = "",
				.plan = "",
				.exists = true,
				.term = 1,
				.number = number,
				.n_chunks = MANY };
	struct fleet_chunk_ref refs[MANY];
	struct buf out = { 0 };
	uint8_t none[FLEET_SIGNATURE] = { 0 };

	for (uint32_t i = 0; i < MANY; i++) {
		many_chunk(chunk, number, i);
		refs[i].size = FLEET_CHUNK_MAX;
		fleet_chunk_hash(chunk, FLEET_CHUNK_MAX, refs[i].hash);
	}
	assert_int_equal(fleet_head_encode(&h, NULL, refs, &out), RBAC_OK);
	buf_put(&out, none, sizeof(none));
	return out;
}

/* Endless heads, each with many chunks of which the last never comes. */
static void test_endless_heads_leave_no_more_than_one_and_the_bound(void **state)
{
	struct lab *l = *state;
	uint8_t *chunk = calloc(1, FLEET_CHUNK_MAX);

	for (uint64_t number = 1; number <= 4; number++) {
		struct buf h = head_of_many(number, chunk);
		assert_int_equal(inbox_head(&l->x, WEB, h.p, h.len), RBAC_OK);
		for (uint32_t i = 0; i + 1 < MANY; i++) {
			many_chunk(chunk, number, i);
			assert_int_equal(inbox_chunk(&l->x, WEB, chunk, FLEET_CHUNK_MAX), RBAC_OK);
		}
		assert_in_range(files_of(l, WEB), MANY,
				MANY + INBOX_UNNAMED / folder_file_cost(FLEET_CHUNK_MAX));
		buf_free(&h);
	}
	free(chunk);
}

static void test_a_whole_head_takes_away_what_a_killed_writer_left(void **state)
{
	struct lab *l = *state;
	struct buf h = head_of(WEB, 7, "abc", 3);
	char hex[2 * FLEET_HASH + 5], path[PATH_MAX];

	memset(hex, 'a', sizeof(hex));
	strcpy(hex + 2 * FLEET_HASH, ".new");
	folder_sheet_path(l->dir, WEB, hex, path);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(inbox_chunk(&l->x, WEB, (const uint8_t *)"abc", 3), RBAC_OK);
	assert_int_equal(inbox_head(&l->x, WEB, h.p, h.len), RBAC_OK);
	assert_int_equal(files_of(l, WEB), 2);
	buf_free(&h);
}

static void test_take_is_started_once_for_each_new_state(void **state)
{
	struct lab *l = *state;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/changed", l->dir);
	assert_int_equal(inbox_tell(&l->x), RBAC_OK);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(inbox_chunk(&l->x, WEB, (const uint8_t *)"abc", 3), RBAC_OK);
	assert_int_equal(inbox_tell(&l->x), RBAC_OK);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	assert_int_equal(inbox_chunk(&l->x, WEB, (const uint8_t *)"abc", 3), RBAC_OK);
	assert_int_equal(inbox_tell(&l->x), RBAC_OK);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_the_head_of_the_sheet_fleet_names_missing_sheets(void **state)
{
	struct lab *l = *state;
	struct buf web = head_of(WEB, 7, "", 0), fleet = { 0 };
	struct fleet_recent recent = { WEB, 8 };
	struct fleet_head h = { .name = FLEET_SHEET,
				.owner = "",
				.plan = "",
				.exists = true,
				.term = 1,
				.number = 8,
				.issued = 1000,
				.interval = 60,
				.n_recent = 1 };
	uint8_t none[FLEET_SIGNATURE] = { 0 };
	int64_t fresh;

	assert_int_equal(fleet_head_encode(&h, &recent, NULL, &fleet), RBAC_OK);
	buf_put(&fleet, none, sizeof(none));
	assert_int_equal(inbox_head(&l->x, FLEET_SHEET, fleet.p, fleet.len), RBAC_OK);
	assert_int_equal(inbox_head(&l->x, WEB, web.p, web.len), RBAC_OK);
	assert_string_equal(inbox_lacks(&l->x, &fresh), "the new state of a sheet has not arrived");
	assert_int_equal(fresh, 1180);
	buf_free(&web);
	web = head_of(WEB, 8, "abc", 3);
	assert_int_equal(inbox_head(&l->x, WEB, web.p, web.len), RBAC_OK);
	assert_string_equal(inbox_lacks(&l->x, &fresh), "a part of a sheet has not arrived");
	assert_int_equal(inbox_chunk(&l->x, WEB, (const uint8_t *)"abc", 3), RBAC_OK);
	assert_null(inbox_lacks(&l->x, &fresh));
	buf_free(&web);
	buf_free(&fleet);
}

static void test_no_more_lists_of_keys_than_a_bound(void **state)
{
	struct lab *l = *state;
	size_t taken = 0;
	for (uint64_t v = 1; v <= INBOX_KEYS_MAX + 10; v++)
		taken += inbox_keys(&l->x, v, (const uint8_t *)"k", 1) == RBAC_OK;
	assert_int_equal(taken, INBOX_KEYS_MAX);
}

/* Lists that nobody signed do not keep out the next one. */
static void test_lists_of_keys_with_high_versions_make_room_for_the_next(void **state)
{
	struct lab *l = *state;
	struct buf list = { 0 };

	for (uint64_t v = 100; v < 100 + INBOX_KEYS_MAX; v++)
		assert_int_equal(inbox_keys(&l->x, v, (const uint8_t *)"k", 1), RBAC_OK);
	assert_int_equal(inbox_keys(&l->x, 5000, (const uint8_t *)"k", 1), RBAC_REFUSED);
	assert_int_equal(inbox_keys(&l->x, 2, (const uint8_t *)"good", 4), RBAC_OK);
	assert_int_equal(folder_read_keys(l->dir, 2, &list), RBAC_OK);
	assert_int_equal(folder_read_keys(l->dir, 99 + INBOX_KEYS_MAX, &list), RBAC_NOTFOUND);
	buf_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_head_and_its_chunk_are_whole, begin, end),
		cmocka_unit_test_setup_teardown(test_sheets_that_are_not_followed_are_dropped,
						begin, end),
		cmocka_unit_test_setup_teardown(test_entries_that_are_too_large_are_dropped, begin,
						end),
		cmocka_unit_test_setup_teardown(test_endless_chunks_are_dropped_at_the_limit, begin,
						end),
		cmocka_unit_test_setup_teardown(test_endless_small_chunks_are_dropped_at_the_limit,
						begin, end),
		cmocka_unit_test_setup_teardown(test_all_sessions_share_one_bound, begin, end),
		cmocka_unit_test_setup_teardown(
			test_endless_heads_leave_no_more_than_one_and_the_bound, begin, end),
		cmocka_unit_test_setup_teardown(
			test_a_whole_head_takes_away_what_a_killed_writer_left, begin, end),
		cmocka_unit_test_setup_teardown(
			test_lists_of_keys_with_high_versions_make_room_for_the_next, begin, end),
		cmocka_unit_test_setup_teardown(test_take_is_started_once_for_each_new_state, begin,
						end),
		cmocka_unit_test_setup_teardown(
			test_the_head_of_the_sheet_fleet_names_missing_sheets, begin, end),
		cmocka_unit_test_setup_teardown(test_no_more_lists_of_keys_than_a_bound, begin,
						end),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
