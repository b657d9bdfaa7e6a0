/* Files in the place of the view that are no view, or another one: wrong kinds of files, truncated
 * views, views that are replaced all the time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/site.h"
#include "tests/fault/stage.h"

static void put_bytes(const char *path, const void *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	need(fd >= 0 && write(fd, p, len) == (ssize_t)len && fchmod(fd, 0644) == 0 &&
	     close(fd) == 0);
}

static void wait_tick(void)
{
	usleep(12000);
}

/* What lies there now is no view: no group of ours, soon, and the C library goes on with the
 * others. */
static void expect_absent(const char *what)
{
	gid_t gids[16];
	int n = 16;
	wait_tick();
	unsigned long from = kit_ms();
	need_say(!getgrnam("r-00") && !getgrnam("r-admin") && !getgrgid(HOST_OURS),
		 "%s: a group of ours is there", what);
	need(getgrouplist("alice", ALICE, gids, &n) >= 0);
	need_say(n == 2, "%s: alice has %d groups", what, n);
	need_say(getgrnam("devs"), "%s: the others are gone", what);
	need_say(kit_ms() - from < 500, "%s: it took %lu ms", what, kit_ms() - from);
}

static void expect_well(unsigned generation)
{
	host_publish(generation);
	need(host_ask_generation(generation) && host_ask_all());
}

static void as_symlink(void)
{
	need(symlink("/var/lib/true.mdb", STAGE_VIEW) == 0);
}
static void as_dangling(void)
{
	need(symlink("/var/lib/nothing", STAGE_VIEW) == 0);
}
static void as_loop(void)
{
	need(symlink(STAGE_VIEW, STAGE_VIEW) == 0);
}
static void as_fifo(void)
{
	need(mkfifo(STAGE_VIEW, 0644) == 0);
}
static void as_folder(void)
{
	need(mkdir(STAGE_VIEW, 0755) == 0);
}
static void as_null(void)
{
	need(mknod(STAGE_VIEW, S_IFCHR | 0644, makedev(1, 3)) == 0);
}
static void as_zero(void)
{
	need(mknod(STAGE_VIEW, S_IFCHR | 0644, makedev(1, 5)) == 0);
}
static void as_block(void)
{
	need(mknod(STAGE_VIEW, S_IFBLK | 0644, makedev(7, 250)) == 0);
}
static void as_empty(void)
{
	put_bytes(STAGE_VIEW, "", 0);
}
static void as_text(void)
{
	put_bytes(STAGE_VIEW, "rbac", 4);
}
static void as_giant(void)
{
	put_bytes(STAGE_VIEW, "", 0);
	need(truncate(STAGE_VIEW, (off_t)1 << 40) == 0);
}
static void as_true(void)
{
	need(link("/var/lib/true.mdb", STAGE_VIEW) == 0);
}
static void as_others(void)
{
	as_true();
	need(chown(STAGE_VIEW, MALLORY, MALLORY) == 0);
}
static void as_writable(void)
{
	as_true();
	need(chown(STAGE_VIEW, 0, 0) == 0 && chmod(STAGE_VIEW, 0666) == 0);
}
static void as_group_writable(void)
{
	as_true();
	need(chmod(STAGE_VIEW, 0664) == 0);
}

static void patch(off_t at, const void *p, size_t len)
{
	int fd = open(STAGE_VIEW, O_WRONLY | O_CLOEXEC);
	need(fd >= 0 && pwrite(fd, p, len, at) == (ssize_t)len &&
	     pwrite(fd, p, len, at + 4096) == (ssize_t)len && close(fd) == 0);
}

static void true_copy(void)
{
	static char bytes[1 << 20];
	int fd = open("/var/lib/true.mdb", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, sizeof bytes);
	need(n > 0 && close(fd) == 0);
	put_bytes(STAGE_VIEW, bytes, (size_t)n);
}

/* Both meta pages: magic at 16, LMDB's version at 20; a 32-bit machine's magic stands at 12. */
static void as_newer(void)
{
	true_copy();
	patch(20, "\2", 1);
}
static void as_other_order(void)
{
	true_copy();
	patch(16, "\xbe\xef\xc0\xde", 4);
}
static void as_other_word(void)
{
	true_copy();
	patch(12, "\xde\xc0\xef\xbe\1\0\0\0", 8);
}
static void as_nothing(void)
{
}

static void what_is_no_view_is_as_if_absent(void)
{
	static const struct {
		const char *name;
		void (*put)(void);
	} odd[] = {
		{ "deleted", as_nothing },
		{ "a symlink", as_symlink },
		{ "a dangling symlink", as_dangling },
		{ "a loop", as_loop },
		{ "a FIFO", as_fifo },
		{ "a folder", as_folder },
		{ "/dev/null", as_null },
		{ "/dev/zero", as_zero },
		{ "a block device", as_block },
		{ "empty", as_empty },
		{ "text", as_text },
		{ "a sparse giant", as_giant },
		{ "another's", as_others },
		{ "writable by all", as_writable },
		{ "writable by the group", as_group_writable },
		{ "newer", as_newer },
		{ "of another byte order", as_other_order },
		{ "of another word size", as_other_word },
	};
	for (unsigned i = 0; i < KIT_COUNT(odd); i++) {
		expect_well(i + 1);
		unlink("/var/lib/true.mdb");
		need(rename(STAGE_VIEW, "/var/lib/true.mdb") == 0);
		odd[i].put();
		expect_absent(odd[i].name);
		if (rmdir(STAGE_VIEW) != 0)
			unlink(STAGE_VIEW);
	}
	expect_well(100);
}

static void a_view_cut_anywhere_before_it_is_opened_kills_nobody(void)
{
	static char bytes[1 << 20];
	expect_well(1);
	int fd = open(STAGE_VIEW, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, sizeof bytes);
	need(n > 0 && close(fd) == 0);
	for (ssize_t len = 0; len < n; len += 1024) {
		struct host_module m;
		struct group g;
		char buf[512];
		int err = 0;
		put_bytes(STAGE_VIEW ".cut", bytes, (size_t)len);
		need(rename(STAGE_VIEW ".cut", STAGE_VIEW) == 0);
		host_load(&m, 0);
		wait_tick();
		enum nss_status rc = m.getgrnam("r-00", &g, buf, sizeof buf, &err);
		need(rc == NSS_STATUS_UNAVAIL ||
		     (rc == NSS_STATUS_SUCCESS && g.gr_gid == HOST_OURS &&
		      strcmp(g.gr_mem[0], "alice") == 0));
		need(m.setgrent(0) != NSS_STATUS_SUCCESS ||
		     m.getgrent(&g, buf, sizeof buf, &err) != NSS_STATUS_TRYAGAIN);
		m.endgrent();
	}
	expect_well(2);
}

/* ---- replaced ---- */

static void replace_often(void *ctx)
{
	unsigned long until = kit_ms() + *(unsigned long *)ctx, n = 0;
	for (; kit_ms() < until; n++) {
		const char *from = n % 2 ? "/var/lib/a.mdb" : "/var/lib/b.mdb";
		unlink(STAGE_FOLDER "/next");
		need(link(from, STAGE_FOLDER "/next") == 0 &&
		     rename(STAGE_FOLDER "/next", STAGE_VIEW) == 0);
		/* rename does nothing where both names are one file. */
		if (n % 50 == 0)
			unlink(STAGE_VIEW);
		usleep(200);
	}
	need_say(n >= *(unsigned long *)ctx || kit_watch(), "only %lu replacements", n);
	kit_note("%lu replacements", n);
}

static void a_view_replaced_a_thousand_times_a_second_is_one_or_the_other(void)
{
	unsigned long ms = kit_count(2000, 60000), asked = 0, answered = 0;
	int status;
	host_publish(1);
	need(rename(STAGE_VIEW, "/var/lib/a.mdb") == 0);
	host_publish(2);
	need(link(STAGE_VIEW, "/var/lib/b.mdb") == 0);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		replace_often(&ms);
		_exit(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct group g, *found = NULL;
		char buf[512];
		getgrnam_r("r-gen", &g, buf, sizeof buf, &found);
		/* Deleted now and then: not there is an answer, another's members is none. */
		if (found) {
			need(g.gr_gid == HOST_OURS + HOST_GROUPS &&
			     (strcmp(g.gr_mem[0], "gen-1") == 0 ||
			      strcmp(g.gr_mem[0], "gen-2") == 0) &&
			     !g.gr_mem[1]);
			answered++;
		}
		asked++;
	}
	need(status == 0 && answered > 0);
	kit_note("%lu lookups, %lu answered", asked, answered);
	expect_well(3);
}

static void an_older_or_lookalike_view_is_followed_too(void)
{
	struct stat st, other;
	expect_well(7);
	need(stat(STAGE_VIEW, &st) == 0 && link(STAGE_VIEW, "/var/lib/old.mdb") == 0);
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	/* Of the same size and time of change, as a restored backup would be. */
	host_publish(8);
	need(utimensat(AT_FDCWD, STAGE_VIEW, times, 0) == 0 && stat(STAGE_VIEW, &other) == 0);
	need(other.st_size == st.st_size && other.st_mtim.tv_sec == st.st_mtim.tv_sec &&
	     other.st_mtim.tv_nsec == st.st_mtim.tv_nsec);
	wait_tick();
	need(host_ask_generation(8));
	need(rename("/var/lib/old.mdb", STAGE_VIEW) == 0);
	wait_tick();
	need(host_ask_generation(7));
}

static void verify_finds_a_flip_and_publish_repairs_it(void)
{
	static char bytes[1 << 20];
	unsigned found = 0, n = 0;
	site_make();
	int fd = open(STAGE_VIEW, O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, bytes, sizeof bytes);
	need(len > 0 && close(fd) == 0 && site_do("verify") == 0);
	for (ssize_t at = 8192; at < len; at += 997, n++) {
		bytes[at] ^= 0x40;
		put_bytes(STAGE_VIEW, bytes, (size_t)len);
		int status = site_do("verify");
		need_say(status == 0 || status == 1, "verify: %d: %s", status, site_said());
		found += status == 1;
		bytes[at] ^= 0x40;
	}
	need_say(found > 0 && found < n, "%u of %u", found, n);
	/* Whatever it is by now. */
	memset(bytes + 8192, 0xff, 64);
	put_bytes(STAGE_VIEW, bytes, (size_t)len);
	need(site_do("publish") == 0 && site_do("verify") == 0);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "what is no view is as if absent", what_is_no_view_is_as_if_absent, 30 },
		{ "a view cut anywhere before it is opened kills nobody",
		  a_view_cut_anywhere_before_it_is_opened_kills_nobody, 30 },
		{ "a view replaced a thousand times a second is one or the other",
		  a_view_replaced_a_thousand_times_a_second_is_one_or_the_other, 20 },
		{ "an older or lookalike view is followed too",
		  an_older_or_lookalike_view_is_followed_too, 10 },
		{ "verify finds a flip and publish repairs it",
		  verify_finds_a_flip_and_publish_repairs_it, 30 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
