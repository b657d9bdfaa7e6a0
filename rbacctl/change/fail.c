/* Why a change is refused or fails: the first message counts. */
#include "rbacctl/change/internal.h"

#include <stdarg.h>
#include <stdio.h>

int change_fail(struct change *c, int err, const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (c->message.len == 0)
		buf_printf(&c->message, "%s", text);
	return err;
}

int change_store_fail(struct change *c, int err)
{
	return change_fail(c, err, "the store: %s%s", store_why(c->s),
			   err == RBAC_DAMAGED ? "; restore the folder from a backup" : "");
}
