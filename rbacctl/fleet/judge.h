/*
 * judge.h - what a member does with what has arrived for one sheet: take it, wait for the rest of
 * it, or refuse it and keep what it has. A function of what is held and what arrived: no file, no
 * clock.
 *
 * The bytes that arrived may be anything. Nothing of them is believed before the signature of its
 * head has been checked, and a sheet is taken whole or not at all.
 */
#ifndef RBACCTL_FLEET_JUDGE_H
#define RBACCTL_FLEET_JUDGE_H

#include "rbacctl/fleet/chunk.h"
#include "rbacctl/fleet/keys.h"

/* The knowledge of a member when it judges. */
struct fleet_trust {
	const struct fleet_keys *keys;
	uint64_t
		term; /* the highest term of any sheet it has taken, or its token's: no lower one */
	int64_t now;  /* seconds */
};

/* The state of the sheet that a member took last. */
struct fleet_held {
	bool taken; /* it was taken once; otherwise only TERM and NUMBER count, from the token: no
		       lower number of that term */
	uint64_t term, number;
	int64_t issued;
	uint8_t content[FLEET_HASH]; /* fleet_head_content() */
};

struct fleet_bytes {
	const uint8_t *p;
	size_t len;
};

/* The sheet that has arrived. The chunks may be too many, too few, in any order, and anything. */
struct fleet_arrived {
	const char *name; /* the sheet that it is said to be */
	struct fleet_bytes head;
	const struct fleet_bytes *chunks;
	size_t n_chunks;
};

enum fleet_verdict {
	FLEET_TAKE,
	FLEET_SAME,    /* held already; it may be an older head of the same content */
	FLEET_FRESHER, /* the content that is held, signed anew: note when */
	FLEET_WAIT,    /* the head is good, and a chunk that it names has not come */
	/* From here on: refused. */
	FLEET_DAMAGED,   /* the head, or a signed chunk, is not in form */
	FLEET_NEWER,     /* a format that this rbacctl does not know */
	FLEET_TOO_LARGE, /* over a limit of sheet.h */
	FLEET_OTHER_FLEET,
	FLEET_OTHER_SHEET, /* the head is of another sheet than it came for */
	FLEET_UNKNOWN_KEY, /* no key of the list */
	FLEET_ENDED_KEY,   /* its time is over */
	FLEET_OTHER_TERM,  /* the key is bound to another term */
	FLEET_BAD_SIGNATURE,
	FLEET_LOWER_TERM, /* an authority that another has taken over from */
	FLEET_ROLLBACK,   /* a lower number than was taken, or than the token says */
	FLEET_FORK,       /* another content of the number that is held */
	FLEET_VERDICTS
};

struct fleet_judgement {
	enum fleet_verdict verdict;
	struct fleet_head head; /* borrows what arrived; as far as it could be decoded */
	uint8_t content[FLEET_HASH];
	uint32_t missing;           /* FLEET_WAIT: chunks */
	struct fleet_bytes *chunks; /* FLEET_TAKE: those of the head, in its order */
};

/* Judge. RBAC_OK, or RBAC_NOMEM with nothing judged. *OUT is to be freed either way. */
int fleet_judge(const struct fleet_trust *t, const struct fleet_held *held,
		const struct fleet_arrived *a, struct fleet_judgement *out);
void fleet_judgement_free(struct fleet_judgement *j);

static inline bool fleet_refused(enum fleet_verdict v)
{
	return v >= FLEET_DAMAGED;
}

/* Each record of a sheet that is to be taken, chunk by chunk; as fleet_chunk_each(). */
int fleet_judgement_each(const struct fleet_judgement *j, fleet_record_fn *fn, void *ctx);

/* A constant English phrase, without a full stop. */
const char *fleet_verdict_text(enum fleet_verdict v);

#endif
