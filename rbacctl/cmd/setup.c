/* setup: the edits by which this host asks rbac, and their undo. */
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/lockout.h"
#include "rbacctl/change/read/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/cmd/setup_ask.h"
#include "rbacctl/cmd/setup_undo.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/actor.h"
#include "rbacctl/host/edit/edit.h"
#include "rbacctl/host/confirm/timer.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/human_time.h"

struct setup {
	struct invocation *a;
	struct snapshot snap;
	struct edits edits;
	struct findings lost;
	struct setup_services services;
	const char *group; /* that is to be exempt on the PAM line; NULL: none */
	char record[SETUP_RECORD_MAX];
	json_t *asked; /* with --json: what libpam said */
};

/* ---- may it be done? ---- */

static int choose(struct setup *s, const struct args *args)
{
	bool yes;
	int status = EXIT_DONE;

	s->group = args->value[OPT_BREAK_GLASS] ? EDIT_BREAK_GLASS : NULL;
	for (int i = 0; i < (args->n ? args->n : 1) && !status; i++)
		status = setup_services_add(&s->services, s->snap.p, args->n ? args->v[i] : "sshd");
	if (status)
		return status;
	int err = lockout_somebody_can_act(&s->snap, s->a->now, LOCKOUT_WEEK, &yes);
	if (!err && !yes) {
		complain("nobody who administers would get in: no user who can log in by a rule "
			 "holds a role marked bootstrap (%s%s)",
			 invocation_where(s->a),
			 COMMAND_AT(!s->a->member, "rbacctl assign USER ROLE --as root"));
		return EXIT_REFUSED;
	}
	if (err)
		complain("%s", rbac_error_text(err));
	return exit_of(err);
}

static int work_out(struct setup *s, const struct args *args)
{
	struct buf why = { 0 };
	int err = edit_nsswitch(&s->edits, &why);

	if (!err && s->group)
		err = edit_group(&s->edits, s->group);
	for (int i = 0; i < (args->n ? args->n : 1) && !err; i++)
		err = edit_pam(&s->edits, &pam_here, args->n ? args->v[i] : "sshd", s->group, &why);
	if (!err)
		err = edit_end(&s->edits);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	return exit_of(err);
}

static void show(const struct edits *e)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct edit *x = &e->v[i];
		if (x->line)
			printf("%s:%u\n  %s\n", x->path, x->line, x->added);
		else if (x->run)
			printf("%s, by a command\n  %s\n", x->path, x->run);
	}
}

/* All that setup says, as one object. */
static int print_json(struct setup *s, bool made)
{
	json_t *o = json_schema(), *edits = json_array();
	struct edit_confirm c;
	bool waits = made && s->a->confirm && setup_unconfirmed(s->a, &c);

	for (size_t i = 0; i < s->edits.n; i++) {
		const struct edit *x = &s->edits.v[i];
		if (!x->line && !x->run)
			continue;
		json_array_append_new(
			edits, json_pack("{s:o,s:o,s:o,s:o}", "file", json_text(x->path), "line",
					 x->line ? json_integer(x->line) : json_null(), "text",
					 json_text(x->line ? x->added : NULL), "command",
					 json_text(x->line ? NULL : x->run)));
	}
	json_object_set_new(o, "made", json_boolean(made));
	json_object_set_new(o, "edits", edits);
	json_object_set(o, "asked", s->asked);
	json_object_set_new(o, "undone_at", waits ? json_instant(c.until.at) : json_null());
	return exit_of(json_print(o));
}

/* Is it to be done? */
static int confirmed(const struct invocation *a, const struct args *args)
{
	char answer[40] = "";

	if (a->dry_run || args->value[OPT_YES])
		return EXIT_DONE;
	if (a->json || !isatty(STDIN_FILENO)) {
		complain("refused: setup asks before it changes these files, and there is no "
			 "terminal to ask at (%s)",
			 COMMAND_WITH("--yes", NULL));
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
	err = confirm_timer_start(EDIT_CONFIRM_NAME, s->a->state, &c.until, s->a->now, why);
	if (err)
		(void)edit_confirm_remove(s->a->state);
	return err;
}

static void say_confirm(const struct setup *s)
{
	struct edit_confirm c;
	char at[64], in[64];

	if (!setup_unconfirmed(s->a, &c))
		return;
	human_instant(c.until.at, s->a->now, at, sizeof at);
	human_relative(c.until.at, s->a->now, in, sizeof in);
	printf("  it is undone at %s (%s), unless another login confirms it: %s\n", at, in,
	       COMMAND("rbacctl confirm"));
}

static void say_break_glass(const struct setup *s)
{
	const struct group *g = s->group ? getgrnam(s->group) : NULL;

	if (s->group && (!g || !g->gr_mem[0]))
		printf("  %s has no member yet, and lets nobody in: usermod -aG %s USER\n",
		       s->group, s->group);
}

/* A program that does not ask PAM: its gate does not count, whatever libpam says. */
static void say_asker_is_off(const struct setup *s)
{
	char text[600];

	fflush(stdout);
	for (size_t i = 0; i < s->services.n; i++)
		if (look_asker_is_off(s->snap.p, s->services.v[i].service, text, sizeof text))
			remark("%s does not ask PAM, so pam_rbac has no effect there yet: %s",
			       s->services.v[i].service, text);
}

/* With the lock, so that the timer of --confirm cannot run in between. */
static int make_locked(struct setup *s, size_t first)
{
	struct buf why = { 0 };
	struct edit_confirm c;
	int err = RBAC_OK;

	if (s->a->confirm && !setup_unconfirmed(s->a, &c)) {
		complain("the time of --confirm was over before the first edit was made");
		return EXIT_REFUSED;
	}
	err = edits_make(&s->edits, s->record, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	if (err && s->a->confirm)
		(void)setup_forget(s->a);
	if (err)
		return exit_of(err);
	if (!setup_ask_after(&s->services, s->asked)) {
		complain("libpam does not answer as it should: the edits are reverted (%s)",
			 COMMAND("rbacctl doctor"));
		int status = setup_undo(s->a, first);
		return status ? status : EXIT_REFUSED;
	}
	return EXIT_DONE;
}

static int make(struct setup *s)
{
	struct buf why = { 0 };

	setup_ask_before(&s->services, &s->snap, s->a->now, &s->lost, s->group);
	size_t first = edits_recorded(s->record);
	int err = s->a->confirm ? wait_for_confirmation(s, &why) : RBAC_OK;
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	if (err)
		return exit_of(err);
	int lock = setup_lock(s->a), status = make_locked(s, first);
	if (!status && s->a->json) {
		status = print_json(s, true);
		say_asker_is_off(s);
	} else if (!status) {
		printf("done; keep a root shell open, and test a login in another window\n"
		       "  to look for faults: %s; to undo: %s\n",
		       COMMAND("rbacctl doctor"), COMMAND("rbacctl setup --undo"));
		say_break_glass(s);
		say_confirm(s);
		say_asker_is_off(s);
	}
	if (lock >= 0)
		close(lock);
	return status;
}

/* One thing is pending confirmation at a time, here and in the store. */
static int refuse_while_waiting(const struct invocation *a)
{
	struct edit_confirm c;
	struct records_state now;
	struct buf why = { 0 };

	if (setup_unconfirmed(a, &c)) {
		complain("refused: the edits of setup by %s are pending confirmation (%s, in "
			 "another login; to undo them: %s)",
			 c.person, COMMAND("rbacctl confirm"), COMMAND("rbacctl setup --undo"));
		return EXIT_REFUSED;
	}
	if (!a->confirm)
		return EXIT_DONE;
	if (strcmp(a->state, RBAC_STATE_DIR) != 0) {
		complain("refused: setup changes this host, so --confirm does not work with the "
			 "--store of another host");
		return EXIT_REFUSED;
	}
	bool pending = records_state(a, &now, &why) == RBAC_OK && now.unconfirmed.change;
	buf_free(&why);
	if (pending)
		complain("refused: change %" PRIu64 " (%s) is pending confirmation; confirm it "
			 "first (%s, in another login)",
			 now.unconfirmed.change, now.unconfirmed.verb, COMMAND("rbacctl confirm"));
	return pending ? EXIT_REFUSED : EXIT_DONE;
}

static int set_up(struct setup *s, const struct args *args)
{
	int status = refuse_while_waiting(s->a);

	if (!status)
		status = choose(s, args);
	if (!status)
		status = work_out(s, args);
	if (status)
		return status;
	if (s->a->json && (s->edits.n == 0 || s->a->dry_run))
		return print_json(s, false);
	if (s->edits.n == 0) {
		printf("nothing to do: this host uses rbac already\n");
		return EXIT_DONE;
	}
	if (!s->a->json)
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
		complain("setup writes files in /etc, which needs root (%s)", COMMAND_WITH_SUDO());
		free(s);
		return EXIT_REFUSED;
	}
	if (!s) {
		complain("%s", rbac_error_text(RBAC_NOMEM));
		return EXIT_TROUBLE;
	}
	s->a = a;
	s->asked = a->json ? json_array() : NULL;
	actor_find_for_upkeep(NULL, &a->actor);
	setup_record(a, s->record);
	if (args->value[OPT_UNDO]) {
		status = setup_undo_all(a);
	} else {
		int err = snapshot_open(&s->snap, a->view);
		status = err ? exit_of(err) : set_up(s, args);
		setup_services_free(&s->services);
		snapshot_close(&s->snap);
	}
	edits_free(&s->edits);
	findings_free(&s->lost);
	json_decref(s->asked);
	free(s);
	return cmd_done(status);
}
