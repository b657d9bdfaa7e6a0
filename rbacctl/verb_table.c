/* The verbs of rbacctl: one row each. */
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/verbs.h"

#define WINDOW_OPTIONS (OPT(FROM) | OPT(UNTIL) | OPT(FOR))
#define SESSION_OPTIONS (OPT(LIST_SESSIONS) | OPT(END_SESSIONS))
#define CHANGE_OPTIONS (OPT(AS) | OPT(DRY_RUN) | OPT(FORCE) | OPT(JSON) | OPT(CONFIRM))
/* A change of no access: a denial or cancellation is final, so no timer reverts it. */
#define WORD_OPTIONS (CHANGE_OPTIONS & ~OPT(CONFIRM))

/* A family of verbs, such as `scope`, stands together. */
static const struct verb verbs[] = {
	{ "init", cmd_init,
	  OPT(POLICY) | OPT(ROOT) | OPT(HOST) | OPT(ADMIN) | OPT(FROM) | OPT(FROM_VIEW) |
		  OPT(FLEET),
	  0, 1,
	  "[--policy NAME|FILE] [--root KIND:NAME] [--host SCOPE] [--admin USER]"
	  " | --from DIR | --from-view | --fleet TOKEN",
	  "start this host with the files in /etc/rbac, or with a policy: unix, torque, "
	  "layer5, or a file of yours",
	  "Uses the rbac.conf and the policy that are in /etc/rbac. If there is no policy, "
	  "copies that of --policy to policy.d; if there is no\n"
	  "rbac.conf, writes one with comments. Creates the host's scopes and those above "
	  "them, "
	  "gives USER (you, unless you are root) the roles that the\n"
	  "policy marks bootstrap, publishes, and says who can now log in here. "
	  "An init that is refused leaves nothing behind.\n"
	  "--from DIR: begin with everything that export wrote to DIR.\n"
	  "--from-view: the store is lost; make a new one from the published view." },
	{ "check", cmd_check, OPT(ELSEWHERE) | OPT(JSON), 0, 0, "[--elsewhere]",
	  "check the files in /etc/rbac; changes nothing",
	  "Exit status 0: they are sound; 1: an error or a warning needs attention. "
	  "Root is also told what apply would refuse.\n"
	  "--elsewhere: the files are for another host; do not compare them with this one." },
	{ "diff", cmd_diff, OPT(JSON), 0, 2, "[A [B]]",
	  "compare /etc/rbac with the applied policy, and say which users an apply would affect",
	  "With numbers of changes: compare the store after change A with that after change B, or "
	  "with the present one (root only)." },
	{ "apply", cmd_apply, OPT(DROP) | CHANGE_OPTIONS, 0, 0,
	  "[--dry-run] [--confirm D] [--drop] [--force]", "make /etc/rbac the policy of this host",
	  "--drop: remove from the store what the new policy no longer has, "
	  "for example the assignments of a role that is gone.\n"
	  "--force: apply although nobody could log in and administer afterwards, or a "
	  "service with pam_rbac would have no login rule any more." },
	{ "confirm", cmd_confirm, OPT(AS) | OPT(JSON), 0, 0, "",
	  "keep the change that was made with --confirm; typed in another login",
	  "What --confirm D made is reverted after D, unless this is typed in time." },
	{ "edit", cmd_edit, OPT(YES) | OPT(DROP) | OPT(FORCE) | OPT(AS) | OPT(CONFIRM), 0, 1,
	  "[FILE] [--yes] [--confirm D] [--drop] [--force]",
	  "edit a file of /etc/rbac, check it, and apply it",
	  "FILE is rbac.conf (the default), policy.d/NAME.conf, assignments.d/NAME.conf or "
	  "tests.d/NAME.test. Runs VISUAL, EDITOR or vi on a copy;\n"
	  "a file with errors never replaces the old one. Says whom the change affects, and "
	  "asks. --yes does not ask: applies what has no errors." },
	{ "test", cmd_test, OPT(JSON), 0, 0, "",
	  "run the tests of the policy in tests.d; apply runs them, too",
	  "Lines such as: alice may sshd at host:main/web1; mallory may never. "
	  "rbac.conf(5), TESTS, has the grammar.\n"
	  "Exit status 0: all hold; 1: one fails, or a file has an error." },
	{ "assign", cmd_assign,
	  OPT(SCOPE) | WINDOW_OPTIONS | OPT(REASON) | OPT(REPLACE) | CHANGE_OPTIONS | PASSES, 2, 2,
	  "USER|%GROUP ROLE [--scope S] [--from T] [--until T | --for 8h] [--reason R] [--replace]",
	  "give a role",
	  "Without --scope: at this host's scope. T is local time (18:00, \"tomorrow 08:00\", "
	  "\"2026-01-31 18:00\") or RFC 3339 (2026-01-31T18:00:00Z);\n"
	  "a duration is " DURATION_FORMATS ".\n"
	  "--replace revokes the assignments of this role there, and makes the new one. "
	  "--force accepts a name that passwd or group does not know." },
	{ "revoke", cmd_revoke, OPT(SCOPE) | OPT(ID) | SESSION_OPTIONS | CHANGE_OPTIONS | PASSES, 2,
	  2, "USER|%GROUP ROLE [--scope S] [--id N] [--list-sessions | --end-sessions]",
	  "revoke a role", NULL },
	{ "prune", cmd_prune, CHANGE_OPTIONS, 0, 0, "[--dry-run]",
	  "remove assignments that have ended or are superseded (root only)",
	  "Superseded: another assignment of the same user, role and scope covers all of the "
	  "remaining time.\n"
	  "No user gains or loses anything, and the log keeps what is removed. Assignments "
	  "from files stay." },
	{ "request", cmd_request,
	  OPT(SCOPE) | OPT(FROM) | OPT(FOR) | OPT(REASON) | OPT(USER) | CHANGE_OPTIONS | PASSES, 1,
	  1, "ROLE [--scope S] --for D [--from T] --reason R [--user USER]", "request a role",
	  "If the role requires approval, another person must approve; otherwise it is "
	  "assigned at once. D counts "
	  "from the approval, or from T." },
	{ "approve", cmd_approve, OPT(FOR) | CHANGE_OPTIONS | PASSES, 1, 1, "N [--for D]",
	  "approve a request for a role", "--for: approve for a shorter time than requested." },
	{ "deny", cmd_deny, OPT(REASON) | WORD_OPTIONS | PASSES, 1, 1, "N [--reason R]",
	  "deny a request for a role", NULL },
	{ "cancel", cmd_cancel, WORD_OPTIONS | PASSES, 1, 1, "N", "withdraw a request", NULL },
	{ "requests", cmd_requests, PASSES_QUESTION | OPT(ALL) | OPT(JSON) | OPT(AS), 0, 0,
	  "[--all]", "list requests: yours, and those that you may approve",
	  "--all: also those that are decided." },
	{ "review", cmd_review, PASSES_QUESTION | OPT(ALL) | OPT(JSON) | OPT(AS), 0, 1,
	  "[ROLE|USER] [--all]", "list grants that are due for a review, or soon will be",
	  "With a role or a user, or --all: also grants that are due later." },
	{ "review keep", cmd_review_keep, CHANGE_OPTIONS | PASSES, 1, 60, "ID...",
	  "say that grants are still needed", NULL },
	{ "review revoke", cmd_review_revoke, CHANGE_OPTIONS | PASSES, 1, 60, "ID...",
	  "end grants that are not needed", NULL },
	{ "import", cmd_import, OPT(CSV) | OPT(FROM_ACCESS) | OPT(SERVICE) | CHANGE_OPTIONS, 0, 0,
	  "--csv FILE | --from-access FILE [--service S]",
	  "make many assignments at once: all of them, or none",
	  "Lines user,role,scope,from,until,reason; the last four may be empty or left out. "
	  "A first line may name the columns in another order.\n"
	  "Commas, semicolons or tabs, blanks and quotes are read as spreadsheets write them. "
	  "Assignments that exist already are skipped.\n"
	  "--from-access: prints login rules for rbac.conf, and the lines that they cannot "
	  "express; changes nothing." },
	{ "scope create", cmd_scope_create, OPT(OWNER) | CHANGE_OPTIONS | PASSES, 1, 1,
	  "SCOPE [--owner USER]", "create a scope; if its kind has owners, you own it", NULL },
	{ "scope delete", cmd_scope_delete, OPT(RECURSIVE) | CHANGE_OPTIONS | PASSES, 1, 1,
	  "SCOPE [--recursive] [--force]", "delete a scope and its assignments",
	  "--recursive: also all scopes below it. --force (root): "
	  "even if only the owner may delete it." },
	{ "scope transfer", cmd_scope_transfer, OPT(KEEP_ROLE) | CHANGE_OPTIONS | PASSES, 2, 2,
	  "SCOPE USER [--keep-role]", "give a scope another owner",
	  "--keep-role: the old owner keeps the role, as an assignment." },
	{ "scope set", cmd_scope_set, OPT(PLAN) | CHANGE_OPTIONS | PASSES, 1, 1,
	  "SCOPE --plan PLAN", "set the plan of a scope (\"\": the default)", NULL },
	{ "scope show", cmd_scope_show, OPT(JSON), 1, 1, "SCOPE",
	  "show a scope: owner, plan, and who holds which role there", NULL },
	{ "scope list", cmd_scope_list, OPT(JSON), 0, 0, "", "list all scopes as a tree", NULL },
	{ "user add", cmd_user_add, OPT(SCOPE) | CHANGE_OPTIONS | PASSES, 1, 1,
	  "USER [--scope ROOT]", "record a user, and make the scopes that each new user gets",
	  NULL },
	{ "user rename", cmd_user_rename, CHANGE_OPTIONS, 2, 2, "OLD NEW",
	  "the same person has another login name now: keep everything", NULL },
	{ "user rebind", cmd_user_rebind, OPT(ALL) | CHANGE_OPTIONS, 0, 1, "USER | --all",
	  "the same person has another uid now: keep everything",
	  "--all: every user whose uid is not the recorded one, after a migration. "
	  "Try --dry-run first: a name that was given to\n"
	  "another person is taken for the same one." },
	{ "user suspend", cmd_user_suspend, SESSION_OPTIONS | CHANGE_OPTIONS | PASSES, 1, 1,
	  "USER [--end-sessions] [--force]", "deny a user everything; their roles are kept",
	  "--force (root): even where too few holders of a role remain (min)." },
	{ "user resume", cmd_user_resume, CHANGE_OPTIONS | PASSES, 1, 1, "USER", "end a suspension",
	  NULL },
	{ "user forget", cmd_user_forget, SESSION_OPTIONS | CHANGE_OPTIONS, 1, 1,
	  "USER [--end-sessions]", "revoke all roles of a user and remove the user from the store",
	  NULL },
	{ "user show", cmd_user_show, OPT(JSON), 1, 1, "USER", "show the roles of a user", NULL },
	{ "list", cmd_list,
	  OPT(AS_OF) | OPT(USER) | OPT(ROLE) | OPT(SCOPE) | OPT(JSON) | PASSES_ASSIGNMENTS, 1, 1,
	  "roles|keys|keychains|scopes|users|groups|assignments [--user U] [--role R] [--scope S] "
	  "[--as-of N|T]",
	  "print a table (assignments: from the store)",
	  "--user, --role, --scope: only the assignments of this user or %group, of this role, "
	  "exactly at this\nscope; default: all." },
	{ "role show", cmd_role_show, OPT(SCOPE) | OPT(JSON), 1, 1, "ROLE [--scope S]",
	  "show a role: its settings and keys, who holds it, who may assign it, how to request it",
	  NULL },
	{ "role clone", cmd_role_clone, 0, 2, 2, "ROLE NEW",
	  "print a file of policy.d that defines NEW as a copy of ROLE; changes nothing", NULL },
	{ "matrix", cmd_matrix, OPT(JSON) | OPT(HTML), 0, 0, "[--html]",
	  "print which role has which permission", NULL },
	{ "graph", cmd_graph, 0, 0, 0, "",
	  "print scopes, roles, keychains, keys, users and groups as DOT, for graphviz", NULL },
	{ "who", cmd_who,
	  OPT(AS_OF) | OPT(SCOPE) | OPT(KEY) | OPT(MAY_ASSIGN) | OPT(AT) | OPT(JSON) | OPT(FLEET),
	  0, 1,
	  "ROLE | --key KEY | --may-assign ROLE  [--scope S] [--at T] [--as-of N|T] | --fleet USER",
	  "say who holds a role or a key, or who may assign a role",
	  "--fleet: on which hosts of the fleet USER can log in; asked on the authority, by root. "
	  "Exit status 1: on none." },
	{ "whoami", cmd_whoami, OPT(AS) | OPT(JSON), 0, 0, "",
	  "show your roles, keys, groups and services here, and how to request more",
	  "Requests, and who assigned a role, are in the store: root reads it, others get them "
	  "from the listener (serve)." },
	{ "can", cmd_can, OPT(AS_OF) | OPT(SCOPE) | OPT(AT) | OPT(JSON), 2, 3,
	  "USER KEY | USER assign ROLE  [--scope S] [--at T] [--as-of N|T]",
	  "say whether a user may do that; exit status 0 yes, 1 no, 2 unknown name", NULL },
	{ "explain", cmd_explain,
	  OPT(AS_OF) | OPT(HOST) | OPT(SERVICE) | OPT(RHOST) | OPT(AT) | OPT(JSON), 1, 1,
	  "USER [--service S] [--rhost H] [--at T] [--as-of N|T] [--host S]",
	  "say why a user may log in or not; without --service: roles, groups and every service",
	  "--host: on another host of the fleet, whose scope is S; asked on the authority, by "
	  "root." },
	{ "setup", cmd_setup,
	  OPT(YES) | OPT(UNDO) | OPT(DRY_RUN) | OPT(CONFIRM) | OPT(BREAK_GLASS) | OPT(JSON), 0, 32,
	  "[SERVICE...] [--break-glass] [--yes] [--confirm D] [--undo] [--dry-run]",
	  "make this host ask rbac: edit nsswitch.conf, and the PAM file of each SERVICE (sshd)",
	  "Shows the edits, asks, and makes them. Asks libpam before and after for root, for "
	  "a user with a role and for one without,\n"
	  "and reverts the edits if they would lock somebody out. --undo restores the files." },
	{ "status", cmd_status, OPT(JSON) | OPT(CHECK), 0, 0, "[--check]",
	  "show the state of this host, and what needs attention", NULL },
	{ "doctor", cmd_doctor, OPT(JSON), 0, 0, "",
	  "look for what is wrong with this host: PAM, nsswitch, sshd, sudo, view, accounts",
	  "Prints for each fault where it is, what is wrong, why it matters, and how to "
	  "repair it. Exit status 0: no fault; 1: faults.\n"
	  "Changes nothing. As root it also asks libpam, for a user with a role and for one "
	  "without; --json lists what it could not check." },
	{ "verify", cmd_verify, OPT(REPAIR) | OPT(DRY_RUN) | OPT(FORCE) | OPT(AS) | OPT(JSON), 0, 0,
	  "[--repair [--dry-run] [--force]]", "check store, audit chain and view (root only)",
	  "--repair: restores from the log the rows that another program changed, names "
	  "each, and records that as a change.\n"
	  "Refused if the log itself was changed." },
	{ "publish", cmd_publish, OPT(ACCEPT_OLDER) | OPT(TRUST_CLOCK) | OPT(AS) | OPT(JSON), 0, 0,
	  "[--accept-older-store] [--trust-clock]",
	  "compile the view again (at boot, and when Unix users or groups have changed)",
	  "--accept-older-store (root): publish although the view shows changes that the "
	  "store does not have; recorded in the log.\n"
	  "--trust-clock: states that the clock is right now, and was ahead at the last "
	  "publication." },
	{ "export", cmd_export, OPT(TO) | OPT(JSON), 0, 0, "--to DIR",
	  "write all that the store holds as files, for init --from DIR (root only)",
	  "Writes the applied policy as it was applied, and CSV files with users, scopes, "
	  "assignments and group ids." },
	{ "backup", cmd_backup, OPT(JSON), 1, 1, "FILE",
	  "write the store, with its log, to one file (root only)",
	  "Other changes can go on meanwhile. Replaces an older backup of that name, but no "
	  "other file." },
	{ "restore", cmd_restore, CHANGE_OPTIONS, 1, 1, "FILE [--force]",
	  "give the store the content of a backup (root only)",
	  "This is a new change, and the log keeps all changes. GIDs that were first used since "
	  "then stay reserved.\n"
	  "--force: restore although it is a backup of another store, or nobody could log in "
	  "and administer afterwards." },
	{ "completion", cmd_completion, 0, 1, 100, "bash|zsh|fish",
	  "print a script that completes the words of this command in a shell",
	  "A shell that reads its output completes the words: roles, scopes, keys and users "
	  "come from the view." },
	{ "fleet init", cmd_fleet_init, OPT(EVERY) | OPT(AS) | OPT(DRY_RUN), 1, 1,
	  "NAME [--every D]", "make this host the authority of a fleet: one store for many hosts",
	  "Every change is then made here, pushed from here, and taken by the members.\n"
	  "--every: a member that hears nothing for three times as long says so." },
	{ "fleet enrol", cmd_fleet_enrol, OPT(SCOPE) | OPT(AS) | OPT(DRY_RUN) | OPT(JSON), 1, 1,
	  "HOST --scope S", "print the token of a new member, whose scope is S", NULL },
	{ "fleet join", cmd_fleet_join, 0, 1, 1, "TOKEN",
	  "make this host a member; it needs a host without a store", NULL },
	{ "fleet leave", cmd_fleet_leave, OPT(AS) | OPT(DRY_RUN) | OPT(JSON), 0, 0, "",
	  "leave the fleet; this host keeps its roles, scopes and policy",
	  "Writes the policy into /etc/rbac. Later changes of the authority, also revocations, do "
	  "not arrive any more." },
	{ "fleet push", cmd_fleet_push, OPT(TO) | OPT(JSON), 0, 0, "[--to DIR]",
	  "write changed sheets into a folder, or into the directory of fleet.conf",
	  "Run it after every change, and as often as --every of fleet init says." },
	{ "fleet check", cmd_fleet_check, OPT(JSON), 0, 0, "",
	  "test the access rules of the directory; exit status 1: a rule is wrong", NULL },
	{ "fleet remove", cmd_fleet_remove, OPT(AS) | OPT(DRY_RUN) | OPT(JSON), 1, 1, "HOST",
	  "end the membership of a host; the next push deletes its entry in the directory", NULL },
	{ "fleet keys", cmd_fleet_keys, OPT(AS) | OPT(DRY_RUN) | OPT(JSON), 0, 32,
	  "[new [KEYFILE] | draft FILE WORD... | sign FILE KEYFILE | take FILE | root KEYFILE]",
	  "show the keys of the fleet, or change them",
	  "WORD: new; take-over; end ID; add-root KEY; drop-root ID; threshold N." },
	{ "fleet take-over", cmd_fleet_take_over, OPT(AS) | OPT(DRY_RUN), 0, 1, "[KEYFILE]",
	  "make this host, which has a copy of the store, the authority instead of the old one",
	  NULL },
	{ "fleet take", cmd_fleet_take, OPT(WATCH) | OPT(JSON), 1, 1, "DIR",
	  "take what the authority has pushed; exit status 1: something needs attention", NULL },
	{ "fleet status", cmd_fleet_status, OPT(JSON), 0, 0, "",
	  "show this host's part in a fleet, and what needs attention", NULL },
	{ "log", cmd_log,
	  PASSES_QUESTION | OPT(SINCE) | OPT(UNTIL) | OPT(BY) | OPT(USER) | OPT(ROLE) | OPT(SCOPE) |
		  OPT(CHANGE) | OPT(HEAD) | OPT(VERIFY) | OPT(PRUNE) |
		  (CHANGE_OPTIONS & ~OPT(CONFIRM)),
	  0, 0,
	  "[--since T] [--until T] [--by USER] [--user U] [--role R] [--scope S] [--change N] "
	  "[--verify] | --head | --prune N|T [--dry-run]",
	  "list every change: when, who, what",
	  "--head prints the number of the last change and its hash, to be kept on another host "
	  "(root only).\n"
	  "--prune deletes the changes before change N, or before time T, and signs the state of "
	  "the store at that time (root only). First make a backup." },
	{ "history", cmd_history, OPT(JSON), 0, 0, "",
	  "list every change in one line, with how many rows it wrote (root only)", NULL },
	{ "show", cmd_show, OPT(JSON), 1, 1, "N", "show what change N did (root only)", NULL },
	{ "rollback", cmd_rollback, CHANGE_OPTIONS, 1, 1, "N [--dry-run] [--force]",
	  "go back to the store as it was after change N (root only)",
	  "This is a new change: every rule applies, and the log keeps all changes. GIDs "
	  "that were first used since then stay reserved.\n"
	  "The files in /etc/rbac stay as they are; diff shows the differences." },
	{ "serve", cmd_serve, OPT(LISTEN), 0, 0, "[--listen]",
	  "run the commands that users send through the socket, with their rights (root only)",
	  "rbacctl.socket of systemd starts it; it ends when nobody has connected for 60 s. "
	  "--listen makes the socket itself, and keeps running." },
	{ "sessions", cmd_sessions_of, OPT(JSON) | PASSES_QUESTION, 1, 1, "USER",
	  "list the open sessions of a user (yours; root: of everybody)", NULL },
	{ "review ack", cmd_review_ack, CHANGE_OPTIONS | PASSES, 1, 1, "N",
	  "acknowledge that somebody used an exemption (status lists them)", NULL },
	{ "due", cmd_due, 0, 0, 0, "", "send the notices that are due (root only)", NULL },
};

enum { N_VERBS = sizeof verbs / sizeof *verbs };

const struct verb *verbs_all(size_t *n)
{
	*n = N_VERBS;
	return verbs;
}
