/* Flipped bytes and exchanged pages in a view: no user gains a group or a login by them. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/decide.h"
#include "common/error.h"
#include "common/view_file.h"
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
	const struct rbac_subject_query query = { .view = v,
						  .user = p->name,
						  .len = strlen(p->name),
						  .uid = p->uid,
						  .now = now,
						  .groups = &gids,
						  .n = p->n,
						  .primary = RBAC_NO_GID };
	if (rbac_groups_collect(&query, add, g) != RBAC_OK)
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

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "no flipped byte gives anyone anything", no_flipped_byte_gives_anyone_anything,
		  60 },
		{ "no exchange of pages gives anyone anything",
		  no_exchange_of_pages_gives_anyone_anything, 30 },
	};

	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
