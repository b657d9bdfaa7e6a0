/*
 * Which requests somebody has seen to be expired: a clock that is set back revives none of them,
 * also where nothing was written down since. The time of the last change is the earliest that
 * commands go by (run.c), and `due` makes a change of what has expired. Until there is a change
 * after the end, a file beside the store has the numbers of those that were refused or listed as
 * expired, of 8 bytes, big-endian. It is written without the lock, as a refusal takes none, and is
 * lost with a backup that is restored.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/rules/request_rules.h"
#include "rbacctl/store/store.h"

enum { NUMBER = 8, NUMBERS_MOST = 4096 };

static int open_seen(const struct change *c, int flags)
{
	char path[sizeof c->a->store + 24];

	snprintf(path, sizeof path, "%s/requests.expired", c->a->store);
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
}

/* The numbers in FD into V, the last NUMBERS_MOST of them; how many. */
static size_t read_numbers(int fd, uint8_t v[NUMBERS_MOST][NUMBER])
{
	struct stat st;
	off_t whole = fstat(fd, &st) == 0 ? st.st_size / NUMBER : 0;
	off_t from = whole > NUMBERS_MOST ? whole - NUMBERS_MOST : 0;
	ssize_t got = pread(fd, v, (size_t)(whole - from) * NUMBER, from * NUMBER);

	return got > 0 ? (size_t)got / NUMBER : 0;
}

static bool has_number(int fd, uint64_t id)
{
	uint8_t(*v)[NUMBER] = calloc(NUMBERS_MOST, NUMBER);
	bool has = false;

	for (size_t i = 0, n = v ? read_numbers(fd, v) : 0; i < n && !has; i++)
		has = store_from_be64(v[i]) == id;
	free(v);
	return has;
}

static bool was_seen(const struct change *c, uint64_t id)
{
	int fd = open_seen(c, O_RDONLY);
	bool seen = fd >= 0 && has_number(fd, id);

	if (fd >= 0)
		close(fd);
	return seen;
}

/*
 * Write N numbers at V to FD, which is empty or ends with a whole number. Whoever cannot write
 * there (a full disk) has seen it all the same; what is half written goes with the next number.
 */
static void write_numbers(int fd, const void *v, size_t n)
{
	if (write(fd, v, n * NUMBER) != (ssize_t)(n * NUMBER))
		return;
}

/* Drop the half of a full file: what is left is more than can be pending at a time. */
static bool make_room(int fd)
{
	uint8_t(*v)[NUMBER] = calloc(NUMBERS_MOST, NUMBER);
	size_t n = v ? read_numbers(fd, v) : 0;
	struct stat st;
	bool room = v && fstat(fd, &st) == 0;

	if (room && n == NUMBERS_MOST) {
		room = ftruncate(fd, 0) == 0;
		if (room)
			write_numbers(fd, v + n / 2, n / 2);
	} else if (room && st.st_size % NUMBER) {
		room = ftruncate(fd, st.st_size - st.st_size % NUMBER) == 0;
	}
	free(v);
	return room;
}

static void note(const struct change *c, uint64_t id)
{
	uint8_t number[NUMBER];
	int fd = open_seen(c, O_RDWR | O_CREAT | O_APPEND);

	if (fd < 0)
		return;
	store_be64(number, id);
	if (!has_number(fd, id) && make_room(fd))
		write_numbers(fd, number, 1);
	close(fd);
}

bool request_has_expired(const struct change *c, const struct store_request *r)
{
	if (c->a->now < r->expires)
		return was_seen(c, r->id);
	if (c->a->published < r->expires)
		note(c, r->id);
	return true;
}
