/* rbac-follow: what speaks to a directory for a fleet. rbac-follow(8). */
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbac_follow/follow.h"
#include "rbacctl/plain_text.h"

enum { USAGE = 2, TROUBLE = 4 };

static const char user_name[] = "rbac-follow";

void follow_say(const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	plain_text_tame(text);
	fprintf(stderr, "rbac-follow: %s\n", text);
}

static int usage(FILE *out)
{
	fputs("usage: rbac-follow [--etc DIR] [--store DIR]            follow the directory\n"
	      "       rbac-follow [...] push [--quick] FOLDER         for rbacctl fleet push\n"
	      "       rbac-follow [...] check                         test the access rules\n"
	      "       rbac-follow [...] password HOST                 a new password for HOST\n",
	      out);
	return out == stdout ? 0 : USAGE;
}

/* As root, read the secrets; then become the unprivileged user before the first network access. */
static bool drop_root(const struct follow *f)
{
	const struct passwd *p = getuid() == 0 ? getpwnam(user_name) : NULL;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	if (!p) /* not root; or nobody made the user, as the packages do */
		return true;
	if (mkdir(f->own, 0755) == 0 && chown(f->own, p->pw_uid, p->pw_gid) != 0)
		return false;
	return setgroups(1, &p->pw_gid) == 0 && setgid(p->pw_gid) == 0 && setuid(p->pw_uid) == 0;
}

static int run(const struct follow *f, int n, char **v, bool quick)
{
	if (n == 0)
		return follow_run(f);
	if (strcmp(v[0], "push") == 0 && n == 2)
		return push_run(f, v[1], quick);
	if (strcmp(v[0], "check") == 0 && n == 1)
		return check_run(f);
	if (strcmp(v[0], "password") == 0 && n == 2)
		return password_run(f, v[1]);
	return usage(stderr);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "etc", required_argument, NULL, 'e' }, { "store", required_argument, NULL, 's' },
		{ "quick", no_argument, NULL, 'q' },     { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },   { NULL, 0, NULL, 0 }
	};
	const char *etc = RBAC_ETC_DIR;
	struct follow f = { .state = RBAC_STATE_DIR };
	struct conf c;
	char path[4096], why[500] = "";
	bool quick = false;

	for (int o; (o = getopt_long(argc, argv, "hV", options, NULL)) != -1;) {
		if (o == 'e')
			etc = optarg;
		else if (o == 's')
			f.state = optarg;
		else if (o == 'q')
			quick = true;
		else if (o == 'V')
			return puts("rbac-follow " RBAC_VERSION) < 0 ? TROUBLE : 0;
		else
			return usage(o == 'h' ? stdout : stderr);
	}
	if (sodium_init() < 0)
		return TROUBLE;
	f.c = &c;
	snprintf(f.own, sizeof(f.own), "%s-follow", f.state);
	snprintf(path, sizeof(path), "%s/fleet.conf", etc);
	umask(022);
	/* libldap reports a lost connection; the last TLS message on it must not end the program.
	 */
	signal(SIGPIPE, SIG_IGN);
	int status = TROUBLE;
	if (!conf_read(path, &c, why, sizeof(why)))
		follow_say("%s", why);
	else if (!drop_root(&f))
		follow_say("cannot become %s: %m", user_name);
	else
		status = run(&f, argc - optind, argv + optind, quick);
	conf_free(&c);
	return status;
}
