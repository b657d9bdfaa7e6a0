/*
 * cmd.h - one small file per family of verbs: reads arguments, calls one function below, prints.
 *
 * Only options that the verb's row in verb_table.c names reach it, and as many arguments as it
 * says.
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
 * The window that --from, --until and --for say, or the exit status EXIT_USAGE with a complaint.
 * --for counts from --from, else from now.
 */
int cmd_window(const struct invocation *a, const struct args *args, int64_t *from, int64_t *until);

/*
 * The name that counts of the person whom TYPED names: in *P, said where it is another one; else,
 * and for what names nobody ("%group", NULL), TYPED itself.
 */
const char *cmd_person(const char *typed, struct person *p);

/*
 * When something ends, in a table: local time and how far away for people, RFC 3339 for programs.
 * "-" for no end.
 */
void cmd_end(int64_t t, int64_t now, bool json, char *out, size_t size);

/*
 * The STATE of an assignment whose window is W, in a table: "expired", "active", and where it has
 * not begun yet "not yet" for programs, for people when it begins. Returns that text or OUT, of
 * SIZE bytes.
 */
const char *cmd_window_state(struct rbac_window w, int64_t now, bool json, char *out, size_t size);

/* --at, or now. What --at came to is printed, in local time with its offset; not with --json. */
int cmd_at(const struct invocation *a, const struct args *args, int64_t *t);

/* --scope; without it what which_scope() says for ROLE, or for a key where ROLE is -1, into OUT
 * (RBAC_SCOPE_MAX + 1 bytes). EXIT_USAGE with a complaint when it does not exist or cannot be told.
 */
int cmd_scope(const struct snapshot *snap, const struct args *args, int role, char *out,
	      const char **scope);

/* (log.c) Say that changes were pruned from the log, where some were; nothing with --json. */
void cmd_say_pruned(const struct invocation *a);

/* A complaint about NAME, which is no WHAT ("role") of the policy; NEAR (NULL: none) is the
 * nearest; `list LIST` has all. EXIT_USAGE. */
int cmd_unknown(const char *what, const char *name, const char *near, const char *list);

/* The number of the role called NAME into *ROLE; EXIT_USAGE with a complaint where there is none.
 */
int cmd_find_role(const struct snapshot *snap, const char *name, int *role);

/* Print "host web1 = host:main, generation 58" and the end of the line. */
void cmd_say_host(const struct snapshot *snap);

/* TEXT on stdout, or a complaint where there was no memory for it; then it is freed. */
void cmd_print(struct buf *text);

/* (commit.c) Open for a change that is about the N users and "%group"s at NAMES (change_open). */
struct change;
int cmd_open(struct change *c, struct invocation *a, char *const *names, size_t n);

/* The tests of A->etc into *C, which is to be freed; what is wrong with them is said on stderr.
 * RBAC_OK, RBAC_INVALID, RBAC_NOMEM. */
struct expects;
int cmd_tests(const struct invocation *a, struct expects *c);

/* (commit.c) After a change: what the administrator should know beside it; on stderr with --json.
 */
void cmd_report(const struct change *c);

/*
 * (impact.c) After change_commit(): whom it touches, in lines, or as JSON with --json. C is only to
 * be closed then. SETTINGS: what differs in the policies, lines that JSON gets too; NULL: nothing.
 * C NULL: these alone, as JSON. The exit status: that of cmd_sessions(), where it is asked for.
 */
int cmd_impact(struct change *c, const char *settings);

/*
 * (sessions.c) Where c->a->lists_sessions: the open sessions of whom the change was about and of
 * who loses a login or a group at once, into S (to be freed in any case), and on stdout without
 * --json. With c->a->ends_sessions they are ended. The exit status.
 */
struct impact;
struct sessions;
struct buf;
int cmd_sessions(const struct change *c, const struct impact *i, struct sessions *s);

/* (due_sessions.c) End the sessions that need the role of N, a notice of sessions, which has ended.
 * SAID gets what was ended, or what is left, in one line. False: something is left, or it cannot be
 * told. */
struct store_notice;
bool cmd_due_end(const struct invocation *a, const struct store_notice *n, struct buf *said);

/* (due_sessions.c) The groups that a role of this host brings, and PERSON does not have now: into
 * *GIDS, to be freed in any case. RBAC_OK or an error. */
int cmd_groups_gone(const struct invocation *a, const char *person, uint32_t **gids, size_t *n);

/* (serve_exempt.c) Record what the datagrams that wait at FD tell. The exit status. */
int cmd_record_exempt(struct invocation *a, int fd);

/* (due_exempt.c) Open sessions that no rule allows, into *OUT, which is to be freed in any case.
 * RBAC_OK or an error. */
struct exempt_uses;
int cmd_due_exempt(const struct invocation *a, struct exempt_uses *out);

/* Commit unless ERR. What --dry-run or diff is refused for is still told with whom it would touch.
 */
int cmd_commit(struct change *c, int err);

/* Print the lines that the act wrote into C->done, and before them that --dry-run did nothing. */
void cmd_say_done(const struct change *c);

/* Commit unless ERR, and print these lines. For what touches nobody: a fleet's keys and hosts. */
int cmd_commit_told(struct change *c, int err);

/* Commit unless ERR, print the lines that the act wrote into C->done and whom it touches, close.
 * The exit status. */
int cmd_finish(struct change *c, int err);

/* The texts S are applied now: say it where the files in /etc/rbac are others, as nothing applies
 * those unasked. WHICH: "of the backup". */
struct policy_sources;
void cmd_say_files(const struct invocation *a, const struct policy_sources *s, const char *which);

/* `list assignments`: those that --user, --role and --scope name; all without. The exit status. */
int cmd_list_assignments(struct invocation *a, const struct args *args);

/* The rows on this host's part in a fleet, for status and fleet status;
 * *ATTENTION: one needs it; *MEMBER: it is a member. RBAC_OK or an error, which is a row too. */
struct table;
int cmd_fleet_lines(const struct invocation *a, struct table *t, bool *attention, bool *member);

/* who --fleet NAME. */
int cmd_who_fleet(struct invocation *a, const char *name);

/* cmd_open() for assign and revoke, which a member of a fleet may do for roles of its own. */
int cmd_open_here(struct change *c, struct invocation *a, char *const *names, size_t n);

/* A change was made: where this host is an authority with a directory, send it, and say so. QUICK:
 * the sheets alone. */
void cmd_fleet_sent(const struct invocation *a, bool quick);

/* (status_due.c) The rows on what `due` has found, for status. True: there is one. */
bool cmd_due_lines(const struct invocation *a, struct table *t);

/* (confirm.c) The rows of status about what is pending confirmation, in the store (PENDING; NULL:
 * not known) and of setup. True: there is one. */
struct unconfirmed;
bool cmd_confirm_rows(const struct invocation *a, const struct unconfirmed *pending,
		      struct table *t);

/* Returns STATUS, or EXIT_TROUBLE with a complaint if standard output could not be written. */
int cmd_done(int status);

/*
 * The end of a command that prints the list T: print WHY if ERR is not RBAC_OK; else T, unless it
 * is empty and not JSON. Frees T and WHY. Returns the exit status.
 */
int cmd_list_done(const struct invocation *a, struct table *t, int err, struct buf *why);

#endif
