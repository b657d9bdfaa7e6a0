#define _GNU_SOURCE /* vasprintf */
#include "rbacctl/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "rbacctl/plain_text.h"

void complain(const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;

	fflush(stdout);
	va_start(ap, fmt);
	int len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		fputs("rbacctl: out of memory\n", stderr);
		return;
	}
	plain_text_tame(text);
	fprintf(stderr, "rbacctl: %s\n", text);
	free(text);
}

int exit_of(int err)
{
	switch (err) {
	case RBAC_OK:
		return EXIT_DONE;
	case RBAC_INVALID:
	case RBAC_NOTFOUND:
		return EXIT_USAGE;
	case RBAC_REFUSED:
	case RBAC_CONFLICT:
		return EXIT_REFUSED;
	default:
		return EXIT_TROUBLE;
	}
}
