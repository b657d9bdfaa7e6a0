/* pam_rbac.so in real libpam: names, hosts, terminals and services of every odd shape, and hosts
 * that answer badly or not at all. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/gate.h"
#include "tests/fault/kit.h"
#include "tests/fault/site.h"
#include "tests/fault/stage.h"

static int fail(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)n;
	(void)msg;
	(void)resp;
	(void)data;
	return PAM_CONV_ERR;
}

/* Says that it went well, and gives nothing. */
static int lie(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)n;
	(void)msg;
	(void)resp;
	(void)data;
	return PAM_SUCCESS;
}

static void begin(void)
{
	site_make();
	gate_configure("sshd", "");
	gate_configure("su", "");
	gate_configure("loose", "onerr=ignore unknown=ignore");
	need(gate_ask(&(struct login){ .user = "alice" }, "sshd") == PAM_SUCCESS);
	need(gate_ask(&(struct login){ .user = "root" }, "sshd") == PAM_SUCCESS);
	need(gate_ask(&(struct login){ .user = "bob" }, "sshd") == PAM_PERM_DENIED &&
	     gate_told() > 0);
}

static const char *const odd[] = { "",
				   " ",
				   "-",
				   "alice ",
				   " alice",
				   "alice\n",
				   "alic",
				   "alicee",
				   "ALICE",
				   "alice:",
				   "alice\x1b[2J",
				   "../alice",
				   "%devs",
				   "alice,bob",
				   "root ",
				   "rooT",
				   "\xff\xfe\xfd",
				   "nobody=\"x\" why=\"a rule matches\"",
				   "a'b`c\\d\"e",
				   "%s%n%s%n",
				   "exempt_user=alice" };

/* Of every length up to 64 kB, filled with C. */
static char *of_length(size_t len, char c)
{
	char *s = malloc(len + 1);
	need(s);
	memset(s, c, len);
	s[len] = '\0';
	return s;
}

static void an_odd_name_is_denied(void)
{
	begin();
	for (size_t i = 0; i < KIT_COUNT(odd); i++) {
		int rc = gate_ask(&(struct login){ .user = odd[i] }, "sshd");
		need_say(rc == PAM_PERM_DENIED || rc == PAM_AUTHINFO_UNAVAIL, "user \"%s\": %d",
			 odd[i], rc);
		/* The invoker of su, whom the host names. */
		rc = gate_ask(&(struct login){ .user = "root", .ruser = odd[i] }, "su");
		need_say(rc == PAM_PERM_DENIED || rc == PAM_AUTHINFO_UNAVAIL, "ruser \"%s\": %d",
			 odd[i], rc);
	}
	for (size_t len = 1; len <= 65536; len *= 2) {
		char *s = of_length(len, 'a'), *control = of_length(len, '\n');
		need(gate_ask(&(struct login){ .user = s }, "sshd") != PAM_SUCCESS &&
		     gate_ask(&(struct login){ .user = control }, "sshd") != PAM_SUCCESS);
		need(gate_ask(&(struct login){ .user = s }, "loose") != PAM_SUCCESS);
		free(s);
		free(control);
	}
}

static void odd_hosts_and_terminals_change_no_verdict(void)
{
	begin();
	for (size_t i = 0; i < KIT_COUNT(odd); i++) {
		need(gate_ask(&(struct login){ .user = "alice", .rhost = odd[i], .tty = odd[i] },
			      "sshd") == PAM_SUCCESS);
		need(gate_ask(&(struct login){ .user = "bob", .rhost = odd[i], .tty = odd[i] },
			      "sshd") == PAM_PERM_DENIED);
	}
	for (size_t len = 1; len <= 65536; len *= 2) {
		char *s = of_length(len, '%');
		int rc = gate_ask(
			&(struct login){ .user = "alice", .rhost = s, .tty = s, .ruser = s },
			"sshd");
		/* The audit record of libpam itself has no room for more. */
		need_say(rc == PAM_SUCCESS || (len >= 8192 && rc == PAM_SYSTEM_ERR),
			 "%zu bytes: %d", len, rc);
		need(gate_ask(&(struct login){ .user = "alice", .service = s, .rhost = s },
			      "sshd") != PAM_SUCCESS);
		free(s);
	}
}

static void a_service_that_no_rule_names_is_denied(void)
{
	begin();
	/* libpam looks for the stack of the new name, and finds none or ours. */
	for (size_t i = 1; i < KIT_COUNT(odd); i++)
		need_say(gate_ask(&(struct login){ .user = "alice", .service = odd[i] }, "sshd") !=
				 PAM_SUCCESS,
			 "service \"%s\"", odd[i]);
	static const char *const near[] = { "sshd2", "ssh", "sshd-", "sudo-i2", "login" };
	for (size_t i = 0; i < KIT_COUNT(near); i++) {
		gate_configure(near[i], "");
		int rc = gate_ask(&(struct login){ .user = "alice" }, near[i]);
		need_say(rc == PAM_PERM_DENIED, "service \"%s\": %d", near[i], rc);
	}
}

static void how_a_host_answers_changes_no_verdict(void)
{
	begin();
	static int (*const convs[])(int, const struct pam_message **, struct pam_response **,
				    void *) = { fail, lie };
	for (size_t i = 0; i < KIT_COUNT(convs); i++) {
		need(gate_ask(&(struct login){ .user = "alice", .conv = convs[i] }, "sshd") ==
		     PAM_SUCCESS);
		need(gate_ask(&(struct login){ .user = "bob", .conv = convs[i] }, "sshd") ==
		     PAM_PERM_DENIED);
	}
	need(gate_ask(&(struct login){ .user = "alice", .no_conv = true }, "sshd") == PAM_SUCCESS);
	need(gate_ask(&(struct login){ .user = "bob", .no_conv = true }, "sshd") ==
	     PAM_PERM_DENIED);
	need(gate_ask(&(struct login){ .user = NULL }, "sshd") != PAM_SUCCESS);
	need(gate_ask(&(struct login){ .user = "root", .ruser = NULL }, "su") != PAM_SUCCESS);
}

static void without_a_view_only_the_exempt_get_in(void)
{
	begin();
	gate_configure("glass", "exempt_user=carol");
	need(unlink(STAGE_VIEW) == 0);
	usleep(12000);
	need(gate_ask(&(struct login){ .user = "alice" }, "sshd") == PAM_AUTHINFO_UNAVAIL);
	need(gate_ask(&(struct login){ .user = "root" }, "sshd") == PAM_SUCCESS);
	need(gate_ask(&(struct login){ .user = "carol" }, "glass") == PAM_SUCCESS);
	need(gate_ask(&(struct login){ .user = "alice" }, "glass") == PAM_AUTHINFO_UNAVAIL);
	/* The only account module, and it says "not my business": libpam takes that for a no. */
	need(gate_ask(&(struct login){ .user = "alice" }, "loose") != PAM_SUCCESS);
}

/* How many descriptors this process has. */
static int descriptors(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void a_session_opens_whatever_the_host_says(void)
{
	begin();
	static int (*const convs[])(int, const struct pam_message **, struct pam_response **,
				    void *) = { NULL, fail, lie };
	int before = descriptors();
	for (size_t i = 0; i < KIT_COUNT(odd); i++)
		for (size_t k = 0; k < KIT_COUNT(convs); k++) {
			need(gate_open_session(&(struct login){ .user = odd[i],
								.tty = "ssh",
								.conv = convs[k] },
					       "sshd") == PAM_SUCCESS);
			need(gate_open_session(&(struct login){ .user = "alice",
								.tty = odd[i],
								.rhost = odd[i],
								.conv = convs[k] },
					       "sshd") == PAM_SUCCESS);
		}
	for (int i = 0; i < 300; i++)
		need(gate_open_session(&(struct login){ .user = "alice", .tty = "pts/1" },
				       "sshd") == PAM_SUCCESS);
	need(descriptors() == before);
}

static void a_session_opens_without_a_view(void)
{
	begin();
	const struct login alice = { .user = "alice", .tty = "ssh" };
	need(unlink(STAGE_VIEW) == 0);
	usleep(12000);
	need(gate_open_session(&alice, "sshd") == PAM_SUCCESS);
	FILE *f = fopen(STAGE_VIEW, "we");
	need(f && fputs("no view", f) >= 0 && fclose(f) == 0);
	usleep(12000);
	need(gate_open_session(&alice, "sshd") == PAM_SUCCESS);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "an odd name is denied", an_odd_name_is_denied, 60 },
		{ "odd hosts and terminals change no verdict",
		  odd_hosts_and_terminals_change_no_verdict, 30 },
		{ "a service that no rule names is denied", a_service_that_no_rule_names_is_denied,
		  20 },
		{ "how a host answers changes no verdict", how_a_host_answers_changes_no_verdict,
		  20 },
		{ "without a view only the exempt get in", without_a_view_only_the_exempt_get_in,
		  20 },
		{ "a session opens whatever the host says", a_session_opens_whatever_the_host_says,
		  20 },
		{ "a session opens without a view", a_session_opens_without_a_view, 20 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
