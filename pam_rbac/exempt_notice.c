#include "pam_rbac/exempt_notice.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/exempt_message.h"

static size_t put_word(char *bytes, size_t at, const char *word)
{
	size_t len = word ? strnlen(word, RBAC_EXEMPT_WORD - 1) : 0;

	if (len > 0)
		memcpy(bytes + at, word, len);
	bytes[at + len] = 0;
	return at + len + 1;
}

void rbac_exempt_notice(const struct rbac_asked *asked)
{
	const struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = RBAC_EXEMPT_PATH };
	char bytes[RBAC_EXEMPT_MESSAGE];
	size_t len = sizeof(RBAC_EXEMPT_MAGIC) - 1;
	const int before = errno;

	_Static_assert(sizeof(RBAC_EXEMPT_MAGIC) + 3 * RBAC_EXEMPT_WORD <= RBAC_EXEMPT_MESSAGE,
		       "three words fit");
	memcpy(bytes, RBAC_EXEMPT_MAGIC, len);
	len = put_word(bytes, len, asked->user);
	len = put_word(bytes, len, asked->service);
	len = put_word(bytes, len, asked->rhost);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0) {
		/* What does not arrive is in the log. */
		(void)sendto(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL,
			     (const struct sockaddr *)&at, sizeof(at));
		close(fd);
	}
	errno = before;
}
