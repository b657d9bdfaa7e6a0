#include "rbacctl/number.h"

#include <errno.h>
#include <stdlib.h>

bool number_parse(const char *text, unsigned least, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10); /* which takes blanks and signs as well */
	return *text >= (least ? '1' : '0') && *text <= '9' && !*end && !errno;
}
