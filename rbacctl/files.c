#include "rbacctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/error.h"

int files_read(int fd, size_t most, char **out, size_t *len)
{
	size_t cap = 4096, n = 0;
	char *p = malloc(cap + 1);

	while (p) {
		ssize_t got = read(fd, p + n, cap - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || (size_t)got > most - n) {
			int saved = errno;
			free(p);
			errno = saved;
			return got < 0 ? RBAC_SYSTEM : RBAC_INVALID;
		}
		n += (size_t)got;
		if (got == 0) {
			p[n] = '\0';
			*out = p;
			*len = n;
			return RBAC_OK;
		}
		if (n == cap) {
			char *q = realloc(p, cap * 2 + 1);
			if (!q)
				free(p);
			p = q;
			cap *= 2;
		}
	}
	return RBAC_NOMEM;
}

int files_write(int fd, const void *p, size_t len)
{
	for (const char *at = p; len > 0;) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno != EINTR)
			return RBAC_SYSTEM;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return RBAC_OK;
}

int files_sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = fd < 0 || fsync(fd);
	int e = errno;

	if (fd >= 0)
		close(fd);
	errno = e;
	return bad ? RBAC_SYSTEM : RBAC_OK;
}
