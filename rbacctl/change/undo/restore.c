/* restore: the store becomes what a backup has, as a change like any other. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/internal.h"
#include "rbacctl/change/undo/backup.h"
#include "rbacctl/change/undo/log_prune.h"
#include "rbacctl/command.h"
#include "rbacctl/store/backup.h"
#include "rbacctl/store/unconfirmed.h"

enum { FAULTS_SHOWN = 5 };

/* ---- is it a sound backup? ---- */

struct faults {
	struct buf *why;
	size_t n;
};

static void on_fault(void *ctx, const char *what)
{
	struct faults *f = ctx;
	if (f->n++ < FAULTS_SHOWN)
		buf_printf(f->why, "\n  %s", what);
}

/* What `verify` asks of a store. */
static int check_content(struct restore *r, struct buf *why)
{
	struct faults faults = { why, 0 };
	uint64_t bad;
	struct buf lines = { 0 };
	buf_printf(why, "%s: what is in this backup does not fit together", r->file);
	int err = store_verify(&r->t, on_fault, &faults);
	if (!err && store_audit_verify(&r->t, &bad))
		on_fault(&faults, "its audit chain does not hold");
	if (faults.n > FAULTS_SHOWN)
		buf_printf(why, "\n  and %zu more", faults.n - FAULTS_SHOWN);
	if (err || faults.n)
		return err ? err : RBAC_DAMAGED;
	buf_reset(why);
	err = change_applied(&r->t, &r->sources, &r->p, &lines);
	if (err)
		buf_printf(why, "%s: this rbacctl cannot read the policy in this backup\n%s",
			   r->file, buf_text(&lines));
	buf_free(&lines);
	return err;
}

static int open_content(struct restore *r, struct buf *why)
{
	int err = store_open_file(r->file, &r->s);
	if (!err)
		err = store_begin(r->s, &r->t);
	if (!err)
		err = store_generation(&r->t, &r->generation);
	if (!err)
		err = store_audit_head(&r->t, r->head);
	if (err)
		buf_printf(why, "%s", store_why(r->s));
	return err ? err : check_content(r, why);
}

/* The file is opened, and is a backup from its first byte to its last. */
static int open_sealed(struct restore *r, struct backup_seal *seal, struct buf *why)
{
	r->fd = open(r->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int err = r->fd < 0 ? RBAC_SYSTEM : backup_check(r->fd, seal);
	if (err == RBAC_INVALID)
		buf_printf(
			why,
			"%s: expected a backup of rbacctl's; this is none, or its end is missing",
			r->file);
	else if (err == RBAC_DAMAGED)
		buf_printf(why,
			   "%s is damaged: its content is not what was written; "
			   "expected another backup",
			   r->file);
	else if (err)
		buf_printf(why, "%s: %s", r->file,
			   err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	return err;
}

int restore_read(const struct invocation *a, const char *file, struct restore *r, struct buf *why)
{
	struct backup_seal seal;
	char data[4200];
	*r = (struct restore){ .file = file, .fd = -1 };
	int err = open_sealed(r, &seal, why);
	if (!err)
		err = open_content(r, why);
	snprintf(data, sizeof data, "%.4100s/data.mdb", a->store);
	if (err || access(data, F_OK) == 0 || errno != ENOENT)
		return err;
	if (a->dry_run) {
		buf_printf(why,
			   "%s is sound and ends with change %" PRIu64
			   "; there is no store at %s, and "
			   "--dry-run makes none to compare it with",
			   file, r->generation, a->store);
		return RBAC_ABSENT;
	}
	r->put_back = true;
	if (mkdir(a->state, 0755) == 0)
		(void)chmod(a->state, 0755); /* whatever the umask */
	return backup_put_back(a->store, r->fd, &seal, why);
}

void restore_close(struct restore *r)
{
	store_abort(&r->t);
	store_close(r->s);
	policy_free(r->p);
	policy_sources_free(&r->sources);
	if (r->file && r->fd >= 0)
		close(r->fd);
}

/* ---- rows ---- */

struct filling {
	struct change *c;
	struct restore *r;
	size_t written[STORE_TABLES], removed[STORE_TABLES];
	uint64_t last_id; /* the largest in the view */
};
struct table {
	struct filling *f;
	enum store_table which;
};

static void note_assignment(struct change *c, char sign, const MDB_val *key, const MDB_val *value)
{
	struct store_assignment a;
	if (value && store_assignment_decode(key, value, &a) == RBAC_OK)
		buf_printf(&c->done, "%s %c%s at %s id %" PRIu64 "\n", a.subject, sign, a.role,
			   a.scope, a.id);
}

static int on_row(void *ctx, const MDB_val *key, const MDB_val *before, const MDB_val *after)
{
	struct table *t = ctx;
	struct change *c = t->f->c;
	const char *what = t->which == T_USER ? "user" : "scope";
	if (after)
		t->f->written[t->which]++;
	else
		t->f->removed[t->which]++;
	if (t->which == T_ASSIGN) {
		note_assignment(c, '-', key, before);
		note_assignment(c, '+', key, after);
	} else if ((t->which == T_USER || t->which == T_SCOPE) && (!before || !after)) {
		buf_printf(&c->done, "%s %c%.*s\n", what, after ? '+' : '-', (int)key->mv_size,
			   (const char *)key->mv_data);
	} else if (t->which == T_USER || t->which == T_SCOPE) {
		buf_printf(&c->done, "%s %.*s as in the backup\n", what, (int)key->mv_size,
			   (const char *)key->mv_data);
	}
	return RBAC_OK;
}

static int replace_tables(struct filling *f)
{
	static const enum store_table tables[] = { T_USER,  T_SCOPE, T_ASSIGN,
						   T_OWNED, T_HELD,  T_SUBJECT };
	int err = RBAC_OK;
	for (size_t i = 0; i < sizeof tables / sizeof *tables && !err; i++)
		err = store_replace(&f->c->t, &f->r->t, tables[i], on_row,
				    &(struct table){ f, tables[i] });
	/* What was known of the uids before. */
	uids_free(&f->c->uids);
	f->c->uids = (struct uids){ 0 };
	return err;
}

/* ---- group ids: what was given since the backup stays given ---- */

/*
 * GID was given to GROUP when the backup was made. The group that has it now is the same one, under
 * a later name: it gets its old name back. Another gid that GROUP got since is kept, for GROUP.
 */
static int on_given(void *ctx, const char *group, uint32_t gid, uint32_t flags)
{
	struct filling *f = ctx;
	struct store_txn *t = &f->c->t;
	const char *now;
	char later[512] = "";
	uint32_t its;
	uint32_t its_flags;
	int err = store_gid_name(t, gid, &now);
	if (!err && strcmp(now, group) != 0)
		snprintf(later, sizeof later, "%s", now);
	if (err && err != RBAC_NOTFOUND)
		return err;
	if (later[0] && store_gid_get(t, later, &its, &its_flags) == RBAC_OK && its == gid)
		err = store_del(t, T_GID, later, strlen(later));
	else
		err = RBAC_OK;
	if (err)
		return err;
	return flags & STORE_GID_KEPT ? store_gid_keep(t, group, gid)
				      : store_gid_put(t, group, gid, flags);
}

static int keep_last_id(struct filling *f)
{
	uint64_t now = 0, then = 0;
	int err = store_last_id(&f->c->t, &now);
	if (!err)
		err = store_last_id(&f->r->t, &then);
	then = then > f->last_id ? then : f->last_id;
	return err || now >= then ? err : store_last_id_put(&f->c->t, then);
}

/* ---- what the published view knows: it may be newer than any store that is left ---- */

static int keep_viewed_group(struct filling *f, struct rbac_bytes rec)
{
	struct store_txn *t = &f->c->t;
	struct rbac_group g;
	const char *there;
	uint32_t gid, flags;
	int err = rbac_group_decode(rec, &g);
	if (err || (g.flags & RBAC_GROUP_EXTRA))
		return err;
	const char *name = (const char *)g.name;
	err = store_gid_name(t, g.gid, &there);
	if (err != RBAC_NOTFOUND)
		return err;
	err = store_gid_get(t, name, &gid, &flags);
	return err == RBAC_NOTFOUND ? store_gid_put(t, name, g.gid, STORE_GID_GONE)
	       : err                ? err
				    : store_gid_keep(t, name, g.gid);
}

static int note_viewed_ids(struct filling *f, struct rbac_bytes rec)
{
	struct rbac_subject s;
	struct rbac_grant g;
	int err = rbac_subject_decode(rec, &s);
	for (uint32_t i = 0; !err && i < s.n_grants; i++) {
		err = rbac_subject_grant(&s, i, &g);
		if (!err && g.id > f->last_id)
			f->last_id = g.id;
	}
	return err;
}

/* A view that cannot be read any further keeps nothing from being restored. */
static int keep_what_view_has(struct filling *f)
{
	struct rbac_view v;
	struct rbac_bytes key = { 0 }, next, rec;
	int err = RBAC_OK;
	if (rbac_view_open(f->c->a->view, RBAC_TRUST_SELF, &v))
		return RBAC_OK;
	if (v.meta.generation >= f->c->change)
		buf_printf(&f->c->done, "the view showed change %" PRIu64 "\n", v.meta.generation);
	while (!err && rbac_view_next(&v, key, &next, &rec, NULL) == RBAC_OK) {
		uint8_t type = next.p[0];
		if (type == RBAC_REC_GROUP)
			err = keep_viewed_group(f, rec);
		else if (type == RBAC_REC_USER || type == RBAC_REC_UNIX)
			err = note_viewed_ids(f, rec);
		key = next;
	}
	rbac_view_release(&v);
	return err;
}

static int fill(struct change *c, void *ctx)
{
	struct filling f = { .c = c, .r = ctx };
	buf_printf(&c->done, "from the backup of change %" PRIu64 "%s\n", f.r->generation,
		   f.r->put_back ? ", as there was no store" : "");
	int err = replace_tables(&f);
	if (!err)
		err = keep_what_view_has(&f);
	if (!err)
		err = store_gids_given(&f.r->t, on_given, &f);
	if (!err)
		err = keep_last_id(&f);
	if (!err)
		err = store_unconfirmed_del(&c->t);
	if (!err)
		buf_printf(&c->notes,
			   "written: %zu users, %zu scopes, %zu assignments; removed: %zu users, "
			   "%zu scopes, %zu assignments\n",
			   f.written[T_USER], f.written[T_SCOPE], f.written[T_ASSIGN],
			   f.removed[T_USER], f.removed[T_SCOPE], f.removed[T_ASSIGN]);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* ---- whose backup is it? ---- */

/* Has the store of T had HEAD as the head of its chain, after change GENERATION? */
static bool has_had(struct store_txn *t, uint64_t generation, const uint8_t head[STORE_HASH])
{
	uint8_t there[STORE_HASH];
	return store_audit_hash(t, generation, there) == RBAC_OK &&
	       memcmp(there, head, STORE_HASH) == 0;
}

static int check_history(struct change *c, struct restore *r, bool force)
{
	uint8_t head[STORE_HASH];
	int err = store_audit_head(&c->t, head);
	if (err)
		return change_store_fail(c, err);
	if (has_had(&c->t, r->generation, r->head) || has_had(&r->t, c->change - 1, head))
		return RBAC_OK;
	if (force) {
		buf_printf(&c->done, "not known to be a backup of this store\n");
		return RBAC_OK;
	}
	struct store_baseline b;
	struct buf why = { 0 };
	err = store_baseline_get(&c->t, &b);
	if (err)
		return change_store_fail(c, err);
	if (b.pruned && r->generation < b.change) {
		buf_printf(&why, "whether %s is a backup of this store is not known: ", r->file);
		log_prune_text(&b, &why);
	} else {
		buf_printf(&why,
			   "%s is a backup of another store: this one never ended with its change "
			   "%" PRIu64,
			   r->file, r->generation);
	}
	change_fail(c, RBAC_REFUSED, "refused: %s\n  to take it nevertheless: %s", buf_text(&why),
		    COMMAND("rbacctl restore %s --force --as root", r->file));
	buf_free(&why);
	return RBAC_REFUSED;
}

int change_restore(struct change *c, struct restore *r, bool force)
{
	if (!c->a->actor.root)
		return change_fail(c, RBAC_REFUSED, "refused: only root restores a backup: %s",
				   COMMAND("rbacctl restore %s --as root", r->file));
	int err = check_history(c, r, force);
	if (err)
		return err;
	struct policy *p = r->p;
	r->p = NULL;
	return change_apply(
		c, &r->sources, p, false,
		&(struct init_request){
			.root = "", .admin = "", .verb = "restore", .fill = fill, .ctx = r });
}
