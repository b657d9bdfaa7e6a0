/* An updated view holds its own tree and no other: no flipped bit leads back to what has been taken
 * away. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/view_file.h"
#include "rbacctl/change/import/import.h"
#include "rbacctl/view/compile.h"
#include "rbacctl/view/gather.h"
#include "rbacctl/view/update.h"
#include "tests/unit/rbacctl/helper.h"

enum { USERS = 60, PAGE = 4096, META_PAGES = 2, LOST_MOST = 16 };
enum {
	TXN_AT = 16 + 128,
	TXN_SIZE = 8
}; /* a meta page's number of its transaction: docs/format.md */

#define HOST "version = 1; host = \"top:a\"; groups = { name = \"g-%{role}\"; };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; };\n"                          \
	"roles = { boss = { kind = \"top\"; bootstrap = true; keychains = [ \"c\" ]; }; "          \
	"many = { kind = \"top\"; }; some = { kind = \"top\"; }; };\n"

/* Long names: members of many fill several pages of their own, and the users more than one leaf. */
static void user_name(char out[80], int i)
{
	snprintf(out, 80, "u%02d-%.*s", i, 60,
		 "a-name-of-a-directory-that-is-as-long-as-a-name-may-well-become");
}

static void import_all(struct lab *l)
{
	static char names[USERS][80];
	struct import_row rows[2 * USERS];
	struct problems problems = { 0 };
	struct change c;
	size_t made = 0;
	for (int i = 0; i < USERS; i++) {
		user_name(names[i], i);
		passwd_user(names[i], (uid_t)(2000 + i), 100);
		for (int k = 0; k < 2; k++)
			rows[2 * i + k] = (struct import_row){ .user = names[i],
							       .role = k ? "some" : "many",
							       .scope = "",
							       .from = RBAC_TIME_MIN,
							       .until = RBAC_TIME_MAX,
							       .line = (unsigned)(2 * i + k + 1) };
	}
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c,
				 err ? err
				     : change_import(&c, rows, 2 * USERS, false, &problems, "all",
						     NULL, &made)),
			 RBAC_OK);
	assert_int_equal(made, 2 * USERS);
	problems_free(&problems);
}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	import_all(*state);
	return 0;
}

/* Take something from two users, and update the published view to PATH. Nothing is committed: the
 * published one stays the old one. */
static void update_without(struct lab *l, const char *path)
{
	struct problems problems = { 0 };
	struct role_groups groups;
	struct facts facts;
	struct change c;
	char loser[80], gone[80], why[1024] = "";
	user_name(loser, 7);
	user_name(gone, 31);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	assert_int_equal(change_revoke(&c, &(struct revoke_request){ .subject = loser,
								     .role = "many",
								     .scope = "top:a" }),
			 RBAC_OK);
	assert_int_equal(change_user_forget(&c, gone), RBAC_OK);
	assert_int_equal(role_groups_make(c.p, &groups, &problems), RBAC_OK);
	assert_int_equal(gather_facts(c.p, &c.t, NOW, NULL, &facts), RBAC_OK);
	struct compile job = { &c.t, c.p, &c.sources, &facts, &groups, NOW };
	if (update_view(&job, l->a.view, path, why, sizeof why) != RBAC_OK)
		fail_msg("update: %s", why);
	facts_free(&facts);
	role_groups_free(&groups);
	lab_end(l, &c, RBAC_REFUSED);
}

struct image {
	uint8_t *p;
	size_t len;
	struct rbac_walk walk;
};

static void load(const char *path, struct image *im)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	im->len = (size_t)st.st_size;
	im->p = malloc(im->len);
	assert_non_null(im->p);
	assert_int_equal(read(fd, im->p, im->len), st.st_size);
	close(fd);
	assert_int_equal(rbac_walk_init(&im->walk, im->p, im->len), RBAC_OK);
}

/* A record of the old view that the new one has otherwise, or not at all (REC.p NULL). */
struct lost {
	uint8_t key[RBAC_WALK_KEY_MAX];
	size_t len, big;
	struct rbac_bytes rec;
};

static int get(const struct rbac_walk *w, const struct lost *k, struct rbac_bytes *rec)
{
	return rbac_view_file_get(w, k->key[0], k->key + 1, k->len - 1, rec);
}

static size_t find_lost(const struct image *old, const struct image *new, struct lost v[LOST_MOST])
{
	const uint8_t *key = NULL, *next, *data;
	size_t key_len = 0, next_len, len, n = 0;
	while (rbac_walk_after(&old->walk, key, key_len, &next, &next_len, &data, &len, NULL) ==
	       RBAC_OK) {
		struct lost k = { .len = next_len, .big = len };
		memcpy(k.key, next, next_len);
		struct rbac_bytes rec = { NULL, 0 };
		int err = get(&new->walk, &k, &rec);
		assert_true(err == RBAC_OK || err == RBAC_NOTFOUND);
		k.rec = rec;
		if (err || rec.len + 4 != len || memcmp(rec.p, data, rec.len) != 0) {
			assert_in_range(n, 0, LOST_MOST - 1);
			if (rec.p) { /* apart from what will be flipped */
				uint8_t *copy = malloc(rec.len + 1);
				assert_non_null(copy);
				memcpy(copy, rec.p, rec.len);
				k.rec.p = copy;
			}
			v[n++] = k;
		}
		key = next;
		key_len = next_len;
	}
	return n;
}

/* Whatever is said now of what was lost is what the new view says. How many keys are answered as
 * they should be. */
static size_t check(const struct rbac_walk *w, const struct lost *v, size_t n, size_t at,
		    uint8_t mask)
{
	size_t right = 0;
	for (size_t i = 0; i < n; i++) {
		struct rbac_bytes rec;
		int err = get(w, &v[i], &rec);
		if (!err && (!v[i].rec.p || rec.len != v[i].rec.len ||
			     memcmp(rec.p, v[i].rec.p, rec.len) != 0))
			fail_msg("byte %zu with %02x: the old record of key %.*s is back", at, mask,
				 (int)v[i].len, v[i].key);
		right += v[i].rec.p ? err == RBAC_OK : err == RBAC_NOTFOUND;
	}
	return right;
}

static bool counts_transactions(size_t at)
{
	return at / PAGE < META_PAGES && at % PAGE >= TXN_AT && at % PAGE < TXN_AT + TXN_SIZE;
}

static void no_flipped_byte_brings_the_old_tree_back(void **state)
{
	static const uint8_t masks[] = { 0xff, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80 };
	struct lab *l = *state;
	struct image old, new;
	struct lost lost[LOST_MOST];
	char path[200];
	snprintf(path, sizeof path, "%s/updated", l->state);
	update_without(l, path);
	load(l->a.view, &old);
	load(path, &new);
	size_t n = find_lost(&old, &new, lost), gone = 0, big = 0;
	for (size_t i = 0; i < n; i++) {
		gone += !lost[i].rec.p;
		big += lost[i].big > PAGE / 2; /* in pages of its own */
	}
	assert_int_equal(
		n, 5); /* two users, the uid of one, two groups; the change has no number yet */
	assert_int_equal(gone, 2);
	assert_int_equal(big, 2);
	assert_true(new.walk.depth > 1);
	for (size_t m = 0; m < COUNT(masks); m++)
		for (size_t at = 0; at < new.len; at++) {
			struct rbac_walk w;
			new.p[at] ^= masks[m];
			bool view = rbac_walk_init(&w, new.p, new.len) == RBAC_OK;
			size_t right = view ? check(&w, lost, n, at, masks[m]) : 0;
			/* Whichever meta page seems to be the newer one, it says the same. */
			if (counts_transactions(at))
				assert_int_equal(right, n);
			new.p[at] ^= masks[m];
		}
	for (size_t i = 0; i < n; i++)
		free((uint8_t *)(uintptr_t)lost[i].rec.p);
	free(old.p);
	free(new.p);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_flipped_byte_brings_the_old_tree_back, setup,
						host_teardown),
	};
	return cmocka_run_group_tests_name("rbacctl: one tree in a view", tests, NULL, NULL);
}
