/*
 * new_files.h - the files that init writes into /etc/rbac, and removes when it fails.
 */
#ifndef RBACCTL_HOST_NEW_FILES_H
#define RBACCTL_HOST_NEW_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct new_file {
	char *path;
	bool is_folder;
};
struct new_files {
	struct new_file *v; /* in the order in which they were made */
	size_t n, cap;
};
void new_files_free(struct new_files *f);

/*
 * Make folder PATH, or file PATH with the LEN bytes at TEXT: whole and synced or not at all,
 * readable by everybody whatever the umask, and never in the place of a file that exists. A folder
 * that exists is fine. RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM with errno set.
 */
int new_files_folder(struct new_files *f, const char *path);
int new_files_write(struct new_files *f, const char *path, const char *text, size_t len);

/* Remove what was made, the last first. A folder that others have put something into stays. */
void new_files_remove(struct new_files *f);

/* The whole of file PATH in *TEXT, which is to be freed. RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM with
 * errno set. */
int new_files_read(const char *path, char **text, size_t *len);

#endif
