/* Logins on hosts without memory: each call of a stage for memory, a mapping, a
 * descriptor or the clock fails in turn. */
#include <errno.h>
#include <unistd.h>

#include "tests/fault/gate.h"
#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/site.h"
#include "tests/fault/stage.h"
#include "tests/fault/starve.h"

static const struct ask {
	const char *user, *file;
	int undisturbed;
} asks[] = {
	{ "alice", "sshd", PAM_SUCCESS },   /* by role */
	{ "bob", "sshd", PAM_PERM_DENIED }, /* another uid now */
	{ "nobody", "sshd", PAM_PERM_DENIED },
	{ "nobody", "loose", PAM_PERM_DENIED }, /* ignored, and no other module says yes */
	{ "root", "sshd", PAM_SUCCESS },
	{ "carol", "glass", PAM_SUCCESS },  /* exempt by the PAM line */
	{ "mallory", "devs", PAM_SUCCESS }, /* exempt by a group */
	{ "bob", "devs", PAM_PERM_DENIED },
};

static bool is_defined(int rc)
{
	return rc == PAM_SUCCESS || rc == PAM_PERM_DENIED || rc == PAM_AUTHINFO_UNAVAIL ||
	       rc == PAM_BUF_ERR || rc == PAM_SYSTEM_ERR;
}

static int ask(const struct ask *a)
{
	return gate_ask(&(struct login){ .user = a->user }, a->file);
}

static unsigned fail_each(const struct ask *a, bool and_after, int error)
{
	unsigned points = 0;
	bool more = true;
	for (int n = 1; more; n++, points++) {
		long before = starve_blocks();
		pam_handle_t *h = gate_begin(&(struct login){ .user = a->user }, a->file);
		starve_begin(n, and_after, error);
		int rc = pam_acct_mgmt(h, 0);
		more = starve_end() >= n;
		pam_end(h, rc);
		need_say(is_defined(rc), "%s, %s, call %d fails: %d", a->user, a->file, n, rc);
		need_say(rc != PAM_SUCCESS || a->undisturbed == PAM_SUCCESS,
			 "%s, %s, call %d fails: let in", a->user, a->file, n);
		need_say(starve_blocks() == before, "%s, %s, call %d fails: %ld blocks are left",
			 a->user, a->file, n, starve_blocks() - before);
	}
	need(ask(a) == a->undisturbed);
	return points;
}

static void a_failing_call_lets_nobody_in_and_leaves_nothing(void)
{
	unsigned points = 0;
	site_make();
	gate_configure("sshd", "");
	gate_configure("loose", "onerr=ignore unknown=ignore");
	gate_configure("glass", "exempt_user=carol");
	gate_configure("devs", "exempt_group=devs");
	for (size_t i = 0; i < KIT_COUNT(asks); i++)
		need_say(ask(&asks[i]) == asks[i].undisturbed, "%s, %s: %d", asks[i].user,
			 asks[i].file, ask(&asks[i]));
	int fds = host_descriptors();
	for (size_t i = 0; i < KIT_COUNT(asks); i++)
		points += fail_each(&asks[i], false, ENOMEM) + fail_each(&asks[i], true, ENOMEM) +
			  fail_each(&asks[i], false, EMFILE);
	need_say(host_descriptors() == fds, "%d descriptors are left", host_descriptors() - fds);
	need_say(host_mappings() <= 2, "%d mappings are left", host_mappings());
	kit_note("%u calls failed", points);
}

/* libpam has calls of its own that may fail; the module has none that fails a session. */
static void a_failing_call_of_a_session_leaves_nothing(void)
{
	bool more = true;
	int n = 1;
	site_make();
	gate_configure("sshd", "");
	need(gate_open_session(&(struct login){ .user = "alice", .tty = "ssh" }, "sshd") ==
	     PAM_SUCCESS);
	int fds = host_descriptors();
	for (; more; n++) {
		long before = starve_blocks();
		pam_handle_t *h = gate_begin(&(struct login){ .user = "alice", .tty = "ssh" },
					     "sshd");
		starve_begin(n, n % 2, n % 3 ? ENOMEM : EMFILE);
		int rc = pam_open_session(h, 0);
		more = starve_end() >= n;
		pam_end(h, rc);
		need_say(is_defined(rc), "call %d fails: %d", n, rc);
		need_say(starve_blocks() == before, "call %d fails: %ld blocks are left", n,
			 starve_blocks() - before);
	}
	need_say(host_descriptors() == fds, "%d descriptors are left", host_descriptors() - fds);
	need_say(host_mappings() <= 2, "%d mappings are left", host_mappings());
	need(n > 5);
	kit_note("%d calls failed", n);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "a failing call lets nobody in and leaves nothing",
		  a_failing_call_lets_nobody_in_and_leaves_nothing, 30 },
		{ "a failing call of a session leaves nothing",
		  a_failing_call_of_a_session_leaves_nothing, 30 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
