/*
 * sudoers_file.h - the files of sudoers(5), line by line: what they include, and where a setting
 * stands. What the lines mean, cvtsudoers(1) says.
 */
#ifndef RBACCTL_HOST_SUDOERS_FILE_H
#define RBACCTL_HOST_SUDOERS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/host/included.h"

enum { SUDOERS_PATH = 4200 };

/* The file that sudo begins with: /etc/sudoers, or sudoers_file= of the policy plugin in
 * /etc/sudo.conf. */
void sudoers_first_file(char path[SUDOERS_PATH]);

/* TEXT, a line of the file AT, includes others ("@include FILE", "#includedir FOLDER"): R reads
 * them next. False: it does not. */
bool sudoers_include(struct included *r, const char *at, char *text);

/* Cut the comment off the line TEXT. "#1000" is a uid, and "%#1000" a gid. */
void sudoers_uncomment(char *text);

/*
 * The line in PATH, or in a file that it includes, that has SETTING, as "!pam_acct_mgmt" or
 * "pam_service=x": the last, and of those the last with SCOPE (":alice"), where one has it. Into
 * FILE and *LINE; false: none.
 */
bool sudoers_find(const char *path, const char *setting, const char *scope, char file[SUDOERS_PATH],
		  unsigned *line);

#endif
