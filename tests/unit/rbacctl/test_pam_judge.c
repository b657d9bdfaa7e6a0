/* host/pam/judge.h and host/pam/modules.h: what a stack makes of our module's answer. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>

#include "rbacctl/host/pam/judge.h"

static char folder[400], modules[400];

static void put(const char *in, const char *name, const char *text)
{
	char path[900];
	snprintf(path, sizeof path, "%s/%s", in, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	static const char *const names[] = { "rbac",      "unix",   "permit",     "deny",
					     "localuser", "access", "succeed_if", "sss",
					     "nologin",   "foo",    "listfile" };
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	snprintf(folder, sizeof folder, "%.300s/pam.d", l->state);
	snprintf(modules, sizeof modules, "%.300s/security", l->state);
	assert_int_equal(mkdir(folder, 0755) | mkdir(modules, 0755), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		char name[40];
		snprintf(name, sizeof name, "pam_%s.so", names[i]);
		put(modules, name, "\177ELF\2 pam_sm_acct_mgmt /view.mdb");
	}
	put(folder, "pam_rbac.so", "\177ELF\2 pam_sm_acct_mgmt");
	put(modules, "pam_limits.so", "\177ELF pam_sm_open_session");
	put(folder, "common",
	    "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
	    "account requisite pam_deny.so\naccount required pam_permit.so\n");
	put(folder, "gate", "account required pam_rbac.so\n");
	put(folder, "redhat",
	    "account required pam_unix.so\naccount sufficient pam_localuser.so\n"
	    "account sufficient pam_succeed_if.so uid < 1000 quiet\n"
	    "account required pam_permit.so\n");
	return 0;
}

#define GATE "account required pam_rbac.so\n"

static void test_every_kind_of_stack(void **state)
{
	/* The effect on somebody without a role, with one, on root, on the exempt: p, d, n. BECAUSE
	 * is the line that loses the denial; 0: none. */
	static const struct {
		const char *text;
		enum pam_gate_state is;
		unsigned because;
		const char *effects;
	} stacks[] = {
		{ GATE "@include common\n", PAM_GATE_COUNTS, 0, "dppp" },
		{ "account required pam_nologin.so\n" GATE "@include common\n", PAM_GATE_COUNTS, 0,
		  "dppp" },
		{ "account requisite pam_rbac.so\naccount include redhat\n", PAM_GATE_COUNTS, 0,
		  "dppp" },
		{ "account include gate\n@include common\n", PAM_GATE_COUNTS, 0, "dppp" },
		{ "account substack gate\n@include common\n", PAM_GATE_COUNTS, 0, "dppp" },
		{ "account [success=ok new_authtok_reqd=ok ignore=ignore default=die] "
		  "pam_rbac.so\n",
		  PAM_GATE_COUNTS, 0, "dppp" },
		{ "account substack redhat\n" GATE, PAM_GATE_COUNTS, 0, "dppp" },
		{ "account required pam_access.so\n" GATE, PAM_GATE_COUNTS, 0, "dppp" },
		{ "account sufficient pam_succeed_if.so user ingroup ops\n" GATE, PAM_GATE_COUNTS,
		  0, "dppp" },
		{ "account [success=1 default=ignore] pam_succeed_if.so service in cron:atd\n" GATE
		  "account required pam_permit.so\n",
		  PAM_GATE_COUNTS, 0, "dppp" },
		{ "account sufficient pam_listfile.so file=/etc/x item=user sense=allow\n" GATE,
		  PAM_GATE_COUNTS, 0, "dppp" },
		{ "account sufficient pam_succeed_if.so uid < 1000\n" GATE, PAM_GATE_COUNTS, 0,
		  "dppp" },
		{ "account required pam_rbac.so unlisted=ignore\n@include common\n",
		  PAM_GATE_COUNTS, 0, "dppp" },
		{ "account [success=ignore default=bad] pam_rbac.so\naccount sufficient "
		  "pam_permit.so\n",
		  PAM_GATE_COUNTS, 0, "dppp" },
		/* it does not deny */
		{ "@include common\n", PAM_GATE_OFF, 0, "pppp" },
		{ "auth required pam_rbac.so\n@include common\n", PAM_GATE_OFF, 0, "pppp" },
		{ "account optional pam_rbac.so\n@include common\n", PAM_GATE_IGNORED, 1, "pppp" },
		{ "account sufficient pam_rbac.so\n@include common\n", PAM_GATE_IGNORED, 1,
		  "pppp" },
		{ "account [success=ok default=ignore] pam_rbac.so\n@include common\n",
		  PAM_GATE_IGNORED, 1, "pppp" },
		{ "account [success=ok perm_denied=1 default=bad] pam_rbac.so\n"
		  "account required pam_deny.so\naccount required pam_permit.so\n",
		  PAM_GATE_IGNORED, 1, "pddd" },
		{ GATE "account [success=reset] pam_permit.so\naccount required pam_permit.so\n",
		  PAM_GATE_IGNORED, 2, "pppp" },
		{ "account sufficient pam_unix.so\n" GATE, PAM_GATE_UNREACHED, 1, "pppp" },
		{ "account sufficient pam_sss.so\n" GATE, PAM_GATE_UNREACHED, 1, "pppp" },
		{ "account sufficient pam_foo.so\n" GATE, PAM_GATE_UNREACHED, 1, "pppp" },
		{ "account include redhat\n" GATE, PAM_GATE_UNREACHED, 2, "pppp" },
		{ "account [success=1 default=ignore] pam_unix.so\n" GATE
		  "account required pam_permit.so\n",
		  PAM_GATE_UNREACHED, 1, "pppp" },
		{ "account sufficient pam_succeed_if.so uid >= 1000\n" GATE, PAM_GATE_UNREACHED, 1,
		  "pppp" },
		{ "account [success=done default=die] pam_permit.so\n" GATE, PAM_GATE_UNREACHED, 1,
		  "pppp" },
		{ "@include common\n" GATE, PAM_GATE_EXPIRED, 1, "nppp" },
		/* it denies everybody */
		{ "account required pam_rbca.so\n@include common\n", PAM_GATE_OFF, 0, "dddd" },
		{ "account required pam_limits.so\n" GATE, PAM_GATE_COUNTS, 0, "dddd" },
		{ GATE "account required pam_deny.so\n", PAM_GATE_COUNTS, 0, "dddd" },
		{ GATE "account include nowhere\n", PAM_GATE_COUNTS, 0, "dddd" },
		{ GATE "@include nowhere\n", PAM_GATE_COUNTS, 0, "dddd" },
		{ GATE "account requried pam_unix.so\n", PAM_GATE_COUNTS, 0, "dddd" },
		{ GATE "account required pam_unix.so \\", PAM_GATE_COUNTS, 0, "dddd" },
		{ "account requisite pam_succeed_if.so uid < 1000\n" GATE, PAM_GATE_COUNTS, 0,
		  "ddpd" },
	};
	const struct pam_folders f = { .v = { folder }, .debian = "/", .modules = modules };
	(void)state;

	for (size_t i = 0; i < COUNT(stacks); i++) {
		struct pam_config c;
		struct pam_judged j;
		char effects[PAM_SUBJECTS + 1] = "";

		put(folder, "sshd", stacks[i].text);
		assert_int_equal(pam_config_read(&f, "sshd", &c), RBAC_OK);
		assert_int_equal(pam_judge(&f, &c, "sshd", true, &j), RBAC_OK);
		for (int s = 0; s < PAM_SUBJECTS; s++)
			effects[s] = pam_effect_name(j.effect[s])[0];
		unsigned because = j.because ? j.because->at.line : 0;
		if (j.state != stacks[i].is || because != stacks[i].because ||
		    strcmp(effects, stacks[i].effects) != 0)
			fail_msg("state %d, because of line %u, effects %s:\n%s", j.state, because,
				 effects, stacks[i].text);
		pam_config_free(&c);
	}
}

/* A service that no rule names: everybody but root and the exempt is denied, unless the line says
 * unlisted=ignore. */
static void test_a_service_without_a_rule(void **state)
{
	const struct pam_folders f = { .v = { folder }, .debian = "/", .modules = modules };
	struct pam_config c;
	struct pam_judged j;
	(void)state;

	put(folder, "chsh", GATE "@include common\n");
	assert_int_equal(pam_config_read(&f, "chsh", &c), RBAC_OK);
	assert_int_equal(pam_judge(&f, &c, "chsh", false, &j), RBAC_OK);
	assert_int_equal(j.effect[PAM_HOLDER], PAM_EFFECT_DENY);
	assert_int_equal(j.effect[PAM_ROOT], PAM_EFFECT_PASS);
	assert_ptr_equal(j.denier, j.gate);
	pam_config_free(&c);
	put(folder, "chsh", "account required pam_rbac.so unlisted=ignore\n@include common\n");
	assert_int_equal(pam_config_read(&f, "chsh", &c), RBAC_OK);
	assert_int_equal(pam_judge(&f, &c, "chsh", false, &j), RBAC_OK);
	assert_int_equal(j.effect[PAM_ROLELESS], PAM_EFFECT_PASS);
	assert_int_equal(j.effect[PAM_HOLDER], PAM_EFFECT_PASS);
	pam_config_free(&c);
}

/* A module that has our name alone lets everybody in, as far as that can be told. */
static void test_a_module_that_has_our_name(void **state)
{
	const struct pam_folders f = { .v = { folder }, .debian = "/", .modules = modules };
	struct pam_config c;
	struct pam_judged j;
	char text[600], path[500];
	(void)state;

	snprintf(path, sizeof path, "%s/pam_rbac.so", folder);
	snprintf(text, sizeof text, "account required %s\n", path);
	assert_int_equal(pam_module_state(&f, "pam_rbac.so"), PAM_MODULE_THERE);
	assert_int_equal(pam_module_state(&f, path), PAM_MODULE_FOREIGN);
	put(folder, "sshd", text);
	assert_int_equal(pam_config_read(&f, "sshd", &c), RBAC_OK);
	assert_int_equal(pam_judge(&f, &c, "sshd", true, &j), RBAC_OK);
	assert_int_equal(j.state, PAM_GATE_IGNORED);
	assert_int_equal(j.effect[PAM_ROLELESS], PAM_EFFECT_PASS);
	pam_config_free(&c);
}

/* libpam reads pam.conf where there is none of the folders. */
static void test_pam_conf_without_folders(void **state)
{
	char conf[500];
	struct pam_folders f = { .v = { folder }, .conf = conf, .debian = "/" };
	struct pam_config c;
	(void)state;

	snprintf(conf, sizeof conf, "%s/pam.conf", folder);
	put(folder, "pam.conf", "nofile account required pam_rbac.so\n");
	assert_int_equal(pam_config_read(&f, "nofile", &c), RBAC_OK);
	assert_false(c.has_file);
	assert_null(c.file);
	pam_config_free(&c);
	f.v[0] = "/nowhere";
	assert_int_equal(pam_gate_of(&f, "nofile"), PAM_GATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_kind_of_stack, setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_a_service_without_a_rule, setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_a_module_that_has_our_name, setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_pam_conf_without_folders, setup,
						host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
