/* helper.h - a host in a temporary folder for the tests of rbacctl: lab.h with words for cmocka. */
#ifndef TESTS_UNIT_RBACCTL_HELPER_H
#define TESTS_UNIT_RBACCTL_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rbacctl/change/commit/commit.h"
#include "tests/policy/lab.h"
#include "tests/policy/passwd.h"

#include "rbacctl/config/load.h"
#include "rbacctl/host/nss/nsswitch.h"
#include "rbacctl/store/lmdb_env.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define NOW INT64_C(1767607200) /* 2026-01-05T10:00:00Z */
#define ALWAYS ((struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX })

/* *STATE: an empty host; users ann (1001) to eve (1005), groups devs (5000) and ops (5001). */
static inline int host_setup(void **state)
{
	static const char *const names[] = { "ann", "bob", "cyd", "dan", "eve" };
	struct lab *l = calloc(1, sizeof *l);
	assert_non_null(l);
	if (!lab_open(l))
		return -1;
	l->now = NOW;
	passwd_reset();
	for (size_t i = 0; i < COUNT(names); i++)
		passwd_user(names[i], (uid_t)(1001 + i), 100);
	passwd_group("devs", 5000);
	passwd_group("ops", 5001);
	*state = l;
	return 0;
}

static inline int host_teardown(void **state)
{
	lab_close(*state);
	free(*state);
	return 0;
}

static inline void two_files(struct policy_sources *s, const char *host, const char *policy)
{
	*s = (struct policy_sources){ 0 };
	assert_int_equal(policy_sources_add(s, "rbac.conf", host, strlen(host)), RBAC_OK);
	assert_int_equal(policy_sources_add(s, "policy.d/p.conf", policy, strlen(policy)), RBAC_OK);
}

/* Init the host with these texts; ADMIN gets what is bootstrapped at ROOT. */
static inline void host_init(struct lab *l, const char *host, const char *policy, const char *root,
			     const char *admin)
{
	struct policy_sources s;
	two_files(&s, host, policy);
	int err = lab_apply(l, &s, false, root, admin);
	if (err)
		fail_msg("init: %s: %s", rbac_error_text(err), buf_text(&l->said));
}

/* What nsswitch.conf says from now on, in the store's folder. */
static inline void host_nsswitch(const struct lab *l, const char *text)
{
	static char path[200];
	snprintf(path, sizeof path, "%s/nsswitch.conf", l->state);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
	nsswitch_conf = path;
}

/* Apply these texts; the result. */
static inline int host_apply(struct lab *l, const char *host, const char *policy)
{
	struct policy_sources s;
	two_files(&s, host, policy);
	return lab_apply(l, &s, false, NULL, NULL);
}

static inline int host_assign(struct lab *l, const char *actor, const char *subject,
			      const char *role, const char *scope)
{
	struct change c;
	struct assign_request r = { .subject = subject,
				    .role = role,
				    .scope = scope,
				    .from = RBAC_TIME_MIN,
				    .until = RBAC_TIME_MAX };
	int err = lab_begin(l, &c, actor, false);
	return lab_end(l, &c, err ? err : change_assign(&c, &r));
}

/* The store of a host, to look into it and to spoil it; what is written goes unless it is
 * committed. */
struct open {
	struct store *s;
	struct store_txn t;
};

static inline void open_store(struct lab *l, struct open *o)
{
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &o->s), RBAC_OK);
	assert_int_equal(store_begin(o->s, &o->t), RBAC_OK);
}

static inline void close_store(struct open *o)
{
	store_abort(&o->t);
	store_close(o->s);
}

/* The number of the change that the published view shows. */
static inline uint64_t view_generation(const struct lab *l)
{
	struct rbac_view v;

	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	uint64_t n = v.meta.generation;
	rbac_view_release(&v);
	return n;
}

/* A policy from texts, which must load. */
static inline struct policy *policy_of(struct policy_sources *s, const char *host,
				       const char *policy)
{
	struct problems problems = { 0 };
	struct policy *p = NULL;
	two_files(s, host, policy);
	int err = policy_load(s, &p, &problems);
	for (size_t i = 0; i < problems.n && err; i++)
		print_error("%s:%u: %s\n", problems.v[i].file, problems.v[i].line,
			    problems.v[i].text);
	problems_free(&problems);
	assert_int_equal(err, RBAC_OK);
	return p;
}

static inline void assert_verified(struct lab *l)
{
	if (!lab_verify(l))
		fail_msg("%s", buf_text(&l->said));
}

/* The published view is, or is not, what would be compiled now. */
static inline void assert_same_content(struct lab *l)
{
	lab_compare(l);
	if (l->said.len)
		fail_msg("%s", buf_text(&l->said));
}

static inline void assert_different_content(struct lab *l, const char *what)
{
	lab_compare(l);
	if (l->said.len == 0 || strstr(buf_text(&l->said), "cannot be compared"))
		fail_msg("%s: nothing differs %s", what, buf_text(&l->said));
}

/* The number of LMDB's transaction in the published view: a compile always ends with the same, an
 * update adds one. */
static inline size_t view_transaction(const struct lab *l)
{
	MDB_env *env;
	MDB_envinfo info;
	assert_int_equal(
		lmdb_env_open(&env, l->a.view, 0, MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY, 0), 0);
	assert_int_equal(mdb_env_info(env, &info), 0);
	mdb_env_close(env);
	return info.me_last_txnid;
}

static inline void assert_said(const struct lab *l, const char *words)
{
	if (!strstr(buf_text(&l->said), words))
		fail_msg("\"%s\" is not in: %s", words, buf_text(&l->said));
}

#endif
