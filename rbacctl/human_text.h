/*
 * human_text.h - times, and what is wrong with a policy, as people say them.
 */
#ifndef RBACCTL_HUMAN_TEXT_H
#define RBACCTL_HUMAN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/command.h"
#include "rbacctl/model/problem.h"

/* "today 23:10", "tomorrow 08:00", "2026-12-01 08:00" in local time, with seconds where they are
 * not 0; "-" for no limit. */
void human_instant(int64_t t, int64_t now, char *out, size_t size);

/* "in 7h 58m", "2 days ago", "now"; two units at most. */
void human_relative(int64_t t, int64_t now, char *out, size_t size);

/* When something ends, in a table: human_relative for people; RFC 3339 for programs. "-" for no
 * end. */
void human_end(int64_t t, int64_t now, bool json, char *out, size_t size);

/*
 * "%devs", the Unix group GID by the name that this host has for it now; "%gid 2001" where there is
 * none, or where its name is none that a terminal can be shown. SIZE: RBAC_UNIX_GROUP_MAX + 2 is
 * enough.
 */
void human_unix_group(uint32_t gid, char *out, size_t size);

/* The errors in P, warnings left out: a line "  FILE:LINE: TEXT" for each of the first few, then
 * how many more there are. */
void human_problems(const struct problems *p, struct buf *out);

/*
 * What would help where the store cannot be opened or read because of ERR: "; ..." to be put behind
 * why; "" where nothing is known. Returns H's text.
 */
struct human_help {
	char text[COMMAND_MAX + 200];
};
const char *human_store_help(struct human_help *h, int err);
#define HUMAN_STORE_HELP(err)                                                                      \
	human_store_help(&(struct human_help){ "" }, err) /* lives to the end of the block */

#endif
