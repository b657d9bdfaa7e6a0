#include <string.h>

#include "common/name.h"
#include "rbacctl/config/parts.h"

/* A scope that a file names: is it one, of a kind that there is? */

/* How a scope of KIND is written: "space:ACCOUNT/SPACE". */
static const char *scope_form(struct loader *l, int kind)
{
	const char *path = "";

	for (int i = kind; i >= 0; i = l->p->kinds[i].parent)
		path = load_text(l, "%s%s%s", l->p->kinds[i].name, *path ? "/" : "", path);
	char *form = load_text(l, "%s:%s", l->p->kinds[kind].name, path);
	for (char *c = strchr(form, ':'); *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c -= 32;
	return form;
}

int load_scope(struct loader *l, const config_setting_t *s, const char *what, const char *scope)
{
	const struct policy_names *kinds = &l->p->own->kinds;
	const char *setting = *what ? load_text(l, "%s: scope", what) : "host";

	if (!rbac_name_is_scope(scope, strlen(scope))) {
		load_error(l, s,
			   "%s: \"%s\" is not a scope, expected KIND:NAME or KIND:NAME/NAME...",
			   setting, scope);
		return -1;
	}
	const char *name = load_text(l, "%.*s", (int)strcspn(scope, ":"), scope);
	int kind = policy_names_find(kinds, name, strlen(name));
	if (kind < 0) {
		load_error(l, s, "%s: \"%s\": no kind \"%s\"%s", setting, scope, name,
			   load_hint(l, name, kinds->v, kinds->n));
		return -1;
	}
	unsigned depth = rbac_name_scope_depth(scope, strlen(scope)),
		 expected = l->p->kinds[kind].depth;
	if (depth != expected) {
		load_error(l, s,
			   "%s: \"%s\" has %u name%s, a scope of kind \"%s\" has %u: expected %s",
			   setting, scope, depth, depth == 1 ? "" : "s", name, expected,
			   scope_form(l, kind));
		return -1;
	}
	return kind;
}
