/* who --fleet USER: where in a fleet can somebody log in? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/change/read/as_of.h"
#include "rbacctl/change/fleet/fleet.h"
#include "rbacctl/change/read/other_host.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/table.h"

/* The services that USER may use by A's view, as "sshd, sudo"; "": none. */
static int services_of(const struct invocation *a, const char *user, struct buf *out)
{
	struct snapshot snap;
	struct rbac_verdict v;
	int err = snapshot_open(&snap, a->view);

	for (size_t i = 0; !err && i < snap.p->n_services; i++) {
		const char *service = snap.p->services[i].name;
		err = snapshot_decide(&snap, user, service, NULL, a->now, &v);
		if (!err && v.allow)
			buf_printf(out, "%s%s", out->len ? ", " : "", service);
	}
	snapshot_close(&snap);
	return err;
}

static const struct table_column columns[] = {
	{ "HOST", "host", TABLE_TEXT },
	{ "SCOPE", "scope", TABLE_TEXT },
	{ "SERVICES", "services", TABLE_TEXT },
};

/* One row; *ANY: the user gets in somewhere. */
static int say_host(struct invocation *a, const struct fleet_member *m, const char *user,
		    struct table *t, bool *any)
{
	struct buf services = { 0 };
	struct invocation there = *a;
	int status = other_host_view(&there, m->scope);

	if (status)
		return status;
	int err = services_of(&there, user, &services);
	as_of_end(&there);
	*any |= services.len > 0;
	table_row(t, -1,
		  (const char *[]){ m->host, m->scope, services.len ? buf_text(&services) : "-" });
	buf_free(&services);
	return exit_of(err);
}

int cmd_who_fleet(struct invocation *a, const char *name)
{
	struct fleet_members all = { 0 };
	struct buf why = { 0 };
	struct snapshot snap;
	struct person p;
	bool any = false;
	int err = fleet_members_read(a, &all, &why), status = exit_of(err);

	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	if (!status) {
		err = snapshot_open(&snap, a->view);
		status = err ? exit_of(err) : snapshot_person(&snap, name, &p);
		snapshot_close(&snap);
	}
	struct table *t = table_new("hosts", a->json, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < all.n && !status; i++)
		status = say_host(a, &all.v[i], p.name, t, &any);
	if (!status)
		status = exit_of(table_print(t));
	table_free(t);
	free(all.v);
	buf_free(&why);
	return cmd_done(status ? status : any ? EXIT_DONE : EXIT_NO);
}
