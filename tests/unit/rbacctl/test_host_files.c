/* host/pam/pam.h and host/time/zone.h: what PAM files say of our module, as libpam would read them;
 * which time zones there are. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>

#include "rbacctl/host/pam/pam.h"
#include "rbacctl/host/time/zone.h"

struct place {
	struct lab *l;
	char etc[160], lib[160];
	struct pam_folders f;
};

static struct place place;

static void put(const char *folder, const char *name, const char *text)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	place.l = *state;
	snprintf(place.etc, sizeof place.etc, "%s/pam.d", place.l->state);
	snprintf(place.lib, sizeof place.lib, "%s/lib", place.l->state);
	assert_int_equal(mkdir(place.etc, 0755) | mkdir(place.lib, 0755), 0);
	place.f = (struct pam_folders){ .v = { place.etc, place.lib }, .debian = "/" };
	return 0;
}

static void test_gate_of_each_way_to_name_the_module(void **state)
{
	static const struct {
		const char *text;
		enum pam_gate gate;
	} files[] = {
		{ "account required pam_rbac.so\n", PAM_GATED },
		{ "account\trequired\t/usr/lib/security/pam_rbac.so quiet\n", PAM_GATED },
		{ "-account [success=ok default=die] pam_rbac.so\n", PAM_GATED },
		{ "account required pam_rbac.so unlisted=ignore # all\n", PAM_UNLISTED_IGNORE },
		{ "account required \\\n  pam_rbac.so\n", PAM_GATED },
		{ "@include common-account\n", PAM_GATED },
		{ "account include common-account\n", PAM_GATED },
		{ "account substack common-account\n", PAM_GATED },
		{ "# account required pam_rbac.so\n", PAM_OPEN },
		{ "auth required pam_rbac.so\nsession required pam_rbac.so\n", PAM_OPEN },
		{ "auth include common-account\n", PAM_OPEN },
		{ "account required pam_unix.so pam_rbac.so\n", PAM_OPEN },
		{ "account required pam_rbac.so.bak\n", PAM_OPEN },
		{ "account required pam_unix.so\n", PAM_OPEN },
		{ "@include itself\n@include itself\n", PAM_OPEN },
		{ "account\n\n@include\naccount required\n", PAM_OPEN },
		{ "", PAM_OPEN },
	};
	(void)state;
	put(place.etc, "common-account",
	    "account required pam_unix.so\naccount required pam_rbac.so\n");
	for (size_t i = 0; i < COUNT(files); i++) {
		put(place.etc, "itself", files[i].text);
		if (pam_gate_of(&place.f, "itself") != files[i].gate)
			fail_msg("%s", files[i].text);
	}
}

static void test_folders_and_other(void **state)
{
	(void)state;
	assert_int_equal(pam_gate_of(&place.f, "sshd"), PAM_OPEN); /* no file, no other */
	put(place.etc, "other", "account required pam_rbac.so\n");
	assert_int_equal(pam_gate_of(&place.f, "sshd"), PAM_GATED);
	assert_false(pam_has_file(&place.f, "sshd"));
	put(place.lib, "sshd", "account required pam_unix.so\n");
	assert_true(pam_has_file(&place.f, "sshd"));
	assert_int_equal(pam_gate_of(&place.f, "sshd"), PAM_OPEN);
	put(place.etc, "sshd", "account required pam_rbac.so\n"); /* /etc before /usr/lib */
	assert_int_equal(pam_gate_of(&place.f, "sshd"), PAM_GATED);
	assert_false(pam_has_file(&place.f, "../pam.d/sshd"));
	assert_false(pam_has_file(&place.f, ""));
}

static void test_services(void **state)
{
	static const char *const expected[] = { "cron", "login", "sshd" };
	struct pam_names n;
	(void)state;
	put(place.etc, "sshd", "@include common-account\nauth include common-auth\n");
	put(place.lib, "sshd", "");
	put(place.etc, "cron", "");
	put(place.lib, "login", "");
	for (const char *const *x = (const char *const[]){ "common-account", "common-auth", "other",
							   "sshd.dpkg-old", "cron~", "x.rpmsave",
							   ".hidden", NULL };
	     *x; x++)
		put(place.etc, *x, "");
	assert_int_equal(pam_services(&place.f, &n), RBAC_OK);
	assert_int_equal(n.n, COUNT(expected));
	for (size_t i = 0; i < n.n; i++)
		assert_string_equal(n.v[i], expected[i]);
	pam_names_free(&n);
	assert_int_equal(pam_services(&(struct pam_folders){ .v = { "/nowhere" } }, &n), RBAC_OK);
	assert_int_equal(n.n, 0);
}

static void test_zones(void **state)
{
	char near[120];
	(void)state;
	assert_true(host_zone_exists("UTC"));
	assert_true(host_zone_exists("Europe/Berlin"));
	assert_false(host_zone_exists("Europe/Berlni"));
	assert_false(host_zone_exists("europe/berlin"));
	assert_false(host_zone_exists("Europe"));    /* a folder */
	assert_false(host_zone_exists("tzdata.zi")); /* no zone */
	assert_false(host_zone_exists("zone.tab"));
	assert_true(host_zone_nearest("Europe/Berlni", near, sizeof near));
	assert_string_equal(near, "Europe/Berlin");
	assert_true(host_zone_nearest("europe/paris", near, sizeof near));
	assert_string_equal(near, "Europe/Paris");
	assert_false(host_zone_nearest("Middle-earth/Hobbiton", near, sizeof near));
}

int main(void)
{
#define ON_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_HOST(test_gate_of_each_way_to_name_the_module),
		ON_HOST(test_folders_and_other),
		ON_HOST(test_services),
		cmocka_unit_test(test_zones),
	};
	return cmocka_run_group_tests_name("rbacctl: files of the host", tests, NULL, NULL);
}
