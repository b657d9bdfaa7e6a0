#include "rbacctl/model/difference.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/fields.h"

static const struct policy_pos rbac_conf = { "rbac.conf", 0 };

static void where(struct buf *out, struct policy_pos pos, const char *name)
{
	if (pos.line)
		buf_printf(out, "%s:%u  %s  ", pos.file, pos.line, name);
	else
		buf_printf(out, "%s  %s  ", pos.file ? pos.file : "policy.d", name);
}

/* Append "FILE:LINE  NAME  TEXT", the text in the manner of printf. It counts as 1. */
#define LINE(out, pos, name, ...)                                                                  \
	(where(out, pos, name), buf_printf(out, __VA_ARGS__), buf_printf(out, "\n"), (size_t)1)

/* ---- one setting ---- */

/* One side of a comparison: element I of P. */
struct side {
	const struct policy *p;
	size_t i;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of TEXT, which they borrow, sorted; to be freed. */
static char **items(struct buf *text, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < text->len; i++)
		*n += text->p[i] == '\n';
	char **v = calloc(*n + 1, sizeof *v);
	char *p = (char *)text->p;
	for (size_t i = 0; v && i < *n; i++) {
		char *end = strchr(p, '\n');
		*end = 0;
		v[i] = p;
		p = end + 1;
	}
	if (v && *n)
		qsort(v, *n, sizeof *v, by_text);
	return v;
}

static size_t list_lines(struct buf *out, struct policy_pos pos, const char *of, const char *what,
			 struct buf *x, struct buf *y)
{
	size_t n, m, said = 0;
	char **old = items(x, &n), **new = items(y, &m);
	for (size_t i = 0, j = 0; old && new && (i < n || j < m);) {
		int d = i == n ? 1 : j == m ? -1 : strcmp(old[i], new[j]);
		if (d)
			said += LINE(out, pos, of, "%c%s %s", d < 0 ? '-' : '+', what,
				     d < 0 ? old[i] : new[j]);
		i += d <= 0;
		j += d >= 0;
	}
	if (!old || !new)
		said += LINE(out, pos, of, "%s: not compared: out of memory", what);
	free(old);
	free(new);
	return said;
}

/* What of setting F is otherwise in NEW. OF, WHAT: whose, and what it is called. */
static size_t setting(struct buf *out, const struct field *f, struct policy_pos pos, const char *of,
		      const char *what, struct side old, struct side new)
{
	struct buf x = { 0 }, y = { 0 };
	size_t n = 0;
	f->text(old.p, old.i, &x);
	f->text(new.p, new.i, &y);
	if (f->list)
		n = list_lines(out, pos, of, what, &x, &y);
	else if (strcmp(buf_text(&x), buf_text(&y)) != 0)
		n = LINE(out, pos, of, "%s: %s -> %s", what, buf_text(&x), buf_text(&y));
	buf_free(&x);
	buf_free(&y);
	return n;
}

/* Every setting of section OF, of the element called NAME. */
static size_t settings(struct buf *out, enum grammar_of of, struct policy_pos pos, const char *name,
		       struct side old, struct side new)
{
	size_t n = 0;
	for (const struct field *f = field_next(NULL); f; f = field_next(f))
		if (f->of == of)
			n += setting(out, f, pos, name, field_name(f), old, new);
	return n;
}

/* ---- things that have names: kinds, keys, keychains, roles, plans, exclusive sets ---- */

struct thing {
	const char *name, *renamed_from;
	struct policy_pos pos;
};

struct things {
	const char *word;
	enum grammar_of of;
	int list;         /* of = GRAMMAR_POLICY: which setting of it; else unused */
	const char *item; /* what an entry of that list is called */
	size_t (*count)(const struct policy *p);
	struct thing (*at)(const struct policy *p, size_t i);
};

#define THINGS(one, table, renamed)                                                                \
	static size_t count_##one(const struct policy *p)                                          \
	{                                                                                          \
		return p->n_##table;                                                               \
	}                                                                                          \
	static struct thing one##_at(const struct policy *p, size_t i)                             \
	{                                                                                          \
		return (struct thing){ p->table[i].name, renamed, p->table[i].pos };               \
	}
THINGS(kind, kinds, p->kinds[i].renamed_from)
THINGS(key, keys, p->keys[i].renamed_from)
THINGS(keychain, keychains, NULL)
THINGS(role, roles, p->roles[i].renamed_from)
THINGS(plan, plans, NULL)
THINGS(exclusive, exclusives, NULL)

static const struct things tables[] = {
	{ "kind", GRAMMAR_KIND, 0, NULL, count_kind, kind_at },
	{ "key", GRAMMAR_KEY, 0, NULL, count_key, key_at },
	{ "keychain", GRAMMAR_POLICY, P_KEYCHAINS, "key", count_keychain, keychain_at },
	{ "role", GRAMMAR_ROLE, 0, NULL, count_role, role_at },
	{ "plan", GRAMMAR_POLICY, P_PLANS, "limit", count_plan, plan_at },
	{ "exclusive", GRAMMAR_EXCLUSIVE, 0, NULL, count_exclusive, exclusive_at },
};

struct named {
	const char *name;
	size_t i;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* The names of T in P, or the names that they had, sorted; to be freed. */
static struct named *names_of(const struct things *t, const struct policy *p, bool former,
			      size_t *n)
{
	size_t all = t->count(p);
	struct named *v = calloc(all + 1, sizeof *v);
	*n = 0;
	for (size_t i = 0; v && i < all; i++) {
		struct thing x = t->at(p, i);
		const char *name = former ? x.renamed_from : x.name;
		if (name)
			v[(*n)++] = (struct named){ name, i };
	}
	if (v && *n)
		qsort(v, *n, sizeof *v, by_name);
	return v;
}

static const struct named *find(const struct named *v, size_t n, const char *name)
{
	struct named key = { name, 0 };
	return n && name ? bsearch(&key, v, n, sizeof key, by_name) : NULL;
}

static size_t thing_settings(struct buf *out, const struct things *t, struct thing x,
			     struct side old, struct side new)
{
	if (t->of != GRAMMAR_POLICY)
		return settings(out, t->of, x.pos, x.name, old, new);
	size_t n = 0;
	for (const struct field *f = field_next(NULL); f; f = field_next(f))
		if (f->of == t->of && f->setting == t->list)
			n += setting(out, f, x.pos, x.name, t->item, old, new);
	return n;
}

static size_t things(struct buf *out, const struct things *t, const struct policy *old,
		     const struct policy *new)
{
	size_t n_old, n_new, n_former, n = 0;
	struct named *in_old = names_of(t, old, false, &n_old),
		     *in_new = names_of(t, new, false, &n_new);
	struct named *former = names_of(t, new, true, &n_former);
	for (size_t i = 0; in_old && in_new && former && i < t->count(old); i++) {
		struct thing x = t->at(old, i);
		if (!find(in_new, n_new, x.name) && !find(former, n_former, x.name))
			n += LINE(out, x.pos, x.name, "-%s", t->word);
	}
	for (size_t i = 0; in_old && in_new && former && i < t->count(new); i++) {
		struct thing x = t->at(new, i);
		const struct named *was = find(in_old, n_old, x.name);
		if (!was && (was = find(in_old, n_old, x.renamed_from)))
			n += LINE(out, x.pos, x.name, "%s %s is called so now", t->word,
				  x.renamed_from);
		else if (!was)
			n += LINE(out, x.pos, x.name, "+%s", t->word);
		if (was)
			n += thing_settings(out, t, x, (struct side){ old, was->i },
					    (struct side){ new, i });
	}
	if (!in_old || !in_new || !former)
		n += LINE(out, rbac_conf, t->word, "not compared: out of memory");
	free(in_old);
	free(in_new);
	free(former);
	return n;
}

/* ---- login rules: by what they say, whatever their number ---- */

/* "sshd keys login.ssh hours Mon-Fri": the same for the same meaning. */
static char *rule_text(const struct policy *p, size_t rule)
{
	struct buf out = { 0 };
	for (const struct field *f = field_next(NULL); f; f = field_next(f)) {
		struct buf text = { 0 };
		if (f->of != GRAMMAR_LOGIN)
			continue;
		f->text(p, rule, &text);
		if (text.len && f->setting != L_SERVICES)
			buf_printf(&out, " %s", field_name(f));
		for (size_t i = 0; i + 1 < text.len; i++)
			if (text.p[i] == '\n')
				text.p[i] = ',';
		if (text.len && f->setting != L_ANYONE)
			buf_printf(&out, "%s%.*s", f->setting == L_SERVICES ? "" : " ",
				   (int)text.len - 1, buf_text(&text));
		buf_free(&text);
	}
	char *copy = strdup(buf_text(&out));
	buf_free(&out);
	return copy;
}

struct rules {
	struct named *v;
	size_t n;
};

static struct rules rules_of(const struct policy *p)
{
	struct rules r = { calloc(p->n_logins + 1, sizeof *r.v), 0 };
	for (size_t i = 0; r.v && i < p->n_logins; i++) {
		char *text = rule_text(p, i);
		if (text)
			r.v[r.n++] = (struct named){ text, i };
	}
	if (r.n)
		qsort(r.v, r.n, sizeof *r.v, by_name);
	return r;
}

static size_t rule_lines(struct buf *out, const struct policy *of, const struct rules *rules,
			 const struct rules *other, char sign)
{
	const char **text = calloc(of->n_logins + 1, sizeof *text);
	size_t n = 0;
	for (size_t i = 0; text && i < rules->n; i++)
		text[rules->v[i].i] = rules->v[i].name;
	for (size_t i = 0; text && i < of->n_logins; i++)
		if (text[i] && !find(other->v, other->n, text[i]))
			n += LINE(out, of->logins[i].pos, "login", "%c%s", sign, text[i]);
	if (!text || rules->n < of->n_logins)
		n += LINE(out, rbac_conf, "login", "not compared: out of memory");
	free(text);
	return n;
}

static void rules_free(struct rules *r)
{
	for (size_t i = 0; i < r->n; i++)
		free((char *)r->v[i].name);
	free(r->v);
}

static size_t login_rules(struct buf *out, const struct policy *old, const struct policy *new)
{
	struct rules a = rules_of(old), b = rules_of(new);
	size_t n = rule_lines(out, old, &a, &b, '-') + rule_lines(out, new, &b, &a, '+');
	rules_free(&a);
	rules_free(&b);
	return n;
}

size_t difference_policies(const struct policy *old, const struct policy *new, struct buf *out)
{
	const struct side a = { old, 0 }, b = { new, 0 };
	size_t n = 0;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		n += things(out, &tables[i], old, new);
	n += settings(out, GRAMMAR_USERS, new->add_by.pos, "users", a, b);
	n += settings(out, GRAMMAR_HOST, new->hosts.pos.file ? new->hosts.pos : rbac_conf,
		      "this host", a, b);
	n += settings(out, GRAMMAR_EXEMPT,
		      new->exempt_users.pos.file ? new->exempt_users.pos : rbac_conf, "exempt", a,
		      b);
	n += settings(out, GRAMMAR_GROUPS, rbac_conf, "groups", a, b);
	n += settings(out, GRAMMAR_SERVE, rbac_conf, "serve", a, b);
	n += settings(out, GRAMMAR_NOTIFY, rbac_conf, "notify", a, b);
	return n + login_rules(out, old, new);
}
