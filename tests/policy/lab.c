#include "tests/policy/lab.h"

#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/subject.h"
#include "rbacctl/config/load.h"
#include "rbacctl/store/journal.h"
#include "rbacctl/view/publish.h"

/* Memory rather than a disk where there is one: a change is synced three times. */
static const char *temp_dir(void)
{
	const char *named = getenv("TMPDIR");
	return named ? named : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

bool lab_open(struct lab *l)
{
	*l = (struct lab){ 0 };
	snprintf(l->state, sizeof l->state, "%.90s/rbac-lab-XXXXXX", temp_dir());
	if (geteuid() != 0) {
		fprintf(stderr, "this test needs root: a role store is root's alone\n");
		return false;
	}
	if (!mkdtemp(l->state)) {
		perror(l->state);
		return false;
	}
	chmod(l->state, 0755);
	l->a.etc = l->a.state = l->state;
	publish_view_path(l->state, l->a.view, sizeof l->a.view);
	snprintf(l->a.store, sizeof l->a.store, "%s/store", l->state);
	return true;
}

static void remove_all(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	char path[600];
	while (d && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%.300s/%.255s", dir, e->d_name);
		if (unlink(path) != 0)
			remove_all(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

void lab_close(struct lab *l)
{
	if (l->state[0])
		remove_all(l->state);
	buf_free(&l->said);
	l->state[0] = 0;
}

int lab_begin(struct lab *l, struct change *c, const char *actor, bool dry_run)
{
	l->a.as = actor;
	l->a.now = l->now;
	l->a.dry_run = dry_run;
	buf_reset(&l->said);
	int err = change_open(c, &l->a, false);
	c->goes_on = true; /* who may is in the message at once: nobody closes it here */
	c->unguarded = !l->guarded;
	return err;
}

int lab_end(struct lab *l, struct change *c, int err)
{
	if (!err)
		err = change_commit(c);
	buf_printf(&l->said, "%s%s", buf_text(&c->message), buf_text(&c->notes));
	change_close(c, RBAC_OK); /* OK: what went wrong is the test's to print */
	return err;
}

static int load(struct lab *l, const struct policy_sources *s, struct policy **p)
{
	struct problems problems = { 0 };
	int err = policy_load(s, p, &problems);
	for (size_t i = 0; i < problems.n; i++)
		buf_printf(&l->said, "%s:%u: %s\n", problems.v[i].file, problems.v[i].line,
			   problems.v[i].text);
	problems_free(&problems);
	return err;
}

int lab_apply(struct lab *l, struct policy_sources *new, bool drop, const char *root,
	      const char *admin)
{
	struct change c;
	struct policy *p = NULL;
	buf_reset(&l->said);
	int err = load(l, new, &p);
	if (!err) {
		l->a.as = "root";
		l->a.now = l->now;
		l->a.dry_run = false;
		err = root ? change_open(&c, &l->a, true) : change_open_to_apply(&c, &l->a);
		c.unguarded |= !l->guarded;
		if (err)
			policy_free(p);
		else
			err = change_apply(
				&c, new, p, drop,
				root ? &(struct init_request){ .root = root, .admin = admin }
				     : NULL);
		err = lab_end(l, &c, err);
	}
	policy_sources_free(new);
	return err;
}

static void on_fault(void *ctx, const char *what)
{
	buf_printf(ctx, "%s\n", what);
}

bool lab_verify_store(struct lab *l, struct store_txn *t)
{
	size_t before = l->said.len;
	uint64_t bad;
	int err = store_verify(t, on_fault, &l->said);
	if (!err && !t->notes) /* what is not committed is in no journal yet */
		err = store_journal_verify(t, on_fault, &l->said);
	if (err)
		buf_printf(&l->said, "store: %s\n", store_why(t->s));
	else if (store_audit_verify(t, &bad))
		buf_printf(&l->said, "the audit chain breaks at change %llu\n",
			   (unsigned long long)bad);
	return l->said.len == before;
}

bool lab_verify(struct lab *l)
{
	struct store *s;
	struct store_txn t = { 0 };
	uint64_t generation = 0;
	uint8_t head[STORE_HASH];
	char left[200];
	buf_reset(&l->said);
	int err = store_open(l->a.store, STORE_READ, &s);
	if (!err)
		err = store_begin(s, &t);
	if (!err)
		err = store_generation(&t, &generation);
	if (!err)
		err = store_audit_head(&t, head);
	if (err)
		buf_printf(&l->said, "store: %s\n", store_why(s));
	else if (lab_verify_store(l, &t) && !publish_matches(l->state, generation, head))
		buf_printf(&l->said, "the view is not that of generation %llu\n",
			   (unsigned long long)generation);
	store_abort(&t);
	store_close(s);
	snprintf(left, sizeof left, "%s/view/view.mdb.new", l->state);
	if (access(left, F_OK) == 0)
		buf_printf(&l->said, "a leftover: %s\n", left);
	return l->said.len == 0;
}

static void on_difference(void *ctx, enum compare_how how, struct rbac_bytes key)
{
	static const char *const words[] = { "differs", "is missing", "is too much" };
	char name[600];
	compare_name(key, name, sizeof name);
	buf_printf(ctx, "%s %s\n", name, words[how]);
}

void lab_compare(struct lab *l)
{
	struct store *s;
	struct store_txn t = { 0 };
	struct rbac_view v;
	struct buf why = { 0 };
	buf_reset(&l->said);
	int err = store_open(l->a.store, STORE_READ, &s);
	if (!err)
		err = store_begin(s, &t);
	if (!err)
		err = rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v);
	if (!err) {
		err = change_compare(&t, &v, on_difference, &l->said, &why);
		rbac_view_release(&v);
	}
	if (err)
		buf_printf(&l->said, "it cannot be compared: %s %s\n", rbac_error_text(err),
			   buf_text(&why));
	buf_free(&why);
	store_abort(&t);
	store_close(s);
}

static int add_gid(void *ctx, uint32_t gid)
{
	struct gids *g = ctx;
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] == gid)
			return RBAC_OK;
	uint32_t *v = reallocarray(g->v, g->n + 1, sizeof *v);
	if (!v)
		return RBAC_NOMEM;
	g->v = v;
	g->v[g->n++] = gid;
	return RBAC_OK;
}

struct gids lab_gids(const struct rbac_view *v, const char *user, int64_t now)
{
	struct gids have, all = { 0 };
	gids_of_user(user, &have);
	for (size_t i = 0; i < have.n; i++)
		add_gid(&all, have.v[i]);
	const uint32_t *groups = have.v;
	const struct rbac_subject_query query = { .view = v,
						  .user = user,
						  .len = strlen(user),
						  .uid = lab_uid(user),
						  .by_name = true,
						  .now = now,
						  .groups = &groups,
						  .n = have.n,
						  .primary = RBAC_NO_GID };
	rbac_groups_collect(&query, add_gid, &all);
	gids_free(&have);
	return all;
}

uint32_t lab_uid(const char *user)
{
	const struct passwd *pw = getpwnam(user);
	return pw ? pw->pw_uid : RBAC_NO_UID;
}

bool lab_read(struct policy_sources *s, const char *name, const char *path)
{
	static char text[1 << 18];
	FILE *f = fopen(path, "r");
	size_t len = f ? fread(text, 1, sizeof text, f) : 0;
	if (f)
		fclose(f);
	return f && len < sizeof text && policy_sources_add(s, name, text, len) == RBAC_OK;
}
