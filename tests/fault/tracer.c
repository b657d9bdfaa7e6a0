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

struct run {
	struct tracer *t;
	struct tracer_call call;
	int inject;
	bool armed;
};

/* False: the process is not to go on. */
static bool on_stop(struct run *r)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, r->call.pid, sizeof info, &info) < 0)
		return true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		r->call.nr = (long)info.entry.nr;
		memcpy(r->call.args, info.entry.args, sizeof r->call.args);
		r->armed = r->armed || armed_by(&r->call);
		r->inject = 0;
		if (!r->armed)
			return true;
		r->call.n = ++r->t->calls;
		int what = r->t->entry(r->t->ctx, &r->call);
		if (what == TRACER_KILL)
			kill(r->call.pid, SIGKILL);
		else if (what == TRACER_LEAVE)
			return false;
		else if (what < 0) {
			skip_call(r->call.pid);
			r->inject = what;
		}
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		if (r->inject)
			set_result(r->call.pid, r->inject);
		r->call.result = r->inject ? r->inject : (long)info.exit.rval;
		if (r->armed && r->t->exit)
			r->t->exit(r->t->ctx, &r->call);
	}
	return true;
}

int tracer_run(struct tracer *t, char *const *argv)
{
	struct run r = { .t = t };
	int status, deliver = 0;
	t->calls = 0;
	t->left = 0;
	pid_t pid = r.call.pid = fork();
	need(pid >= 0);
	if (pid == 0)
		begin(argv, t->output);
	need(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	need(ptrace(PTRACE_SETOPTIONS, pid, 0,
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC) == 0);
	for (;;) {
		/* Fails when it was killed meanwhile: waitpid tells. */
		ptrace(PTRACE_SYSCALL, pid, 0, deliver);
		need(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
		deliver = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (!on_stop(&r)) {
				t->left = pid;
				return 0;
			}
		} else if (WSTOPSIG(status) != SIGTRAP)
			deliver = WSTOPSIG(status);
	}
}

void tracer_kill(struct tracer *t)
{
	int status;
	kill(t->left, SIGKILL);
	need(waitpid(t->left, &status, 0) == t->left);
}
