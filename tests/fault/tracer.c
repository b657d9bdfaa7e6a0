#define _GNU_SOURCE
#include "tests/fault/tracer.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#include "tests/fault/kit.h"

/* Where each call that names a path has it. -1: nowhere. MATTERS: see tracer_matters(). */
static const struct known {
	long nr;
	const char *name;
	int path;
	bool matters;
} known[] = {
	{ SYS_openat, "openat", 1, false },
#ifdef SYS_open
	{ SYS_open, "open", 0, false },
	{ SYS_stat, "stat", 0, false },
	{ SYS_mkdir, "mkdir", 0, true },
	{ SYS_rename, "rename", 0, true },
	{ SYS_unlink, "unlink", 0, true },
	{ SYS_link, "link", 0, true },
	{ SYS_rmdir, "rmdir", 0, true },
#endif
	{ SYS_newfstatat, "newfstatat", 1, false },
	{ SYS_mkdirat, "mkdirat", 1, true },
	{ SYS_renameat2, "renameat2", 1, true },
#ifdef SYS_renameat
	{ SYS_renameat, "renameat", 1, true },
#endif
	{ SYS_unlinkat, "unlinkat", 1, true },
	{ SYS_linkat, "linkat", 1, true },
	{ SYS_write, "write", -1, true },
	{ SYS_writev, "writev", -1, true },
	{ SYS_pwrite64, "pwrite64", -1, true },
	{ SYS_pwritev, "pwritev", -1, true },
	{ SYS_fsync, "fsync", -1, true },
	{ SYS_fdatasync, "fdatasync", -1, true },
	{ SYS_msync, "msync", -1, true },
	{ SYS_ftruncate, "ftruncate", -1, true },
	{ SYS_fallocate, "fallocate", -1, true },
	{ SYS_fchmod, "fchmod", -1, true },
	{ SYS_flock, "flock", -1, true },
	{ SYS_copy_file_range, "copy_file_range", -1, true },
	{ SYS_mmap, "mmap", -1, false },
	{ SYS_munmap, "munmap", -1, false },
	{ SYS_close, "close", -1, false },
};

static const struct known *find(long nr)
{
	for (size_t i = 0; i < KIT_COUNT(known); i++)
		if (known[i].nr == nr)
			return &known[i];
	return NULL;
}

const char *tracer_name(long nr)
{
	const struct known *k = find(nr);
	return k ? k->name : "another call";
}

bool tracer_matters(const struct tracer_call *call)
{
	const struct known *k = find(call->nr);
	if (call->nr == SYS_openat)
		return call->args[2] & O_CREAT;
	if (call->nr == SYS_mmap)
		return call->args[2] & PROT_WRITE && call->args[3] & MAP_SHARED;
	return k && k->matters;
}

bool tracer_read(const struct tracer_call *call, uint64_t addr, void *out, size_t size)
{
	const struct iovec local = { out, size }, remote = { (void *)(uintptr_t)addr, size };
	return process_vm_readv(call->pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

void tracer_string(const struct tracer_call *call, uint64_t addr, char *out, size_t size)
{
	enum { CHUNK = 64 };
	size_t len = 0;
	/* In chunks that do not cross a page: what follows may not be there. */
	while (len < size - 1) {
		size_t n = CHUNK - (addr + len) % CHUNK;
		if (n > size - 1 - len)
			n = size - 1 - len;
		if (!tracer_read(call, addr + len, out + len, n))
			break;
		char *end = memchr(out + len, '\0', n);
		if (end)
			return;
		len += n;
	}
	out[len] = '\0';
}

void tracer_path(const struct tracer_call *call, char *out, size_t size)
{
	const struct known *k = find(call->nr);
	out[0] = '\0';
	if (k && k->path >= 0)
		tracer_string(call, call->args[k->path], out, size);
}

/* ---- ptrace ---- */

static void skip_call(pid_t pid)
{
	/* No such call: the kernel makes none. */
#if defined(__x86_64__)
	need(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L) == 0);
#elif defined(__aarch64__)
	int none = -1;
	struct iovec v = { &none, sizeof none };
	need(ptrace(PTRACE_SETREGSET, pid, 0x404 /* NT_ARM_SYSTEM_CALL */, &v) == 0);
#else
#error "how is a system call skipped on this architecture?"
#endif
}

static void set_result(pid_t pid, long result)
{
#if defined(__x86_64__)
	need(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), result) == 0);
#elif defined(__aarch64__)
	struct user_regs_struct regs;
	struct iovec v = { &regs, sizeof regs };
	need(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &v) == 0);
	regs.regs[0] = (unsigned long long)result;
	need(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &v) == 0);
#endif
}

static void begin(char *const *argv, int output)
{
	int out = output >= 0 ? output : open("/dev/null", O_WRONLY | O_CLOEXEC);
	dup2(out, 1);
	dup2(out, 2);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 && raise(SIGSTOP) == 0)
		execv(argv[0], argv);
	_exit(127);
}

static bool armed_by(const struct tracer_call *call)
{
	char path[64];
	tracer_path(call, path, sizeof path);
	return strncmp(path, "/var/lib/", 9) == 0;
}

/* The program may have threads (liblmdb's compacting copy has one): each has a call of its own. */
enum { THREADS_MAX = 8 };

struct thread {
	struct tracer_call call; /* PID 0: none */
	int inject;
};

struct run {
	struct tracer *t;
	struct thread threads[THREADS_MAX];
	bool armed;
};

static struct thread *find_thread(struct run *r, pid_t id)
{
	for (int i = 0; i < THREADS_MAX; i++)
		if (r->threads[i].call.pid == id)
			return &r->threads[i];
	return NULL;
}

static struct thread *add_thread(struct run *r, pid_t id)
{
	struct thread *th = find_thread(r, 0);
	need(th);
	*th = (struct thread){ .call.pid = id };
	return th;
}

/* How often threads wait for one another, and how long rbacctl waits for the readers' clock,
 * differs from run to run: that is not counted. */
static bool counts(const struct run *r, const struct tracer_call *call)
{
	return r->armed && call->nr != SYS_futex && call->nr != SYS_clock_nanosleep;
}

/* False: the process is not to go on. */
static bool on_stop(struct run *r, struct thread *th)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, th->call.pid, sizeof info, &info) < 0)
		return true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		th->call.nr = (long)info.entry.nr;
		memcpy(th->call.args, info.entry.args, sizeof th->call.args);
		r->armed = r->armed || armed_by(&th->call);
		th->inject = 0;
		if (!counts(r, &th->call))
			return true;
		th->call.n = ++r->t->calls;
		need(th->call.nr >= 0 && th->call.nr < TRACER_NRS);
		th->call.turn = ++r->t->turns[th->call.nr];
		int what = r->t->entry(r->t->ctx, &th->call);
		if (what == TRACER_KILL)
			kill(th->call.pid, SIGKILL);
		else if (what == TRACER_LEAVE)
			return false;
		else if (what < 0) {
			skip_call(th->call.pid);
			th->inject = what;
		}
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		if (th->inject)
			set_result(th->call.pid, th->inject);
		th->call.result = th->inject ? th->inject : (long)info.exit.rval;
		if (counts(r, &th->call) && r->t->exit)
			r->t->exit(r->t->ctx, &th->call);
	}
	return true;
}

/* The signal to go on with; -1: the process is not to go on. */
static int on_status(struct run *r, pid_t id, int status)
{
	struct thread *th = find_thread(r, id);
	if (!th) { /* begins with a stop of ptrace's own */
		add_thread(r, id);
		return 0;
	}
	if (WSTOPSIG(status) == (SIGTRAP | 0x80))
		return on_stop(r, th) ? 0 : -1;
	return WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
}

int tracer_run(struct tracer *t, char *const *argv)
{
	struct run r = { .t = t };
	int status, deliver = 0;
	t->calls = 0;
	memset(t->turns, 0, sizeof t->turns);
	t->left = 0;
	pid_t pid = fork(), id = pid;
	need(pid >= 0);
	if (pid == 0)
		begin(argv, t->output);
	need(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	add_thread(&r, pid);
	need(ptrace(PTRACE_SETOPTIONS, pid, 0,
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC |
			    PTRACE_O_TRACECLONE) == 0);
	for (;;) {
		/* Fails when it was killed meanwhile: waitpid tells. */
		ptrace(PTRACE_SYSCALL, id, 0, deliver);
		id = waitpid(-1, &status, __WALL);
		need(id > 0);
		deliver = 0;
		if (WIFSTOPPED(status)) {
			deliver = on_status(&r, id, status);
		} else if (id == pid) {
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
		} else if (find_thread(&r, id)) {
			find_thread(&r, id)->call.pid = 0;
		}
		if (deliver < 0) {
			t->left = id;
			return 0;
		}
	}
}

void tracer_kill(struct tracer *t)
{
	int status;
	kill(t->left, SIGKILL);
	need(waitpid(t->left, &status, 0) == t->left);
}
