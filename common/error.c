#include "common/error.h"

const char *rbac_error_text(int err)
{
	static const char text[RBAC_ERROR_COUNT][40] = {
		[RBAC_OK] = "success",
		[RBAC_NOTFOUND] = "not found",
		[RBAC_ABSENT] = "there is none",
		[RBAC_UNTRUSTED] = "wrong type, owner or mode",
		[RBAC_DAMAGED] = "damaged",
		[RBAC_NEWER] = "written by a newer version",
		[RBAC_RANGE] = "buffer too small",
		[RBAC_NOMEM] = "out of memory",
		[RBAC_INVALID] = "invalid argument",
		[RBAC_SYSTEM] = "system error",
		[RBAC_REFUSED] = "refused",
		[RBAC_CONFLICT] = "clash with what exists",
	};

	if (err < 0 || err >= RBAC_ERROR_COUNT)
		return "unknown error";
	return text[err];
}
