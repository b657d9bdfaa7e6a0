/* catch_log SOCKET FILE: what is sent to syslog, a message a line, whatever bytes are in it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char message[8192];

	if (argc != 3 || strlen(argv[1]) >= sizeof at.sun_path)
		return 2;
	memcpy(at.sun_path, argv[1], strlen(argv[1]) + 1);
	int in = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int out = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (in < 0 || out < 0 || bind(in, (struct sockaddr *)&at, sizeof at) ||
	    chmod(argv[1], 0666)) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		ssize_t n = recv(in, message, sizeof message - 1, 0);
		if (n < 0)
			return 1;
		/* A newline inside would forge a line; whoever reads the file is to see that it was
		 * there. */
		for (ssize_t i = 0; i < n; i++)
			if (message[i] == '\n')
				message[i] = '\t';
		message[n] = '\n';
		if (write(out, message, (size_t)n + 1) < 0)
			return 1;
	}
}
