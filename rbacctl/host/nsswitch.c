#include "rbacctl/host/nsswitch.h"

#include <stdio.h>
#include <string.h>

const char *nsswitch_conf = "/etc/nsswitch.conf";

static bool lists_all(const char *source)
{
	return strcmp(source, "files") == 0 || strcmp(source, "systemd") == 0 ||
	       strcmp(source, "rbac") == 0;
}

/* Does LINE, that of DATABASE, name such sources alone, and no actions in brackets? */
static bool line_lists_all(char *line)
{
	char *save = NULL;
	for (char *word = strtok_r(line, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save))
		if (!lists_all(word))
			return false;
	return true;
}

bool nsswitch_lists_all(const char *database, const char *never)
{
	char line[1024];
	bool found = false, all = true;
	FILE *f = fopen(nsswitch_conf, "re");
	while (f && fgets(line, sizeof line, f)) {
		char *p = line + strspn(line, " \t");
		p[strcspn(p, "#")] = 0;
		size_t n = strcspn(p, ": \t\n");
		if (n == strlen(never) && strncmp(p, never, n) == 0)
			all = false;
		if (n != strlen(database) || strncmp(p, database, n) != 0)
			continue;
		p += n + strspn(p + n, " \t");
		all = all && !found && *p == ':' && line_lists_all(p + 1);
		found = true;
	}
	if (f)
		fclose(f);
	return found && all;
}
