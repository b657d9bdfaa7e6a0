/* A world as configuration files. */
#include "tests/policy/world.h"

#include <stdio.h>

#include "rbacctl/config/source.h"

/* , "PREFIXn" for each bit */
static void put_list(struct buf *b, const char *setting, const char *prefix, unsigned bits)
{
	const char *sep = "";
	buf_printf(b, " %s = [", setting);
	for (int i = 0; i < 32; i++)
		if (bits >> i & 1) {
			buf_printf(b, "%s \"%s%d\"", sep, prefix, i);
			sep = ",";
		}
	buf_printf(b, " ];");
}

static void put_bys(struct buf *b, const char *setting, const struct w_bys *bys)
{
	if (!bys->given)
		return;
	buf_printf(b, " %s = [", setting);
	for (int i = 0; i < bys->n; i++) {
		static const char *const words[] = { "owner", "owner:k", "r", "key:p", "anyone" };
		buf_printf(b, "%s \"%s", i ? "," : "", words[bys->v[i].what]);
		if (bys->v[i].ref >= 0)
			buf_printf(b, "%d", bys->v[i].ref);
		buf_printf(b, "\"");
	}
	buf_printf(b, " ];");
}

static void put_policy(const struct world *w, struct buf *b)
{
	buf_printf(b, "version = 1;\nkinds = {\n");
	for (int i = 0; i < w->n_kinds; i++) {
		buf_printf(b, "  k%d = {", i);
		if (w->kinds[i].parent >= 0)
			buf_printf(b, " parent = \"k%d\";", w->kinds[i].parent);
		if (w->kinds[i].owner_role >= 0)
			buf_printf(b, " owner = \"r%d\";", w->kinds[i].owner_role);
		if (w->kinds[i].plan >= 0)
			buf_printf(b, " plan = \"plan%d\";", w->kinds[i].plan);
		put_bys(b, "create_by", &w->kinds[i].create);
		put_bys(b, "delete_by", &w->kinds[i].del);
		put_bys(b, "transfer_by", &w->kinds[i].transfer);
		buf_printf(b, " };\n");
	}
	buf_printf(b, "};\nkeys = (");
	for (int i = 0; i < w->n_keys; i++)
		buf_printf(b, "%s { name = \"p%d\"; }", i ? "," : "", i);
	buf_printf(b, " );\nkeychains = {");
	for (int i = 0; i < w->n_chains; i++) {
		char name[16];
		snprintf(name, sizeof name, "c%d", i);
		put_list(b, name, "p", w->chains[i]);
	}
	buf_printf(b, " };\nroles = {\n");
	for (int i = 0; i < w->n_roles; i++) {
		buf_printf(b, "  r%d = { kind = \"k%d\";", i, w->roles[i].kind);
		put_list(b, "keychains", "c", w->roles[i].chains);
		put_list(b, "includes", "r", w->roles[i].includes);
		if (!w->roles[i].cascade)
			buf_printf(b, " cascade = false;");
		if (w->roles[i].max)
			buf_printf(b, " max = %d;", w->roles[i].max);
		if (w->roles[i].max_plan)
			buf_printf(b, " max = \"plan:lim\";");
		put_bys(b, "assign_by", &w->roles[i].assign);
		put_bys(b, "remove_by", &w->roles[i].remove);
		buf_printf(b, " };\n");
	}
	buf_printf(b, "};\nplans = {");
	for (int i = 0; i < W_PLANS; i++) {
		buf_printf(b, " plan%d = {", i);
		if (w->plan_limit[i])
			buf_printf(b, " lim = %d;", w->plan_limit[i]);
		buf_printf(b, " };");
	}
	buf_printf(b, " };\nexclusive = (");
	for (int i = 0; i < w->n_sets; i++) {
		buf_printf(b, "%s { name = \"x%d\"; at_most = %d;", i ? "," : "", i,
			   w->sets[i].at_most);
		put_list(b, "roles", "r", w->sets[i].roles);
		buf_printf(b, " }");
	}
	buf_printf(b, " );\n");
}

static void put_rule(const struct world *w, int i, struct buf *b)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	const char *sep = "";
	buf_printf(b, "%s {", i ? "," : "");
	put_list(b, "services", "svc", w->rules[i].services);
	put_list(b, "keys", "p", w->rules[i].keys);
	put_list(b, "roles", "r", w->rules[i].roles);
	put_list(b, "users", "u", w->rules[i].users);
	put_list(b, "groups", "g", w->rules[i].groups);
	buf_printf(b, " anyone = %s;", w->rules[i].anyone ? "true" : "false");
	if (w->rules[i].froms) {
		buf_printf(b, " from = [");
		for (int f = 0; f < W_FROMS; f++)
			if (w->rules[i].froms >> f & 1) {
				buf_printf(b, "%s \"%s\"", sep, w_froms[f]);
				sep = ",";
			}
		buf_printf(b, " ];");
	}
	for (int h = 0; h < w->rules[i].n_hours; h++) {
		buf_printf(b, "%s\"", h ? ", " : " hours = [ ");
		sep = "";
		for (int d = 0; d < 7; d++)
			if (w->rules[i].hours[h].days >> d & 1) {
				buf_printf(b, "%s%s", sep, days[d]);
				sep = ",";
			}
		int start = w->rules[i].hours[h].start,
		    end = w->rules[i].hours[h].end ? w->rules[i].hours[h].end : 1440;
		buf_printf(b, " %02d:%02d-%02d:%02d\"", start / 60, start % 60, end / 60, end % 60);
	}
	buf_printf(b, "%s }\n", w->rules[i].n_hours ? " ];" : "");
}

static void put_host(const struct world *w, struct buf *b)
{
	const char *sep = "";
	buf_printf(b, "version = 1;\nhost = ");
	if (w->host_any)
		buf_printf(b, "\"any\"");
	for (int s = 0; s < w->n_scopes && !w->host_any; s++)
		if (w->hosts >> s & 1) {
			buf_printf(b, "%s \"%s\"", *sep ? sep : "[", w->scopes[s].name);
			sep = ",";
		}
	buf_printf(b, "%s;\nlogin = (", w->host_any ? "" : " ]");
	for (int i = 0; i < w->n_rules; i++)
		put_rule(w, i, b);
	buf_printf(b, " );\nexempt = {");
	put_list(b, "users", "u", w->exempt_users);
	put_list(b, "groups", "g", w->exempt_groups);
	buf_printf(b, " };\ngroups = { name = \"%s\"; extra = (",
		   w->name_has_scope ? "%{scope}-%{role}" : "%{role}");
	sep = "";
	for (int r = 0; r < w->n_roles; r++)
		if (w->extra[r]) {
			buf_printf(b, "%s { role = \"r%d\";", sep, r);
			put_list(b, "unix_groups", "g", w->extra[r]);
			buf_printf(b, " }");
			sep = ",";
		}
	buf_printf(b, " ); };\nzone = \"UTC\";\n");
}

void world_text(const struct world *w, struct policy_sources *out)
{
	struct buf host = { 0 }, policy = { 0 };
	*out = (struct policy_sources){ 0 };
	put_host(w, &host);
	put_policy(w, &policy);
	policy_sources_add(out, "rbac.conf", buf_text(&host), host.len);
	policy_sources_add(out, "policy.d/p.conf", buf_text(&policy), policy.len);
	buf_free(&host);
	buf_free(&policy);
}
