/* Users: one pass over passwd, then by name those whom a directory need not enumerate. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "common/wire.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/people/facts.h"
#include "rbacctl/host/nss/nsswitch.h"

/* By name; of two entries of one name the one that passwd has first, which is the one that getpwnam
 * finds. */
static int user_order(const void *a, const void *b)
{
	const struct fact_user *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : x->at < y->at ? -1 : x->at > y->at;
}

static int name_order(const void *a, const void *b)
{
	return strcmp(((const struct fact_user *)a)->name, ((const struct fact_user *)b)->name);
}

static int string_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_user(struct facts *f, const char *name, uint32_t uid, uint32_t gid)
{
	if (!buf_room(&f->users, f->n_users, &f->cap_users, sizeof *f->users))
		return RBAC_NOMEM;
	char *copy = strdup(name);
	if (!copy)
		return RBAC_NOMEM;
	f->users[f->n_users] = (struct fact_user){ copy, uid, gid, f->n_users };
	f->n_users++;
	return RBAC_OK;
}

static void sort_users(struct facts *f)
{
	if (f->n_users)
		qsort(f->users, f->n_users, sizeof *f->users, user_order);
}

/* getpwnam(3) lists them all as possible for a name that is not there; EBADF and EPERM could be
 * anything. */
static bool means_not_found(int e)
{
	return e == 0 || e == ENOENT || e == ESRCH;
}

int facts_read_passwd(struct facts *f)
{
	const struct passwd *pw;
	int err = RBAC_OK;

	setpwent();
	while (!err && (errno = 0, pw = getpwent()))
		err = add_user(f, pw->pw_name, pw->pw_uid, pw->pw_gid);
	int e = errno;
	endpwent();
	if (err || e == ENOMEM)
		return RBAC_NOMEM;
	/*
	 * Half a passwd would give a name back to whoever has its uid now; there is always someone
	 * in a whole one. Other errors are those of a directory that does not answer: it is not to
	 * keep anyone from a revoke.
	 */
	if (f->n_users == 0 || e == EMFILE || e == ENFILE)
		return RBAC_SYSTEM;
	f->complete = means_not_found(e) && facts_passwd_is_local();
	sort_users(f);
	return RBAC_OK;
}

int facts_passwd(const struct facts_known *known, struct facts *f)
{
	if (!known || !known->passed)
		return facts_read_passwd(f);
	f->users = known->passwd.users;
	f->n_users = known->passwd.n_users;
	f->complete = known->passwd.complete;
	f->borrowed = true;
	return RBAC_OK;
}

bool facts_lists(const struct facts *f, const char *name)
{
	struct fact_user key = { .name = (char *)name };

	return f->n_users && bsearch(&key, f->users, f->n_users, sizeof key, name_order);
}

/* ---- those whom the pass did not name ---- */

void facts_look_up_user(const char *name, struct facts_answer *out)
{
	*out = (struct facts_answer){ .is = ANSWER_NONE };
	errno = 0;
	const struct passwd *pw = getpwnam(name);
	if (!pw) {
		out->is = means_not_found(errno) ? ANSWER_NONE : ANSWER_FAILED;
		return;
	}
	*out = (struct facts_answer){ .uid = pw->pw_uid, .gid = pw->pw_gid, .is = ANSWER_FOUND };
	if (strcmp(pw->pw_name, name) == 0)
		return;
	out->is = ANSWER_OTHER;
	out->called = rbac_name_is_user(pw->pw_name, strlen(pw->pw_name)) ? strdup(pw->pw_name)
									  : NULL;
}

static int answer_order(const void *a, const void *b)
{
	return strcmp(((const struct facts_answer *)a)->name,
		      ((const struct facts_answer *)b)->name);
}

const struct facts_answer *facts_answer(const struct facts_known *k, const char *name)
{
	struct facts_answer key = { .name = (char *)name };

	return k && k->n_users ? bsearch(&key, k->users, k->n_users, sizeof key, answer_order)
			       : NULL;
}

void facts_answer_free(struct facts_answer *a)
{
	free(a->name);
	free(a->called);
}

void facts_sort_answers(struct facts_known *k)
{
	size_t kept = 0;

	if (k->n_users)
		qsort(k->users, k->n_users, sizeof *k->users, answer_order);
	for (size_t i = 0; i < k->n_users; i++) {
		if (kept && answer_order(&k->users[kept - 1], &k->users[i]) == 0)
			facts_answer_free(&k->users[i]);
		else
			k->users[kept++] = k->users[i];
	}
	k->n_users = kept;
}

/* The list is to grow: borrowed names become its own. */
static int own_users(struct facts *f)
{
	const struct fact_user *v = f->users;
	size_t n = f->n_users;
	int err = RBAC_OK;

	if (!f->borrowed)
		return RBAC_OK;
	f->users = NULL;
	f->n_users = f->cap_users = 0;
	f->borrowed = false;
	for (size_t i = 0; i < n && !err; i++) {
		err = add_user(f, v[i].name, v[i].uid, v[i].gid);
		if (!err)
			f->users[i].at = v[i].at;
	}
	return err;
}

static int add_missing(struct facts *f, const char *name)
{
	char *copy = buf_room(&f->missing, f->n_missing, &f->cap_missing, sizeof *f->missing)
			     ? strdup(name)
			     : NULL;

	if (!copy)
		return RBAC_NOMEM;
	f->missing[f->n_missing++] = copy;
	return RBAC_OK;
}

static void clear_missing(struct facts *f)
{
	for (size_t i = 0; i < f->n_missing; i++)
		free(f->missing[i]);
	f->n_missing = 0;
}

/*
 * A module whose daemon is not up may say "not found" for everybody (SSSD's does). So a directory
 * is believed that somebody does not exist only when it knows somebody else, in the same pass, whom
 * the local sources do not. After a lookup that failed, the others would fail, and wait, too.
 */
int facts_look_up_users(struct facts *f, const struct facts_known *known, char *const *names,
			size_t n)
{
	size_t found = 0;
	bool failed = false;
	int err = own_users(f);

	for (size_t i = 0; i < n && !err && !failed; i++) {
		const struct facts_answer *have = facts_answer(known, names[i]);
		struct facts_answer a;
		if (have)
			a = *have;
		else
			facts_look_up_user(names[i], &a);
		if (!have)
			free(a.called);
		found += a.is == ANSWER_FOUND;
		failed = a.is == ANSWER_FAILED;
		if (a.is == ANSWER_FOUND)
			err = add_user(f, names[i], a.uid, a.gid);
		else if (!failed)
			err = add_missing(f, names[i]);
	}
	if (failed || found == 0)
		clear_missing(f);
	sort_users(f);
	return err;
}

uint32_t facts_uid(const struct facts *f, const char *user)
{
	struct fact_user key = { .name = (char *)user };
	const struct fact_user *u =
		f->n_users ? bsearch(&key, f->users, f->n_users, sizeof key, name_order) : NULL;

	while (u && u > f->users && strcmp(u[-1].name, user) == 0)
		u--;
	return u ? u->uid : RBAC_NO_UID;
}

bool facts_absent(const struct facts *f, const char *user)
{
	if (facts_uid(f, user) != RBAC_NO_UID)
		return false;
	return f->complete || (f->n_missing && bsearch(&user, f->missing, f->n_missing,
						       sizeof *f->missing, string_order));
}

__attribute__((weak)) bool facts_passwd_is_local(void)
{
	return nsswitch_is_local("passwd");
}
