/* take: what a folder has for this member becomes what counts here. */
#include "rbacctl/change/take/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/fleet/ack.h"
#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/change/commit/left_out.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/command.h"
#include "rbacctl/host/new_files.h"

/* ---- who this member is ---- */

static int read_token(struct take *k)
{
	struct fleet_path path = fleet_path(k->c->a, FLEET_TOKEN_FILE);
	char *text;
	size_t len;
	int err = new_files_read(path.text, &text, &len);

	if (err)
		return change_fail(k->c, RBAC_REFUSED,
				   "refused: this host is not a member of a fleet (%s: %s); with a "
				   "token from the authority: %s",
				   path.text, strerror(errno), COMMAND("rbacctl fleet join TOKEN"));
	text[strcspn(text, "\n")] = '\0';
	err = fleet_token_parse(text, &k->token);
	free(text);
	return err ? change_fail(k->c, err, "%s: it is no token: %s", path.text,
				 rbac_error_text(err))
		   : RBAC_OK;
}

static int read_self(struct take *k)
{
	struct store_fleet self;
	struct store_sheet sheet;
	int err = store_fleet_get(&k->c->t, &self);

	if (!err && self.role == STORE_FLEET_AUTHORITY)
		return change_fail(k->c, RBAC_REFUSED,
				   "refused: this host is the authority of the fleet %s: it takes "
				   "nothing (%s)",
				   self.name, COMMAND("rbacctl fleet push --to DIR"));
	k->first = err == RBAC_NOTFOUND;
	if (k->first) {
		err = read_token(k);
		k->term = k->token.term;
		return err;
	}
	if (err)
		return change_store_fail(k->c, err);
	k->term = self.term;
	k->interval = self.interval;
	k->basis = self.basis;
	memcpy(k->token.anchor.fleet, self.id, FLEET_ID);
	snprintf(k->token.fleet, sizeof(k->token.fleet), "%s", self.name);
	snprintf(k->token.host, sizeof(k->token.host), "%s", self.host);
	if (store_sheet_get(&k->c->t, FLEET_SHEET, &sheet) == RBAC_OK)
		k->fleet_issued = sheet.issued;
	return RBAC_OK;
}

/* A folder that is not there is one note, and not one for each sheet. */
static int look_at_folder(struct take *k)
{
	struct stat st;
	int cause = stat(k->dir, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;

	if (!cause)
		return RBAC_OK;
	k->nothing_came = true;
	if (k->first)
		return change_fail(k->c, RBAC_REFUSED,
				   "%s: %s: expected the folder that the carrier has brought; the "
				   "authority makes it: %s",
				   k->dir, strerror(cause),
				   THERE_COMMAND("rbacctl fleet push --to DIR"));
	take_note(k, "waiting: %s: %s", k->dir, strerror(cause));
	return RBAC_OK;
}

static int write_self(struct take *k)
{
	struct store_fleet self = { .role = STORE_FLEET_MEMBER,
				    .interval = k->interval,
				    .term = k->term,
				    .basis = k->basis,
				    .name = k->token.fleet,
				    .host = k->token.host };

	memcpy(self.id, k->token.anchor.fleet, FLEET_ID);
	int err = store_fleet_put(&k->c->t, &self);
	if (!err)
		err = store_fleet_notes_put(&k->c->t, buf_text(&k->notes));
	if (!err)
		err = fleet_ack_make(&k->c->t, &self, k->c->a->now, &k->ack);
	return err ? change_store_fail(k->c, err) : RBAC_OK;
}

/* ---- the fleet's sheet ---- */

/* What changed last, as the head says: a copy, to be compared once all is taken. */
static int copy_recent(struct take *k, const struct fleet_head *h)
{
	struct fleet_recent r;
	size_t at = 0;

	k->recent = calloc(h->n_recent + 1, sizeof(*k->recent));
	if (!k->recent)
		return RBAC_NOMEM;
	while (k->n_recent < h->n_recent && fleet_head_recent(h, &at, &r)) {
		struct fleet_recent_copy *copy = &k->recent[k->n_recent++];
		snprintf(copy->name, sizeof(copy->name), "%s", r.name);
		copy->number = r.number;
	}
	return RBAC_OK;
}

static bool is_good(enum fleet_verdict v)
{
	return v == FLEET_TAKE || v == FLEET_SAME || v == FLEET_FRESHER;
}

static int take_fleet_sheet(struct take *k)
{
	struct arrived a;
	char text[TAKE_NOTES];
	int err = take_judge(k, FLEET_SHEET, &a);

	if (!err && is_good(a.j.verdict)) {
		if (a.j.head.issued > k->fleet_issued)
			k->fleet_issued = a.j.head.issued;
		k->interval = a.j.head.interval;
		if (a.j.head.keys > k->keys.version)
			take_note(k, "waiting: the list of keys %" PRIu64, a.j.head.keys);
		err = copy_recent(k, &a.j.head);
	}
	if (!err)
		err = take_fleet(k, a.j.verdict == FLEET_TAKE ? &a.j : NULL);
	take_arrived_free(&a);
	if (!err && !k->c->p)
		err = change_fail(k->c, RBAC_REFUSED,
				  "%s: there is no policy yet that this host could take%s", k->dir,
				  take_notes_behind(k, text));
	return err;
}

/* ---- the scopes that this host follows: its own, and those above ---- */

static int find_followed(struct take *k, struct fleet_reads *f)
{
	int err = RBAC_OK;

	if (k->c->p->host_any)
		take_note(k,
			  "left out: host = \"any\": which scopes this host follows is not said; "
			  "set host in host.conf");
	for (size_t i = 0; i < k->c->p->hosts.n && !err; i++)
		err = fleet_reads_add(f, k->c->p, k->c->p->hosts.v[i]);
	return err;
}

static int take_sheet(struct take *k, const char *scope)
{
	struct arrived a;
	int err = take_judge(k, scope, &a);

	if (!err && a.j.verdict == FLEET_TAKE)
		err = take_scope(k, scope, &a.j);
	if (!err && a.j.verdict == FLEET_TAKE)
		err = take_taken(k, scope, &a.j);
	take_arrived_free(&a);
	return err;
}

/* ---- scopes that it followed before ---- */

struct unfollowed {
	const struct fleet_reads *f;
	struct fleet_reads gone;
};

static int on_sheet(void *ctx, const char *name, const struct store_sheet *s)
{
	struct unfollowed *u = ctx;

	if (!s->here || strcmp(name, FLEET_SHEET) == 0 || fleet_reads_has(u->f, name))
		return RBAC_OK;
	if (!buf_room(&u->gone.v, u->gone.n, &u->gone.cap, sizeof(*u->gone.v)))
		return RBAC_NOMEM;
	snprintf(u->gone.v[u->gone.n++], sizeof(*u->gone.v), "%s", name);
	return RBAC_OK;
}

/* Their rows go; the number that was taken stays, so that no older state comes back. */
static int drop_unfollowed(struct take *k, const struct fleet_reads *f)
{
	struct unfollowed u = { .f = f };
	int err = store_sheets_all(&k->c->t, on_sheet, &u);

	if (err)
		err = change_store_fail(k->c, err);
	for (size_t i = 0; i < u.gone.n && !err; i++) {
		struct store_sheet s;
		err = take_scope(k, u.gone.v[i], NULL);
		if (!err && store_sheet_get(&k->c->t, u.gone.v[i], &s) == RBAC_OK) {
			s.here = false;
			k->wrote = true;
			err = store_sheet_put(&k->c->t, u.gone.v[i], &s);
		}
	}
	free(u.gone.v);
	return err;
}

/* ---- what is to be told ---- */

static void check_scopes(struct take *k)
{
	struct store_scope s;

	for (size_t i = 0; i < k->c->p->hosts.n; i++)
		if (store_scope_get(&k->c->t, k->c->p->hosts.v[i], &s) == RBAC_NOTFOUND)
			take_note(k,
				  "left out: the scope of this host, %s, is not there: nobody "
				  "holds a role at it",
				  k->c->p->hosts.v[i]);
}

/* Groups that clash here, and roles of a policy that could not be read: told, and left out. */
static int check_groups(struct take *k)
{
	struct problems problems = { 0 };
	struct role_groups g = { 0 };
	struct buf lines = { 0 };
	int err = change_read_passwd(k->c);

	if (!err)
		err = left_out_make(&k->c->t, k->c->p, &k->c->passwd, &g, &problems, &lines);
	if (!err && lines.len) {
		buf_printf(&k->notes, "%s", buf_text(&lines));
		k->out->attention = true;
	}
	role_groups_free(&g);
	problems_free(&problems);
	buf_free(&lines);
	return err;
}

static int on_row(void *ctx, const struct store_assignment *a)
{
	struct take *k = ctx;

	if (strcmp(a->source, STORE_SOURCE_FLEET) == 0 && policy_role_find(k->c->p, a->role) < 0)
		take_note(k,
			  "left out: %s %s at %s: the policy that is applied here has no such "
			  "role",
			  a->subject, a->role, a->scope);
	return RBAC_OK;
}

/* ---- all of it ---- */

static int take_all(struct take *k)
{
	struct fleet_reads f = { 0 };
	int err = take_keys(k);

	if (!err)
		err = take_fleet_sheet(k);
	if (!err) {
		take_basis(k);
		err = find_followed(k, &f);
	}
	for (size_t i = f.n; i-- > 0 && !err;) /* from the top */
		err = take_sheet(k, f.v[i]);
	if (!err)
		err = drop_unfollowed(k, &f);
	if (!err)
		err = take_people(k);
	if (!err)
		err = store_assignments_all(&k->c->t, on_row, k);
	if (!err) {
		check_scopes(k);
		err = take_check_fresh(k, &f);
	}
	if (!err)
		err = check_groups(k);
	if (!err)
		err = take_compare_uids(k);
	k->out->followed = f.n + 1;
	k->reads = f;
	return err ? change_store_fail(k->c, err) : RBAC_OK;
}

/* For rbac-follow, and for the authority. What cannot be written there stops nothing. */
static void tell_others(struct take *k)
{
	const char **sheets = calloc(k->reads.n + 1, sizeof(*sheets));

	for (size_t i = 0; sheets && i < k->reads.n; i++)
		sheets[i + 1] = k->reads.v[i];
	int err = sheets ? RBAC_OK : RBAC_NOMEM;
	if (!err) {
		sheets[0] = FLEET_SHEET;
		err = fleet_sheets_put(k->c->a, sheets, k->reads.n + 1);
	}
	if (!err)
		err = fleet_ack_put(k->c->a, &k->ack, k->c->a->now);
	if (err)
		take_note(k, "%s/follow: %s", k->c->a->state,
			  err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	free(sheets);
}

/* rbac-follow made it when something came; what comes from now on makes it again. DIR may be
 * anybody's: nothing but this one name in it goes. */
static void take_notice(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	unlinkat(fd, "changed", 0);
	close(fd);
}

/* Nothing that counts has changed: what was noted is kept, and is no change of its own. */
static int keep_notes(struct change *c)
{
	int err = store_commit(&c->t);

	c->nothing = true;
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_take(struct change *c, struct invocation *a, const char *dir, struct take_result *out)
{
	struct take k = { .c = c, .dir = dir, .out = out };

	*out = (struct take_result){ 0 };
	take_notice(dir);
	int err = change_open_on_member(c, a, true);
	c->verb = "fleet take";
	c->unguarded = true; /* who is let in is decided on the authority */
	if (!err)
		err = read_self(&k);
	if (!err)
		err = look_at_folder(&k);
	if (!err)
		err = take_all(&k);
	if (!err)
		err = write_self(&k);
	if (!err)
		err = k.rows ? change_commit(c) : keep_notes(c);
	if (!err && !a->dry_run)
		tell_others(&k);
	buf_printf(&c->notes, "%s", buf_text(&k.notes));
	buf_free(&k.notes);
	buf_free(&k.list);
	buf_free(&k.ack);
	free(k.recent);
	free(k.reads.v);
	free(k.uids);
	return err;
}
