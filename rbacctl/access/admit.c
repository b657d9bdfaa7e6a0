#include "rbacctl/access/admit.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/command.h"
#include "rbacctl/host/nss/login_defs.h"

static int refuse(struct buf *why, const char *name, const char *what, const char *help)
{
	buf_printf(why, "refused: %s %s%s%s", name, what, *help ? ": " : "", help);
	return RBAC_REFUSED;
}

/* Does the record of NAME refuse NAME? */
static int judge_record(const struct rbac_view *v, const char *name, uid_t uid, struct buf *why)
{
	struct rbac_bytes rec;
	struct rbac_subject s;
	int err = rbac_view_get(v, RBAC_REC_USER, name, strlen(name), &rec);

	/* A suspension must not be missed. */
	if (err == RBAC_NOTFOUND)
		err = rbac_view_prove_absent(v, RBAC_REC_USER, name, strlen(name));
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err)
		err = rbac_subject_decode(rec, &s);
	if (err)
		return err;
	if (s.flags & RBAC_SUBJECT_SUSPENDED)
		return refuse(why, name, "is suspended", "");
	if (s.uid != RBAC_NO_UID && s.uid != uid)
		return refuse(why, name, "has another uid than the recorded one; for root",
			      COMMAND("rbacctl user rebind %s", name));
	return RBAC_OK;
}

/* The name under which UID was recorded first, into OUT; "": none. */
static int first_name(const struct rbac_view *v, uid_t uid, char out[RBAC_USER_MAX + 1])
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec, name;

	out[0] = 0;
	rbac_number_key(key, uid);
	int err = rbac_view_get(v, RBAC_REC_UID, key, sizeof key, &rec);
	/* The first name may be suspended. */
	if (err == RBAC_NOTFOUND)
		err = rbac_view_prove_absent(v, RBAC_REC_UID, key, sizeof key);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err)
		err = rbac_uid_decode(rec, &name);
	if (!err)
		snprintf(out, RBAC_USER_MAX + 1, "%.*s", (int)name.len, (const char *)name.p);
	return err;
}

static int judge_person(const char *path, const char *name, uid_t uid, struct buf *why)
{
	char first[RBAC_USER_MAX + 1];
	struct rbac_view v;
	int err = rbac_view_open(path, RBAC_TRUST_SELF, &v);

	if (err) {
		buf_printf(why, "the view %s: %s", path, rbac_error_text(err));
		return err;
	}
	err = judge_record(&v, name, uid, why);
	if (!err)
		err = first_name(&v, uid, first);
	if (!err && first[0] && strcmp(first, name) != 0)
		err = judge_record(&v, first, uid, why);
	if (err && !why->len)
		buf_printf(why, "the view %s: %s", path, rbac_error_text(err));
	rbac_view_release(&v);
	return err;
}

/* Only this question needs the policy: it is loaded for such an account alone. */
static int judge_system_account(const char *path, const char *name, struct buf *why)
{
	struct snapshot snap;
	struct buf trouble = { 0 };
	int err = snapshot_try(&snap, path, &trouble);

	if (err)
		buf_printf(why, "the view %s: %s", path, rbac_error_text(err));
	else if (!snap.p->serve_system_accounts)
		err = refuse(why, name,
			     "is a system account; to allow system accounts, write in rbac.conf:",
			     "serve = { system_accounts = true; };");
	snapshot_close(&snap);
	buf_free(&trouble);
	return err;
}

int admit_peer(const struct invocation *a, uid_t uid, const char *login_defs, struct buf *why)
{
	char name[RBAC_USER_MAX + 1];
	const struct passwd *pw = getpwuid(uid);

	if (!pw || !rbac_name_is_user(pw->pw_name, strlen(pw->pw_name))) {
		buf_printf(why, "refused: uid %u has no name in passwd that can be recorded",
			   (unsigned)uid);
		return RBAC_REFUSED;
	}
	snprintf(name, sizeof name, "%s", pw->pw_name);
	int err = judge_person(a->view, name, uid, why);
	if (!err && uid < login_defs_uid_min(login_defs))
		err = judge_system_account(a->view, name, why);
	return err;
}
