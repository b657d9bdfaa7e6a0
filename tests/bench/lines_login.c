/* The login decision, and the whole account stage beside pam_permit's. */
#include <security/pam_appl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/decide.h"
#include "common/error.h"
#include "tests/bench/bench.h"

static size_t decide(void *unused, const struct key *keys, size_t n)
{
	size_t allowed = 0;

	(void)unused;
	for (size_t i = 0; i < n; i++) {
		const uint32_t groups[] = { NOBODY_GID, GID_MIN };
		const struct rbac_request rq = { .user = keys[i].name,
						 .uid = keys[i].uid,
						 .service = BENCH_SERVICE,
						 .groups = groups,
						 .n_groups = 2,
						 .now = (int64_t)time(NULL) };
		struct rbac_verdict verdict;
		struct rbac_view v;
		if (rbac_view_acquire(RBAC_VIEW_PATH, RBAC_TRUST_ROOT, &v))
			continue;
		allowed += rbac_decide(&v, &rq, &verdict) == 0 && verdict.allow;
		rbac_view_release(&v);
	}
	return allowed;
}

/* What a login adds for a record that does not exist (common/proof_of_absence.c). A proof that
 * fails counts as a hit, and the bench stops. */
static size_t prove_absent(void *unused, const struct key *keys, size_t n)
{
	size_t failed = 0;
	struct rbac_view v;

	(void)unused;
	if (rbac_view_acquire(RBAC_VIEW_PATH, RBAC_TRUST_ROOT, &v))
		return n;
	for (size_t i = 0; i < n; i++)
		failed += rbac_view_prove_absent(&v, RBAC_REC_USER, keys[i].name,
						 strlen(keys[i].name)) != RBAC_NOTFOUND;
	rbac_view_release(&v);
	return failed;
}

void lines_login(void)
{
	report_begin("login decision (rbac_decide)");
	for (unsigned s = 0; s < config.n_sizes; s++) {
		struct contender c[CONTENDERS] = { [OURS] = { decide, NULL, NULL, false } };
		struct times t[CONTENDERS];
		char path[256], label[64];

		world_enter(config.sizes[s], true);
		struct raw *raw = raw_open(world_path(path, "on/view.mdb"));
		c[RAW] = (struct contender){ raw_user, raw, NULL, false };
		measure(c, t, KEY_USER, config.sizes[s], true, RAW, 2);
		snprintf(label, sizeof(label), "%u users, allowed", config.sizes[s]);
		report_times(label, t, RAW, 2);
		c[OURS].nothing = true;
		measure(c, t, KEY_NO_USER, config.sizes[s], false, RAW, 0);
		snprintf(label, sizeof(label), "%u users, unknown user", config.sizes[s]);
		report_times(label, t, RAW, 0);
		c[OURS].run = prove_absent;
		measure(c, t, KEY_NO_USER, config.sizes[s], false, RAW, 0);
		snprintf(label, sizeof(label), "%u users, one proof of absence", config.sizes[s]);
		report_times(label, t, RAW, 0);
		raw_close(raw);
	}
}

/* ---- the account stage ---- */

static int converse(int n, const struct pam_message **messages, struct pam_response **responses,
		    void *unused)
{
	(void)n, (void)messages, (void)responses, (void)unused;
	return PAM_CONV_ERR;
}

static size_t stage(void *folder, const struct key *keys, size_t n)
{
	static const struct pam_conv conv = { .conv = converse };
	size_t passed = 0;

	for (size_t i = 0; i < n; i++) {
		pam_handle_t *h;
		if (pam_start_confdir(BENCH_SERVICE, keys[i].name, &conv, folder, &h) !=
		    PAM_SUCCESS)
			continue;
		int rc = pam_acct_mgmt(h, PAM_SILENT);
		pam_end(h, rc);
		passed += rc == PAM_SUCCESS;
	}
	return passed;
}

/* The stage alone, as a daemon that keeps its handle has it: no file of PAM's is read, nothing is
 * loaded. */
static size_t stage_again(void *folder, const struct key *keys, size_t n)
{
	static const struct pam_conv conv = { .conv = converse };
	pam_handle_t *h;
	size_t passed = 0;

	if (pam_start_confdir(BENCH_SERVICE, keys[0].name, &conv, folder, &h) != PAM_SUCCESS)
		return 0;
	for (size_t i = 0; i < n; i++) {
		pam_set_item(h, PAM_USER, keys[i].name);
		passed += pam_acct_mgmt(h, PAM_SILENT) == PAM_SUCCESS;
	}
	pam_end(h, PAM_SUCCESS);
	return passed;
}

/* A log daemon that reads and forgets. */
static pid_t log_daemon(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);
	char line[4096];
	pid_t pid;

	unlink(at.sun_path);
	if (s < 0 || bind(s, (struct sockaddr *)&at, sizeof(at)))
		world_fail("/dev/log");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (recv(s, line, sizeof(line), 0) >= 0)
			;
		_exit(0);
	}
	close(s);
	return pid;
}

void lines_stage(void)
{
	struct contender c[CONTENDERS] = {
		[OURS] = { stage, "/etc/pam-rbac", NULL, false },
		[EMPTY] = { stage, "/etc/pam-permit", NULL, false },
		[FILES] = { stage, "/etc/pam-unix", NULL, false },
	};
	struct times t[CONTENDERS];
	pid_t log = log_daemon();

	world_enter(config.sizes[config.n_sizes - 1], true);
	world_small_group();
	world_nsswitch("files rbac");
	report_begin("account stage through libpam, one process");
	printf("  (empty: pam_permit, files: pam_unix; a small /etc/passwd and /etc/group, "
	       "group: files rbac, a log daemon)\n");
	measure(c, t, KEY_FEW, config.sizes[config.n_sizes - 1], true, EMPTY, 1.5);
	report_times("pam_start, pam_acct_mgmt, pam_end", t, EMPTY, 1.5);
	for (int i = 0; i < CONTENDERS; i++)
		if (c[i].run)
			c[i].run = stage_again;
	measure(c, t, KEY_FEW, config.sizes[config.n_sizes - 1], true, EMPTY, 0);
	report_times("pam_acct_mgmt alone", t, EMPTY, 0);
	kill(log, SIGKILL);
	waitpid(log, NULL, 0);
}
