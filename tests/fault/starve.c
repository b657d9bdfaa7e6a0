#define _GNU_SOURCE
#include "tests/fault/starve.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int fail_at, calls, fail_errno;
static bool armed, fail_after;
static atomic_long blocks;

void starve_begin(int at, bool and_after, int error)
{
	fail_at = at;
	fail_after = and_after;
	fail_errno = error;
	calls = 0;
	armed = true;
}

int starve_end(void)
{
	armed = false;
	return calls;
}

long starve_blocks(void)
{
	return blocks;
}

static bool fails(void)
{
	if (!armed)
		return false;
	calls++;
	if (fail_at == 0 || (calls != fail_at && !(fail_after && calls > fail_at)))
		return false;
	errno = fail_errno;
	return true;
}

/* Each in front of the next of its name; prototypes as the C library has them. */
#define SHOWN __attribute__((visibility("default")))
#define NEXT(name) ((__typeof__(&name))next(#name))
static void *next(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);
	if (!f)
		abort();
	return f;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

static void *counted(void *p)
{
	blocks += p != NULL;
	return p;
}

void *starve_malloc(size_t size)
{
	return counted(__libc_malloc(size));
}

SHOWN void *malloc(size_t size)
{
	return fails() ? NULL : counted(__libc_malloc(size));
}

SHOWN void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : counted(__libc_calloc(n, size));
}

SHOWN void *realloc(void *p, size_t size)
{
	if (fails())
		return NULL;
	void *more = __libc_realloc(p, size);
	blocks += (more != NULL) - (p != NULL && (more || size == 0));
	return more;
}

SHOWN void free(void *p)
{
	blocks -= p != NULL;
	__libc_free(p);
}

SHOWN void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
	return fails() ? MAP_FAILED : (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, at);
}

SHOWN int madvise(void *addr, size_t len, int advice)
{
	return fails() ? -1 : NEXT(madvise)(addr, len, advice);
}

SHOWN int fstat(int fd, struct stat *st)
{
	return fails() ? -1 : NEXT(fstat)(fd, st);
}

SHOWN int fstatat(int at, const char *restrict path, struct stat *restrict st, int flags)
{
	return fails() ? -1 : NEXT(fstatat)(at, path, st, flags);
}

SHOWN int clock_gettime(clockid_t id, struct timespec *t)
{
	return fails() ? -1 : NEXT(clock_gettime)(id, t);
}

/* open and close of the module are these. */
SHOWN long syscall(long nr, ...)
{
	static __typeof__(&syscall) real;
	long a[6];
	va_list ap;
	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (!real)
		real = NEXT(syscall);
	if (nr == SYS_openat && fails())
		return -1;
	return real(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}
