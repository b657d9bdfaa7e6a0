/* Lines of a case file that say who there is on the host and in the store. */
#include "tests/policy/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/policy/passwd.h"

void run_users(struct run *r)
{
	for (int i = 1; i < r->n; i++)
		passwd_user(r->w[i], ++r->uid, RUN_USERS_GID);
}

/* user NAME UID PRIMARY GID... */
void run_user(struct run *r)
{
	if (r->n < 4) {
		run_wrong(r, "user NAME UID PRIMARY-GID [GID...]");
		return;
	}
	passwd_user(r->w[1], (uid_t)atol(r->w[2]), (gid_t)atol(r->w[3]));
	for (int i = 4; i < r->n; i++)
		passwd_member(r->w[1], (gid_t)atol(r->w[i]));
}

void run_group(struct run *r)
{
	if (r->n == 3)
		passwd_group(r->w[1], (gid_t)atol(r->w[2]));
	else
		run_wrong(r, "group NAME GID");
}

void run_gone(struct run *r)
{
	for (int i = 1; i < r->n; i++) {
		passwd_drop_user(r->w[i]);
		passwd_drop_group(r->w[i]);
	}
}

/* alias ALIAS NAME */
void run_alias(struct run *r)
{
	if (r->n == 3)
		passwd_alias(r->w[1], r->w[2]);
	else
		run_wrong(r, "alias ALIAS NAME");
}

/* silent NAME...: these and no others */
void run_silent(struct run *r)
{
	passwd_speak();
	for (int i = 1; i < r->n; i++)
		passwd_silence(r->w[i]);
}

void run_publish(struct run *r)
{
	struct change c;
	r->lab.a.as = "root";
	r->lab.a.now = r->lab.now;
	r->lab.a.dry_run = false;
	buf_reset(&r->lab.said);
	int err = change_open_to_publish(&c, &r->lab.a);
	if (!err)
		err = change_publish_now(&c);
	run_case(r, !err, "publish: %s: %s", rbac_error_text(err), buf_text(&c.message));
	change_close(&c, RBAC_OK);
}

static int on_recorded(void *ctx, const char *name, const struct store_user *u)
{
	if (u->uid == RBAC_NO_UID)
		buf_printf(ctx, " %s=- ", name);
	else
		buf_printf(ctx, " %s=%u ", name, u->uid);
	return RBAC_OK;
}

/* uids NAME=UID...: these are recorded so */
void run_uids(struct run *r)
{
	struct store *s;
	struct store_txn t = { 0 };
	struct buf all = { 0 };
	char word[300];
	if (store_open(r->lab.a.store, STORE_READ, &s) || store_begin(s, &t) ||
	    store_users_all(&t, on_recorded, &all))
		run_wrong(r, "the store cannot be read");
	for (int i = 1; i < r->n; i++) {
		snprintf(word, sizeof word, " %.280s ", r->w[i]);
		run_case(r, strstr(buf_text(&all), word) != NULL, "expected %s among:%s", r->w[i],
			 buf_text(&all));
	}
	buf_free(&all);
	store_abort(&t);
	store_close(s);
}

/* recorded NAME UID: as an rbacctl did that let one uid have two names; the next change publishes
 * it */
void run_recorded(struct run *r)
{
	struct store *s;
	struct store_txn t = { 0 };
	struct store_user u = {
		.change = 1000000
	}; /* later than those who were recorded as they should be */
	struct store_audit a = { .when = r->lab.now,
				 .actor = "root",
				 .person = "root",
				 .verb = "recorded",
				 .text = "" };
	if (r->n != 3)
		run_wrong(r, "recorded NAME UID");
	u.uid = (uint32_t)strtoul(r->w[2], NULL, 10);
	if (store_open(r->lab.a.store, STORE_CHANGE, &s) || store_begin(s, &t) ||
	    store_user_put(&t, r->w[1], &u) || store_audit_append(&t, &a) || store_commit(&t))
		run_wrong(r, "the store cannot be written");
	store_close(s);
}
