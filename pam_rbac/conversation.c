#include "pam_rbac/conversation.h"

#include <stdlib.h>

const char *rbac_conversation_item(pam_handle_t *pamh, int type)
{
	const void *value = NULL;

	if (pam_get_item(pamh, type, &value) != PAM_SUCCESS || !value || !*(const char *)value)
		return NULL;
	return value;
}

void rbac_conversation_tell(pam_handle_t *pamh, int style, const char *text)
{
	const void *item = NULL;

	if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || !item)
		return;
	const struct pam_conv *conv = item;
	const struct pam_message message = { .msg_style = style, .msg = text },
				 *messages = &message;
	struct pam_response *answer = NULL;
	if (!conv->conv)
		return;
	conv->conv(1, &messages, &answer, conv->appdata_ptr);
	if (answer)
		free(answer->resp);
	free(answer);
}
