#include "rbacctl/config/lex.h"
#include "rbacctl/config/load.h"
#include "rbacctl/host/etc/etc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/files.h"
#include "rbacctl/host/people/canonical.h"
#include "rbacctl/host/etc/check_host.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/print_problems.h"

static bool has_policy(const struct policy_sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (strncmp(s->v[i].name, "policy.d/", 9) == 0)
			return true;
	return false;
}

/* No rbac.conf and no view: this host was never started. */
static bool can_start(const struct invocation *a)
{
	char path[4300];
	snprintf(path, sizeof path, "%.4200s/rbac.conf", a->etc);
	return access(path, F_OK) != 0 && errno == ENOENT && access(a->view, F_OK) != 0;
}

int etc_judge(bool here, const struct policy_sources *s, struct policy **p,
	      struct problems *problems)
{
	struct role_groups groups = { 0 };
	*p = NULL;
	int err = policy_load(s, p, problems);
	if (!err)
		err = role_groups_make(*p, &groups, problems);
	if (!err && here)
		check_zone(*p, problems);
	if (!err)
		err = canonical_rules(*p, NULL, NULL, NULL);
	role_groups_free(&groups);
	return err ? err : problems->errors ? RBAC_INVALID : RBAC_OK;
}

int etc_read(const struct invocation *a, bool here, struct policy_sources *s, struct policy **p,
	     struct problems *problems)
{
	*p = NULL;
	int err = policy_sources_read(a->etc, s, problems);
	return err ? err : etc_judge(here, s, p, problems);
}

void etc_say(const struct invocation *a, const struct policy_sources *s,
	     const struct problems *problems)
{
	problems_print(problems, stderr);
	if (problems->errors && can_start(a))
		complain("%s has no rbac.conf; to write one: %s", a->etc, COMMAND_TO_INIT());
	if (problems->errors && policy_sources_find(s, "rbac.conf") && !has_policy(s))
		complain("%s/policy.d has no NAME.conf, so there is no kind, key or role; "
			 "shipped policies are in %s/policies",
			 a->etc, RBAC_DATA_DIR);
	if (problems->errors)
		complain("%s: %zu error%s, %zu warning%s; nothing was changed", a->etc,
			 problems->errors, problems->errors == 1 ? "" : "s", problems->warnings,
			 problems->warnings == 1 ? "" : "s");
}

int etc_load(const struct invocation *a, struct policy_sources *s, struct policy **p)
{
	struct problems problems = { 0 };
	int err = etc_read(a, true, s, p, &problems);
	etc_say(a, s, &problems);
	problems_free(&problems);
	return err;
}

/* Has APPLIED the file T, comments aside? Blanks the comments of T. */
static bool has_same(const struct policy_sources *applied, struct policy_text *t)
{
	const struct policy_text *other = policy_sources_find(applied, t->name);
	policy_text_blank_comments(t->text, t->len);
	return other && other->len == t->len && memcmp(other->text, t->text, t->len) == 0;
}

enum etc_state etc_compare(const char *etc, const struct policy_sources *applied)
{
	struct policy_sources here = { 0 };
	struct problems problems = { 0 };
	bool same = true;
	int err = policy_sources_read(etc, &here, &problems);
	for (size_t i = 0; i < here.n && !err && same; i++)
		same = strncmp(here.v[i].name, "assignments.d/", 14) == 0 ||
		       has_same(applied, &here.v[i]);
	for (size_t i = 0; i < applied->n && !err && same; i++)
		same = policy_sources_find(&here, applied->v[i].name) != NULL;
	problems_free(&problems);
	policy_sources_free(&here);
	return err ? ETC_UNREADABLE : same ? ETC_APPLIED : ETC_DIFFERS;
}

int etc_write(const char *etc, const struct policy_sources *s, const struct policy_sources *there,
	      struct new_files *files)
{
	static const char *const folders[] = { "", "/policy.d", "/assignments.d" };
	char path[4200];
	int err = RBAC_OK;
	bool assigns = s->n && strncmp(s->v[s->n - 1].name, "assignments.d/", 14) == 0;
	size_t n = assigns ? 3 : 2;

	for (size_t i = 0; i < n && !err; i++) {
		snprintf(path, sizeof path, "%.3800s%s", etc, folders[i]);
		err = new_files_folder(files, path);
	}
	for (size_t i = s->n; i > 0 && !err; i--) {
		const struct policy_text *t = &s->v[i - 1];
		snprintf(path, sizeof path, "%.3800s/%.300s", etc, t->name);
		if (!policy_sources_find(there, t->name))
			err = new_files_write(files, path, t->text, t->len);
	}
	for (size_t i = n; i > 0 && !err; i--) {
		snprintf(path, sizeof path, "%.3800s%s", etc, folders[i - 1]);
		err = files_sync_folder(path);
	}
	return err;
}
