/*
 * lex.h - split a text into the tokens of libconfig, for checks before libconfig 1.5 parses it.
 * Private to rbacctl/config, except policy_text_blank_comments().
 */
#ifndef RBACCTL_CONFIG_LEX_H
#define RBACCTL_CONFIG_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum policy_lex_kind {
	LEX_END,
	LEX_COMMENT,
	LEX_COMMENT_OPEN,
	LEX_STRING,
	LEX_STRING_OPEN,
	LEX_NAME,
	LEX_NUMBER,
	LEX_BOOL,
	LEX_INCLUDE,
	LEX_PUNCTUATION, /* one of  = : ; , [ ] ( ) { } */
	LEX_OTHER,       /* one byte that begins no token */
};

struct policy_lex {
	const char *p, *end;
	unsigned line;
};
struct policy_token {
	enum policy_lex_kind kind;
	const char *p;
	size_t len;
	unsigned line;
};

/* Get the next token: its bytes, with the quotes of a string, and the line on which it begins. It
 * borrows the text. A comment or string that does not end (LEX_..._OPEN) reaches to the end of the
 * text. */
void policy_lex_next(struct policy_lex *l, struct policy_token *t);

/*
 * Overwrite every comment in the LEN bytes at TEXT with spaces, except line ends, so that all
 * positions stay the same. Comments and strings are those of libconfig: # and // to the end of the
 * line, slash-star to star-slash, "..." with backslash escapes.
 */
void policy_text_blank_comments(char *text, size_t len);

#endif
