#include "rbacctl/host/sshd/conf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rbacctl/host/included.h"

static const char blanks[] = " \t\r\n\f";

char *sshd_conf_word(char **rest)
{
	char *word = *rest + strspn(*rest, blanks), *end;

	if (!*word || *word == '#')
		return NULL;
	bool quoted = *word == '"';
	word += quoted;
	end = word + strcspn(word, quoted ? "\"" : blanks);
	*rest = *end ? end + 1 : end;
	*end = 0;
	return word;
}

/* The files of an Include. */
static void include(struct included *r, char *words)
{
	char path[4200];

	for (char *word; (word = sshd_conf_word(&words));) {
		snprintf(path, sizeof path, "%s%.4000s", *word == '/' ? "" : "/etc/ssh/", word);
		included_add(r, path, NULL);
	}
}

/* The words behind the keyword at TEXT, which is cut off there. */
static char *behind_keyword(char *text)
{
	char *end = text + strcspn(text, " \t\r\n\f=");
	char *words = end + strspn(end, blanks);

	words += *words == '=';
	if (*end)
		*end++ = 0;
	return words < end ? end : words;
}

bool sshd_conf_each(const char *path, sshd_line_fn *fn, void *ctx)
{
	struct included r;
	struct included_file *at;
	char *text;
	bool goes_on = true;

	included_begin(&r, path);
	while (goes_on && (text = included_next(&r, &at))) {
		char *word = text + strspn(text, blanks);
		if (!*word || *word == '#')
			continue;
		char *words = behind_keyword(word);
		if (strcasecmp(word, "Match") == 0)
			at->mark = true;
		if (strcasecmp(word, "Include") == 0)
			include(&r, words);
		else
			goes_on = fn(ctx, &(struct sshd_line){ at->path, at->line, word, words,
							       at->mark });
	}
	bool cut = r.cut;
	included_end(&r);
	return !cut;
}

struct wanted {
	const char *keyword, *word;
	char *file;
	int size;
	unsigned *line;
	bool found;
};

static bool is_wanted(void *ctx, const struct sshd_line *l)
{
	struct wanted *w = ctx;
	char *rest = l->words;

	if (strcasecmp(l->keyword, w->keyword) != 0)
		return true;
	w->found = !w->word;
	for (char *word; !w->found && (word = sshd_conf_word(&rest));)
		w->found = strcasecmp(word, w->word) == 0;
	if (w->found) {
		snprintf(w->file, (size_t)w->size, "%s", l->file);
		*w->line = l->line;
	}
	return !w->found;
}

bool sshd_conf_find(const char *path, const char *keyword, const char *word, char *file, int size,
		    unsigned *line)
{
	struct wanted w = { keyword, word, file, size, line, false };

	(void)sshd_conf_each(path, is_wanted, &w);
	return w.found;
}
