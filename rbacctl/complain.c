#define _GNU_SOURCE /* vasprintf */
#include "rbacctl/complain.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "rbacctl/plain_text.h"

static bool in_json;

void complain_in_json(void)
{
	in_json = true;
}

/* False: out of memory, and nothing was printed. */
static bool print_json(const char *text)
{
	json_t *object = json_pack("{s: s}", "error", text);
	bool printed = object && json_dumpf(object, stderr, JSON_COMPACT) == 0;

	json_decref(object);
	if (printed)
		fputc('\n', stderr);
	return printed;
}

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
	if (!in_json || !print_json(text))
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
