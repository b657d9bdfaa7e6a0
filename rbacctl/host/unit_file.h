/*
 * unit_file.h - the units of systemd as their files say: systemd.unit(5), "Unit File Load Path".
 *
 * It needs no running systemd, so that a host is judged which is not started, and by any user.
 */
#ifndef RBACCTL_HOST_UNIT_FILE_H
#define RBACCTL_HOST_UNIT_FILE_H

#include <stdbool.h>

/* Folders of units, those first that take precedence; NULL ends them. */
extern const char *const unit_folders[];

/* A line "KEY=VALUE" of a unit, or of a drop-in of it. VALUE has no blanks at its ends; lines that
 * go on with a backslash are one line, LINE is the first of them. */
struct unit_line {
	const char *file;
	unsigned line;
	const char *section; /* "Service" */
	const char *key;
	char *value;
};

/* Call FN for each setting of the unit NAME, in the order in which systemd reads them. False: there
 * is no such unit, or it is masked. */
typedef void unit_line_fn(void *ctx, const struct unit_line *l);
bool unit_each_line(const char *name, unit_line_fn *fn, void *ctx);

/* Is the unit NAME one that others want or require? For "ssh@.service" any instance will do. */
bool unit_is_enabled(const char *name);

/* Call FN for each instance of the template NAME ("sshd@.service") that other units want or
 * require: INSTANCE is "int" for "sshd@int.service". */
typedef void unit_instance_fn(void *ctx, const char *name, const char *instance);
void unit_each_instance(const char *name, unit_instance_fn *fn, void *ctx);

/* Is it a link to /dev/null? */
bool unit_is_masked(const char *name);

#endif
