/*
 * print_problems.h - what is wrong with a configuration, in the order of the files.
 */
#ifndef RBACCTL_PRINT_PROBLEMS_H
#define RBACCTL_PRINT_PROBLEMS_H

#include <stdio.h>

#include "rbacctl/model/problem.h"

/* "FILE:LINE: error|warning|note: TEXT" lines, by file (order of first mention) and line. Adds
 * nothing else. */
void problems_print(const struct problems *p, FILE *to);

#endif
