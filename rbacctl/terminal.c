#include "rbacctl/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_has_color(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

const char *terminal_color(enum color c)
{
	static const char *const begins[] = {
		[COLOR_GOOD] = "\033[32m",
		[COLOR_BAD] = "\033[1;31m",
		[COLOR_NOTE] = "\033[33m",
	};

	return terminal_has_color() ? begins[c] : "";
}

const char *terminal_plain(void)
{
	return terminal_has_color() ? "\033[0m" : "";
}

const char *terminal_color_name(enum color c)
{
	static const char *const names[] = {
		[COLOR_GOOD] = "green",
		[COLOR_BAD] = "red",
		[COLOR_NOTE] = "brown",
	};

	return names[c];
}

/* ---- progress ---- */

static bool shown;

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !isatty(STDERR_FILENO) || !term || strcmp(term, "dumb") == 0;
}

void terminal_progress(const char *what, size_t done, size_t of)
{
	if (is_dumb())
		return;
	fflush(stdout);
	fprintf(stderr, "\r\033[K%s", what);
	if (of)
		fprintf(stderr, " %zu of %zu", done, of);
	fflush(stderr);
	shown = true;
}

void terminal_clear(void)
{
	if (!shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	shown = false;
}
