/*
 * conversation.h - what both stages ask of libpam: an item, and to tell the user something.
 */
#ifndef RBAC_PAM_CONVERSATION_H
#define RBAC_PAM_CONVERSATION_H

#include <security/pam_modules.h>

/* The text of the item TYPE, which libpam owns. NULL: it is not set, or empty. */
const char *rbac_conversation_item(pam_handle_t *pamh, int type);

/*
 * Tell the user TEXT, as STYLE (PAM_ERROR_MSG, PAM_TEXT_INFO). Nothing depends on whether that
 * works. A stopped terminal or a closed pipe may end the process here. This calls the application
 * directly: pam_error(3) would log a line if the application takes no messages.
 */
void rbac_conversation_tell(pam_handle_t *pamh, int style, const char *text);

#endif
