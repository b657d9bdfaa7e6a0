#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"

enum { LABEL = 46, KEPT = 256 };

static struct {
	unsigned lines, over, missing;
	char title[64];
	char kept[KEPT][224]; /* the lines over their bound, said again at the end */
} sum;

static const char *const heads[COLUMNS] = { "ours",       "raw",   "empty", "files",
					    "extrausers", "cache", "db" };

static const char *duration(char out[16], double ns)
{
	if (ns < 1e4)
		snprintf(out, 16, "%.0f ns", ns);
	else if (ns < 1e7)
		snprintf(out, 16, "%.1f us", ns / 1e3);
	else
		snprintf(out, 16, "%.1f ms", ns / 1e6);
	return out;
}

void report_begin(const char *title)
{
	snprintf(sum.title, sizeof(sum.title), "%s", title);
	printf("\n%-*s", LABEL, title);
	for (int c = 0; c < COLUMNS; c++)
		printf(" %10s", heads[c]);
	printf(" | %-16s %6s %6s\n", "ratio to", "", "bound");
	fflush(stdout);
}

static void judge(const char *label, bool held, const char *figures)
{
	sum.lines++;
	if (held)
		return;
	if (sum.over < KEPT)
		snprintf(sum.kept[sum.over], sizeof(sum.kept[0]), "%s: %s", label, figures);
	sum.over++;
}

static enum column best_peer(const struct times *t)
{
	enum column best = COLUMNS;

	for (enum column c = FILES; c < COLUMNS; c++)
		if (t[c].n && (best == COLUMNS || median(&t[c]) < median(&t[best])))
			best = c;
	return best;
}

void report_times(const char *label, const struct times *t, enum column base, double bound)
{
	char text[16], figures[96] = "", whole[112], floor[32] = "";
	double r = ratio(&t[OURS], &t[base]);
	enum column peer = best_peer(t);
	bool held = bound == 0 || r <= bound;

	printf("%-*s", LABEL, label);
	for (int c = 0; c < COLUMNS; c++)
		printf(" %10s", t[c].n ? duration(text, median(&t[c]))
				: c >= EXTRAUSERS && !modules[c].getgrnam ? "not inst."
									  : "-");
	if (t[base].n)
		printf(" | %-16s %6.2f", heads[base], r);
	else
		printf(" | %-16s %6s", "", "");
	if (bound > 0)
		printf(" %6.2f %s", bound, held ? "ok" : "OVER");
	if (base != RAW && bound > 0 && !held && t[RAW].n)
		snprintf(floor, sizeof(floor), "; raw alone %.2f", ratio(&t[RAW], &t[base]));
	printf("%s", floor);
	if (peer != COLUMNS)
		printf("  (%s: %.4g)", heads[peer], ratio(&t[OURS], &t[peer]));
	printf("\n");
	fflush(stdout);
	snprintf(figures, sizeof(figures), "%.2f x %s, bound %.2f%s", r, heads[base], bound, floor);
	snprintf(whole, sizeof(whole), "%s: %.46s", sum.title, label);
	if (bound > 0)
		judge(whole, held, figures);
}

static void value(const char *label, double v, const char *unit, double bound, bool held,
		  const char *word, const char *note)
{
	char figures[64];

	snprintf(figures, sizeof(figures), "%.4g %s, %s %.4g", v, unit, word, bound);
	printf("%-*s %10.4g %-6s", LABEL, label, v, unit);
	if (bound > 0) {
		printf(" %s %.4g %s", word, bound, held ? "ok" : "OVER");
		judge(label, held, figures);
	}
	printf("%s%s\n", note && *note ? "   " : "", note ? note : "");
	fflush(stdout);
}

void report_value(const char *label, double v, const char *unit, double bound, const char *note)
{
	value(label, v, unit, bound, v <= bound, "at most", note);
}

void report_at_least(const char *label, double v, const char *unit, double bound, const char *note)
{
	value(label, v, unit, bound, v >= bound, "at least", note);
}

void report_missing(const char *label, const char *why)
{
	printf("%-*s %s\n", LABEL, label, why);
	sum.missing++;
}

int report_end(void)
{
	printf("\n%u lines have a bound, %u are over it; %u could not be measured\n", sum.lines,
	       sum.over, sum.missing);
	for (unsigned i = 0; i < sum.over && i < KEPT; i++)
		printf("  OVER  %s\n", sum.kept[i]);
	return (int)sum.over;
}
