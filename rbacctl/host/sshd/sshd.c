#include "rbacctl/host/sshd/sshd.h"

#include <glob.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

static bool says_use_dns(const char *path)
{
	char line[600], word[40], value[40];
	bool yes = false;
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		yes |= sscanf(line, " %39[A-Za-z] %39s", word, value) == 2 &&
		       strcasecmp(word, "UseDNS") == 0 && strcasecmp(value, "yes") == 0;
	if (f)
		fclose(f);
	return yes;
}

bool sshd_tells_addresses(void)
{
	static const char config[] = "/etc/ssh/sshd_config";
	glob_t found;
	bool yes = says_use_dns(config);
	if (glob("/etc/ssh/sshd_config.d/*.conf", 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			yes |= says_use_dns(found.gl_pathv[i]);
		globfree(&found);
	}
	return !yes && access(config, F_OK) == 0;
}
