#include "rbacctl/model/template.h"

#include <string.h>

/* The value that stands at TEXT; NULL: none does. *END: what follows it. */
static const char *value_at(const char *text, const struct template_value *values, size_t n,
			    const char **end)
{
	if (text[0] != '%' || text[1] != '{')
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(values[i].word);
		if (strncmp(text + 2, values[i].word, len) != 0 || text[2 + len] != '}')
			continue;
		*end = text + len + 3;
		return values[i].value;
	}
	return NULL;
}

size_t template_fill(const char *text, const struct template_value *values, size_t n, char *out,
		     size_t size)
{
	size_t len = 0;

	while (*text) {
		const char *end = text + 1, *value = value_at(text, values, n, &end);
		const char *from = value ? value : text;
		for (size_t k = 0, m = value ? strlen(value) : 1; k < m; k++, len++)
			if (len + 1 < size)
				out[len] = from[k];
		text = end;
	}
	if (size)
		out[len + 1 < size ? len : size - 1] = '\0';
	return len;
}
