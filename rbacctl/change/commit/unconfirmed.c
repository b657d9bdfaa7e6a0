#include "rbacctl/change/commit/unconfirmed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "rbacctl/change/internal.h"
#include "rbacctl/command.h"
#include "rbacctl/host/confirm/deadline.h"
#include "rbacctl/host/confirm/edits.h"
#include "rbacctl/host/confirm/login.h"
#include "rbacctl/host/confirm/timer.h"
#include "rbacctl/human_time.h"
#include "rbacctl/system_log.h"

static int64_t left_of(const struct store_unconfirmed *u, int64_t now)
{
	struct deadline d = { .at = u->until, .boot = u->until_boot };

	snprintf(d.boot_id, sizeof d.boot_id, "%s", u->boot_id);
	return deadline_left(&d, now);
}

int unconfirmed_read(struct store_txn *t, int64_t now, struct unconfirmed *u)
{
	struct store_unconfirmed row;
	int err = store_unconfirmed_get(t, &row);

	*u = (struct unconfirmed){ 0 };
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	u->change = row.change;
	u->until = row.until;
	u->overdue = left_of(&row, now) == 0;
	snprintf(u->verb, sizeof u->verb, "%s", row.verb);
	snprintf(u->person, sizeof u->person, "%s", row.person);
	return RBAC_OK;
}

/* The store of another host, or of a test, locks nobody out of this one. */
static bool is_of_this_host(const struct invocation *a)
{
	return strcmp(a->state, RBAC_STATE_DIR) == 0;
}

bool unconfirmed_is_overdue(struct change *c, struct unconfirmed *u)
{
	return unconfirmed_read(&c->t, c->a->now, u) == RBAC_OK && u->overdue;
}

void unconfirmed_not_reverted(struct change *c, const struct unconfirmed *u, int err, bool log)
{
	struct buf why = c->message;

	c->message = (struct buf){ 0 };
	/* Another user may not see whose change it was. */
	if (c->a->peer)
		buf_printf(&c->message, "another change, which was not confirmed in time, cannot "
					"be reverted: root is told the reason");
	else
		buf_printf(&c->message,
			   "change %" PRIu64
			   " (%s) was not confirmed in time, and cannot be reverted: "
			   "%s\n"
			   "  it stays in force; to try again: %s\n"
			   "  to keep it, in another login: %s",
			   u->change, u->verb, why.len ? buf_text(&why) : rbac_error_text(err),
			   COMMAND("rbacctl publish"), COMMAND("rbacctl confirm"));
	buf_free(&why);
	if (!log || !is_of_this_host(c->a))
		return;
	/* Whoever runs this is told the same. */
	system_log(LOG_ALERT, buf_text(&c->message));
}

/* ---- a change that is to be confirmed ---- */

static int refuse_second(struct change *c, const struct unconfirmed *u)
{
	char at[64];

	human_instant(u->until, c->a->now, at, sizeof at);
	return change_fail(c, RBAC_REFUSED,
			   "refused: change %" PRIu64
			   " (%s) is pending confirmation until %s, and only one change can be\n"
			   "  to keep it, in another login: %s",
			   u->change, u->verb, at, COMMAND("rbacctl confirm"));
}

/* "alice (uid 1000)", without the claims and whose authority it was. */
static void name_person(const struct change *c, char *out, size_t size)
{
	const char *person = c->a->actor.person, *end = strchr(person, ')');

	snprintf(out, size, "%.*s", end ? (int)(end - person) + 1 : (int)strlen(person), person);
}

static void tell(struct change *c, const struct deadline *d)
{
	char at[64], in[64], utc[32];

	policy_time_print(d->at, utc);
	human_instant(d->at, c->a->now, at, sizeof at);
	human_relative(d->at, c->a->now, in, sizeof in);
	buf_printf(&c->done, "to be confirmed until %s\n", utc);
	if (c->a->dry_run)
		buf_printf(&c->notes, "it would be reverted at %s (%s) unless confirmed\n", at, in);
	else
		buf_printf(&c->notes,
			   "it is reverted at %s (%s), unless another login confirms it: %s\n", at,
			   in, COMMAND("rbacctl confirm"));
}

int unconfirmed_put(struct change *c)
{
	struct unconfirmed before;
	struct edit_confirm setup;
	struct deadline d;
	char login[LOGIN_MAX], person[200];
	int err = unconfirmed_read(&c->t, c->a->now, &before);

	if (!err && before.change)
		return refuse_second(c, &before);
	if (!err && edit_confirm_read(c->a->state, &setup) == RBAC_OK)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: an edit by setup is pending confirmation, and only one "
			"thing can be\n  to keep it, in another login: %s",
			COMMAND("rbacctl confirm"));
	login_of("/proc", 0, login);
	name_person(c, person, sizeof person);
	deadline_in(c->a->now, c->a->confirm, &d);
	if (!err)
		err = store_unconfirmed_put(&c->t,
					    &(struct store_unconfirmed){ .change = c->change,
									 .until = d.at,
									 .until_boot = d.boot,
									 .boot_id = d.boot_id,
									 .login = login,
									 .person = person,
									 .verb = c->verb });
	if (err)
		return change_store_fail(c, err);
	tell(c, &d);
	return RBAC_OK;
}

int unconfirmed_arm(struct change *c)
{
	struct buf why = { 0 };
	struct deadline d;

	if (!is_of_this_host(c->a)) {
		buf_printf(&c->notes, "this is not the store of this host, and no timer runs: the "
				      "next command after that time reverts the change\n");
		return RBAC_OK;
	}
	deadline_in(c->a->now, c->a->confirm, &d);
	int err = confirm_timer_start(UNCONFIRMED_NAME, c->a->state, &d, c->a->now, &why);
	if (err)
		change_fail(
			c, err,
			"nothing was changed: the timer that would revert it cannot be started: %s",
			buf_text(&why));
	buf_free(&why);
	return err;
}

void unconfirmed_disarm(const struct invocation *a)
{
	if (is_of_this_host(a))
		confirm_timer_stop(UNCONFIRMED_NAME, a->state);
}

/* ---- confirm ---- */

int change_confirm(struct change *c)
{
	struct store_unconfirmed u;
	char login[LOGIN_MAX];
	int err = store_unconfirmed_get(&c->t, &u);

	c->verb = "confirm";
	c->unguarded = true;
	if (err == RBAC_NOTFOUND)
		return change_fail(c, err, "no change is pending confirmation");
	if (err)
		return change_store_fail(c, err);
	login_of("/proc", 0, login);
	if (*login && strcmp(login, u.login) == 0)
		return change_fail(c, RBAC_REFUSED,
				   "refused: change %" PRIu64
				   " was made in this login, which cannot confirm it: log in "
				   "again, in another window, and type there: %s",
				   u.change, COMMAND("rbacctl confirm"));
	buf_printf(&c->done, "change %" PRIu64 " (%s) of %s is confirmed\n", u.change, u.verb,
		   u.person);
	err = store_unconfirmed_del(&c->t);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
