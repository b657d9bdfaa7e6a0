/*
 * text.h - lines for the log and for the person, on the stack. What doesn't fit is cut off; what
 * comes from outside is escaped (as \xNN: control characters, quotes, backslashes, anything beyond
 * ASCII), so that nobody writes our log for us.
 */
#ifndef RBAC_PAM_TEXT_H
#define RBAC_PAM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A line; and what one outside value takes of it, as written, before it is cut with "...": room for
 * a whole user name (RBAC_USER_MAX), and no value, nor all of them, can crowd the rest out of the
 * line.
 */
enum { RBAC_TEXT_MAX = 3072, RBAC_TEXT_FIELD = 256 };

struct rbac_text {
	char s[RBAC_TEXT_MAX]; /* always ends with a NUL; all zero to begin */
	size_t len;
};

void rbac_text_put(struct rbac_text *t, const char *s);
void rbac_text_number(struct rbac_text *t, uint64_t n);
void rbac_text_escaped(struct rbac_text *t, const void *p, size_t len);

/*
 * WORD quoted for a shell, whole: as it is, or between ' and '; what is not printable ASCII as
 * octal in $'...', as rbacctl's messages have it (rbacctl/command.h). False: there is no room for
 * all of it, and the line is to be cut with rbac_text_cut().
 */
bool rbac_text_word(struct rbac_text *t, const char *word);

/* Back to the first LEN bytes. */
void rbac_text_cut(struct rbac_text *t, size_t len);

/* ` KEY="VALUE"`, the value escaped; ` KEY=N`. */
void rbac_text_field(struct rbac_text *t, const char *key, const void *p, size_t len);
void rbac_text_count(struct rbac_text *t, const char *key, uint64_t n);

#endif
