#include "rbacctl/host/file_has.h"

#include <string.h>

bool file_has(FILE *file, const char *text)
{
	size_t at = 0, len = strlen(text);
	int c;

	while (at < len && (c = getc(file)) != EOF)
		at = c == text[at] ? at + 1 : c == text[0];
	return at == len;
}
