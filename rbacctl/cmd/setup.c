/* setup: the edits by which this host asks rbac, and their undo. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/gate_sample.h"
#include "rbacctl/access/lockout.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/host/ask_pam.h"
#include "rbacctl/host/edit.h"
#include "rbacctl/host/pam_text.h"
#include "rbacctl/model/rules.h"

#define LINE "account required pam_rbac.so"

enum { SERVICES_MAX = 32 };

/* One service, and what libpam said of three users before the edits. */
struct asked {
	const char *service;
	const char *holder, *roleless; /* in SAMPLE; NULL: there is none */
	struct gate_sample sample;
	int holder_was, roleless_was, root_was;
};

struct setup {
	struct invocation *a;
	struct snapshot snap;
	struct edits edits;
	struct findings lost;
	struct asked v[SERVICES_MAX];
	int n;
	char record[4200];
};

/* ---- what libpam says ---- */

static const char *said(int result)
{
	return result == ASK_PAM_FAILED ? "no answer" : pam_return_name(result);
}

static void ask_before(struct setup *s)
{
	for (int i = 0; i < s->n; i++) {
		struct asked *x = &s->v[i];
		x->sample = (struct gate_sample){
			.snap = &s->snap, .now = s->a->now, .service = x->service, .out = &s->lost
		};
		gate_sample_gather(&x->sample);
		x->holder = x->sample.holders.n ? x->sample.holders.v[0] : NULL;
		x->roleless = x->sample.roleless.n ? x->sample.roleless.v[0] : NULL;
		x->holder_was = x->holder ? ask_pam(x->service, x->holder) : 0;
		x->roleless_was = x->roleless ? ask_pam(x->service, x->roleless) : 0;
		x->root_was = ask_pam(x->service, "root");
	}
}

static void say(const struct asked *x, const char *user, const char *kind, int was, int is)
{
	printf("  %s, %s (%s): %s before, %s now\n", x->service, user, kind, said(was), said(is));
}

/* Ask again. False: somebody is denied who was let in, or is let in who must not be. */
static bool ask_after(const struct setup *s)
{
	bool good = true;

	for (int i = 0; i < s->n; i++) {
		const struct asked *x = &s->v[i];
		int root = ask_pam(x->service, "root");
		if (x->holder) {
			int is = ask_pam(x->service, x->holder);
			say(x, x->holder, "has a role", x->holder_was, is);
			good &= gate_passes(is) || !gate_passes(x->holder_was);
		}
		if (x->roleless) {
			int is = ask_pam(x->service, x->roleless);
			say(x, x->roleless, "has none", x->roleless_was, is);
			good &= !gate_passes(is);
		}
		say(x, "root", "uid 0", x->root_was, root);
		good &= gate_passes(root) || !gate_passes(x->root_was);
	}
	return good;
}

/* ---- may it be done? ---- */

static int choose(struct setup *s, const struct args *args)
{
	bool yes;

	s->n = args->n ? args->n : 1;
	for (int i = 0; i < s->n; i++) {
		s->v[i].service = args->n ? args->v[i] : "sshd";
		if (policy_service_find(s->snap.p, s->v[i].service))
			continue;
		complain(
			"no login rule names %s: everybody but root would be denied there; name it "
			"in the services of a login rule in rbac.conf, then %s",
			s->v[i].service, COMMAND("rbacctl apply"));
		return EXIT_REFUSED;
	}
	int err = lockout_somebody_can_act(&s->snap, s->a->now, LOCKOUT_WEEK, &yes);
	if (!err && !yes) {
		complain("nobody who administers would get in: no user who can log in by a rule "
			 "holds a role marked bootstrap (%s%s)",
			 invocation_where(s->a), COMMAND("rbacctl assign USER ROLE --as root"));
		return EXIT_REFUSED;
	}
	if (err)
		complain("%s", rbac_error_text(err));
	return exit_of(err);
}

static int work_out(struct setup *s)
{
	struct buf why = { 0 };
	int err = edit_nsswitch(&s->edits, &why);

	for (int i = 0; i < s->n && !err; i++)
		err = edit_pam(&s->edits, &pam_here, s->v[i].service, LINE, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	return exit_of(err);
}

static void show(const struct edits *e)
{
	for (size_t i = 0; i < e->n; i++)
		printf("%s:%u\n  %s\n", e->v[i].path, e->v[i].line, e->v[i].added);
}

/* Is it to be done? */
static int confirmed(const struct invocation *a, const struct args *args)
{
	char answer[40] = "";

	if (a->dry_run || args->value[OPT_YES])
		return EXIT_DONE;
	if (!isatty(STDIN_FILENO)) {
		complain("setup changes these files only after a yes, and there is no terminal "
			 "to ask at (%s)",
			 COMMAND("rbacctl setup --yes"));
		return EXIT_REFUSED;
	}
	printf("Make these edits? [y/N] ");
	fflush(stdout);
	if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return EXIT_DONE;
	puts("nothing was changed");
	return EXIT_NO;
}

/* ---- both ways ---- */

/* The last edits of the record, 0: all. It needs no more than the record, so that another process
 * can do it later. */
static int undo(const char *record, size_t last)
{
	struct buf done = { 0 }, why = { 0 };
	int err = edits_undo(record, last, &done, &why);

	if (err == RBAC_NOTFOUND)
		printf("nothing to undo: setup has changed no file of this host\n");
	cmd_print(&done);
	if (err && err != RBAC_NOTFOUND)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	return err == RBAC_NOTFOUND ? EXIT_DONE : exit_of(err);
}

static int make(struct setup *s)
{
	struct buf why = { 0 };

	ask_before(s);
	int err = edits_make(&s->edits, s->record, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	if (err)
		return exit_of(err);
	if (!ask_after(s)) {
		complain("libpam does not answer as it should: the edits are taken back (%s)",
			 COMMAND("rbacctl doctor"));
		int status = undo(s->record, s->edits.n);
		return status ? status : EXIT_REFUSED;
	}
	printf("done; keep a root shell open, and test a login in another window\n"
	       "  to look for faults: %s; to undo: %s\n",
	       COMMAND("rbacctl doctor"), COMMAND("rbacctl setup --undo"));
	return EXIT_DONE;
}

static int set_up(struct setup *s, const struct args *args)
{
	int status = choose(s, args);

	if (!status)
		status = work_out(s);
	if (status)
		return status;
	if (s->edits.n == 0) {
		printf("nothing to do: the host asks rbac already\n");
		return EXIT_DONE;
	}
	show(&s->edits);
	status = confirmed(s->a, args);
	if (status || s->a->dry_run)
		return status;
	return make(s);
}

int cmd_setup(struct invocation *a, const struct args *args)
{
	struct setup *s = calloc(1, sizeof *s);
	int status = EXIT_TROUBLE;

	if (geteuid() != 0) {
		complain("setup writes files in /etc, which takes root (%s)", COMMAND_WITH_SUDO());
		free(s);
		return EXIT_REFUSED;
	}
	if (!s) {
		complain("%s", rbac_error_text(RBAC_NOMEM));
		return EXIT_TROUBLE;
	}
	s->a = a;
	snprintf(s->record, sizeof s->record, "%.4000s/setup", a->state);
	if (args->value[OPT_UNDO]) {
		status = undo(s->record, 0);
	} else {
		int err = snapshot_open(&s->snap, a->view);
		status = err ? exit_of(err) : set_up(s, args);
		for (int i = 0; i < s->n; i++)
			gate_sample_free(&s->v[i].sample);
		snapshot_close(&s->snap);
	}
	edits_free(&s->edits);
	findings_free(&s->lost);
	free(s);
	return cmd_done(status);
}
