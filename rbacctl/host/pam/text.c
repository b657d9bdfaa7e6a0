#include "rbacctl/host/pam/text.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "rbacctl/host/pam/stack.h"

#define BLANK " \n\t"

/* In the order of their numbers in libpam; "default" behind the last. */
static const char *const returns[PAM_RETURNS + 1] = {
	"success",
	"open_err",
	"symbol_err",
	"service_err",
	"system_err",
	"buf_err",
	"perm_denied",
	"auth_err",
	"cred_insufficient",
	"authinfo_unavail",
	"user_unknown",
	"maxtries",
	"new_authtok_reqd",
	"acct_expired",
	"session_err",
	"cred_unavail",
	"cred_expired",
	"cred_err",
	"no_module_data",
	"conv_err",
	"authtok_err",
	"authtok_recover_err",
	"authtok_lock_busy",
	"authtok_disable_aging",
	"try_again",
	"ignore",
	"abort",
	"authtok_expired",
	"module_unknown",
	"bad_item",
	"conv_again",
	"incomplete",
	"default",
};

static const struct {
	const char *word;
	int action;
} actions_by_name[] = {
	{ "ignore", PAM_ACT_IGNORE }, { "ok", PAM_ACT_OK },   { "done", PAM_ACT_DONE },
	{ "bad", PAM_ACT_BAD },       { "die", PAM_ACT_DIE }, { "reset", PAM_ACT_RESET },
};

const char *pam_return_name(int ret)
{
	return ret >= 0 && ret < PAM_RETURNS ? returns[ret] : "an unknown code";
}

int pam_return_of(const char *name)
{
	for (int i = 0; i < PAM_RETURNS; i++)
		if (strcmp(returns[i], name) == 0)
			return i;
	return -1;
}

/* ---- lines ---- */

/* Takes the piece at P, as fgets left it, into the line. True: the line goes on behind it, at *END.
 */
static bool goes_on(char *p, char **end)
{
	char *s = p + strspn(p, BLANK);

	*end = p;
	if (!*s || *s == '#')
		return true; /* nothing in it: libpam reads on, also in a continued line */
	char *comment = strchr(s, '#');
	if (comment) {
		*comment = 0;
		return false;
	}
	char *last = s + strlen(s) - 1;
	while (last > s && strchr(BLANK, *last))
		last--;
	if (*last != '\\')
		return false;
	last[0] = ' ';
	last[1] = 0;
	*end = last + 1;
	return true;
}

enum pam_text_result pam_text_next(struct pam_text *t)
{
	char *p = t->line, *end = t->line + sizeof t->line;

	t->cut = false;
	for (;;) {
		/* Less room than a byte and its NUL: libpam of Debian 12 never ends here. */
		if (end - p < 2)
			return PAM_TEXT_BAD;
		if (!fgets(p, (int)(end - p), t->file))
			return p > t->line ? PAM_TEXT_BAD : PAM_TEXT_END;
		t->read++;
		if (p == t->line)
			t->number = t->read;
		size_t len = strlen(p);
		if (len && p[len - 1] != '\n' && len + 1 == (size_t)(end - p)) {
			t->cut = true;
			t->read--; /* the rest is of the same line */
		}
		if (!goes_on(p, &p))
			return PAM_TEXT_LINE;
	}
}

char *pam_text_word(char **p)
{
	char *from = *p ? *p + strspn(*p, BLANK) : NULL, *start, *to;

	if (!from || !*from)
		return *p = NULL;
	if (*from != '[') {
		to = from + strcspn(from, BLANK);
		*p = *to ? to + 1 : NULL;
		*to = 0;
		return from;
	}
	for (start = to = ++from; *from && *from != ']'; from++) {
		if (from[0] == '\\' && from[1] == ']')
			from++;
		*to++ = *from;
	}
	*p = *from && from[1] ? from + 1 : NULL;
	*to = 0;
	return start;
}

/* ---- controls ---- */

static void fill(int *actions, int action)
{
	for (int i = 0; i < PAM_RETURNS; i++)
		if (actions[i] == PAM_ACT_UNSET)
			actions[i] = action;
}

static const char *skip_blanks(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

/* The action at *P; false: it is none. */
static bool read_action(const char **p, int *action)
{
	for (size_t i = 0; i < sizeof actions_by_name / sizeof *actions_by_name; i++) {
		size_t len = strlen(actions_by_name[i].word);
		if (strncmp(*p, actions_by_name[i].word, len) != 0)
			continue;
		*p += len;
		*action = actions_by_name[i].action;
		return true;
	}
	long n = 0;
	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p); ++*p)
		n = n > INT_MAX / 20 ? INT_MAX / 2 : n * 10 + (**p - '0');
	*action = (int)n;
	return n > 0;
}

/* The text in [ ]. */
static const char *read_pairs(const char *p, int *actions)
{
	while (*(p = skip_blanks(p))) {
		int ret = 0, action;
		while (ret <= PAM_RETURNS && strncmp(p, returns[ret], strlen(returns[ret])) != 0)
			ret++;
		if (ret > PAM_RETURNS)
			return "a name of a result is not known";
		p = skip_blanks(p + strlen(returns[ret]));
		if (*p != '=')
			return "a result has no =";
		p = skip_blanks(p + 1);
		if (!read_action(&p, &action))
			return "an action is not known";
		if (ret < PAM_RETURNS)
			actions[ret] = action;
		else
			fill(actions, action);
	}
	return NULL;
}

const char *pam_text_control(const char *control, int *actions)
{
	static const struct {
		const char *word;
		int success, others;
		bool ignores; /* PAM_IGNORE is ignored */
	} words[] = {
		{ "required", PAM_ACT_OK, PAM_ACT_BAD, true },
		{ "requisite", PAM_ACT_OK, PAM_ACT_DIE, true },
		{ "optional", PAM_ACT_OK, PAM_ACT_IGNORE, true },
		{ "sufficient", PAM_ACT_DONE, PAM_ACT_IGNORE, true },
	};

	for (int i = 0; i < PAM_RETURNS; i++)
		actions[i] = PAM_ACT_UNSET;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcasecmp(words[i].word, control) != 0)
			continue;
		actions[PAM_R_SUCCESS] = actions[PAM_R_NEW_AUTHTOK_REQD] = words[i].success;
		actions[PAM_R_IGNORE] = PAM_ACT_IGNORE;
		fill(actions, words[i].others);
		return NULL;
	}
	const char *wrong = read_pairs(control, actions);
	for (int i = 0; wrong && i < PAM_RETURNS; i++)
		actions[i] = PAM_ACT_BAD;
	fill(actions, PAM_ACT_BAD);
	return wrong;
}
