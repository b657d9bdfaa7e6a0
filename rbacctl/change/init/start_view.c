/* init --from-view: the store is lost, and a published view still shows what was in force. */
#include <string.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/change/init/saved.h"
#include "rbacctl/change/init/start.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/config/load.h"

static bool is_of_policy(const char *name)
{
	return strncmp(name, "assignments.d/", strlen("assignments.d/")) != 0;
}

static int add_those(const struct policy_sources *from, bool of_policy, struct policy_sources *to)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < from->n && !err; i++)
		if (is_of_policy(from->v[i].name) == of_policy)
			err = policy_sources_add(to, from->v[i].name, from->v[i].text,
						 from->v[i].len);
	return err;
}

/* Do the texts of S load? Says nothing. */
static bool loads(const struct policy_sources *s)
{
	struct problems problems = { 0 };
	struct policy *p = NULL;
	bool fine = policy_load(s, &p, &problems) == RBAC_OK;
	policy_free(p);
	problems_free(&problems);
	return fine;
}

/* The policy of the view, with the files of assignments.d in /etc/rbac where they go with it. */
static int take_policy(const struct invocation *a, const struct snapshot *snap, struct start *s)
{
	bool has_policy = false;
	for (size_t i = 0; i < s->there.n; i++)
		has_policy |= is_of_policy(s->there.v[i].name);
	if (snapshot_has_texts(snap, &s->there)) {
		s->has_conf = true;
		return RBAC_OK; /* S->sources is just that, comments and all */
	}
	policy_sources_free(&s->sources);
	int err = add_those(&snap->sources, true, &s->sources);
	if (!err)
		err = add_those(&s->there, false, &s->sources);
	if (!err && !loads(&s->sources)) {
		policy_sources_free(&s->sources);
		err = add_those(&snap->sources, true, &s->sources);
	}
	s->has_conf = false;
	s->keep_etc = has_policy;
	if (!err && has_policy)
		complain("%s is not the policy of the view: that of the view is taken, and the "
			 "files stay as they are; what differs: %s",
			 a->etc, COMMAND("rbacctl diff"));
	return err;
}

int start_view_choose(const struct invocation *a, struct start *s)
{
	struct snapshot snap;
	int status = start_read_etc(a, s);
	if (status)
		return status;
	int err = snapshot_open(&snap, a->view);
	if (!err) {
		err = take_policy(a, &snap, s);
		status = err ? exit_of(err) : start_load(s);
		if (!err && !status)
			err = saved_from_view(&snap, s->p, &s->saved);
		if (err)
			complain("%s: %s", a->view, rbac_error_text(err));
	}
	snapshot_close(&snap);
	s->from = "the view";
	start_take_saved(s);
	return err ? exit_of(err) : status;
}
