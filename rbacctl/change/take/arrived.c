/* What a folder has for this member, judged by fleet/. */
#include "rbacctl/change/take/steps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/carrier/folder.h"

enum { LISTS_MAX = 1000 }; /* lists of keys that are read in one take */

void take_note(struct take *k, const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(&k->notes, "%s\n", text);
	k->out->attention = true;
}

const char *take_notes_behind(const struct take *k, char text[TAKE_NOTES])
{
	size_t len = k->notes.len;

	snprintf(text, TAKE_NOTES, "%s%.*s", len ? "\n" : "", len ? (int)len - 1 : 0,
		 buf_text(&k->notes));
	return text;
}

/* ---- keys ---- */

static int keys_held(struct take *k)
{
	MDB_val v;
	int err = store_fleet_keys(&k->c->t, &v);

	if (err)
		return err;
	buf_put(&k->list, v.mv_data, v.mv_size);
	if (k->list.failed)
		return RBAC_NOMEM;
	return fleet_keys_decode(k->list.p, k->list.len, &k->keys);
}

/* The list of VERSION in DIR, where it is one to be taken. RBAC_NOTFOUND: there is none. */
static int next_list(struct take *k, uint64_t version)
{
	bool held = k->list.len > 0;
	struct buf list = { 0 };
	struct fleet_keys new;
	int err = folder_read_keys(k->dir, version, &list);

	if (err == RBAC_SYSTEM)
		take_note(k, "the list of keys %" PRIu64 " cannot be read: %s", version,
			  strerror(errno));
	if (err) {
		buf_free(&list);
		return err == RBAC_NOMEM ? err : RBAC_NOTFOUND;
	}
	enum fleet_keys_verdict v = fleet_keys_judge(held ? &k->keys : NULL, &k->list,
						     &k->token.anchor, list.p, list.len, &new);
	if (v == FLEET_KEYS_TAKE) {
		buf_free(&k->list);
		k->list = list;
		k->keys = new;
		return store_fleet_keys_put(&k->c->t, k->list.p, k->list.len);
	}
	buf_free(&list);
	if (v != FLEET_KEYS_SAME)
		take_note(k, "refused: the list of keys %" PRIu64 ": %s", version,
			  fleet_keys_text(v));
	return v == FLEET_KEYS_SAME ? RBAC_OK : RBAC_NOTFOUND;
}

int take_keys(struct take *k)
{
	int err = k->first ? RBAC_OK : keys_held(k);
	char text[TAKE_NOTES];

	if (err)
		return change_store_fail(k->c, err);
	uint64_t version = k->list.len ? k->keys.version + 1 : k->token.anchor.version;
	for (int i = 0; i < LISTS_MAX && !err; i++) {
		uint64_t before = k->list.len ? k->keys.version : 0;
		err = next_list(k, version + (uint64_t)i);
		k->wrote |= k->list.len && k->keys.version != before;
	}
	if (err == RBAC_NOTFOUND)
		err = RBAC_OK;
	if (err)
		return change_store_fail(k->c, err);
	return k->list.len ? RBAC_OK
			   : change_fail(k->c, RBAC_REFUSED,
					 "%s: there is no list of keys that the token of this host "
					 "trusts%s",
					 k->dir, take_notes_behind(k, text));
}

/* ---- one sheet ---- */

/* A new member believes nothing below its token and the head of the fleet's sheet. */
static uint64_t least_of(const struct take *k, const char *name)
{
	if (strcmp(name, FLEET_SHEET) == 0)
		return k->token.number;
	for (size_t i = 0; i < k->n_recent; i++)
		if (strcmp(k->recent[i].name, name) == 0)
			return k->recent[i].number;
	return 0;
}

/* What was taken of NAME, and what the token demands. */
static int held_of(struct take *k, const char *name, struct fleet_held *held)
{
	struct store_sheet s;
	int err = store_sheet_get(&k->c->t, name, &s);

	*held = (struct fleet_held){ .term = k->token.term, .number = least_of(k, name) };
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	if (s.term == 0) { /* it never was: a head has named it */
		if (s.named_term >= held->term && s.named > held->number)
			held->number = s.named;
		return RBAC_OK;
	}
	*held = (struct fleet_held){
		.taken = s.here, .term = s.term, .number = s.number, .issued = s.issued
	};
	memcpy(held->content, s.content, FLEET_HASH);
	if (k->again && strcmp(name, FLEET_SHEET) != 0)
		held->taken = false;
	return RBAC_OK;
}

static int judge(struct take *k, const char *name, const struct fleet_held *held, struct arrived *a)
{
	const struct fleet_trust trust = { &k->keys, k->term, k->c->a->now };
	const struct fleet_arrived came = {
		name, { a->head.p, a->head.len }, a->chunks, a->n_chunks
	};

	fleet_judgement_free(&a->j);
	return fleet_judge(&trust, held, &came, &a->j);
}

static void note_verdict(struct take *k, const char *name, const struct fleet_judgement *j)
{
	if (fleet_refused(j->verdict))
		take_note(k, "refused: %s: %s", name, fleet_verdict_text(j->verdict));
	else if (j->verdict == FLEET_WAIT)
		take_note(k, "waiting: %s at %" PRIu64 ": %u of %u parts have not come", name,
			  j->head.number, j->missing, j->head.n_chunks);
}

/* The chunks are read once the signature holds, and only when the sheet is new. */
int take_judge(struct take *k, const char *name, struct arrived *a)
{
	struct fleet_held held;
	int err = held_of(k, name, &held);

	*a = (struct arrived){ .j.verdict = FLEET_WAIT };
	if (err)
		return change_store_fail(k->c, err);
	if (k->nothing_came)
		return RBAC_OK;
	err = folder_read_head(k->dir, name, &a->head);
	if (err == RBAC_NOTFOUND || err == RBAC_SYSTEM || err == RBAC_RANGE) {
		take_note(k, "waiting: %s: %s", name,
			  err == RBAC_NOTFOUND ? "it is not there"
			  : err == RBAC_RANGE  ? "its head is larger than a head may be"
					       : strerror(errno));
		return RBAC_OK;
	}
	if (!err)
		err = judge(k, name, &held, a);
	if (!err && a->j.verdict == FLEET_WAIT) {
		err = folder_read_chunks(k->dir, &a->j.head, &a->chunks, &a->n_chunks);
		if (err == RBAC_SYSTEM)
			err = RBAC_OK; /* what could not be read has not come */
		if (!err)
			err = judge(k, name, &held, a);
	}
	if (err)
		return change_fail(k->c, err, "%s: %s", name, rbac_error_text(err));
	note_verdict(k, name, &a->j);
	return a->j.verdict == FLEET_FRESHER ? take_taken(k, name, &a->j) : RBAC_OK;
}

void take_arrived_free(struct arrived *a)
{
	fleet_judgement_free(&a->j);
	folder_free_chunks(a->chunks, a->n_chunks);
	buf_free(&a->head);
}

int take_taken(struct take *k, const char *name, const struct fleet_judgement *j)
{
	struct store_sheet s = { 0 };
	int err = store_sheet_get(&k->c->t, name, &s);

	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(k->c, err);
	s.term = j->head.term;
	s.number = j->head.number;
	s.issued = j->head.issued;
	s.here = true;
	memcpy(s.content, j->content, STORE_HASH);
	if (j->head.term > k->term)
		k->term = j->head.term;
	k->wrote = true;
	k->out->taken += j->verdict == FLEET_TAKE;
	err = store_sheet_put(&k->c->t, name, &s);
	return err ? change_store_fail(k->c, err) : RBAC_OK;
}
