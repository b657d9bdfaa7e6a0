/* Any texts as a policy: it loads, or says what is wrong with it. Input: rbac.conf, then policy.d,
 * then assignments.d, a form feed between. */
#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/config/lex.h"
#include "rbacctl/config/load.h"
#include "rbacctl/model/model.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/config/source.h"
#include "rbacctl/print_problems.h"
#include "tests/fuzz/fuzz.h"

static const char *const names[] = { "rbac.conf", "policy.d/p.conf", "policy.d/q.conf",
				     "assignments.d/a.conf" };

static FILE *nowhere(void)
{
	static FILE *f;
	if (!f)
		f = fopen("/dev/null", "we");
	claim(f);
	return f;
}

static void use(const struct policy *p)
{
	char scope[RBAC_SCOPE_MAX + 1];
	for (size_t r = 0; r < p->n_roles; r++) {
		claim(p->roles[r].kind >= 0 && (size_t)p->roles[r].kind < p->n_kinds);
		claim(policy_role_counts(p, (int)r, (int)r));
		claim(policy_role_find(p, p->roles[r].name) == (int)r);
	}
	for (size_t h = 0; h < p->hosts.n; h++) {
		claim(policy_scope_kind(p, p->hosts.v[h]) >= 0);
		if (policy_scope_parent(p, p->hosts.v[h], scope) == RBAC_OK)
			claim(policy_scope_within(p, p->hosts.v[h], scope));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *p = NULL;
	const char *at = (const char *)data, *end = at + size;
	if (size == 0)
		return 0;
	for (size_t i = 0; i < sizeof names / sizeof *names && at <= end; i++) {
		const char *stop = memchr(at, '\f', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		claim(policy_sources_add(&s, names[i], at, len) == RBAC_OK);
		policy_text_blank_comments(s.v[s.n - 1].text, s.v[s.n - 1].len);
		if (!stop)
			break;
		at = stop + 1;
	}
	int rc = policy_load(&s, &p, &problems);
	claim(rc == RBAC_OK ? p && problems.errors == 0
			    : rc == RBAC_INVALID && !p && problems.errors > 0);
	problems_print(&problems, nowhere());
	if (p)
		use(p);
	policy_free(p);
	problems_free(&problems);
	policy_sources_free(&s);
	return 0;
}
