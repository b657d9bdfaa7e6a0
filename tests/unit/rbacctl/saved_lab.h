/* saved_lab.h - a store with all that there can be in one, and what export writes of it. */
#ifndef TESTS_UNIT_RBACCTL_SAVED_LAB_H
#define TESTS_UNIT_RBACCTL_SAVED_LAB_H

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/change/init/saved.h"
#include "rbacctl/change/init/start.h"
#include "rbacctl/complain.h"

#define LOGIN "login = ( { services = [ \"sshd\" ]; anyone = true; } );\n"
/* A policy beside the shipped one, whose roles go, are renamed, and stay. */
#define MORE(roles) "version = 1; roles = { " roles " };\n"

static const char *const odd_users[] = { "o;brien", "CORP\\bob", "eve@realm", "x=1", "=cmd|x" };
static const char *const odd_groups[] = { "domain users@corp", "CORP\\devs", "\303\274ber;all" };
static const char *const reasons[] = { "",
				       "He said \"yes\", twice; \"\"",
				       "Gr\303\274\303\237e an J\303\266rg \342\202\254",
				       " blanks at both ends ",
				       "\"",
				       "a,b;c",
				       "sep=;" };

struct built {
	struct lab *l;
	const char *host, *shipped; /* the host's scope; the file of the policy */
};

static inline void sources_of(const struct built *b, const char *more, const char *assignments,
			      struct policy_sources *s)
{
	char conf[300];
	snprintf(conf, sizeof conf, "version = 1; host = \"%s\";\n" LOGIN, b->host);
	*s = (struct policy_sources){ 0 };
	assert_int_equal(policy_sources_add(s, "rbac.conf", conf, strlen(conf)), RBAC_OK);
	assert_true(lab_read(s, "policy.d/site \"1\".conf", b->shipped));
	assert_int_equal(policy_sources_add(s, "policy.d/zz.conf", more, strlen(more)), RBAC_OK);
	assert_int_equal(
		policy_sources_add(s, "assignments.d/s.conf", assignments, strlen(assignments)),
		RBAC_OK);
}

static inline void apply(const struct built *b, const char *more, const char *assignments,
			 const char *root)
{
	struct policy_sources s;
	sources_of(b, more, assignments, &s);
	int err = lab_apply(b->l, &s, true, root, "ann");
	if (err)
		fail_msg("apply: %s: %s", rbac_error_text(err), buf_text(&b->l->said));
}

/* Give each role to each subject where it can be given; what a rule refuses is left out. Returns
 * how many. */
static inline size_t give_all(const struct built *b)
{
	size_t given = 0, n = 0;
	struct change c;
	int err = lab_begin(b->l, &c, "root", false);
	size_t roles = c.p->n_roles;
	lab_end(b->l, &c, err ? err : RBAC_REFUSED);
	for (size_t u = 0; u < COUNT(odd_users) + COUNT(odd_groups); u++)
		for (size_t r = 0; r < roles; r++, n++) {
			char subject[300], scope[RBAC_SCOPE_MAX + 1];
			snprintf(subject, sizeof subject, "%s%s", u < COUNT(odd_users) ? "" : "%",
				 u < COUNT(odd_users) ? odd_users[u]
						      : odd_groups[u - COUNT(odd_users)]);
			struct assign_request q = {
				.subject = subject,
				.from = n % 3 ? RBAC_TIME_MIN : NOW + (int64_t)n,
				.until = n % 4 ? RBAC_TIME_MAX : NOW + 86400 * (1 + (int64_t)n),
				.reason = reasons[n % COUNT(reasons)],
			};
			err = lab_begin(b->l, &c, "root", false);
			const struct policy_role *role = &c.p->roles[r];
			if (!err)
				err = policy_scope_ancestor(c.p, b->host, role->kind, scope);
			q.role = role->name;
			q.scope = scope;
			given += lab_end(b->l, &c, err ? err : change_assign(&c, &q)) == RBAC_OK;
		}
	return given;
}

/* What an old store, or one of another hand, may have: a reason of several lines. */
static inline void spoil_a_reason(const struct built *b)
{
	struct change c;
	struct store_assignment a;
	assert_int_equal(lab_begin(b->l, &c, "root", false), RBAC_OK);
	assert_int_equal(store_assignment_get(&c.t, 1, &a), RBAC_OK);
	a.request = 7;
	a.review_from = NOW + 1;
	a.reviewed = NOW;
	a.reviewed_by = "cyd";
	a.reason = "first\nsecond \"line\"\r\n\tthird\r.\x01\xff";
	assert_int_equal(store_assignment_put(&c.t, &a), RBAC_OK);
	assert_int_equal(store_gid_keep(&c.t, "keep", 2010000000), RBAC_OK);
	c.verb = "test";
	assert_int_equal(lab_end(b->l, &c, RBAC_OK), RBAC_OK);
}

static inline void build(const struct built *b)
{
	char files[1200], root[RBAC_SCOPE_MAX + 1];
	struct change c;
	snprintf(root, sizeof root, "%.*s", (int)strcspn(b->host, "/"), b->host);
	if (strchr(b->host, '/') && strncmp(root, "host", 4) != 0) {
		const char *kind = strstr(b->shipped, "torque") ? "account" : "provider";
		snprintf(root, sizeof root, "%s:%.*s", kind,
			 (int)strcspn(strchr(b->host, ':') + 1, "/"), strchr(b->host, ':') + 1);
	}
	snprintf(files, sizeof files,
		 "version = 1;\n# a comment\nassignments = (\n"
		 "{ user = \"bob\"; role = \"stays\"; scope = \"%s\"; "
		 "reason = \"from \\\"file\\\"\"; "
		 "},\n{ group = \"domain users@corp\"; role = \"stays\"; scope = \"%s\";\n"
		 "until = \"2027-01-01T00:00:00Z\"; } );\n",
		 root, root);
	char kind[64];
	snprintf(kind, sizeof kind, "%.*s", (int)strcspn(root, ":"), root);
	char more[600];
	snprintf(more, sizeof more,
		 MORE("stays = { kind = \"%s\"; }; goes = { kind = \"%s\"; }; "
		      "early = { kind = \"%s\"; };"),
		 kind, kind, kind);
	apply(b, more, files, root);
	assert_true(give_all(b) >= COUNT(odd_users));
	snprintf(more, sizeof more,
		 MORE("stays = { kind = \"%s\"; }; "
		      "late = { kind = \"%s\"; renamed_from = \"early\"; };"),
		 kind, kind);
	apply(b, more, files, NULL);
	assert_int_equal(lab_begin(b->l, &c, "root", false), RBAC_OK);
	assert_int_equal(lab_end(b->l, &c, change_user_suspend(&c, "x=1", true, true)), RBAC_OK);
	assert_int_equal(lab_begin(b->l, &c, "root", false), RBAC_OK);
	assert_int_equal(lab_end(b->l, &c, change_user_add(&c, "unknown", NULL, true)), RBAC_OK);
	spoil_a_reason(b);
	assert_verified(b->l);
}

static inline struct policy_sources saved(struct lab *l)
{
	struct policy_sources files;
	struct buf why = { 0 };
	uint64_t generation;
	int err = saved_write(&l->a, NULL, &files, &generation, &why);
	if (err)
		fail_msg("export: %s", buf_text(&why));
	buf_free(&why);
	return files;
}

static inline int setup(void **state)
{
	if (host_setup(state))
		return -1;
	for (size_t i = 0; i < COUNT(odd_users); i++)
		passwd_user(odd_users[i], (uid_t)(2000 + i), 100);
	for (size_t i = 0; i < COUNT(odd_groups); i++)
		passwd_group(odd_groups[i], (gid_t)(6000 + i));
	return 0;
}

#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)

#endif
