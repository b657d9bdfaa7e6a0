#include "rbacctl/command.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/plain_text.h"

/* Set once by main. Nobody but the messages reads it. */
static struct command_typed typed;

/* ---- one word ---- */

/* No shell reads anything into these bytes, wherever in a word they stand. */
static bool is_plain(const char *word)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+:,./-";
	return *word && word[strspn(word, plain)] == '\0';
}

static void quote_shown(struct buf *out, const char **word)
{
	size_t len;
	buf_put(out, "'", 1);
	while (**word && **word != '\'' && (len = plain_text_character(*word)) > 0) {
		buf_put(out, *word, len);
		*word += len;
	}
	buf_put(out, "'", 1);
}

static void quote_escaped(struct buf *out, const char **word)
{
	buf_put(out, "$'", 2);
	for (; **word && plain_text_character(*word) == 0; ++*word)
		buf_printf(out, "\\%03o", (unsigned char)**word);
	buf_put(out, "'", 1);
}

void command_quote(struct buf *out, const char *word)
{
	if (is_plain(word)) {
		buf_printf(out, "%s", word);
		return;
	}
	if (!*word)
		buf_printf(out, "''");
	while (*word) {
		if (*word == '\'') {
			buf_printf(out, "\\'");
			word++;
		} else if (plain_text_character(word) > 0) {
			quote_shown(out, &word);
		} else {
			quote_escaped(out, &word);
		}
	}
	buf_printf(out, "%s", ""); /* a NUL behind the end */
}

/* ---- one line ---- */

/* The words of a line: the command with its verb, its arguments, its options. */
struct parts {
	struct buf verb, arguments, options;
	bool dash;
};

/* Append the words of FMT, up to its end, to the parts that they belong to. */
static void take_words(struct parts *parts, const char *fmt, va_list ap)
{
	bool argument = false, option = false;

	for (size_t len; *fmt; fmt += len + (fmt[len] == ' ')) {
		len = strcspn(fmt, " ");
		bool given = len == 2 && strncmp(fmt, "%s", 2) == 0;
		const char *word = given ? va_arg(ap, const char *) : NULL;
		option |= strncmp(fmt, "--", 2) == 0;
		argument |= given;
		struct buf *to = option     ? &parts->options
				 : argument ? &parts->arguments
					    : &parts->verb;
		buf_printf(to, to == &parts->verb && to->len == 0 ? "" : " ");
		if (given)
			command_quote(to, word);
		else
			buf_printf(to, "%.*s", (int)len, fmt);
		parts->dash |= given && !option && word[0] == '-';
	}
}

static void take_places(struct parts *parts)
{
	const struct {
		const char *option, *value;
	} places[] = { { "--etc", typed.etc_option }, { "--store", typed.store_option } };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (places[i].value) {
			buf_printf(&parts->options, " %s ", places[i].option);
			command_quote(&parts->options, places[i].value);
		}
}

/* Put what is in LINE into C; frees LINE. */
static const char *finish(struct command *c, struct buf *line)
{
	bool fits = !line->failed && line->len < sizeof c->text;
	snprintf(c->text, sizeof c->text, "%s", fits ? buf_text(line) : "rbacctl --help");
	buf_free(line);
	return c->text;
}

static const char *line_of(struct command *c, bool here, const char *fmt, va_list ap)
{
	struct parts parts = { 0 };
	struct buf line = { 0 };

	take_words(&parts, fmt, ap);
	if (here && strncmp(fmt, "rbacctl ", 8) == 0)
		take_places(&parts);
	buf_printf(&line, "%s", buf_text(&parts.verb));
	if (parts.dash)
		buf_printf(&line, "%s --%s", buf_text(&parts.options), buf_text(&parts.arguments));
	else
		buf_printf(&line, "%s%s", buf_text(&parts.arguments), buf_text(&parts.options));
	line.failed |= parts.verb.failed || parts.arguments.failed || parts.options.failed;
	buf_free(&parts.verb);
	buf_free(&parts.arguments);
	buf_free(&parts.options);
	return finish(c, &line);
}

const char *command_line(struct command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *text = line_of(c, true, fmt, ap);
	va_end(ap);
	return text;
}

const char *command_there(struct command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *text = line_of(c, false, fmt, ap);
	va_end(ap);
	return text;
}

const char *command_at(struct command *c, bool here, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *text = line_of(c, here, fmt, ap);
	va_end(ap);
	return text;
}

/* ---- what was typed ---- */

void command_began(const struct command_typed *began)
{
	typed = *began;
}

const char *command_without_sudo(void)
{
	return typed.no_listener ? "        (without sudo: rbacctl(8), WITHOUT ROOT)" : "";
}

static void take_option(struct buf *line, const char *option, const char *value)
{
	buf_printf(line, value ? " %s " : " %s", option);
	if (value)
		command_quote(line, value);
}

/* What was typed behind the program's name; OPTION (NULL: none) goes before a "--", or to the
 * end. */
static void take_typed(struct buf *line, const char *option, const char *value)
{
	for (char **word = typed.argv ? typed.argv + 1 : NULL; word && *word; word++) {
		if (option && strcmp(*word, "--") == 0) {
			take_option(line, option, value);
			option = NULL;
		}
		buf_printf(line, " ");
		command_quote(line, *word);
	}
	if (option)
		take_option(line, option, value);
}

const char *command_with_sudo(struct command *c)
{
	struct buf line = { 0 };
	buf_printf(&line, "sudo rbacctl");
	take_typed(&line, NULL, NULL);
	return finish(c, &line);
}

const char *command_with(struct command *c, const char *option, const char *value)
{
	struct buf line = { 0 };
	buf_printf(&line, "rbacctl");
	take_typed(&line, option, value);
	return finish(c, &line);
}

/* Is WORD the option --NAME, with its value in it or as the next word? */
static bool is_option(const char *word, const char *name, bool *next)
{
	size_t len = strlen(name);

	if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, len) != 0)
		return false;
	*next = word[2 + len] == '\0';
	return *next || word[2 + len] == '=';
}

/* Does what was typed mean this host's scope, by saying no other? */
static bool means_own_scope(void)
{
	bool means = false, next;

	for (char **word = typed.argv ? typed.argv + 1 : NULL; word && *word; word++) {
		means |= strcmp(*word, "assign") == 0 || strcmp(*word, "revoke") == 0;
		if (is_option(*word, "scope", &next) || is_option(*word, "id", &next))
			return false;
	}
	return means;
}

const char *command_elsewhere(struct command *c, const char *scope)
{
	struct buf line = { 0 };
	bool next = false, own = scope && means_own_scope();

	buf_printf(&line, "rbacctl");
	for (char **word = typed.argv ? typed.argv + 1 : NULL; word && *word; word++) {
		bool left_out = next;
		next = false;
		if (left_out || is_option(*word, "etc", &next) || is_option(*word, "store", &next))
			continue;
		if (own && strcmp(*word, "--") == 0) {
			take_option(&line, "--scope", scope);
			own = false;
		}
		buf_printf(&line, " ");
		command_quote(&line, *word);
	}
	if (own)
		take_option(&line, "--scope", scope);
	return finish(c, &line);
}

static bool has_policy(const char *etc)
{
	char path[4200];
	const struct dirent *e;
	bool found = false;

	snprintf(path, sizeof path, "%.4000s/policy.d", etc);
	DIR *d = opendir(path);
	while (d && !found && (e = readdir(d))) {
		size_t len = strlen(e->d_name);
		found = e->d_name[0] != '.' && len > 5 && strcmp(e->d_name + len - 5, ".conf") == 0;
	}
	if (d)
		closedir(d);
	return found;
}

const char *command_to_init(struct command *c)
{
	if (typed.view && access(typed.view, F_OK) == 0)
		return command_line(c, "rbacctl init --from-view");
	if (has_policy(typed.etc ? typed.etc : RBAC_ETC_DIR))
		return command_line(c, "rbacctl init --admin USER");
	return command_line(c, "rbacctl init --policy unix --admin USER");
}
