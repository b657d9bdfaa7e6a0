#include <stdio.h>
#include <string.h>

#include "common/name.h"
#include "rbacctl/config/lex.h"
#include "rbacctl/config/split.h"

/*
 * libconfig compares each setting of a group with all before it: 10,000 roles in one group take 50
 * million comparisons each time a policy is loaded. So a wide group at the top of a file is given
 * to it in pieces: behind every 256th setting,
 * "}; roles*1 = { " is put into the text, on the same line, so that lines stay what they are. A
 * file of its own that has a name with * in it, which libconfig takes and no setting of ours has,
 * is left as it is and refused by that name.
 */

enum { PIECE = 256 };

struct splitter {
	struct policy_lex lex;
	struct policy_token section; /* the name at the top that was last given a value */
	unsigned depth, settings, pieces;
	size_t more;      /* bytes that are put in */
	char *out;        /* NULL: they are counted only */
	const char *done; /* up to here the text is in OUT */
};

static void put(struct splitter *s, const char *p, size_t len)
{
	if (!s->out)
		return;
	memcpy(s->out, p, len);
	s->out += len;
}

static void cut(struct splitter *s, const char *at)
{
	char text[RBAC_WORD_MAX + 32];
	int len = snprintf(text, sizeof(text), "}; %.*s*%u = { ", (int)s->section.len, s->section.p,
			   ++s->pieces);

	put(s, s->done, (size_t)(at - s->done));
	put(s, text, (size_t)len);
	s->done = at;
	s->more += (size_t)len;
}

static void step(struct splitter *s, const struct policy_token *t)
{
	if (t->kind == LEX_NAME && s->depth == 0) {
		s->section = *t;
		s->settings = s->pieces = 0;
	} else if (t->kind == LEX_NAME && s->depth == 1 && ++s->settings > PIECE) {
		cut(s, t->p);
		s->settings = 1;
	} else if (t->kind == LEX_PUNCTUATION && strchr("{[(", *t->p)) {
		s->depth++;
	} else if (t->kind == LEX_PUNCTUATION && strchr("}])", *t->p) && s->depth) {
		s->depth--;
	}
}

/* Go through TEXT. False: it is not to be split. */
static bool walk(struct splitter *s, const struct policy_text *text, char *out)
{
	struct policy_token t;

	*s = (struct splitter){
		.lex = { .p = text->text, .end = text->text + text->len, .line = 1 },
		.out = out,
		.done = text->text
	};
	for (policy_lex_next(&s->lex, &t); t.kind != LEX_END; policy_lex_next(&s->lex, &t)) {
		if (t.kind == LEX_NAME && (memchr(t.p, '*', t.len) || t.len > RBAC_WORD_MAX))
			return false;
		step(s, &t);
	}
	put(s, s->done, (size_t)(text->text + text->len - s->done));
	return s->more > 0;
}

const char *load_split(struct loader *l, struct load_file *f)
{
	const struct policy_text *text = f->text;
	struct splitter s = { .more = 0 };

	f->split = f->where == FILE_POLICY && walk(&s, text, NULL);
	size_t len = text->len + (f->split ? s.more : 0);
	char *out = policy_alloc(l->p, len + 2, 1);
	if (f->split)
		(void)walk(&s, text, out);
	else
		memcpy(out, text->text, len);
	out[len] = '\n'; /* libconfig 1.5 takes a comment only with the end of its line */
	return out;
}

config_setting_t *load_piece(const struct load_file *f, const char *section, unsigned number)
{
	char name[RBAC_WORD_MAX + 16];

	if (number && !f->split)
		return NULL;
	snprintf(name, sizeof(name), number ? "%s*%u" : "%s", section, number);
	return config_lookup(&f->config, name);
}
