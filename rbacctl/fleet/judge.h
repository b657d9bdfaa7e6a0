/*
 * judge.h - decide what a member does with a sheet that has arrived: take it, wait for the rest of
 * it, or refuse it and keep its present state. A pure function: it reads no file and no clock.
 *
 * The bytes that arrived are untrusted. The function uses nothing of them before it has checked the
 * signature of the head. A member takes a sheet completely or not at all.
 */
#ifndef RBACCTL_FLEET_JUDGE_H
#define RBACCTL_FLEET_JUDGE_H

#include "rbacctl/fleet/chunk.h"
#include "rbacctl/fleet/keys.h"

/* What a member trusts. */
struct fleet_trust {
	const struct fleet_keys *keys;
	/* The highest term of all sheets that it has taken, or that of its token. A sheet with a
	 * lower term is refused. */
	uint64_t term;
	int64_t now; /* seconds since 1970 */
};

/* The sheet that a member took last. */
struct fleet_held {
	/* False: none was taken yet. TERM and NUMBER are then those of the token, and a lower
	 * number of that term is refused. */
	bool taken;
	uint64_t term, number;
	int64_t issued;
	uint8_t content[FLEET_HASH]; /* fleet_head_content() */
};

struct fleet_bytes {
	const uint8_t *p;
	size_t len;
};

/* The sheet that has arrived: a head, and any number of chunks in any order. All bytes are
 * untrusted; the caller keeps them. */
struct fleet_arrived {
	const char *name; /* the name under which it arrived */
	struct fleet_bytes head;
	const struct fleet_bytes *chunks;
	size_t n_chunks;
};

enum fleet_verdict {
	FLEET_TAKE,
	FLEET_SAME,    /* the member has this content; the head is not newer */
	FLEET_FRESHER, /* the member has this content, and the authority signed it again later */
	FLEET_WAIT,    /* the head is valid, but a chunk that it names has not arrived */
	/* From here on: refused. */
	FLEET_DAMAGED,   /* the head, or a chunk that it names, is malformed */
	FLEET_NEWER,     /* a format that this rbacctl does not know */
	FLEET_TOO_LARGE, /* a limit of sheet.h is exceeded */
	FLEET_OTHER_FLEET,
	FLEET_OTHER_SHEET, /* the head has another name than the sheet arrived under */
	FLEET_UNKNOWN_KEY, /* the list does not have the key */
	FLEET_ENDED_KEY,   /* the key has ended */
	FLEET_OTHER_TERM,  /* the key belongs to another term */
	FLEET_BAD_SIGNATURE,
	FLEET_LOWER_TERM, /* another authority has taken over */
	FLEET_ROLLBACK,   /* a lower number than that of the sheet taken, or of the token */
	FLEET_FORK,       /* the number of the sheet taken, with another content */
	FLEET_VERDICTS
};

struct fleet_judgement {
	enum fleet_verdict verdict;
	struct fleet_head head; /* as far as it could be decoded; borrows the bytes that arrived */
	uint8_t content[FLEET_HASH];
	uint32_t missing;           /* FLEET_WAIT: how many chunks are missing */
	struct fleet_bytes *chunks; /* FLEET_TAKE: the chunks in the order of the head */
};

/* Decide about A; *OUT gets the verdict. Returns RBAC_OK or RBAC_NOMEM. Free *OUT in any case. */
int fleet_judge(const struct fleet_trust *t, const struct fleet_held *held,
		const struct fleet_arrived *a, struct fleet_judgement *out);
void fleet_judgement_free(struct fleet_judgement *j);

static inline bool fleet_refused(enum fleet_verdict v)
{
	return v >= FLEET_DAMAGED;
}

/* After FLEET_TAKE: call FN for each record of the sheet, as fleet_chunk_each() does. */
int fleet_judgement_each(const struct fleet_judgement *j, fleet_record_fn *fn, void *ctx);

/* The verdict as an English phrase without a full stop; a constant. */
const char *fleet_verdict_text(enum fleet_verdict v);

#endif
