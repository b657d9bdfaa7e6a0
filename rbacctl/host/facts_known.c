/* Asking before the lock is taken: which names, and whether the answers may still be used. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/error.h"
#include "common/view.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/facts.h"

/* ---- is it all as it was? ---- */

static const char *const files[FACTS_STAMPS - 1] = {
	"/etc/passwd",
	"/etc/group",
	"/etc/nsswitch.conf",
	"/var/lib/extrausers/passwd",
	"/var/lib/extrausers/group",
};

static struct facts_stamp stamp_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return (struct facts_stamp){ .there = false };
	return (struct facts_stamp){ true,
				     st.st_dev,
				     st.st_ino,
				     (uint64_t)st.st_size,
				     st.st_ctim.tv_sec,
				     st.st_ctim.tv_nsec };
}

static const char *file_of(const struct facts_known *k, size_t i)
{
	return i == 0 ? k->view : files[i - 1];
}

static bool same(const struct facts_stamp *a, const struct facts_stamp *b)
{
	return a->there == b->there && a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->changed == b->changed && a->changed_ns == b->changed_ns;
}

bool facts_are_current(const struct facts_known *k)
{
	bool current = k->view != NULL;

	for (size_t i = 0; i < FACTS_STAMPS && current; i++) {
		struct facts_stamp now = stamp_of(file_of(k, i));
		current = same(&k->stamps[i], &now);
	}
	return current;
}

/* ---- the names that the view was made from ---- */

static int ask_group(struct facts_known *k, const char *name, size_t len)
{
	int err = facts_add_group(&k->passwd, name, len, true);

	return err ? err : facts_look_up_group(&k->passwd.groups[k->passwd.n_groups - 1]);
}

/* *DONE: a lookup failed, or there were enough. */
static int ask_user(struct facts_known *k, const char *name, size_t len, bool *done)
{
	char *copy = strndup(name, len);
	bool listed = copy && facts_lists(&k->passwd, copy);

	if (!copy || listed || !buf_room(&k->users, k->n_users, &k->cap_users, sizeof(*k->users))) {
		free(copy);
		return listed ? RBAC_OK : RBAC_NOMEM;
	}
	facts_look_up_user(copy, &k->users[k->n_users]);
	k->users[k->n_users].name = copy;
	*done = k->users[k->n_users].is == ANSWER_FAILED || k->n_users + 1 >= FACTS_LOOKUPS_MAX;
	k->n_users++;
	return RBAC_OK;
}

/* Records stand in the order of their types and names: what is asked for comes sorted. */
static int ask_each(struct facts_known *k, const struct rbac_view *v, uint8_t type, bool done)
{
	struct rbac_bytes key = { &type, 1 }, next, rec;
	struct rbac_walk_place place = { 0 };
	int err = RBAC_OK;

	while (!err && !done && (err = rbac_view_next(v, key, &next, &rec, &place)) == RBAC_OK &&
	       next.p[0] == type) {
		const char *name = (const char *)next.p + 1;
		err = type == RBAC_REC_HOST ? ask_group(k, name, next.len - 1)
					    : ask_user(k, name, next.len - 1, &done);
		key = next;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static int ask(struct facts_known *k)
{
	struct rbac_view v;
	int err = facts_read_passwd(&k->passwd);

	k->passed = !err;
	if (err || rbac_view_open(k->view, RBAC_TRUST_SELF, &v))
		return err;
	err = ask_each(k, &v, RBAC_REC_HOST, false);
	if (!err)
		err = ask_each(k, &v, RBAC_REC_USER, k->passwd.complete);
	rbac_view_release(&v);
	return err;
}

void facts_ask(struct facts_known *k, const char *view)
{
	*k = (struct facts_known){ .view = strdup(view) };
	for (size_t i = 0; i < FACTS_STAMPS && k->view; i++)
		k->stamps[i] = stamp_of(file_of(k, i));
	if (!k->view || ask(k))
		facts_known_free(k);
}

void facts_known_free(struct facts_known *k)
{
	for (size_t i = 0; i < k->n_users; i++)
		free(k->users[i].name);
	free(k->users);
	free(k->view);
	facts_free(&k->passwd);
	*k = (struct facts_known){ 0 };
}
