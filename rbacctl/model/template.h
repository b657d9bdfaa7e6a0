/*
 * template.h - fill in templates of names, such as "%{role}" and "%{user}".
 */
#ifndef RBACCTL_MODEL_TEMPLATE_H
#define RBACCTL_MODEL_TEMPLATE_H

#include <stddef.h>

struct template_value {
	const char *word, *value;
};

/*
 * Write TEXT to OUT, with each "%{word}" of the N at VALUES replaced by its value. Writes at most
 * SIZE - 1 bytes and a NUL; returns the length of the complete result, as snprintf(3) does. A
 * "%{...}" with another word is copied unchanged.
 */
size_t template_fill(const char *text, const struct template_value *values, size_t n, char *out,
		     size_t size);

#endif
