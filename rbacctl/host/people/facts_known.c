/* Asking before the lock is taken: which names, and whether the answers may still be used. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/error.h"
#include "common/name.h"
#include "common/view.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/people/facts.h"

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

/* ASKED: how many of K's answers are sorted already, and may have the name. */
static int ask_user(struct facts_known *k, const char *name, size_t len, size_t asked)
{
	const struct facts_known before = { .users = k->users, .n_users = asked };
	char *copy = strndup(name, len);
	bool has = copy && (facts_lists(&k->passwd, copy) || facts_answer(&before, copy));

	if (!copy || has || !buf_room(&k->users, k->n_users, &k->cap_users, sizeof(*k->users))) {
		free(copy);
		return has ? RBAC_OK : RBAC_NOMEM;
	}
	facts_look_up_user(copy, &k->users[k->n_users]);
	k->users[k->n_users].name = copy;
	k->failed |= k->users[k->n_users].is == ANSWER_FAILED;
	k->n_users++;
	return RBAC_OK;
}

/* Those whom the change is about. */
static int ask_named(struct facts_known *k, const struct facts_wanted *w)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < w->n && !err; i++) {
		const char *name = w->names[i];
		if (name[0] == '%')
			err = ask_group(k, name + 1, strlen(name + 1));
		else if (!k->failed && rbac_name_is_user(name, strlen(name)))
			err = ask_user(k, name, strlen(name), 0);
	}
	facts_sort_answers(k);
	return err;
}

static int ask_groups(struct facts_known *k, const struct rbac_view *v)
{
	const uint8_t type = RBAC_REC_HOST;
	struct rbac_bytes key = { &type, 1 }, next, rec;
	struct rbac_walk_place place = { 0 };
	int err = RBAC_OK;

	while (!err && (err = rbac_view_next(v, key, &next, &rec, &place)) == RBAC_OK &&
	       next.p[0] == type) {
		err = ask_group(k, (const char *)next.p + 1, next.len - 1);
		key = next;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* Users whom passwd does not list, up to MAX answers, or until a lookup fails. */
static int ask_users(struct facts_known *k, const struct rbac_view *v, size_t max)
{
	const uint8_t type = RBAC_REC_USER;
	struct rbac_bytes key = { &type, 1 }, next, rec;
	struct rbac_walk_place place = { 0 };
	size_t asked = k->n_users;
	int err = RBAC_OK;

	while (!err && !k->failed && k->n_users < max &&
	       (err = rbac_view_next(v, key, &next, &rec, &place)) == RBAC_OK &&
	       next.p[0] == type) {
		err = ask_user(k, (const char *)next.p + 1, next.len - 1, asked);
		key = next;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* For what the view was made from. */
static int ask_for_view(struct facts_known *k, bool everybody)
{
	struct rbac_view v;

	if (rbac_view_open(k->view, RBAC_TRUST_SELF, &v))
		return RBAC_OK;
	int err = ask_groups(k, &v);
	if (!err && !k->passwd.complete)
		err = ask_users(k, &v, everybody ? SIZE_MAX : FACTS_LOOKUPS_MAX);
	rbac_view_release(&v);
	return err;
}

static int ask(struct facts_known *k, const struct facts_wanted *w)
{
	int err = facts_read_passwd(&k->passwd);

	k->passed = !err;
	if (!err)
		err = ask_named(k, w);
	if (!err)
		err = ask_for_view(k, w->everybody);
	facts_sort_groups(&k->passwd);
	facts_sort_answers(k);
	return err;
}

void facts_ask(struct facts_known *k, const char *view, const struct facts_wanted *w)
{
	*k = (struct facts_known){ .view = strdup(view) };
	for (size_t i = 0; i < FACTS_STAMPS && k->view; i++)
		k->stamps[i] = stamp_of(file_of(k, i));
	if (!k->view || ask(k, w))
		facts_known_free(k);
}

void facts_known_free(struct facts_known *k)
{
	for (size_t i = 0; i < k->n_users; i++)
		facts_answer_free(&k->users[i]);
	free(k->users);
	free(k->view);
	facts_free(&k->passwd);
	*k = (struct facts_known){ 0 };
}
