/* setup: the edits by which this host asks rbac, and their undo. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/gate_sample.h"
#include "rbacctl/access/lockout.h"
#include "rbacctl/change/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/setup_undo.h"
#include "rbacctl/command.h"
#include "rbacctl/host/actor.h"
#include "rbacctl/host/ask_pam.h"
#include "rbacctl/host/edit.h"
#include "rbacctl/host/pam_text.h"
#include "rbacctl/host/waiting.h"
#include "rbacctl/human_time.h"
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
	char record[SETUP_RECORD_MAX];
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

/* ---- make ---- */

/* What undoes the edits is told, and started, before the first of them is made. */
static int wait_for_confirmation(struct setup *s, struct buf *why)
{
	struct edit_confirm c = { .first = edits_recorded(s->record) };
	const char *person = s->a->actor.person, *end = strchr(person, ')');

	deadline_in(s->a->now, s->a->confirm, &c.until);
	login_of("/proc", 0, c.login);
	snprintf(c.person, sizeof c.person, "%.*s",
		 end ? (int)(end - person) + 1 : (int)strlen(person), person);
	int err = edit_confirm_write(s->a->state, &c, why);
	if (err)
		return err;
	err = waiting_start(EDIT_CONFIRM_NAME, s->a->state, &c.until, s->a->now, why);
	if (err)
		(void)edit_confirm_remove(s->a->state);
	return err;
}

static void say_confirm(const struct setup *s)
{
	struct edit_confirm c;
	char at[64], in[64];

	if (!setup_waits(s->a, &c))
		return;
	human_instant(c.until.at, s->a->now, at, sizeof at);
	human_relative(c.until.at, s->a->now, in, sizeof in);
	printf("  it is undone at %s (%s), unless another login confirms it: %s\n", at, in,
	       COMMAND("rbacctl confirm"));
}

static int make(struct setup *s)
{
	struct buf why = { 0 };

	ask_before(s);
	size_t first = edits_recorded(s->record);
	int err = s->a->confirm ? wait_for_confirmation(s, &why) : RBAC_OK;
	if (!err)
		err = edits_make(&s->edits, s->record, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	if (err && s->a->confirm)
		(void)setup_forget(s->a);
	if (err)
		return exit_of(err);
	if (!ask_after(s)) {
		complain("libpam does not answer as it should: the edits are taken back (%s)",
			 COMMAND("rbacctl doctor"));
		int status = setup_undo(s->a, first);
		return status ? status : EXIT_REFUSED;
	}
	printf("done; keep a root shell open, and test a login in another window\n"
	       "  to look for faults: %s; to undo: %s\n",
	       COMMAND("rbacctl doctor"), COMMAND("rbacctl setup --undo"));
	say_confirm(s);
	return EXIT_DONE;
}

/* One thing waits to be confirmed at a time, here and in the store. */
static int refuse_while_waiting(const struct invocation *a)
{
	struct edit_confirm c;
	struct records_state now;
	struct buf why = { 0 };

	if (setup_waits(a, &c)) {
		complain("refused: what setup of %s did waits to be confirmed (%s, in another "
			 "login; to undo it: %s)",
			 c.person, COMMAND("rbacctl confirm"), COMMAND("rbacctl setup --undo"));
		return EXIT_REFUSED;
	}
	if (!a->confirm)
		return EXIT_DONE;
	if (strcmp(a->state, RBAC_STATE_DIR) != 0) {
		complain("refused: setup changes this host, and --store is not this host's: "
			 "--confirm has nothing to go by");
		return EXIT_REFUSED;
	}
	bool waits = records_state(a, &now, &why) == RBAC_OK && now.waits.change;
	buf_free(&why);
	if (waits)
		complain("refused: change %" PRIu64 " (%s) waits to be confirmed, and only one "
			 "thing can (%s, in another login)",
			 now.waits.change, now.waits.verb, COMMAND("rbacctl confirm"));
	return waits ? EXIT_REFUSED : EXIT_DONE;
}

static int set_up(struct setup *s, const struct args *args)
{
	int status = refuse_while_waiting(s->a);

	if (!status)
		status = choose(s, args);
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
	actor_find_for_upkeep(NULL, &a->actor);
	setup_record(a, s->record);
	if (args->value[OPT_UNDO]) {
		status = setup_undo(a, 0);
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
