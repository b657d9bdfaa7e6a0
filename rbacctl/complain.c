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

bool complain_is_in_json(void)
{
	return in_json;
}

/* False: out of memory, and nothing was printed. */
static bool print_json(const char *key, const char *text)
{
	json_t *object = json_pack("{s: s}", key, text);
	bool printed = object && json_dumpf(object, stderr, JSON_COMPACT) == 0;

	json_decref(object);
	if (printed)
		fputc('\n', stderr);
	return printed;
}

__attribute__((format(printf, 2, 0))) static void print(const char *key, const char *fmt,
							va_list ap)
{
	char *text = NULL;

	fflush(stdout);
	if (vasprintf(&text, fmt, ap) < 0) {
		fputs("rbacctl: out of memory\n", stderr);
		return;
	}
	plain_text_tame(text);
	if (!in_json || !print_json(key, text))
		fprintf(stderr, "rbacctl: %s\n", text);
	free(text);
}

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("error", fmt, ap);
	va_end(ap);
}

void remark(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("note", fmt, ap);
	va_end(ap);
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
