/*
 * syntax.h - a look at a text before libconfig 1.5 parses it.
 */
#ifndef RBACCTL_CONFIG_SYNTAX_H
#define RBACCTL_CONFIG_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/model/problem.h"

/*
 * Is TEXT one that libconfig 1.5 reads as it is meant? Problems go to PROBLEMS under FILE. What
 * libconfig would refuse ends the look at the file; what it would misread is collected.
 */
bool policy_syntax_check(const char *file, const char *text, size_t len, struct problems *problems);

#endif
