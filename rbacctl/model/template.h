/*
 * template.h - names that have the place of a word in them: "%{role}", "%{user}".
 */
#ifndef RBACCTL_MODEL_TEMPLATE_H
#define RBACCTL_MODEL_TEMPLATE_H

#include <stddef.h>

struct template_value {
	const char *word, *value;
};

/*
 * TEXT with the value of each word in its places. Writes at most SIZE - 1 bytes and a NUL to OUT;
 * returns the length of the whole, as snprintf does. A %{...} of another word stays as it is.
 */
size_t template_fill(const char *text, const struct template_value *values, size_t n, char *out,
		     size_t size);

#endif
