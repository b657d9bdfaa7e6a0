#include "rbacctl/verb_hints.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/verbs.h"

/*
 * What other programs call it. tests/docs/check.sh holds that each command exists. Words that need
 * no row: the second words of verbs, both words of a verb in the other order, slips.
 */
static const struct synonym {
	const char *typed, *verb;
} synonyms[] = {
	{ "grant", "assign" },
	{ "give", "assign" },
	{ "allow", "assign" },
	{ "permit", "assign" },
	{ "bind", "assign" },
	{ "role add", "assign" },
	{ "role assign", "assign" },
	{ "role grant", "assign" },
	{ "user grant", "assign" },
	{ "user assign", "assign" },
	{ "ungrant", "revoke" },
	{ "unassign", "revoke" },
	{ "take", "revoke" },
	{ "unbind", "revoke" },
	{ "remove", "revoke" },
	{ "remove", "user forget" },
	{ "remove", "scope delete" },
	{ "rm", "revoke" },
	{ "rm", "user forget" },
	{ "del", "revoke" },
	{ "del", "user forget" },
	{ "del", "scope delete" },
	{ "undo", "rollback" },
	{ "undo", "setup" },
	{ "host list", "list scopes" },
	{ "hosts", "list scopes" },
	{ "login", "explain" },
	{ "service list", "status" },
	{ "services", "status" },
	{ "deny", "revoke" },
	{ "deny", "user suspend" },
	{ "role remove", "revoke" },
	{ "role revoke", "revoke" },
	{ "user revoke", "revoke" },
	{ "user list", "list users" },
	{ "role list", "list roles" },
	{ "role info", "role show" },
	{ "role copy", "role clone" },
	{ "copy", "role clone" },
	{ "clone", "role clone" },
	{ "key list", "list keys" },
	{ "keychain list", "list keychains" },
	{ "group list", "list groups" },
	{ "assignment list", "list assignments" },
	{ "users", "list users" },
	{ "roles", "list roles" },
	{ "keys", "list keys" },
	{ "keychains", "list keychains" },
	{ "scopes", "scope list" },
	{ "groups", "list groups" },
	{ "assignments", "list assignments" },
	{ "group show", "list groups" },
	{ "group", "list groups" },
	{ "ls", "list" },
	{ "user delete", "user forget" },
	{ "user remove", "user forget" },
	{ "user del", "user forget" },
	{ "user rm", "user forget" },
	{ "user create", "user add" },
	{ "user new", "user add" },
	{ "user lock", "user suspend" },
	{ "user disable", "user suspend" },
	{ "user block", "user suspend" },
	{ "user unlock", "user resume" },
	{ "user enable", "user resume" },
	{ "user unblock", "user resume" },
	{ "user info", "user show" },
	{ "lock", "user suspend" },
	{ "disable", "user suspend" },
	{ "block", "user suspend" },
	{ "unlock", "user resume" },
	{ "enable", "user resume" },
	{ "unblock", "user resume" },
	{ "scope add", "scope create" },
	{ "scope new", "scope create" },
	{ "scope make", "scope create" },
	{ "scope remove", "scope delete" },
	{ "scope rm", "scope delete" },
	{ "scope chown", "scope transfer" },
	{ "scope info", "scope show" },
	{ "useradd", "user add" },
	{ "userdel", "user forget" },
	{ "usermod", "user rename" },
	{ "id", "whoami" },
	{ "id", "explain" },
	{ "me", "whoami" },
	{ "mine", "whoami" },
	{ "why", "explain" },
	{ "test-login", "explain" },
	{ "info", "status" },
	{ "state", "status" },
	{ "audit", "log" },
	{ "validate", "check" },
	{ "lint", "check" },
	{ "reload", "apply" },
	{ "load", "apply" },
	{ "commit", "apply" },
	{ "compile", "publish" },
	{ "refresh", "publish" },
	{ "sync", "publish" },
	{ "members", "who" },
	{ "holders", "who" },
	{ "permissions", "matrix" },
	{ "version", "--version" },
};

struct hints {
	const char **v;
	size_t n, cap;
};

static void hint(struct hints *h, const char *verb)
{
	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->v[i], verb) == 0)
			return;
	if (buf_room(&h->v, h->n, &h->cap, sizeof *h->v))
		h->v[h->n++] = verb;
}

/* The words of other programs. */
static void hint_synonyms(struct hints *h, const char *typed)
{
	for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
		if (strcmp(synonyms[i].typed, typed) == 0)
			hint(h, synonyms[i].verb);
}

/* The verbs of two words that end in SECOND; of these, where FIRST is not NULL, only "FIRST
 * SECOND". */
static void hint_second(struct hints *h, const char *second, const char *first)
{
	size_t n;
	const struct verb *verbs = verbs_all(&n);

	for (size_t i = 0; i < n; i++) {
		const char *blank = strchr(verbs[i].name, ' ');
		if (!blank || strcmp(blank + 1, second) != 0)
			continue;
		size_t len = (size_t)(blank - verbs[i].name);
		if (!first || (strlen(first) == len && strncmp(verbs[i].name, first, len) == 0))
			hint(h, verbs[i].name);
	}
}

/* The verb whose name is nearest to WORD. */
static void hint_nearest(struct hints *h, const char *word)
{
	size_t n;
	const struct verb *verbs = verbs_all(&n);
	const char **names = calloc(n, sizeof *names);

	for (size_t i = 0; names && i < n; i++)
		names[i] = verbs[i].name;
	const char *near = names ? problem_nearest(word, names, n) : NULL;
	if (near)
		hint(h, near);
	free(names);
}

/* The second words of the verbs that begin with WORD, "create, delete, ...", into OUT. False: no
 * verb does. */
static bool family(const char *word, struct buf *out)
{
	size_t n, len = strlen(word);
	const struct verb *verbs = verbs_all(&n);

	for (size_t i = 0; i < n; i++)
		if (strncmp(verbs[i].name, word, len) == 0 && verbs[i].name[len] == ' ')
			buf_printf(out, "%s%s", out->len ? ", " : "", verbs[i].name + len + 1);
	return out->len > 0;
}

/* From the surest to the least sure; what is surer than the rest is alone. */
static void find_hints(struct hints *h, int n, char **v)
{
	char both[64] = "";

	if (n > 1) {
		snprintf(both, sizeof both, "%s %s", v[0], v[1]);
		hint_synonyms(h, both);
		if (h->n == 0)
			hint_second(h, v[0], v[1]);
	}
	if (h->n == 0)
		hint_synonyms(h, v[0]);
	if (h->n == 0)
		hint_second(h, v[0], NULL);
	if (h->n == 0 && *both)
		hint_nearest(h, both);
	if (h->n == 0)
		hint_nearest(h, v[0]);
}

/* `; did you mean "user show" or "scope show"?` into OUT. */
static void say_hints(const struct hints *h, struct buf *out)
{
	for (size_t i = 0; i < h->n; i++)
		buf_printf(out, "%s\"%s\"",
			   i == 0          ? "; did you mean "
			   : i + 1 == h->n ? " or "
					   : ", ",
			   h->v[i]);
	buf_printf(out, "%s", h->n ? "?" : "");
}

int verb_unknown(int n, char **v)
{
	struct buf words = { 0 }, said = { 0 };
	struct hints h = { 0 };

	if (family(v[0], &words)) {
		if (n > 1)
			find_hints(&h, n, v);
		say_hints(&h, &said);
		complain("%s: expected a command: %s%s%.60s%s%s", v[0], buf_text(&words),
			 n > 1 ? ", not \"" : "", n > 1 ? v[1] : "", n > 1 ? "\"" : "",
			 buf_text(&said));
	} else {
		find_hints(&h, n, v);
		say_hints(&h, &said);
		complain("there is no command \"%s\"%s (%s)", v[0], buf_text(&said),
			 COMMAND("rbacctl --help"));
	}
	free(h.v);
	buf_free(&words);
	buf_free(&said);
	return EXIT_USAGE;
}
