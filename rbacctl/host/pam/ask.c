#define _GNU_SOURCE
#include "rbacctl/host/pam/ask.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "common/exempt_message.h"
#include "rbacctl/cut_short.h"

/* Of libpam's public header; the library is loaded only where it is asked, so that rbacctl runs on
 * a host without PAM. */
enum { ITEM_USER = 2, ITEM_RUSER = 8, SILENT = 0x8000, CONV_ERR = 19 };
struct conversation {
	int (*conv)(int n, const void **messages, void **answers, void *ctx);
	void *ctx;
};
struct library {
	int (*start)(const char *service, const char *user, const struct conversation *conv,
		     void **pamh);
	int (*set_item)(void *pamh, int item, const void *value);
	int (*acct_mgmt)(void *pamh, int flags);
	int (*end)(void *pamh, int status);
};

enum { SECONDS = 10, NO_LIBRARY = 100 };

static int says_nothing(int n, const void **messages, void **answers, void *ctx)
{
	(void)n;
	(void)messages;
	(void)answers;
	(void)ctx;
	return CONV_ERR;
}

static bool load(struct library *l)
{
	void *so = dlopen("libpam.so.0", RTLD_NOW | RTLD_GLOBAL);

	if (!so)
		return false;
	*(void **)&l->start = dlsym(so, "pam_start");
	*(void **)&l->set_item = dlsym(so, "pam_set_item");
	*(void **)&l->acct_mgmt = dlsym(so, "pam_acct_mgmt");
	*(void **)&l->end = dlsym(so, "pam_end");
	return l->start && l->set_item && l->acct_mgmt && l->end;
}

static bool names_invoker(const char *service)
{
	static const char *const names[] = { "su", "su-l", "sudo", "sudo-i" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], service) == 0)
			return true;
	return false;
}

/* su and sudo ask as setuid programs: the real uid is the user's, and modules look at it. */
static bool become_invoker(const char *user)
{
	const struct passwd *pw = getpwnam(user);

	return pw && setresuid(pw->pw_uid, 0, 0) == 0;
}

/* Nobody logs in here: what pam_rbac tells of an exemption is neither to be recorded as a use of
 * it, nor to be an alert in the log. In a container that may not mount, it is. */
static void hide_listeners(bool log_too)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return;
	if (access(RBAC_EXEMPT_PATH, F_OK) == 0)
		(void)mount("/dev/null", RBAC_EXEMPT_PATH, NULL, MS_BIND, NULL);
	closelog();
	if (log_too && access(_PATH_LOG, F_OK) == 0)
		(void)mount("/dev/null", _PATH_LOG, NULL, MS_BIND, NULL);
}

/* In the child: the code is its exit status. */
static int ask(const char *service, const char *user)
{
	const struct conversation conv = { says_nothing, NULL };
	struct library l = { 0 };
	void *pamh = NULL;
	bool invoker = names_invoker(service);

	if (!load(&l) || (invoker && !become_invoker(user)))
		return NO_LIBRARY;
	int result = l.start(service, invoker ? "root" : user, &conv, &pamh);
	if (!result && invoker)
		result = l.set_item(pamh, ITEM_RUSER, user);
	if (!result)
		result = l.acct_mgmt(pamh, SILENT);
	/* pam_end would run what modules left behind for the end of a session: the child ends
	 * anyway. */
	return result;
}

static int ask_in_child(const char *service, const char *user, bool exempt)
{
	int status, null;
	pid_t pid = fork();

	if (pid < 0)
		return ASK_PAM_FAILED;
	if (pid == 0) {
		signal(SIGALRM, SIG_DFL);
		cut_short_unwatch(); /* a status would be taken for what libpam says */
		alarm(SECONDS);
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (null >= 0) {
			dup2(null, 0);
			dup2(null, 1);
			dup2(null, 2);
		}
		hide_listeners(exempt);
		_exit(ask(service, user));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ASK_PAM_FAILED;
	return WIFEXITED(status) && WEXITSTATUS(status) < PAM_RETURNS ? WEXITSTATUS(status)
								      : ASK_PAM_FAILED;
}

int ask_pam(const char *service, const char *user)
{
	return ask_in_child(service, user, false);
}

int ask_pam_exempt(const char *service, const char *user)
{
	return ask_in_child(service, user, true);
}

bool ask_pam_is_harmless(const struct pam_stack *s, const char **which)
{
	static const char *const act[] = {
		"pam_faillock.so", "pam_tally2.so", "pam_exec.so",
		"pam_script.so",   "pam_mount.so",  "pam_slurm_adopt.so"
	};

	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; s->v[i].what == PAM_RUNS && j < sizeof act / sizeof *act; j++)
			if (strstr(s->v[i].module, act[j])) {
				*which = act[j];
				return false;
			}
	return true;
}
