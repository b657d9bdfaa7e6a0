/*
 * text.h - a line for the log or for the user, on the stack. Pure; no allocation.
 *
 * A text that does not fit is cut. rbac_text_escaped() and rbac_text_field() write control
 * characters, quotes, backslashes and everything beyond ASCII as \xNN, so that nobody can insert a
 * line or a field into the log.
 */
#ifndef RBAC_PAM_TEXT_H
#define RBAC_PAM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * In bytes: a line with its NUL; and how much of it one escaped value may take before it is cut and
 * ends with "...". A user name of RBAC_USER_MAX plain bytes fits, and all values of a line together
 * leave room for the rest of it.
 */
enum { RBAC_TEXT_MAX = 3072, RBAC_TEXT_FIELD = 256 };

struct rbac_text {
	char s[RBAC_TEXT_MAX]; /* always ends with a NUL; all zero at first */
	size_t len;
};

void rbac_text_put(struct rbac_text *t, const char *s);
void rbac_text_number(struct rbac_text *t, uint64_t n);
void rbac_text_escaped(struct rbac_text *t, const void *p, size_t len);

/*
 * Append WORD so that a shell reads it as one word: plain, or in '...', or, if a byte is not
 * printable ASCII, as octal in $'...', as rbacctl does (rbacctl/command.h). False: not all of it
 * fits, and the caller must remove it with rbac_text_cut().
 */
bool rbac_text_word(struct rbac_text *t, const char *word);

/* Keep only the first LEN bytes. */
void rbac_text_cut(struct rbac_text *t, size_t len);

/* Append ` KEY="VALUE"` with the value escaped; append ` KEY=N`. */
void rbac_text_field(struct rbac_text *t, const char *key, const void *p, size_t len);
void rbac_text_count(struct rbac_text *t, const char *key, uint64_t n);

#endif
