#include "rbacctl/change/init/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/config/load.h"
#include "rbacctl/config/new_conf.h"
#include "rbacctl/host/people/actor.h"
#include "rbacctl/host/etc/etc.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/print_problems.h"

static const char conf_name[] = "rbac.conf", policy_folder[] = "policy.d/";

/* ---- the policy ---- */

/* The file of --policy: a path, or the name of one that is shipped. */
static int find_policy(const char *name, char *path, size_t size)
{
	if (strchr(name, '/') ||
	    (strlen(name) > 5 && strcmp(name + strlen(name) - 5, ".conf") == 0))
		snprintf(path, size, "%s", name);
	else
		snprintf(path, size, "%s/policies/%s.conf", RBAC_DATA_DIR, name);
	if (access(path, R_OK) == 0)
		return EXIT_DONE;
	complain("--policy %s: %s: %s; shipped are unix, torque and layer5", name, path,
		 strerror(errno));
	return EXIT_USAGE;
}

/* The first text of S in policy.d; NULL: none. */
static const struct policy_text *first_policy(const struct policy_sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (strncmp(s->v[i].name, policy_folder, strlen(policy_folder)) == 0)
			return &s->v[i];
	return NULL;
}

/* One policy only: another file beside those of policy.d would be mixed into them. */
static int refuse_second(const struct invocation *a, const struct policy_text *stands,
			 const struct start *s)
{
	bool same_name = strcmp(stands->name, s->policy) == 0;
	complain("refused: %s/%s is there already%s\n  to start on it, leave --policy out: %s",
		 a->etc, stands->name,
		 same_name ? ", and it is not the file of --policy"
			   : ", and --policy would mix a second policy in",
		 COMMAND("rbacctl init --admin USER"));
	return EXIT_REFUSED;
}

/* The file of --policy among the sources. An init that was interrupted has written it already. */
static int take_policy(const struct invocation *a, const char *option, struct start *s)
{
	char path[4096], *text = NULL;
	size_t len;
	int status = find_policy(option, path, sizeof path);
	if (status)
		return status;
	const char *slash = strrchr(path, '/');
	snprintf(s->policy, sizeof s->policy, "%s%.280s", policy_folder, slash ? slash + 1 : path);
	int err = new_files_read(path, &text, &len);
	if (err) {
		complain("%s: %s", path,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
		return exit_of(err);
	}
	const struct policy_text *same = policy_sources_find(&s->sources, s->policy),
				 *other = first_policy(&s->sources);
	bool written = same && same->len == len && memcmp(same->text, text, len) == 0;
	if (other && !written)
		status = refuse_second(a, same ? same : other, s);
	else if (!written)
		status = exit_of(policy_sources_add(&s->sources, s->policy, text, len));
	else
		s->policy[0] = '\0';
	free(text);
	return status;
}

static int load(const struct policy_sources *sources, struct policy **p)
{
	struct problems problems = { 0 };
	int err = policy_load(sources, p, &problems);
	problems_print(&problems, stderr);
	problems_free(&problems);
	return exit_of(err);
}

/* The policy alone, to learn its kinds and roles. */
static int load_alone(const struct policy_sources *all, struct policy_sources *s, struct policy **p)
{
	static const char bare[] = "version = 1; host = \"any\"; login = ( );\n";
	int err = policy_sources_add(s, conf_name, bare, strlen(bare));
	for (size_t i = 0; i < all->n && !err; i++)
		if (strncmp(all->v[i].name, policy_folder, strlen(policy_folder)) == 0)
			err = policy_sources_add(s, all->v[i].name, all->v[i].text, all->v[i].len);
	return err ? exit_of(err) : load(s, p);
}

/* ---- scopes ---- */

/* The root scope that HOST lies in, into ROOT. */
static int root_of_host(const struct policy *p, const char *host, char *root)
{
	int kind = policy_scope_kind(p, host);
	if (kind < 0) {
		complain("--host %s: expected a scope of this policy, KIND:NAME/NAME", host);
		return EXIT_USAGE;
	}
	while (p->kinds[kind].parent >= 0)
		kind = p->kinds[kind].parent;
	return policy_scope_ancestor(p, host, kind, root) ? EXIT_USAGE : EXIT_DONE;
}

static int check_root(const struct policy *p, const char *given, const char *host)
{
	char above[RBAC_SCOPE_MAX + 1];
	int kind = policy_scope_kind(p, given);
	if (kind < 0 || p->kinds[kind].parent >= 0) {
		complain("--root %s: expected a scope of a root kind, for example %s:main", given,
			 p->n_kinds ? p->kinds[0].name : "account");
		return EXIT_USAGE;
	}
	if (!host || (root_of_host(p, host, above) == EXIT_DONE && strcmp(above, given) == 0))
		return EXIT_DONE;
	complain("the host's scope %s does not lie in --root %s: "
		 "roles held there would not count here",
		 host, given);
	return EXIT_USAGE;
}

/* --root; else the one that HOST (NULL: any scope) lies in; else main of the only root kind. ROOT
 * holds RBAC_SCOPE_MAX + 1 bytes. */
static int find_root(const struct policy *p, const char *given, const char *host, char *root)
{
	int kind = -1;
	size_t n = 0;
	for (size_t i = 0; i < p->n_kinds; i++)
		if (p->kinds[i].parent < 0) {
			kind = (int)i;
			n++;
		}
	if (given) {
		snprintf(root, RBAC_SCOPE_MAX + 1, "%s", given);
		return check_root(p, given, host);
	}
	if (host)
		return root_of_host(p, host, root);
	if (n != 1) {
		complain("--root KIND:NAME is missing: the policy has %zu root kinds", n);
		return EXIT_USAGE;
	}
	snprintf(root, RBAC_SCOPE_MAX + 1, "%s:main", p->kinds[kind].name);
	return EXIT_DONE;
}

/* A rbac.conf that is there already says which host this is. */
static int check_host(const struct policy *p, const char *option)
{
	if (!option || (!p->host_any && p->hosts.n == 1 && strcmp(p->hosts.v[0], option) == 0))
		return EXIT_DONE;
	complain("--host %s: rbac.conf:%u says that this host is %s; "
		 "change it there, or leave --host out",
		 option, p->hosts.pos.line,
		 p->host_any       ? "in any scope"
		 : p->hosts.n == 1 ? p->hosts.v[0]
				   : "in several scopes");
	return EXIT_USAGE;
}

/* A rbac.conf for the policy, among the sources. */
static int make_conf(const struct start_options *o, struct start *s)
{
	struct policy_sources alone = { 0 };
	struct policy *p = NULL;
	struct buf conf = { 0 };
	const char *host = o->host;
	int status = load_alone(&s->sources, &alone, &p);
	if (!status)
		status = find_root(p, o->root, host, s->root);
	if (!status) {
		new_conf_write(p, host ? host : s->root, &conf);
		status = exit_of(conf.failed ? RBAC_NOMEM
					     : policy_sources_add(&s->sources, conf_name,
								  buf_text(&conf), conf.len));
	}
	buf_free(&conf);
	policy_free(p);
	policy_sources_free(&alone);
	return status;
}

/* ---- the first administrator ---- */

/* A role that administrators seem to have: one that others are assigned by; else the first. */
static const struct policy_role *likely_admin(const struct policy *p)
{
	for (size_t i = 0; i < p->n_roles; i++)
		for (size_t j = 0; j < p->roles[i].assign_by.n; j++)
			if (p->roles[i].assign_by.v[j].what == BY_ROLE)
				return &p->roles[p->roles[i].assign_by.v[j].ref];
	return p->n_roles ? &p->roles[0] : NULL;
}

/* Do scopes of SCOPE's kind, or of those above it, have owners? */
static bool has_owner(const struct policy *p, const char *scope)
{
	bool owned = false;
	for (int k = policy_scope_kind(p, scope); k >= 0; k = p->kinds[k].parent)
		owned |= p->kinds[k].owner_role >= 0;
	return owned;
}

/* Are there roles for a first administrator, or scopes to be made that need an owner? */
static bool needs_admin(const struct start *s)
{
	bool needs = has_owner(s->p, s->root);
	for (size_t i = 0; i < s->p->hosts.n; i++)
		needs |= has_owner(s->p, s->p->hosts.v[i]);
	for (size_t i = 0; i < s->p->n_roles; i++)
		needs |= s->p->roles[i].bootstrap;
	return needs;
}

/* Nobody would hold a role, and nobody but root could ever give one. */
static int refuse_nobody(const struct policy *p)
{
	const struct policy_role *r = likely_admin(p);
	if (r)
		complain(
			"refused: the policy marks no role bootstrap, so nobody would hold a role\n"
			"  add to the role of the administrators, for example to %s "
			"(%s:%u):  bootstrap = true;",
			r->name, r->pos.file, r->pos.line);
	else
		complain("refused: the policy has no role");
	return EXIT_REFUSED;
}

static int find_admin(const char *given, char *admin, size_t size)
{
	struct actor who = { .root = false };
	struct person p;
	struct buf why = { 0 };
	if (given && (person_find(given, &p) || p.state != PERSON_KNOWN)) {
		complain("--admin %s: passwd knows no such user (%s finds none)", given,
			 COMMAND("getent passwd %s", given));
		return EXIT_USAGE;
	}
	if (given && p.uid == 0) {
		complain("refused: --admin %s: root needs no role and gets none: "
			 "uid 0 always passes, and may do everything with --as root",
			 given);
		return EXIT_REFUSED;
	}
	if (given) {
		if (p.differs)
			remark("%s is %s here", given, p.name);
		snprintf(admin, size, "%s", p.name);
		return EXIT_DONE;
	}
	int err = actor_find(NULL, &who, &why);
	buf_free(&why);
	if (err || who.root) {
		complain("--admin USER is missing: somebody has to be the first administrator, "
			 "and root gets no role");
		return EXIT_USAGE;
	}
	snprintf(admin, size, "%s", who.name);
	return EXIT_DONE;
}

/* ---- all of it ---- */

int start_read_etc(const struct invocation *a, struct start *s)
{
	struct problems problems = { 0 };
	int err = policy_sources_read_parts(a->etc, &s->sources, &problems);
	problems_print(&problems, stderr);
	problems_free(&problems);
	s->has_conf = policy_sources_find(&s->sources, conf_name) != NULL;
	if (!err)
		err = policy_sources_copy(&s->sources, &s->there);
	return exit_of(err);
}

int start_load(struct start *s)
{
	return load(&s->sources, &s->p);
}

int start_choose(const struct invocation *a, const struct start_options *o, struct start *s)
{
	const char *policy = o->policy;
	int status = start_read_etc(a, s);
	if (!status && !policy && !first_policy(&s->sources)) {
		complain("init: --policy is missing, and %s/policy.d has no policy: unix, torque, "
			 "layer5, or a file of yours",
			 a->etc);
		return EXIT_USAGE;
	}
	if (!status && policy)
		status = take_policy(a, policy, s);
	if (!status && !s->has_conf)
		status = make_conf(o, s);
	if (!status)
		status = load(&s->sources, &s->p);
	if (!status)
		status = check_host(s->p, o->host);
	if (!status)
		status = find_root(s->p, o->root, s->p->hosts.n ? s->p->hosts.v[0] : NULL, s->root);
	if (status)
		return status;
	s->request = (struct init_request){ .root = s->root, .admin = s->admin };
	bool needs = needs_admin(s);
	if (!needs && s->p->n_assignments == 0)
		return refuse_nobody(s->p);
	return needs || o->admin ? find_admin(o->admin, s->admin, sizeof s->admin) : EXIT_DONE;
}

/* Write what /etc/rbac lacks. */
static int write_files(struct change *c, struct start *s, struct new_files *files)
{
	int err = etc_write(c->a->etc, &s->sources, &s->there, files);

	return err ? change_fail(c, err, "%s: the files cannot be written: %s", c->a->etc,
				 err == RBAC_NOMEM ? rbac_error_text(err) : strerror(errno))
		   : RBAC_OK;
}

int start_apply(struct change *c, struct invocation *a, struct start *s, struct new_files *files)
{
	int err = change_open(c, a, true);
	if (!err && c->p)
		err = change_fail(c, RBAC_CONFLICT,
				  "refused: this host has a policy already (%s); "
				  "to change it, edit %s, then: %s",
				  COMMAND("rbacctl status"), a->etc, COMMAND("rbacctl apply"));
	if (err)
		return err;
	struct policy_sources sources = { 0 };
	err = policy_sources_copy(&s->sources, &sources);
	if (err)
		return change_fail(c, err, "out of memory");
	err = change_apply(c, &sources, s->p, false, &s->request);
	s->p = NULL;
	if (!err && !s->keep_etc)
		err = write_files(c, s, files);
	return err ? err : change_commit(c);
}

void start_free(struct start *s)
{
	policy_free(s->p);
	policy_sources_free(&s->sources);
	policy_sources_free(&s->there);
	policy_sources_free(&s->saved);
}
