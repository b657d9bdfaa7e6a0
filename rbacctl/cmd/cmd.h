/*
 * cmd.h - the verbs, one small file for each family. A verb reads its arguments, calls one function
 * of a lower folder, and prints the result.
 *
 * A verb gets only the options, and the number of arguments, that its row in verb_table.c allows.
 */
#ifndef RBACCTL_CMD_CMD_H
#define RBACCTL_CMD_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"
#include "rbacctl/complain.h"
#include "rbacctl/invocation.h"
#include "rbacctl/options.h"

/* A verb of rbacctl. Returns the exit status. */
typedef int cmd_verb(struct invocation *a, const struct args *args);

cmd_verb cmd_init, cmd_check, cmd_diff, cmd_apply, cmd_confirm;
cmd_verb cmd_assign, cmd_revoke, cmd_import, cmd_prune;
cmd_verb cmd_scope_create, cmd_scope_delete, cmd_scope_transfer, cmd_scope_set;
cmd_verb cmd_scope_show, cmd_scope_list;
cmd_verb cmd_user_add, cmd_user_rename, cmd_user_rebind, cmd_user_suspend, cmd_user_resume;
cmd_verb cmd_user_forget, cmd_user_show;
cmd_verb cmd_list, cmd_matrix, cmd_graph, cmd_can, cmd_who, cmd_explain, cmd_whoami;
cmd_verb cmd_role_show, cmd_role_clone;
cmd_verb cmd_setup, cmd_doctor, cmd_status, cmd_verify, cmd_publish, cmd_log;
cmd_verb cmd_export, cmd_backup, cmd_restore, cmd_test, cmd_edit;
cmd_verb cmd_completion;
cmd_verb cmd_history, cmd_show, cmd_rollback;
cmd_verb cmd_diff_changes; /* diff with numbers of changes */
cmd_verb cmd_serve, cmd_due, cmd_review_ack, cmd_sessions_of;
cmd_verb cmd_request, cmd_approve, cmd_deny, cmd_cancel, cmd_requests;
cmd_verb cmd_review, cmd_review_keep, cmd_review_revoke;
cmd_verb cmd_fleet_init, cmd_fleet_enrol, cmd_fleet_join, cmd_fleet_leave, cmd_fleet_push,
	cmd_fleet_take;
cmd_verb cmd_fleet_status, cmd_fleet_check, cmd_fleet_remove, cmd_fleet_keys;
cmd_verb cmd_fleet_take_over;

/* ---- shared by commands ---- */

/*
 * Set *FROM and *UNTIL to the window of --from, --until and --for; --for begins at --from, or else
 * now. Returns EXIT_DONE, or EXIT_USAGE with a message.
 */
int cmd_window(const struct invocation *a, const struct args *args, int64_t *from, int64_t *until);

/*
 * The name of passwd for the person that TYPED names; it borrows *P. If it differs from TYPED, it
 * is printed. If TYPED names nobody, is a "%group" or NULL, the function returns TYPED.
 */
const char *cmd_person(const char *typed, struct person *p);

/*
 * Write the end T for a cell of a table into OUT: local time and the time that is left, or RFC 3339
 * if JSON; "-" for no end.
 */
void cmd_end(int64_t t, int64_t now, bool json, char *out, size_t size);

/*
 * The state of an assignment with the window W, for a cell of a table: "expired" or "active"; if it
 * has not begun, "not yet" in JSON, otherwise the time when it begins. Returns a constant or OUT,
 * of SIZE bytes.
 */
const char *cmd_window_state(struct rbac_window w, int64_t now, bool json, char *out, size_t size);

/* Set *T to the time of --at, or to now. Without --json it prints the time of --at in local time
 * with its offset. Returns EXIT_DONE, or EXIT_USAGE with a message. */
int cmd_at(const struct invocation *a, const struct args *args, int64_t *t);

/* Set *SCOPE to --scope; without it to the default of which_scope() for ROLE, or for a key if ROLE
 * is -1, which is written to OUT (RBAC_SCOPE_MAX + 1 bytes). EXIT_DONE, or EXIT_USAGE with a
 * message if the scope does not exist or there is no default. */
int cmd_scope(const struct snapshot *snap, const struct args *args, int role, char *out,
	      const char **scope);

/* (log.c) If changes were pruned from the log, print that; nothing with --json. */
void cmd_say_pruned(const struct invocation *a);

/* Print that the policy has no WHAT ("role") with the name NAME. NEAR is a similar name (NULL:
 * none); `rbacctl list LIST` lists all. Returns EXIT_USAGE. */
int cmd_unknown(const char *what, const char *name, const char *near, const char *list);

/* Set *ROLE to the index of the role NAME. EXIT_DONE, or EXIT_USAGE with a message. */
int cmd_find_role(const struct snapshot *snap, const char *name, int *role);

/* Print "host web1 = host:main, generation 58" and the end of the line. */
void cmd_say_host(const struct snapshot *snap);

/* Print TEXT on stdout, or a message if there was no memory for it; then free TEXT. */
void cmd_print(struct buf *text);

/* (commit.c) Call change_open() for a change about the N users and "%group"s at NAMES. */
struct change;
int cmd_open(struct change *c, struct invocation *a, char *const *names, size_t n);

/* Read the tests in A->etc into *C, and print errors on stderr. RBAC_OK, RBAC_INVALID or
 * RBAC_NOMEM. Free *C in any case. */
struct expects;
int cmd_tests(const struct invocation *a, struct expects *c);

/* (commit.c) After a change: print its notes for the administrator, on stderr with --json. */
void cmd_report(const struct change *c);

/*
 * (impact.c) After change_commit(): print whose access the change affects, in lines or as JSON. C
 * can then only be closed. SETTINGS: lines on the settings that differ between the policies, which
 * JSON gets, too; NULL: none. C NULL: print only these, as JSON. Returns the exit status: that of
 * cmd_sessions(), if the command lists sessions.
 */
int cmd_impact(struct change *c, const char *settings);

/*
 * (sessions.c) If C->a->lists_sessions: collect the open sessions of the users that the change is
 * about, and of users who lose a login or a group at once, into S, and print them without --json.
 * If C->a->ends_sessions, end those that need what was lost. Returns the exit status. Free S in any
 * case.
 */
struct impact;
struct sessions;
struct buf;
int cmd_sessions(const struct change *c, const struct impact *i, struct sessions *s);

/* (due_sessions.c) End the sessions that need the role of N, a NOTICE_SESSIONS, after that role has
 * ended. SAID gets one line: what was ended, or what is left. False: a session is left, or it is
 * not known. */
struct store_notice;
bool cmd_due_end(const struct invocation *a, const struct store_notice *n, struct buf *said);

/* (due_sessions.c) Set *GIDS to the N groups that some role of this host brings and PERSON does not
 * have now. RBAC_OK or an error. Free *GIDS in any case. */
int cmd_groups_gone(const struct invocation *a, const char *person, uint32_t **gids, size_t *n);

/* (serve_exempt.c) Record the logins that the datagrams at FD report. Returns the exit status. */
int cmd_record_exempt(struct invocation *a, int fd);

/* (due_exempt.c) Find the open sessions that only an exemption allowed. RBAC_OK or an error. Free
 * *OUT in any case. */
struct exempt_uses;
int cmd_due_exempt(const struct invocation *a, struct exempt_uses *out);

/* Commit unless ERR. If --dry-run or diff was refused, the users it would affect are still
 * computed.
 */
int cmd_commit(struct change *c, int err);

/* Print the lines of C->done; with --dry-run, first a line that says that nothing was done. */
void cmd_say_done(const struct change *c);

/* Commit unless ERR, and print the lines of C->done. For changes that affect no user: keys and
 * members of a fleet. */
int cmd_commit_told(struct change *c, int err);

/* Commit unless ERR, print the lines of C->done and the users who are affected, and close C.
 * Returns the exit status. */
int cmd_finish(struct change *c, int err);

/* After S was applied: if the files in /etc/rbac differ from S, print that, because they have no
 * effect. WHICH, such as "of the backup", says where S came from. */
struct policy_sources;
void cmd_say_files(const struct invocation *a, const struct policy_sources *s, const char *which);

/* `list assignments`, by --user, --role and --scope. Returns the exit status. */
int cmd_list_assignments(struct invocation *a, const struct args *args);

/* Add the rows about this host's part in a fleet to T, for status and fleet status. *ATTENTION: a
 * row needs attention; *MEMBER: this host is a member. RBAC_OK, or an error, which is also a row.
 */
struct table;
int cmd_fleet_lines(const struct invocation *a, struct table *t, bool *attention, bool *member);

/* who --fleet NAME. */
int cmd_who_fleet(struct invocation *a, const char *name);

/* cmd_open() for assign and revoke: a member of a fleet may make these changes for `local` roles.
 */
int cmd_open_here(struct change *c, struct invocation *a, char *const *names, size_t n);

/* After a change: if this host is an authority with a directory, push the change, and print that.
 * QUICK: only the sheets. */
void cmd_fleet_sent(const struct invocation *a, bool quick);

/* (status_due.c) Add the rows about findings of `due` to T, for status. True: there is one. */
bool cmd_due_lines(const struct invocation *a, struct table *t);

/* (confirm.c) Add the rows about pending confirmations to T, for status: of a change (PENDING;
 * NULL: not known) and of setup. True: there is one. */
struct unconfirmed;
bool cmd_confirm_rows(const struct invocation *a, const struct unconfirmed *pending,
		      struct table *t);

/* Returns STATUS, or EXIT_TROUBLE with a complaint if standard output could not be written. */
int cmd_done(int status);

/*
 * The end of a command that prints the list T: print WHY if ERR is not RBAC_OK; otherwise print T,
 * but not if it is empty and not JSON. Frees T and WHY. Returns the exit status.
 */
int cmd_list_done(const struct invocation *a, struct table *t, int err, struct buf *why);

#endif
