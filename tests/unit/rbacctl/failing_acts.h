/* failing_acts.h - a host, and one change of each kind on it. */
#ifndef TESTS_UNIT_RBACCTL_FAILING_ACTS_H
#define TESTS_UNIT_RBACCTL_FAILING_ACTS_H

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/change/import/import.h"
#include "rbacctl/config/source.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; "      \
	"groups = [ \"ops\" ]; } );\n"                                                             \
	"groups = { extra = ( { role = \"r\"; unix_groups = [ \"devs\" ]; } ); };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; "         \
	"create_by = [ \"anyone\" ]; delete_by = [ \"owner\" ]; plan = \"one\"; "                  \
	"plan_by = [ \"r\" ]; }; };\n"                                                             \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; };\n"                          \
	"roles = { r = { kind = \"top\"; keychains = [ \"c\" ]; assign_by = [ \"r\" ]; "           \
	"bootstrap = true; min = 1; };\n"                                                          \
	"  q = { kind = \"top\"; assign_by = [ \"r\" ]; max = 3; }; x = { kind = \"top\"; "        \
	"assign_by = [ \"r\" ]; };\n"                                                              \
	"  keeper = { kind = \"low\"; max = \"plan:keepers\"; }; };\n"                             \
	"users = { add_by = [ \"r\" ]; suspend_by = [ \"r\" ]; forget_by = [ \"r\" ]; };\n"        \
	"plans = { one = { keepers = 2; }; two = { keepers = 3; }; }; "                            \
	"exclusive = ( { name = \"e\"; roles = [ \"q\", \"x\" ]; at_most = 1; } );\n"
#define OTHER_POLICY POLICY "# another text\n"

typedef int act(struct change *c);

static inline int assign(struct change *c)
{
	return change_assign(c, &(struct assign_request){ .subject = "cyd",
							  .role = "q",
							  .scope = "top:a",
							  .reason = "w",
							  .from = NOW - 1,
							  .until = NOW + 9 });
}

static inline int assign_group(struct change *c)
{
	return change_assign(c, &(struct assign_request){ .subject = "%ops",
							  .role = "x",
							  .scope = "top:a",
							  .from = RBAC_TIME_MIN,
							  .until = RBAC_TIME_MAX });
}

static inline int replace(struct change *c)
{
	return change_assign(c, &(struct assign_request){ .subject = "bob",
							  .role = "q",
							  .scope = "top:a",
							  .replace = true,
							  .from = RBAC_TIME_MIN,
							  .until = NOW + 9 });
}

static inline int revoke_q(struct change *c)
{
	return change_revoke(
		c, &(struct revoke_request){ .subject = "bob", .role = "q", .scope = "top:a" });
}

static inline int create(struct change *c)
{
	return change_scope_create(c, "low:a/y", NULL);
}

static inline int delete_it(struct change *c)
{
	return change_scope_delete(c, "low:a/x", false, true);
}

static inline int transfer(struct change *c)
{
	return change_scope_transfer(c, "low:a/x", "dan", true);
}

static inline int plan(struct change *c)
{
	return change_scope_plan(c, "low:a/x", "two");
}

static inline int add(struct change *c)
{
	return change_user_add(c, "dan", NULL, false);
}

static inline int suspend(struct change *c)
{
	return change_user_suspend(c, "bob", true, false);
}

static inline int forget(struct change *c)
{
	return change_user_forget(c, "eve");
}

static inline int rename_bob(struct change *c)
{
	passwd_user("bert", 1002, 100);
	return change_user_rename(c, "bob", "bert");
}

static inline int import(struct change *c)
{
	struct import_row rows[] = { { .user = "cyd",
				       .role = "q",
				       .scope = "top:a",
				       .from = RBAC_TIME_MIN,
				       .until = RBAC_TIME_MAX,
				       .line = 1 },
				     { .user = "dan",
				       .role = "x",
				       .scope = "",
				       .from = RBAC_TIME_MIN,
				       .until = RBAC_TIME_MAX,
				       .line = 2 } };
	struct problems problems = { 0 };
	size_t made;
	int err = change_import(c, rows, COUNT(rows), false, &problems, "f", NULL, &made);
	problems_free(&problems);
	return err;
}

static const struct {
	const char *name, *actor;
	act *fn;
} failing_acts[] = {
	{ "assign", "ann", assign },
	{ "assign %group", "ann", assign_group },
	{ "replace", "ann", replace },
	{ "revoke", "ann", revoke_q },
	{ "create", "bob", create },
	{ "delete", "root", delete_it },
	{ "transfer", "root", transfer },
	{ "plan", "ann", plan },
	{ "add", "ann", add },
	{ "suspend", "ann", suspend },
	{ "forget", "ann", forget },
	{ "rename", "ann", rename_bob },
	{ "import", "ann", import },
	{ "apply", "root", NULL },
};

#endif
