#include "rbacctl/host/nss/login_defs.h"

#include <stdio.h>

enum { UID_MIN_DEFAULT = 1000 }; /* login.defs(5) */

uid_t login_defs_uid_min(const char *path)
{
	char line[512];
	unsigned value, min = UID_MIN_DEFAULT;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, " UID_MIN %u", &value) == 1)
			min = value;
	if (f)
		fclose(f);
	return (uid_t)min;
}
