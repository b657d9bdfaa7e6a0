/* helper.h - texts to sources, problems to text: what the tests of rbacctl/model and rbacctl/config
 * share. */
#ifndef TESTS_UNIT_MODEL_HELPER_H
#define TESTS_UNIT_MODEL_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "rbacctl/config/load.h"
#include "rbacctl/model/model.h"
#include "rbacctl/print_problems.h"

/* A host that is "any" and lets nobody in: the least that makes a policy whole. */
#define PLAIN_HOST "version = 1;\nhost = \"any\";\n"

static inline void add_text(struct policy_sources *s, const char *name, const char *text)
{
	assert_int_equal(policy_sources_add(s, name, text, strlen(text)), RBAC_OK);
}

/* Add the file at PATH under NAME. */
static inline void add_file(struct policy_sources *s, const char *name, const char *path)
{
	static char text[1 << 16];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	size_t len = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_true(len < sizeof(text));
	assert_int_equal(policy_sources_add(s, name, text, len), RBAC_OK);
}

/* What problems_print() prints; to be freed. */
static inline char *problems_text(const struct problems *p)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	problems_print(p, f);
	fclose(f);
	return text;
}

/* Load S, which must have no problem at all, and let go of S. */
static inline struct policy *load_clean(struct policy_sources *s)
{
	struct problems problems = { 0 };
	struct policy *p;
	int err = policy_load(s, &p, &problems);
	char *text = problems_text(&problems);

	assert_string_equal(text, "");
	assert_int_equal(err, RBAC_OK);
	free(text);
	problems_free(&problems);
	policy_sources_free(s);
	return p;
}

/* HOST is rbac.conf, TEXT policy.d/p.conf. */
static inline struct policy *load_texts(const char *host, const char *text)
{
	struct policy_sources s = { 0 };

	add_text(&s, "rbac.conf", host);
	add_text(&s, "policy.d/p.conf", text);
	return load_clean(&s);
}

#endif
