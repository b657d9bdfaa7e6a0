#include "rbacctl/access/source.h"

#include "common/error.h"

int source_holdings(const struct source *s, const char *user, struct holdings *h)
{
	*h = (struct holdings){ .uid = RBAC_NO_UID };
	return s->holdings(s, user, h);
}

int source_recorded(const struct source *s, const char *user, struct holdings *h)
{
	int err = source_holdings(s, user, h);
	if (h->suspended || h->uid_changed || h->second)
		holdings_clear(h);
	return err;
}

static int add_groups(const struct source *s, const char *user, struct holdings *h)
{
	struct gids gids;
	int err = accounts_gids(s->accounts, user, &gids);
	if (err)
		return err;
	err = s->group_holdings(s, &gids, h);
	gids_free(&gids);
	return err;
}

int source_everything(const struct source *s, const char *user, struct holdings *h)
{
	int err = source_holdings(s, user, h);
	return err ? err : add_groups(s, user, h);
}

/* Is USER a second name of the person whom UID was recorded for? */
static int note_second(const struct source *s, const char *user, uint32_t uid, struct holdings *h)
{
	char other[RBAC_USER_MAX + 1] = "";
	int err = h->second || uid == RBAC_NO_UID ? RBAC_OK : s->other_name(s, user, uid, other);
	h->second |= other[0] != 0;
	return err;
}

int source_ask(const struct accounts *a, const char *user, struct source_account *out)
{
	*out = (struct source_account){ 0 };
	out->uid = accounts_uid_of(a, user, &out->differs);
	return accounts_gids(a, user, &out->gids);
}

int source_effective_of(const struct source *s, const char *user, const struct source_account *as,
			struct holdings *h)
{
	int err = source_holdings(s, user, h);
	h->second |= as->differs;
	if (!err)
		err = note_second(s, user, h->uid, h);
	if (!err && as->uid != h->uid)
		err = note_second(s, user, as->uid, h);
	if (as->uid != RBAC_NO_UID && h->uid != RBAC_NO_UID && h->uid != as->uid)
		h->uid_changed = true;
	if (h->suspended || h->uid_changed || h->second)
		holdings_clear(h);
	return err || h->suspended || h->second ? err : s->group_holdings(s, &as->gids, h);
}

int source_effective(const struct source *s, const char *user, struct holdings *h)
{
	struct source_account as;
	int err = source_ask(s->accounts, user, &as);
	*h = (struct holdings){ .uid = RBAC_NO_UID };
	if (!err)
		err = source_effective_of(s, user, &as, h);
	gids_free(&as.gids);
	return err;
}

int source_of_group(const struct source *s, uint32_t gid, struct holdings *h)
{
	*h = (struct holdings){ .uid = RBAC_NO_UID };
	return s->group_holdings(s, &(struct gids){ &gid, 1 }, h);
}

int source_owner(const struct source *s, const char *scope, char *out)
{
	out[0] = 0;
	return s->owner(s, scope, out);
}

int source_first_name(const struct source *s, const struct person *p, char *out)
{
	out[0] = 0;
	return p->state == PERSON_KNOWN ? s->other_name(s, p->name, p->uid, out) : RBAC_OK;
}

static int on_gid(void *arg, uint32_t gid)
{
	(void)arg, (void)gid;
	return RBAC_CONFLICT; /* one is enough */
}

bool source_has_groups(const struct source *s)
{
	return s->unix_groups(s, on_gid, NULL) != RBAC_OK;
}

/* ---- everybody ---- */

struct subjects {
	const struct source *s;
	source_subject_fn *fn;
	void *arg;
};

static int on_user(void *arg, const char *user)
{
	const struct subjects *all = arg;
	struct holdings h;
	int err = source_holdings(all->s, user, &h);

	if (!err)
		err = all->fn(all->arg, user, &h);
	holdings_free(&h);
	return err;
}

/* Its holdings know it as %NAME. */
static int on_unix_group(void *arg, uint32_t gid)
{
	const struct subjects *all = arg;
	struct holdings h;
	int err = source_of_group(all->s, gid, &h);

	if (!err && h.n)
		err = all->fn(all->arg, h.v[0].via, &h);
	holdings_free(&h);
	return err;
}

int source_subjects(const struct source *s, source_subject_fn *fn, void *arg)
{
	struct subjects all = { s, fn, arg };
	int err = s->users(s, on_user, &all);

	return err ? err : s->unix_groups(s, on_unix_group, &all);
}
