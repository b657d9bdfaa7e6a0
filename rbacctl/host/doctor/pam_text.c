/* The words of findings about PAM lines: the line as it should be, and what a file has there. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/command.h"
#include "rbacctl/host/doctor/seen.h"
#include "rbacctl/host/pam/text.h"

/* "[exempt_group=on call]": a word with a blank stands in brackets. */
static void add_word(struct buf *b, const char *word)
{
	size_t len = strcspn(word, "\r");

	if (word[strcspn(word, " \t")])
		buf_printf(b, " [%.*s]", (int)len, word);
	else
		buf_printf(b, " %.*s", (int)len, word);
}

void look_wanted(struct findings *all, char **field, const struct pam_entry *e)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s", LOOK_LINE);
	for (int i = 0; e && i < e->argc; i++)
		add_word(&b, e->argv[i]);
	all->failed |= b.failed;
	finding_text(all, field, "%s", buf_text(&b));
	buf_free(&b);
}

void look_write_there(struct findings *all, struct finding *f, const struct pam_entry *e)
{
	look_wanted(all, &f->wanted, e);
	finding_text(all, &f->mend, "write \"%s\" there", f->wanted ? f->wanted : LOOK_LINE);
}

bool look_line_has(const struct pam_place *at, const char *text)
{
	char line[PAM_LINE];
	unsigned n = 0;
	bool has = false;
	FILE *file = fopen(at->file, "re");

	while (file && n < at->line && fgets(line, sizeof line, file)) {
		n += strchr(line, '\n') != NULL || feof(file);
		has |= n == at->line && strstr(line, text);
	}
	if (file)
		fclose(file);
	return has;
}

void look_mend_returns(struct findings *all, struct finding *f, const char *file)
{
	finding_text(all, &f->mend, "%s", COMMAND("sed -i %s %s", "s/\\r$//", file));
}
