#include "rbacctl/host/pam_open.h"

#include <errno.h>
#include <sys/stat.h>

FILE *pam_open(const struct pam_folders *f, size_t n, const char *name, char *path, size_t size,
	       bool *dark)
{
	FILE *file = NULL;

	*dark = false;
	if (*name == '/') {
		snprintf(path, size, "%s", name);
		file = fopen(path, "re");
		*dark = !file && errno == EACCES;
		return file;
	}
	for (size_t i = 0; i < n && !file && !*dark && f->v[i]; i++) {
		snprintf(path, size, "%s/%s", f->v[i], name);
		file = fopen(path, "re");
		*dark = !file && errno == EACCES;
	}
	return file;
}

bool pam_has_folders(const struct pam_folders *f)
{
	struct stat st;

	for (size_t i = 0; i < PAM_FOLDERS; i++)
		if (f->v[i] && stat(f->v[i], &st) == 0 && S_ISDIR(st.st_mode))
			return true;
	return false;
}
