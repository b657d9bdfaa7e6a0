/* A group record becomes a struct group only as a whole: names whose lengths do not fit are damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "nss_rbac/pack.h"
#include "tests/unit/nss/world.h"

enum { MEMBERS = 7, NAME = 2, BYTES = MEMBERS * (NAME + 1) }; /* four at a time, then three */

/* aa, bb, ... of two letters each; AT is changed in LENS or NAMES by the test. */
struct record {
	uint8_t lens[MEMBERS], names[BYTES];
};

static struct record sound(void)
{
	struct record r;

	for (int i = 0; i < MEMBERS; i++) {
		r.lens[i] = NAME;
		memset(r.names + i * (NAME + 1), 'a' + i, NAME);
		r.names[i * (NAME + 1) + NAME] = '\0';
	}
	return r;
}

/* The first N of R, of which the record says that their names have LEN bytes. */
static int pack(const struct record *r, uint32_t n, uint32_t len)
{
	static char buf[512];
	static const uint8_t name[] = "web";
	const struct rbac_group g = { .gid = WEB,
				      .name_len = 3,
				      .n_always = n,
				      .always_len = len,
				      .name = name,
				      .always_lens = r->lens,
				      .always = r->names };
	struct group out = { .gr_gid = UNTOUCHED };
	int err = rbac_pack_group(&g, true, 0, &out, buf, sizeof(buf));

	assert_int_equal(out.gr_gid, err == RBAC_OK ? WEB : UNTOUCHED);
	return err;
}

static void lengths_that_fit_are_packed(void **state)
{
	const struct record r = sound();

	(void)state;
	for (uint32_t n = 0; n <= MEMBERS; n++)
		assert_int_equal(pack(&r, n, n * (NAME + 1)), RBAC_OK);
}

static void a_name_without_its_end_is_damage(void **state)
{
	(void)state;
	for (int i = 0; i < MEMBERS; i++) {
		struct record r = sound();

		r.names[i * (NAME + 1) + NAME] = 'x';
		assert_int_equal(pack(&r, MEMBERS, BYTES), RBAC_DAMAGED);
	}
}

/* The bytes are NULs, so that only their number tells. */
static void bytes_left_over_or_missing_are_damage(void **state)
{
	struct record r = sound();

	(void)state;
	memset(r.names, 0, sizeof(r.names));
	for (uint32_t n = 0; n < MEMBERS; n++) {
		assert_int_equal(pack(&r, n, n * (NAME + 1)), RBAC_OK);
		assert_int_equal(pack(&r, n, n * (NAME + 1) + 1), RBAC_DAMAGED);
	}
	for (uint32_t n = 1; n <= MEMBERS; n++)
		assert_int_equal(pack(&r, n, n * (NAME + 1) - 1), RBAC_DAMAGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_that_fit_are_packed),
		cmocka_unit_test(a_name_without_its_end_is_damage),
		cmocka_unit_test(bytes_left_over_or_missing_are_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
