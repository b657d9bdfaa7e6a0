/*
 * journal_lab.h - a host with two kinds of scopes and an owner, for the tests of the journal, of
 * the audit chain and of `verify --repair`; and a row that no change made.
 */
#ifndef TESTS_UNIT_RBACCTL_JOURNAL_LAB_H
#define TESTS_UNIT_RBACCTL_JOURNAL_LAB_H

#include "tests/unit/rbacctl/helper.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; } );\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; }; };\n"  \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; }; "                           \
	"roles = { r = { kind = \"top\"; keychains = [ \"c\" ]; }; "                               \
	"q = { kind = \"top\"; keychains = [ \"c\" ]; }; keeper = { kind = \"low\"; }; };\n"

/* An empty host with that policy; ann is its administrator. NULL: no host could be made. */
static inline struct lab *journal_lab(void **state)
{
	if (host_setup(state))
		return NULL;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return *state;
}

/* A row for a program that is not rbacctl to write: r at top:a for eve. */
static const struct store_assignment journal_foreign = { .id = 9,
							 .until = RBAC_TIME_MAX,
							 .subject = "eve",
							 .role = "r",
							 .scope = "top:a",
							 .by = "",
							 .reason = "",
							 .source = "" };

#endif
