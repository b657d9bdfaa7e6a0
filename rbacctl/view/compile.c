#include "rbacctl/config/lex.h"
#include "rbacctl/config/source.h"
#include "rbacctl/view/compile.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/lookup.h"
#include "rbacctl/view/encode.h"
#include "rbacctl/view/finish.h"
#include "rbacctl/view/output.h"
#include "rbacctl/view/records.h"
#include "rbacctl/view/subjects.h"
#include "rbacctl/view/uid_index.h"
#include "rbacctl/view/via.h"

struct members {
	struct encode_member *v;
	size_t n, cap;
};

struct work {
	const struct compile *c;
	struct output out;
	struct buf buf;
	struct subjects subjects;
	/* Groups: those of roles first, then the extra Unix groups. */
	struct members *members;
	size_t n_groups;
	char **names;
	size_t n_names, cap_names; /* users' names, for the members */
	struct uid_index uids;
	uint32_t *unix_gids;
	size_t n_unix, cap_unix;
	struct lookup unix_at; /* numbers in UNIX_GIDS */
	struct via via;
	size_t next_pair; /* of its pairs: the first whose user has not come yet */
};

static int no_memory(struct work *w)
{
	return output_fail(&w->out, RBAC_NOMEM, "out of memory");
}

/* ---- members ---- */

static int add_member(struct work *w, const char *name, const struct encode_gid *gids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int g = subjects_group(&w->subjects, gids[i].gid);
		struct members *m = g < 0 ? NULL : &w->members[g];
		if (!m)
			continue;
		if (!buf_room(&m->v, m->n, &m->cap, sizeof *m->v))
			return no_memory(w);
		m->v[m->n++] = (struct encode_member){ name, gids[i].window };
	}
	return RBAC_OK;
}

/* OWN: what they hold themselves counts. Users come in the order of their names, and so each
 * group's members do. */
static int add_user(struct work *w, const char *user, bool own)
{
	size_t n = own ? w->subjects.n_gids : 0;
	if (!w->c->policy->members)
		return RBAC_OK;
	if (via_of(&w->via, &w->subjects, user, w->subjects.gids, n))
		return no_memory(w);
	if (n + w->via.n_gids == 0)
		return RBAC_OK;
	if (!buf_room(&w->names, w->n_names, &w->cap_names, sizeof *w->names))
		return no_memory(w);
	char *name = strdup(user);
	if (!name)
		return no_memory(w);
	w->names[w->n_names++] = name;
	int err = add_member(w, name, w->subjects.gids, n);
	return err ? err : add_member(w, name, w->via.gids, w->via.n_gids);
}

static void pass_over(struct work *w, const char *user)
{
	while (w->next_pair < w->via.n_pairs && strcmp(w->via.pairs[w->next_pair].user, user) == 0)
		w->next_pair++;
}

/* Those of Unix groups who are not recorded, up to the name UNTIL (NULL: all that are left). */
static int add_unrecorded(struct work *w, const char *until)
{
	int err = RBAC_OK;
	while (!err && w->next_pair < w->via.n_pairs) {
		const char *user = w->via.pairs[w->next_pair].user;
		if (until && strcmp(user, until) >= 0)
			break;
		err = add_user(w, user, false);
		pass_over(w, user);
	}
	return err;
}

/* ---- users ---- */

static int store_trouble(struct work *w, int err)
{
	return output_fail(&w->out, err, "%s",
			   err == RBAC_NOMEM ? "out of memory" : store_why(w->c->txn->s));
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	struct work *w = ctx;
	uint32_t flags;
	int err = add_unrecorded(w, name);
	if (err)
		return err;
	err = subjects_of_user(&w->subjects, name, u, &w->buf, &flags);
	if (err)
		return store_trouble(w, err);
	pass_over(w, name);
	if (!(flags & RBAC_SUBJECT_SUSPENDED))
		err = add_user(w, name, flags == 0);
	if (!err && uid_index_note(&w->uids, name, u))
		err = no_memory(w);
	return err ? err : output_put(&w->out, RBAC_REC_USER, name, strlen(name), &w->buf, true);
}

/* ---- Unix groups as subjects ---- */

static bool is_unix_gid(const void *ctx, uint32_t number, const void *key)
{
	return ((const struct work *)ctx)->unix_gids[number] == *(const uint32_t *)key;
}

static int put_unix_group(void *ctx, const char *group)
{
	struct work *w = ctx;
	uint32_t gid;
	int err = subjects_of_unix_group(&w->subjects, group, &gid, &w->buf);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK; /* this host has no such group: nobody is in it */
	if (err)
		return store_trouble(w, err);
	uint64_t hash = lookup_hash(LOOKUP_SEED, &gid, sizeof gid);
	if (lookup_find(&w->unix_at, hash, is_unix_gid, w, &gid) != LOOKUP_NONE)
		return RBAC_OK; /* another name of the same group came before, with what this one is
				   assigned */
	if (!buf_room(&w->unix_gids, w->n_unix, &w->cap_unix, sizeof *w->unix_gids) ||
	    lookup_add(&w->unix_at, hash, (uint32_t)w->n_unix))
		return no_memory(w);
	w->unix_gids[w->n_unix++] = gid;
	return output_put_gid(&w->out, RBAC_REC_UNIX, gid, &w->buf);
}

/* ---- groups ---- */

static int put_group(struct work *w, const char *name, uint32_t gid, uint8_t flags,
		     const struct members *m)
{
	if (!w->c->policy->members)
		flags |= RBAC_GROUP_NOMEMBERS;
	buf_reset(&w->buf);
	encode_group(&w->buf, gid, flags, name, m->v, m->n);
	int err = output_put(&w->out, RBAC_REC_GROUP, name, strlen(name), &w->buf, false);
	if (err)
		return err;
	buf_reset(&w->buf);
	encode_group(&w->buf, gid, flags, name, NULL, 0);
	return output_put_gid(&w->out, RBAC_REC_GID, gid, &w->buf);
}

static int put_groups(struct work *w)
{
	const struct role_groups *g = w->c->groups;
	int err = RBAC_OK;
	for (size_t i = 0; i < g->n && !err; i++)
		err = put_group(w, g->v[i].name, g->v[i].gid, 0, &w->members[i]);
	for (size_t i = 0; i < w->subjects.n_extra && !err; i++)
		err = put_group(w, w->subjects.extra_name[i], w->subjects.extra[i],
				RBAC_GROUP_EXTRA, &w->members[g->n + i]);
	return err;
}

/* ---- scopes and texts ---- */

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct work *w = ctx;
	buf_reset(&w->buf);
	encode_scope(&w->buf, s->change, s->owner[0] ? s->owner : NULL,
		     s->plan[0] ? s->plan : NULL);
	return output_put(&w->out, RBAC_REC_SCOPE, scope, strlen(scope), &w->buf, false);
}

static int put_texts(struct work *w)
{
	const struct policy_sources *s = w->c->sources;
	int err = RBAC_OK;
	for (size_t i = 0; i < s->n && !err; i++) {
		const struct policy_text *t = &s->v[i];
		if (strncmp(t->name, "assignments.d/", 14) == 0)
			continue; /* who holds what, and why: the store's, not everybody's */
		buf_reset(&w->buf);
		buf_put(&w->buf, t->text, t->len);
		if (!w->buf.failed)
			policy_text_blank_comments((char *)w->buf.p, t->len);
		err = output_put(&w->out, RBAC_REC_FILE, t->name, strlen(t->name), &w->buf, false);
	}
	return err;
}

static int put_all(struct work *w)
{
	struct store_txn *t = w->c->txn;
	int err = store_users_all(t, on_user, w);
	if (!err)
		err = add_unrecorded(w, NULL);
	if (!err)
		err = uid_index_put(&w->uids, &w->out, &w->buf);
	if (!err)
		err = store_unix_groups(t, put_unix_group, w);
	if (!err)
		err = put_groups(w);
	if (!err)
		err = store_scopes_all(t, on_scope, w);
	if (!err)
		err = put_texts(w);
	return err;
}

static int make(const struct compile *c, const char *path, struct comparison *with, char *why,
		size_t why_size)
{
	struct work w = { .c = c };
	int err = RBAC_OK;
	why[0] = 0;
	if (with)
		output_begin_comparison(&w.out, with, why, why_size);
	else
		err = output_begin(&w.out, path, why, why_size);
	if (!err) {
		err = subjects_begin(&w.subjects, c);
		w.n_groups = c->groups->n + w.subjects.n_extra;
		w.members = err ? NULL : calloc(w.n_groups + 1, sizeof *w.members);
		if (!w.members)
			err = no_memory(&w);
		if (!err && c->policy->members && (err = via_begin(&w.via, &w.subjects)))
			store_trouble(&w, err);
		if (!err)
			err = put_all(&w);
	}
	if (!err)
		err = records_put_facts(&w.out, c, &w.buf);
	if (!err)
		err = records_put_rules(&w.out, c, &w.buf);
	if (!err)
		err = records_put_roles(&w.out, c, &w.buf);
	if (!err)
		err = records_put_meta(&w.out, c, &w.buf, w.subjects.extra, w.subjects.n_extra,
				       (uint32_t)w.n_unix);
	if (!err)
		err = finish_view(&w.out);
	if (err) {
		if (!why[0])
			output_fail(&w.out, err, "%s", store_why(c->txn->s));
		output_discard(&w.out);
	}
	for (size_t i = 0; w.members && i < w.n_groups; i++)
		free(w.members[i].v);
	for (size_t i = 0; i < w.n_names; i++)
		free(w.names[i]);
	free(w.members);
	free(w.names);
	free(w.unix_gids);
	lookup_free(&w.unix_at);
	uid_index_free(&w.uids);
	via_end(&w.via);
	subjects_end(&w.subjects);
	buf_free(&w.buf);
	return err;
}

int compile_view(const struct compile *c, const char *path, char *why, size_t why_size)
{
	return make(c, path, NULL, why, why_size);
}

int compile_compare(const struct compile *c, struct comparison *with, char *why, size_t why_size)
{
	return make(c, NULL, with, why, why_size);
}
