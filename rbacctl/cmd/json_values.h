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

/* The items of LIST, which BETWEEN parts, as strings. */
json_t *json_items(const char *list, char between);

#endif
