/*
 * lex.h - libconfig's tokens, for what has to be known before libconfig 1.5 parses. Private to
 * rbacctl/config, but for policy_text_blank_comments().
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
	LEX_OTHER,       /* one byte that begins nothing */
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

/* The next token: its bytes, quotes included, and the line it begins on. LEX_..._OPEN runs to the
 * end of the text. */
void policy_lex_next(struct policy_lex *l, struct policy_token *t);

/*
 * Overwrite every comment in TEXT with spaces, keeping line ends, so that positions stay. The
 * grammar of comments and strings is libconfig's (# and // to the end of the line, slash-star to
 * star-slash, "..." with backslash escapes).
 */
void policy_text_blank_comments(char *text, size_t len);

#endif
