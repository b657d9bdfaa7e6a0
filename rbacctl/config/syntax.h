/*
 * syntax.h - check a text before libconfig 1.5 parses it. rbac.conf(5), "SYNTAX", lists the checks.
 */
#ifndef RBACCTL_CONFIG_SYNTAX_H
#define RBACCTL_CONFIG_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/model/problem.h"

/*
 * Does libconfig 1.5 read TEXT as it is written? Adds what it would misread to PROBLEMS, with the
 * file name FILE. Stops at the first error that libconfig would refuse itself.
 */
bool policy_syntax_check(const char *file, const char *text, size_t len, struct problems *problems);

#endif
