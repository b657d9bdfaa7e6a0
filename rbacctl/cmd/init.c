/* init: start this host, and say who can log in now. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/access/effective_access.h"
#include "rbacctl/change/init/start.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/plain_text.h"

struct admitted {
	const struct snapshot *snap;
	int64_t now;
	size_t n;
	bool current;
	const char *me;
};

static int on_user(void *ctx, const char *user)
{
	struct admitted *w = ctx;
	struct effective_access s;
	int err = effective_access_of(w->snap, user, w->now, &s);
	if (!err && s.n_services) {
		printf("%s%s (", w->n++ ? ", " : "log in here by role: ", user);
		for (size_t i = 0; i < s.n_services; i++)
			printf("%s%s", i ? " " : "", s.services[i].name);
		putchar(')');
		w->current |= strcmp(user, w->me) == 0;
	}
	effective_access_free(&s);
	return err;
}

static void say_who(const struct invocation *a, const char *someone)
{
	struct snapshot snap;
	struct admitted w = { &snap, a->now, 0, a->actor.root, a->actor.name };
	if (snapshot_open(&snap, a->view) == RBAC_OK) {
		snapshot_users(&snap, on_user, &w);
		printf("%s\n", w.n ? "" : "log in here by role: nobody yet");
		printf("you: %s%s\n", a->actor.name,
		       a->actor.root ? " (uid 0 always passes)"
		       : w.current   ? " can log in"
				     : " CANNOT log in by role; do not close this session");
		printf("next: keep a root shell open; add \"rbac\" to the group line "
		       "of /etc/nsswitch.conf and\n"
		       "      \"account required pam_rbac.so\" to /etc/pam.d/sshd; "
		       "test a login in another window (%s)\n"
		       "      or let setup make both edits; it can undo them:  %s\n",
		       COMMAND("rbacctl explain %s --service sshd", someone[0] ? someone : "USER"),
		       COMMAND("rbacctl setup"));
	}
	snapshot_close(&snap);
}

static void say_files(const struct invocation *a, const struct start *s,
		      const struct new_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (!files->v[i].is_folder)
			printf("wrote %s\n", files->v[i].path);
	if (s->has_conf)
		printf("kept  %s/rbac.conf\n", a->etc);
}

/* --from or --from-view, WORD, says all that other options would. */
static int refuse_others(const struct args *args, const char *word)
{
	static const enum opt others[] = { OPT_POLICY, OPT_ROOT, OPT_HOST, OPT_ADMIN };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (args->value[others[i]]) {
			complain("init: --%s and --%s: only one of the two, because --%s has that "
				 "already",
				 option_row(others[i])->word, word, word);
			return EXIT_USAGE;
		}
	return EXIT_DONE;
}

static int choose(const struct invocation *a, const struct args *args, struct start *s)
{
	const char *from = args->value[OPT_FROM];
	bool view = args->value[OPT_FROM_VIEW] != NULL;
	if (from && view) {
		complain("init: --from and --from-view: expected one of the two");
		return EXIT_USAGE;
	}
	int status = from || view ? refuse_others(args, view ? "from-view" : "from") : EXIT_DONE;
	if (status)
		return status;
	if (view)
		return start_view_choose(a, s);
	return from ? start_from_choose(a, from, s)
		    : start_choose(a,
				   &(struct start_options){ .policy = args->value[OPT_POLICY],
							    .root = args->value[OPT_ROOT],
							    .host = args->value[OPT_HOST],
							    .admin = args->value[OPT_ADMIN] },
				   s);
}

/* What no view has. */
static void say_lost(void)
{
	printf("lost with the store: who assigned each role and why, assignments that had ended, "
	       "assignments to Unix groups\n"
	       "      that this host did not have, the ids of deleted groups, and the log\n");
}

/* The one word that init takes is the token behind --fleet. */
static int become_member(struct invocation *a, const struct args *args)
{
	int status = refuse_others(args, "fleet");

	if (!status && (args->value[OPT_FROM] || args->value[OPT_FROM_VIEW])) {
		complain("init: --fleet takes no option of a new policy: the authority has "
			 "policy and roles");
		status = EXIT_USAGE;
	}
	if (!status && args->n == 0) {
		complain("init --fleet: expected the token that %s printed on the authority",
			 THERE_COMMAND("rbacctl fleet enrol HOST --scope S"));
		status = EXIT_USAGE;
	}
	return status ? cmd_done(status) : cmd_fleet_join(a, args);
}

int cmd_init(struct invocation *a, const struct args *args)
{
	if (args->value[OPT_FLEET])
		return become_member(a, args);
	if (args->n) {
		complain("init: \"%s\" is one word too many: expected no argument; a policy: %s",
			 args->v[0], COMMAND("rbacctl init --policy %s", args->v[0]));
		return EXIT_USAGE;
	}
	struct start s = { 0 };
	struct new_files files = { 0 };
	struct change c = { 0 };
	int status = choose(a, args, &s);
	if (!status) {
		int err = start_apply(&c, a, &s, &files);
		if (!err) {
			say_files(a, &s, &files);
			plain_text_print(buf_text(&c.done));
			cmd_report(&c);
			if (args->value[OPT_FROM_VIEW])
				say_lost();
			say_who(a, s.admin);
		}
		if (err && !c.committed)
			new_files_remove(&files);
		status = change_close(&c, err);
	}
	new_files_free(&files);
	start_free(&s);
	return cmd_done(status);
}
