#include "rbacctl/verb_too_many.h"

#include <string.h>

void verb_too_many(const struct verb *v, const char *word, struct buf *wrong)
{
	const char *end = strstr(v->usage, " [--");
	const char *last = end ? end : v->usage + strlen(v->usage);

	while (last > v->usage && last[-1] == ' ')
		last--;
	buf_printf(wrong, "\"%.150s\" is one word too many: ", word);
	if (v->max == 0)
		buf_printf(wrong, "expected no argument%s",
			   v->options & OPT(USER) ? "; a user is named with --user" : "");
	else
		buf_printf(wrong, "expected %.*s; %s", (int)(last - v->usage), v->usage,
			   v->options & OPT(SERVICE) ? "a service is named with --service"
			   : v->options & OPT(USER)  ? "a user is named with --user"
						     : "does a value with blanks need quotes?");
}
