/* Each assignment that a change made or took away as an event for auditd(8). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/commit/commit.h"
#include "rbacctl/complain.h"
#include "rbacctl/host/audit_event.h"
#include "rbacctl/store/journal.h"

/* auditd loses events that come faster than it writes; of an import of thousands, the line of the
 * system's log and the store have the rest. */
enum { AUDIT_EVENTS_MAX = 100 };

struct auditing {
	const struct change *c;
	int fd;
	size_t n;
	enum audit_sent sent;
	int error; /* AUDIT_FAILED: errno */
};

static int send(struct auditing *x, const char *subject, const char *role, const char *scope,
		bool removes)
{
	const struct audit_event e = { .removes = removes,
				       .subject = subject,
				       .role = role,
				       .scope = scope,
				       .actor = x->c->a->actor.name,
				       .verb = x->c->verb,
				       .change = x->c->change };

	x->sent = x->n++ < AUDIT_EVENTS_MAX ? audit_event_send(x->fd, &e) : AUDIT_SENT;
	x->error = errno;
	return x->sent == AUDIT_SENT ? RBAC_OK : RBAC_SYSTEM;
}

static int send_assignment(struct auditing *x, const MDB_val *key, const MDB_val *value,
			   bool removes)
{
	struct store_assignment a;

	if (!value->mv_data || store_assignment_decode(key, value, &a))
		return RBAC_OK;
	return send(x, a.subject, a.role, a.scope, removes);
}

/* Who owns a scope holds the role that comes with it. */
static int send_owner(struct auditing *x, const struct store_row *row, const MDB_val *value,
		      bool removes)
{
	struct store_scope s;
	char scope[RBAC_SCOPE_MAX + 1];

	snprintf(scope, sizeof(scope), "%.*s", (int)row->key.mv_size,
		 (const char *)row->key.mv_data);
	if (!value->mv_data || store_scope_decode(value, &s) || !*s.owner)
		return RBAC_OK;
	return send(x, s.owner, "owner", scope, removes);
}

static bool same_owner(const struct store_row *row)
{
	struct store_scope was, is;

	return row->before.mv_data && row->after.mv_data &&
	       store_scope_decode(&row->before, &was) == RBAC_OK &&
	       store_scope_decode(&row->after, &is) == RBAC_OK && strcmp(was.owner, is.owner) == 0;
}

static int on_row(void *ctx, const struct store_row *row)
{
	int err = RBAC_OK;

	if (row->table == T_ASSIGN) {
		err = send_assignment(ctx, &row->key, &row->before, true);
		return err ? err : send_assignment(ctx, &row->key, &row->after, false);
	}
	if (row->table == T_SCOPE && !same_owner(row)) {
		err = send_owner(ctx, row, &row->before, true);
		return err ? err : send_owner(ctx, row, &row->after, false);
	}
	return err;
}

/* The rows of the change, which is committed: nobody waits for this. */
static void send_all(struct auditing *x)
{
	struct store *s;
	struct store_txn t = { 0 };
	int err = store_open_to_read(x->c->a->store, &s, &t);

	if (!err)
		err = store_journal_each(&t, x->c->change, on_row, x);
	if (err && x->sent == AUDIT_SENT)
		complain("the audit events of change %" PRIu64 " were not sent: %s", x->c->change,
			 store_why(s));
	store_abort(&t);
	store_close(s);
}

void change_announce_audit(const struct change *c)
{
	struct auditing x = { .c = c, .sent = AUDIT_SENT };

	x.sent = audit_events_open(&x.fd);
	x.error = errno;
	if (x.sent == AUDIT_SENT)
		send_all(&x);
	audit_events_close(x.fd);
	if (x.sent == AUDIT_FAILED)
		complain("change %" PRIu64 " is made, but its audit events were not sent: %s",
			 c->change, strerror(x.error));
}
