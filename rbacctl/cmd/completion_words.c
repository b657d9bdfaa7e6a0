#include "rbacctl/cmd/completion.h"

#include <dirent.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/verbs.h"

/* What has been typed, and what it means so far. */
struct line {
	const struct invocation *a;
	struct snapshot *snap; /* NULL: there is no view */
	const char *last;      /* to be completed */
	const char *before;    /* "--scope=" in front of LAST, or "" */
	const char *words[8];  /* those that are no options, without LAST; the verb is among them */
	int n_words;
	const struct verb *verb; /* NULL: not yet known */
	int verb_words;
	bool given[OPT_COUNT];
	int value_of; /* the option whose value LAST is; -1: none */
	bool ended;   /* by "--" */
};

static void print(const struct line *l, const char *word, const char *what)
{
	if (strncmp(word, l->last, strlen(l->last)) == 0)
		printf("%s%s%s%s\n", l->before, word, *what ? "\t" : "", what);
}

/* ---- what the words mean ---- */

/* The option that WORD, "--scope" or "--scope=x", names; -1: none. */
static int option_named(const char *word)
{
	size_t len = strcspn(word + 2, "=");

	for (int i = 0; i < OPT_COUNT; i++) {
		const char *name = option_row(i)->word;
		if (strlen(name) == len && strncmp(name, word + 2, len) == 0)
			return i;
	}
	return -1;
}

/* WORD stands behind what L has. */
static void take(struct line *l, const char *word)
{
	int option = strncmp(word, "--", 2) == 0 && !l->ended ? option_named(word) : -1;

	if (l->value_of >= 0) {
		l->value_of = -1;
	} else if (strcmp(word, "--") == 0) {
		l->ended = true;
	} else if (option >= 0) {
		l->given[option] = true;
		if (*option_row(option)->value && !strchr(word, '='))
			l->value_of = option;
	} else if ((word[0] != '-' || l->ended) &&
		   l->n_words < (int)(sizeof l->words / sizeof *l->words)) {
		l->words[l->n_words++] = word;
	}
}

static void find_verb(struct line *l)
{
	for (int words = 2; words > 0 && !l->verb; words--) {
		char name[64];
		if (l->n_words < words)
			continue;
		snprintf(name, sizeof name, "%s%s%s", l->words[0], words == 2 ? " " : "",
			 words == 2 ? l->words[1] : "");
		for (size_t i = 0; i < l->a->n_verbs; i++)
			if (strcmp(l->a->verbs[i].name, name) == 0)
				l->verb = &l->a->verbs[i];
		l->verb_words = words;
	}
}

/* LAST is "--scope=sp": the value is to be completed. */
static void split_option(struct line *l, char *last)
{
	char *equals = strncmp(last, "--", 2) == 0 && !l->ended ? strchr(last, '=') : NULL;
	int option = equals && l->value_of < 0 ? option_named(last) : -1;

	if (option < 0)
		return;
	static char before[64];
	snprintf(before, sizeof before, "%.*s", (int)(equals + 1 - last), last);
	l->before = before;
	l->last = equals + 1;
	l->value_of = option;
}

/* ---- what fits ---- */

static void verbs(const struct line *l)
{
	const char *first = l->n_words ? l->words[0] : NULL;
	size_t len = first ? strlen(first) : 0;
	const char *printed = "";

	for (size_t i = 0; i < l->a->n_verbs; i++) {
		const struct verb *v = &l->a->verbs[i];
		size_t word = strcspn(v->name, " ");
		char name[64];
		if (first) {
			if (word == len && strncmp(v->name, first, len) == 0 && v->name[len])
				print(l, v->name + len + 1, v->what);
			continue;
		}
		/* The verbs of a family stand together: its name once. */
		if (strncmp(printed, v->name, word) == 0 && printed[word] == ' ' && v->name[word])
			continue;
		printed = v->name;
		snprintf(name, sizeof name, "%.*s", (int)word, v->name);
		print(l, name, v->name[word] ? "" : v->what);
	}
	if (!first)
		print(l, "help", "what a command does");
}

static void options(const struct line *l)
{
	uint64_t taken = l->verb ? l->verb->options | OPTIONS_OF_ALL : OPTIONS_ANY;

	for (int i = 0; i < OPT_COUNT; i++) {
		char word[64];
		if (!(taken >> i & 1) || l->given[i])
			continue;
		snprintf(word, sizeof word, "--%s", option_row(i)->word);
		print(l, word, option_row(i)->help);
	}
}

static int on_user(void *ctx, const char *user)
{
	print(ctx, user, "");
	return RBAC_OK;
}

static int on_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	(void)rec;
	print(ctx, scope, "");
	return RBAC_OK;
}

static void groups(const struct line *l)
{
	const struct group *g;

	if (l->last[0] != '%')
		return;
	setgrent();
	while ((g = getgrent())) {
		char name[RBAC_UNIX_GROUP_MAX + 2];
		snprintf(name, sizeof name, "%%%s", g->gr_name);
		print(l, name, "");
	}
	endgrent();
}

static void services(const struct line *l)
{
	DIR *d = opendir("/etc/pam.d");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && !strchr(e->d_name, '.'))
			print(l, e->d_name, "");
	if (d)
		closedir(d);
}

/* What WORD of a usage stands for: a name in capitals, or the word itself. */
static void of_word(const struct line *l, const char *word)
{
	const struct policy *p = l->snap ? l->snap->p : NULL;

	if (strcmp(word, "ROLE") == 0 || strcmp(word, "R") == 0)
		for (size_t i = 0; p && i < p->n_roles; i++)
			print(l, p->roles[i].name, p->roles[i].title ? p->roles[i].title : "");
	else if (strcmp(word, "KEY") == 0)
		for (size_t i = 0; p && i < p->n_keys; i++)
			print(l, p->keys[i].name, p->keys[i].title ? p->keys[i].title : "");
	else if (strcmp(word, "USER") == 0 || strcmp(word, "OLD") == 0) {
		if (p)
			snapshot_users(l->snap, on_user, (void *)l);
	} else if (strcmp(word, "SCOPE") == 0 || strcmp(word, "S") == 0) {
		if (p)
			snapshot_scopes(l->snap, on_scope, (void *)l);
	} else if (strcmp(word, "%GROUP") == 0) {
		groups(l);
	} else if (strcmp(word, "SERVICE") == 0) {
		services(l);
	} else if (word[0] >= 'a' && word[0] <= 'z') {
		print(l, word, "");
	}
}

/* The words of TOKEN, such as USER|%GROUP. */
static void of_token(const struct line *l, const char *token, size_t len)
{
	char word[64];

	for (size_t part; len; token += part + (part < len), len -= part + (part < len)) {
		part = strcspn(token, "| ");
		part = part < len ? part : len;
		snprintf(word, sizeof word, "%.*s", (int)part, token);
		of_word(l, word);
	}
}

/* A word of a usage at P without the [ and ] around it and the dots behind it; *REPEATS: it had
 * dots. Its length. */
static size_t bare(const char **p, size_t len, bool *repeats)
{
	for (; len && **p == '['; len--)
		++*p;
	while (len && (*p)[len - 1] == ']')
		len--;
	*repeats = len > 3 && strncmp(*p + len - 3, "...", 3) == 0;
	return *repeats ? len - 3 : len;
}

/* Argument number N of the usage, which has alternatives with " | " between them. Options come
 * last. */
static void argument(const struct line *l, int n)
{
	const char *p = l->verb->usage, *said = "";
	size_t said_len = 0, len;
	int at = 0;

	for (; *p && strncmp(p, "[-", 2) != 0; p += len + strspn(p + len, " ")) {
		const char *token = p;
		bool repeats;
		len = strcspn(p, " ");
		size_t own = bare(&token, len, &repeats);
		if (len == 1 && *p == '|') {
			at = 0;
			continue;
		}
		/* An option of an alternative, and its value. */
		if (token[0] == '-') {
			at = -2;
			continue;
		}
		bool here = at == n || (repeats && at >= 0 && at < n);
		at++;
		if (!here || (own == said_len && strncmp(said, token, own) == 0))
			continue;
		of_token(l, token, own);
		said = token;
		said_len = own;
	}
}

/* The policies that are shipped; --policy takes the path of a file as well. */
static void policies(const struct line *l)
{
	DIR *d = opendir(RBAC_DATA_DIR "/policies");
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		char name[256];
		const char *end = strrchr(e->d_name, '.');
		if (!end || strcmp(end, ".conf") != 0)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)(end - e->d_name), e->d_name);
		print(l, name, "");
	}
	if (d)
		closedir(d);
}

static void plans(const struct line *l)
{
	const struct policy *p = l->snap ? l->snap->p : NULL;

	for (size_t i = 0; p && i < p->n_plans; i++)
		print(l, p->plans[i].name, "");
}

static void value(const struct line *l)
{
	static const struct {
		int option;
		const char *word;
	} words[] = {
		{ OPT_SCOPE, "SCOPE" }, { OPT_ROOT, "SCOPE" },      { OPT_HOST, "SCOPE" },
		{ OPT_KEY, "KEY" },     { OPT_AS, "USER" },         { OPT_OWNER, "USER" },
		{ OPT_ADMIN, "USER" },  { OPT_MAY_ASSIGN, "ROLE" }, { OPT_USER, "USER" },
		{ OPT_BY, "USER" },     { OPT_ROLE, "ROLE" },       { OPT_SERVICE, "SERVICE" }
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].option == l->value_of)
			of_word(l, words[i].word);
	if (l->value_of == OPT_POLICY)
		policies(l);
	if (l->value_of == OPT_PLAN)
		plans(l);
}

/* A verb such as review is the first word of others too. */
static void behind_verb(const struct line *l)
{
	int n = l->n_words - l->verb_words;

	if (l->verb_words == 1 && n == 0)
		verbs(l);
	argument(l, n);
}

int completion_words(const struct invocation *a, char **v, int n)
{
	struct snapshot snap;
	struct buf why = { 0 };
	struct line l = { .a = a, .last = "", .before = "", .value_of = -1 };

	for (int i = 0; i + 1 < n; i++)
		take(&l, v[i]);
	if (l.n_words && strcmp(l.words[0], "help") == 0)
		memmove(l.words, l.words + 1, (size_t)--l.n_words * sizeof *l.words);
	find_verb(&l);
	if (n > 0) {
		l.last = v[n - 1];
		split_option(&l, v[n - 1]);
	}
	l.snap = snapshot_try(&snap, a->view, &why) == RBAC_OK ? &snap : NULL;
	if (l.value_of >= 0)
		value(&l);
	else if (l.last[0] == '-' && !l.ended)
		options(&l);
	else if (!l.verb)
		verbs(&l);
	else
		behind_verb(&l);
	snapshot_close(&snap);
	buf_free(&why);
	return cmd_done(EXIT_DONE);
}
