/* Views that are wrong: flipped, cut, mixed up, replaced, or no views at all. Nobody gains by it,
 * and nobody dies of it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/decide.h"
#include "common/error.h"
#include "common/view_file.h"
#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/site.h"
#include "tests/fault/stage.h"

/* ---- what a view gives, and whether another gives more ---- */

static const struct person {
	const char *name;
	uint32_t uid, gids[2];
	size_t n;
} people[] = {
	{ "alice", ALICE, { ALICE, DEVS }, 2 },
	{ "bob", BOB + 50, { BOB }, 1 },
	{ "carol", CAROL, { CAROL }, 1 },
	{ "mallory", MALLORY, { MALLORY, DEVS }, 2 },
	{ "MALLORY", MALLORY, { MALLORY, DEVS }, 2 },
	{ "nobody", 65534, { 65534 }, 1 },
};
static const char *const services[] = { "sshd", "sudo", "cron", "anyone" };

enum { GIDS = 128 };

struct given {
	size_t n;
	uint32_t gids[GIDS];
	unsigned logins;
};
struct all {
	struct given of[KIT_COUNT(people)];
};

static int64_t now;

static int add(void *ctx, uint32_t gid)
{
	struct given *g = ctx;
	need(g->n < GIDS);
	g->gids[g->n++] = gid;
	return RBAC_OK;
}

static void collect(const struct rbac_view *v, const struct person *p, struct given *g)
{
	const uint32_t *gids = p->gids;
	struct rbac_subjects who = { .view = v,
				     .user = p->name,
				     .len = strlen(p->name),
				     .uid = p->uid,
				     .now = now,
				     .groups = &gids,
				     .n = p->n,
				     .primary = RBAC_NO_GID };
	if (rbac_groups_collect(&who, add, g) != RBAC_OK)
		g->n = 0; /* all or nothing, as initgroups has it */
	for (size_t s = 0; s < KIT_COUNT(services); s++) {
		const struct rbac_request rq = { .user = p->name,
						 .uid = p->uid,
						 .service = services[s],
						 .groups = p->gids,
						 .n_groups = p->n,
						 .now = now };
		struct rbac_verdict verdict;
		if (rbac_decide(v, &rq, &verdict) == RBAC_OK && verdict.allow)
			g->logins |= 1u << s;
	}
}

/* What the SIZE bytes at MAP give. False: they are no view. */
static bool read_all(const uint8_t *map, size_t size, struct all *a)
{
	struct rbac_view v = { .slot = -1 };
	struct rbac_bytes rec;
	memset(a, 0, sizeof *a);
	if (rbac_walk_init(&v.walk, map, size) != RBAC_OK ||
	    rbac_view_file_get(&v.walk, RBAC_REC_META, NULL, 0, &rec) != RBAC_OK ||
	    rbac_meta_decode(rec, &v.meta) != RBAC_OK)
		return false;
	for (size_t i = 0; i < KIT_COUNT(people); i++)
		collect(&v, &people[i], &a->of[i]);
	return true;
}

static bool has(const struct given *g, uint32_t gid)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->gids[i] == gid)
			return true;
	return false;
}

static void check_nothing_gained(const struct all *truth, const struct all *a, const char *how,
				 size_t at)
{
	for (size_t i = 0; i < KIT_COUNT(people); i++) {
		for (size_t k = 0; k < a->of[i].n; k++)
			need_say(has(&truth->of[i], a->of[i].gids[k]),
				 "%s at %zu: %s gained group %u", how, at, people[i].name,
				 a->of[i].gids[k]);
		need_say((a->of[i].logins & ~truth->of[i].logins) == 0,
			 "%s at %zu: %s gained a login", how, at, people[i].name);
	}
}

struct image {
	uint8_t *p;
	size_t len;
	struct all truth;
};

static void load_image(struct image *im)
{
	struct stat st;
	site_make();
	/* Someone whose own record is what keeps them out: their group's role counts once that
	 * record is gone. */
	need(site_do("user suspend mallory --as root") == 0);
	now = time(NULL);
	int fd = open(STAGE_VIEW, O_RDONLY | O_CLOEXEC);
	need(fd >= 0 && fstat(fd, &st) == 0);
	im->len = (size_t)st.st_size;
	im->p = mmap(NULL, im->len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	need(im->p != MAP_FAILED && read_all(im->p, im->len, &im->truth));
	close(fd);
	/* There is something to gain, and some who have it not. */
	need(im->truth.of[0].n > 0 && im->truth.of[0].logins && im->truth.of[1].n == 0 &&
	     im->truth.of[3].n == 0 && !im->truth.of[3].logins && !im->truth.of[4].logins);
}

static void no_flipped_byte_gives_anyone_anything(void)
{
	static const uint8_t masks[] = { 0xff, 0x01, 0x80, 0x40, 0x10, 0x08, 0x04, 0x02, 0x20 };
	const size_t n = KIT_COUNT(masks);
	size_t other = 0;
	struct image im;
	struct all a;
	load_image(&im);
	for (size_t m = 0; m < n; m++)
		for (size_t i = 0; i < im.len; i++) {
			im.p[i] ^= masks[m];
			if (read_all(im.p, im.len, &a))
				check_nothing_gained(&im.truth, &a, "flip", i);
			other += memcmp(&a, &im.truth, sizeof a) != 0;
			im.p[i] ^= masks[m];
		}
	kit_note("%zu flips, %zu took something away, none gave anything", n * im.len, other);
	need(other > 0);
}

static void no_exchange_of_pages_gives_anyone_anything(void)
{
	enum { PAGE = 4096 };
	static uint8_t page[PAGE];
	struct image im;
	struct all a;
	load_image(&im);
	for (size_t i = 0; i < im.len; i += PAGE)
		for (size_t k = 0; k < im.len; k += PAGE) {
			memcpy(page, im.p + i, PAGE);
			/* Copied over, and both exchanged. */
			memcpy(im.p + i, im.p + k, PAGE);
			if (read_all(im.p, im.len, &a))
				check_nothing_gained(&im.truth, &a, "page copied", i);
			uint8_t *other = malloc(PAGE);
			need(other);
			memcpy(other, im.p + k, PAGE);
			memcpy(im.p + k, page, PAGE);
			if (read_all(im.p, im.len, &a))
				check_nothing_gained(&im.truth, &a, "pages exchanged", i);
			memcpy(im.p + k, other, PAGE);
			memcpy(im.p + i, page, PAGE);
			free(other);
		}
	need(read_all(im.p, im.len, &a) && memcmp(&a, &im.truth, sizeof a) == 0);
}

/* ---- through the C library ---- */

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

static void verify_finds_a_flip_and_publish_mends_it(void)
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
		{ "no flipped byte gives anyone anything", no_flipped_byte_gives_anyone_anything,
		  60 },
		{ "no exchange of pages gives anyone anything",
		  no_exchange_of_pages_gives_anyone_anything, 30 },
		{ "what is no view is as if absent", what_is_no_view_is_as_if_absent, 30 },
		{ "a view cut anywhere before it is opened kills nobody",
		  a_view_cut_anywhere_before_it_is_opened_kills_nobody, 30 },
		{ "a view replaced a thousand times a second is one or the other",
		  a_view_replaced_a_thousand_times_a_second_is_one_or_the_other, 20 },
		{ "an older or lookalike view is followed too",
		  an_older_or_lookalike_view_is_followed_too, 10 },
		{ "verify finds a flip and publish mends it",
		  verify_finds_a_flip_and_publish_mends_it, 30 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
