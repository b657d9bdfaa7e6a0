/* Bring the loopback device of a new network namespace up: a bare Debian has no ip(8). */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void)
{
	struct ifreq r = { .ifr_flags = IFF_UP };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(r.ifr_name, "lo", sizeof "lo");
	if (s >= 0 && ioctl(s, SIOCSIFFLAGS, &r) == 0)
		return 0;
	perror("lo");
	return 1;
}
