/*
 * options.h - the options of every verb, one row each, and what was typed.
 *
 * The verbs in cmd/ read struct args by the names OPT_*; options_read() is for verbs.c, and which
 * verb takes which option stands in the table of verbs.
 */
#ifndef RBACCTL_OPTIONS_H
#define RBACCTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/human_time.h"

/* OPT_NAME, the word behind the two dashes, what --help calls its value ("": it takes none), and
 * the help. --help lists them in this order. */
#define OPTIONS(ROW)                                                                               \
	ROW(SCOPE, "scope", "S",                                                                   \
	    "the scope, KIND:NAME/NAME; default: this host's scope (lists: all)")                  \
	ROW(FROM, "from", "T|DIR",                                                                 \
	    "the assignment begins at time T; init: the folder of an export")                      \
	ROW(UNTIL, "until", "T", "the assignment ends just before this time")                      \
	ROW(FOR, "for", "D", "the assignment lasts this long: " DURATION_FORMATS)                  \
	ROW(REASON, "reason", "R", "why; kept in the log")                                         \
	ROW(REPLACE, "replace", "", "revoke the existing assignments, and make this one")          \
	ROW(FORCE, "force", "", "make a change that looks like a mistake")                         \
	ROW(END_SESSIONS, "end-sessions", "", "end the open sessions of users who lose access")    \
	ROW(LIST_SESSIONS, "list-sessions", "", "list each process that still has a lost group")   \
	ROW(ID, "id", "N", "only the assignment with this number")                                 \
	ROW(OWNER, "owner", "USER", "the owner (root only)")                                       \
	ROW(RECURSIVE, "recursive", "", "also all scopes below")                                   \
	ROW(KEEP_ROLE, "keep-role", "", "the old owner keeps the role, as an assignment")          \
	ROW(PLAN, "plan", "PLAN", "one of the policy's plans")                                     \
	ROW(KEY, "key", "KEY", "who holds this permission")                                        \
	ROW(MAY_ASSIGN, "may-assign", "R", "who may assign this role")                             \
	ROW(SERVICE, "service", "S", "a PAM service: sshd, sudo, ...")                             \
	ROW(RHOST, "rhost", "H", "coming from this host or address")                               \
	ROW(AT, "at", "T", "ask about this time instead of now")                                   \
	ROW(AS_OF, "as-of", "N|T",                                                                 \
	    "ask the store as it was after change N, or at time T (root only)")                    \
	ROW(SINCE, "since", "T", "changes from this time on")                                      \
	ROW(BY, "by", "USER", "changes by this person")                                            \
	ROW(ROLE, "role", "ROLE", "this role alone")                                               \
	ROW(CHANGE, "change", "N", "the change with this number")                                  \
	ROW(PRUNE, "prune", "N|T", "delete the changes before change N, or before time T")         \
	ROW(HEAD, "head", "", "print only the number of the last change and its hash")             \
	ROW(POLICY, "policy", "P", "the policy to copy: unix, torque, layer5, or a file")          \
	ROW(ROOT, "root", "S",                                                                     \
	    "the root scope; default: the one above the host's scope, or KIND:main")               \
	ROW(HOST, "host", "S",                                                                     \
	    "init: the scope of this host, default: the root scope; explain: of another host")     \
	ROW(ADMIN, "admin", "USER", "the user who gets the bootstrap roles; default: you")         \
	ROW(DROP, "drop", "", "remove what the new policy no longer has")                          \
	ROW(ALL, "all", "", "every user")                                                          \
	ROW(ACCEPT_OLDER, "accept-older-store", "",                                                \
	    "publish from a store that is older than the view (root only)")                        \
	ROW(DRY_RUN, "dry-run", "", "say what would happen; change nothing")                       \
	ROW(CONFIRM, "confirm", "D",                                                               \
	    "revert it after this time unless another login confirms it: 90s, 10m")                \
	ROW(UNDO, "undo", "", "put the files back as they were before setup")                      \
	ROW(BREAK_GLASS, "break-glass", "",                                                        \
	    "make the group breakglass, whose members can log in without a role")                  \
	ROW(TRUST_CLOCK, "trust-clock", "",                                                        \
	    "use the time of the clock, although the view was published later")                    \
	ROW(HTML, "html", "", "print a page of HTML")                                              \
	ROW(CSV, "csv", "FILE", "lines user,role,scope,from,until,reason; - for standard input")   \
	ROW(FROM_ACCESS, "from-access", "FILE",                                                    \
	    "print login rules that mean the same as a file of pam_access")                        \
	ROW(FROM_VIEW, "from-view", "",                                                            \
	    "the store is lost: make a new one from the published view")                           \
	ROW(TO, "to", "DIR", "the folder to write; for export it must be new, or empty")           \
	ROW(EVERY, "every", "D", "how often the authority signs again; default: 60s")              \
	ROW(FLEET, "fleet", "", "who: on every host of the fleet; init: as a member")              \
	ROW(WATCH, "watch", "", "keep running, and take each new state")                           \
	ROW(YES, "yes", "", "do it without asking")                                                \
	ROW(CHECK, "check", "", "exit status 1 if something needs attention")                      \
	ROW(REPAIR, "repair", "", "restore rows from the log")                                     \
	ROW(VERIFY, "verify", "", "check the audit chain too")                                     \
	ROW(JSON, "json", "", "print JSON")                                                        \
	ROW(AS, "as", "USER", "act with the rights of USER, or of root (root only)")               \
	ROW(ELSEWHERE, "elsewhere", "",                                                            \
	    "the files are for another host: do not compare them with this one")                   \
	ROW(ETC, "etc", "DIR", "instead of " RBAC_ETC_DIR " (or RBAC_ETC)")                        \
	ROW(STORE, "store", "DIR", "instead of " RBAC_STATE_DIR " (or RBAC_STORE)")                \
	ROW(WAIT, "wait", "D",                                                                     \
	    "wait this long for another change to end: 0, 90s, 10m; default: 60s")                 \
	ROW(USER, "user", "USER", "for another user; log and list: of what they hold")             \
	ROW(LISTEN, "listen", "", "make the socket; for hosts without systemd")                    \
	ROW(HELP, "help", "", "print this help; also -h")                                          \
	ROW(VERSION, "version", "", "print the version; also -V")

#define OPTIONS_NAME(name, word, value, help) OPT_##name,
enum opt { OPTIONS(OPTIONS_NAME) OPT_COUNT };
#undef OPTIONS_NAME

/* A set of options: OPT(SCOPE) | OPT(AT). */
#define OPT(name) (UINT64_C(1) << OPT_##name)
/* Every verb takes them. */
#define OPTIONS_OF_ALL (OPT(ETC) | OPT(STORE) | OPT(WAIT) | OPT(HELP) | OPT(VERSION))
_Static_assert(OPT_COUNT <= 61, "a set of options is 64 bits, and verbs.h has the last three");

struct args {
	const char *verb;
	const char *value[OPT_COUNT]; /* "" for an option without a value; NULL: not given */
	char **v;                     /* positional arguments */
	int n;
};

/*
 * Sort ARGV, which begins with the program's name, into options and words: options may stand
 * anywhere, also before the verb, and end at "--" (getopt_long(3)). The verb is still among the
 * words. TAKEN are the options that the verb takes. ARGV gets another order, and *ARGS points into
 * it; another call needs a fresh ARGV. False: something is wrong, and WRONG says what was the
 * first; options behind it are not read, except --json, but all words are there.
 */
bool options_read(uint64_t taken, int argc, char **argv, struct args *args, struct buf *wrong);
#define OPTIONS_ANY (~UINT64_C(0)) /* TAKEN while the verb is not known */

/* Print a line on stdout for each option in TAKEN. */
void options_help(uint64_t taken);

/* The row of option I, for completion and tests. */
struct option_row {
	const char *word, *value, *help; /* VALUE "": it takes none */
};
const struct option_row *option_row(enum opt i);

#endif
