/*
 * file_has.h - does a file, such as a program, have a text in it?
 */
#ifndef RBACCTL_HOST_FILE_HAS_H
#define RBACCTL_HOST_FILE_HAS_H

#include <stdbool.h>
#include <stdio.h>

/* From where FILE stands on. The first byte of TEXT does not occur in it again. */
bool file_has(FILE *file, const char *text);

#endif
