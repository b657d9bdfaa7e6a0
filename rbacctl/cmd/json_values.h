/*
 * json_values.h - values that more than one command's JSON has. Each is new, and the caller's.
 */
#ifndef RBACCTL_CMD_JSON_VALUES_H
#define RBACCTL_CMD_JSON_VALUES_H

#include <jansson.h>
#include <stdint.h>

/* S as a string; what is no UTF-8, or steers a terminal, is escaped. null: S is "" or NULL. */
json_t *json_text(const char *s);

/* T as RFC 3339, in UTC. null: without begin or end. */
json_t *json_instant(int64_t t);

/* The lines of TEXT without their indent, as strings; empty ones are left out. */
json_t *json_lines(const char *text);

/* The name of this machine. */
json_t *json_host_name(void);

/* What is wrong: objects with kind (error, warning, note), file, line and text. */
struct problems;
json_t *json_problems(const struct problems *p);

/* A new object, with the number of the schema. NULL: out of memory. */
json_t *json_schema(void);

/* Print O, which is released; NULL is out of memory. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM. */
int json_print(json_t *o);

/* The items of LIST, which BETWEEN parts, as strings. */
json_t *json_items(const char *list, char between);

#endif
