/* Make a host the authority of a fleet, and enrol members. */
#include "rbacctl/change/fleet/fleet.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/carrier/key_file.h"
#include "rbacctl/change/fleet/acts.h"
#include "rbacctl/change/fleet/gids.h"
#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"
#include "rbacctl/store/fleet.h"

_Static_assert((int)STORE_FLEET_ID == (int)FLEET_ID, "the id of a fleet");
_Static_assert((int)STORE_HASH == (int)FLEET_HASH, "the hash of a sheet");

static int key_fail(struct change *c, int err, const char *path)
{
	if (err == RBAC_CONFLICT)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is there already, and a key is never overwritten; "
				   "keep it elsewhere first",
				   path);
	return change_fail(c, err, "%s: cannot be made: %s", path, strerror(errno));
}

static int make_keys(struct change *c, struct fleet_key *root, struct fleet_key *authority)
{
	struct fleet_path folder = fleet_path(c->a, ""), r = fleet_path(c->a, FLEET_ROOT_KEY),
			  own = fleet_path(c->a, FLEET_AUTHORITY_KEY);

	if (mkdir(folder.text, 0700) != 0 && errno != EEXIST)
		return key_fail(c, RBAC_SYSTEM, folder.text);
	int err = key_file_make(r.text, root);
	if (err)
		return key_fail(c, err, r.text);
	err = key_file_make(own.text, authority);
	if (!err)
		return RBAC_OK;
	unlink(r.text);
	return key_fail(c, err, own.text);
}

void change_fleet_init_undo(const struct invocation *a)
{
	unlink(fleet_path(a, FLEET_ROOT_KEY).text);
	unlink(fleet_path(a, FLEET_AUTHORITY_KEY).text);
	rmdir(fleet_path(a, "").text);
}

/* The first list: one root key, which signs it, and one authority. */
static int put_keys(struct change *c, const struct fleet_key *root,
		    const struct fleet_key *authority, const uint8_t id[FLEET_ID])
{
	struct fleet_keys k = { .version = 1, .threshold = 1, .n_roots = 1, .n_authorities = 1 };
	struct buf list = { 0 };

	memcpy(k.fleet, id, FLEET_ID);
	memcpy(k.roots[0], root->public, FLEET_PUBLIC);
	memcpy(k.authorities[0].public, authority->public, FLEET_PUBLIC);
	k.authorities[0].term = 1;
	k.authorities[0].until = c->a->now + FLEET_KEY_LIFE;
	int err = fleet_keys_encode(&k, &list);
	if (!err)
		err = fleet_keys_sign(&list, root);
	if (!err)
		err = store_fleet_keys_put(&c->t, list.p, list.len);
	if (!err)
		err = store_fleet_list_put(&c->t, k.version, list.p, list.len);
	buf_free(&list);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

struct numbering {
	struct change *c;
	struct store_sheet sheet;
	struct buf names; /* of sheets: FN of a walk may not write */
};

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct numbering *n = ctx;

	(void)s;
	buf_put(&n->names, scope, strlen(scope) + 1);
	return n->names.failed ? RBAC_NOMEM : RBAC_OK;
}

/* Also of scopes that are gone. */
static int on_sheet(void *ctx, const char *name, const struct store_sheet *s)
{
	(void)s;
	return on_scope(ctx, name, NULL);
}

int fleet_number_sheets(struct change *c, uint64_t term)
{
	struct numbering n = { c, { .term = term, .number = c->change }, { 0 } };
	int err = store_scopes_all(&c->t, on_scope, &n);

	if (!err)
		err = store_sheets_all(&c->t, on_sheet, &n);
	if (!err)
		err = store_sheet_put(&c->t, FLEET_SHEET, &n.sheet);
	for (size_t at = 0; at < n.names.len && !err;) {
		const char *name = (const char *)n.names.p + at;
		err = store_sheet_put(&c->t, name, &n.sheet);
		at += strlen(name) + 1;
	}
	buf_free(&n.names);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int fleet_need_root(struct change *c)
{
	if (c->a->actor.root)
		return RBAC_OK;
	return change_fail(c, RBAC_REFUSED, "refused: only root can change the fleet (%s)",
			   COMMAND_WITH("--as", "root"));
}

int change_fleet_init(struct change *c, const char *name, uint32_t interval)
{
	struct fleet_key root, authority;
	struct store_fleet there;
	uint8_t id[FLEET_ID];

	c->verb = "fleet init";
	int err = fleet_need_root(c);
	if (!err && !rbac_name_is_word(name, strlen(name)))
		err = change_fail(c, RBAC_INVALID,
				  "fleet init %s: expected a name of letters, digits, -, _ and ., "
				  "at most %d bytes",
				  name, FLEET_NAME_MAX);
	if (err)
		return err;
	if (store_fleet_get(&c->t, &there) == RBAC_OK)
		return change_fail(c, RBAC_REFUSED, "refused: this host is %s of the fleet %s (%s)",
				   there.role == STORE_FLEET_AUTHORITY ? "the authority"
								       : "a member",
				   there.name, COMMAND("rbacctl fleet status"));
	err = make_keys(c, &root, &authority);
	if (err)
		return err;
	randombytes_buf(id, sizeof(id));
	struct store_fleet self = { .role = STORE_FLEET_AUTHORITY,
				    .interval = interval,
				    .term = 1,
				    .noted = c->change,
				    .uids = c->p->uids_of_fleet,
				    .name = name,
				    .host = "" };
	memcpy(self.id, id, FLEET_ID);
	err = store_fleet_put(&c->t, &self);
	if (err)
		change_store_fail(c, err);
	if (!err)
		err = put_keys(c, &root, &authority, id);
	if (!err)
		err = fleet_number_sheets(c, 1);
	buf_printf(&c->done, "fleet +%s authority\n", name);
	fleet_key_erase(&root);
	fleet_key_erase(&authority);
	if (err)
		change_fleet_init_undo(c->a);
	return err;
}

/* ---- enrol ---- */

int fleet_need_authority(struct change *c, struct store_fleet *self)
{
	int err = store_fleet_get(&c->t, self);

	if (err == RBAC_NOTFOUND || (!err && self->role != STORE_FLEET_AUTHORITY))
		return change_fail(c, RBAC_REFUSED,
				   "refused: this host is not the authority of a fleet; "
				   "to make it one: %s",
				   COMMAND("rbacctl fleet init NAME"));
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int make_token(struct change *c, const struct store_fleet *self, const char *host,
		      const char *scope, char *out)
{
	struct fleet_token token = { .term = self->term };
	struct store_sheet sheet;
	struct fleet_keys keys;
	MDB_val list;
	int err = store_fleet_keys(&c->t, &list);

	if (!err)
		err = fleet_keys_decode(list.mv_data, list.mv_size, &keys);
	if (!err)
		err = store_sheet_get(&c->t, FLEET_SHEET, &sheet);
	if (err)
		return change_store_fail(c, err);
	fleet_anchor_of(&keys, &token.anchor);
	token.number = sheet.number;
	snprintf(token.fleet, sizeof(token.fleet), "%s", self->name);
	snprintf(token.host, sizeof(token.host), "%s", host);
	snprintf(token.scope, sizeof(token.scope), "%s", scope);
	err = fleet_token_print(&token, out);
	return err ? change_fail(c, err, "the token cannot be made: %s", rbac_error_text(err))
		   : RBAC_OK;
}

/* A group of the new member may have the gid of another's: that is told here, and not there. */
static int check_gids(struct change *c, const char *host, const char *scope)
{
	struct problems problems = { 0 };
	struct buf text = { 0 };
	int err = fleet_gids_check(c, scope, &problems);

	if (err == RBAC_INVALID) {
		problems_excerpt(&problems, &text);
		change_fail(c, err, "fleet enrol %s: groups of roles would clash on the hosts:\n%s",
			    host, buf_text(&text));
	}
	buf_free(&text);
	problems_free(&problems);
	return err;
}

int change_fleet_enrol(struct change *c, const char *host, const char *scope, char *out)
{
	struct store_member old;
	struct store_fleet self;
	int kind;

	c->verb = "fleet enrol";
	int err = fleet_need_root(c);
	if (!err)
		err = fleet_need_authority(c, &self);
	if (!err && !rbac_name_is_word(host, strlen(host)))
		err = change_fail(c, RBAC_INVALID,
				  "fleet enrol %s: expected the name of a host: letters, digits, "
				  "-, _ and ., at most %d bytes",
				  host, RBAC_WORD_MAX);
	if (!err)
		err = change_need_scope(c, scope, &kind);
	if (err)
		return err;
	err = check_gids(c, host, scope);
	if (err)
		return err;
	err = store_member_get(&c->t, host, &old);
	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	bool same = !err && strcmp(old.scope, scope) == 0, was = !err && *old.scope;
	if (was && !same)
		buf_printf(&c->done, "member %s scope %s -> %s\n", host, old.scope, scope);
	else if (!was)
		buf_printf(&c->done, "member +%s scope %s\n", host, scope);
	err = make_token(c, &self, host, scope, out);
	if (err || same) {
		c->nothing = same;
		return err;
	}
	err = store_member_put(&c->t, host,
			       &(struct store_member){ .change = c->change, .scope = scope });
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_fleet_remove(struct change *c, const char *host)
{
	struct store_member old;
	struct store_fleet self;

	c->verb = "fleet remove";
	int err = fleet_need_root(c);
	if (!err)
		err = fleet_need_authority(c, &self);
	if (err)
		return err;
	err = store_member_get(&c->t, host, &old);
	if (err == RBAC_NOTFOUND || (!err && !*old.scope))
		return change_fail(c, RBAC_INVALID,
				   "fleet remove %s: no host of this name is a "
				   "member (%s)",
				   host, COMMAND("rbacctl fleet status"));
	if (err)
		return change_store_fail(c, err);
	buf_printf(&c->done, "member -%s scope %s\n", host, old.scope);
	/* The row stays, so that push knows which entry is to go. */
	err = store_member_put(&c->t, host,
			       &(struct store_member){ .change = c->change, .scope = "" });
	return err ? change_store_fail(c, err) : RBAC_OK;
}
