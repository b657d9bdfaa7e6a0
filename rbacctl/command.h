/*
 * command.h - the command lines that messages suggest, quoted for the shell so that they can be
 * pasted as they are.
 *
 * Every message that suggests a command makes it here, and a system test runs it
 * (tests/system/suggestions.bats).
 */
#ifndef RBACCTL_COMMAND_H
#define RBACCTL_COMMAND_H

#include "rbacctl/buf.h"

/*
 * Append WORD as one word for sh, as `ls` quotes names (shell-escape of GNU coreutils): as it is
 * when no shell reads anything into it, else between ' and '. Control characters (C0, DEL, C1,
 * those that turn the direction of text) and bytes that are not UTF-8 become octal in $'...': no
 * terminal obeys them, and no shell runs anything; bash, ksh, zsh and POSIX.1-2024 read them back.
 */
void command_quote(struct buf *out, const char *word);

/* A line of COMMAND_MAX bytes holds the longest names there are. */
enum { COMMAND_MAX = 2048 };
struct command {
	char text[COMMAND_MAX];
};

/*
 * The command line FMT: words parted by one space, for example "rbacctl assign %s %s --scope %s".
 * Each %s is one word and is quoted. Options come last, each value behind its option. Where an
 * argument begins with "-", the options go to the front and "--" before the arguments. Words in
 * capitals, such as USER, are for the reader to fill in. A command of rbacctl's that looks at
 * another
 * --etc or --store keeps it. What does not fit becomes "rbacctl --help". Returns C's text.
 */
const char *command_line(struct command *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define COMMAND(...)                                                                               \
	command_line(&(struct command){ "" }, __VA_ARGS__) /* lives to the end of the block */

/* The `rbacctl init` that suits this host: with --from-view where there is a view of a
 * store that is lost, with --policy only where there is no policy yet. Returns C's text. */
const char *command_to_init(struct command *c);
#define COMMAND_TO_INIT() command_to_init(&(struct command){ "" })

/* The same for another host, where no --etc and --store of here count. */
const char *command_there(struct command *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define THERE_COMMAND(...) command_there(&(struct command){ "" }, __VA_ARGS__)

/* command_line() where HERE, else command_there(). */
const char *command_at(struct command *c, bool here, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
#define COMMAND_AT(here, ...) command_at(&(struct command){ "" }, here, __VA_ARGS__)

/*
 * The command that was typed, for another host: without --etc, --store and their values, and with
 * --scope SCOPE (NULL: as it is) where `assign` or `revoke` was typed without a scope or a number.
 * Returns C's text.
 */
const char *command_elsewhere(struct command *c, const char *scope);

/* The command that was typed, with sudo before it. Returns C's text. */
const char *command_with_sudo(struct command *c);
#define COMMAND_WITH_SUDO() command_with_sudo(&(struct command){ "" })

/* How to do without sudo, behind a suggestion: "        (without sudo: ...)"; "" where a listener
 * would not help. */
const char *command_without_sudo(void);

/* The command that was typed, with OPTION and its VALUE (NULL: it takes none) added. Returns C's
 * text. */
const char *command_with(struct command *c, const char *option, const char *value);
#define COMMAND_WITH(option, value) command_with(&(struct command){ "" }, option, value)
/* The help that follows a complaint: a few words and one command. */
struct advice {
	char text[COMMAND_MAX + 200];
};

/* The command line that was typed, and the folders in use. The strings stay the caller's; called
 * once, by main. */
struct command_typed {
	char **argv;            /* NULL-terminated, from the program's name on */
	const char *etc;        /* the folder in use */
	const char *etc_option; /* --etc and --store as typed, NULL: not */
	const char *store_option;
	const char *view; /* the path of the view in use; NULL: none */
	bool no_listener; /* the socket takes this command, and nobody listens there */
};
void command_began(const struct command_typed *typed);

#endif
