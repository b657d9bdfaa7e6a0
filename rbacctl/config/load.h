/*
 * load.h - what the files that build a policy share. Private to rbacctl/model and rbacctl/config.
 *
 * Loading goes: texts -> tokens (traps) -> libconfig -> names declared -> settings read, references
 * resolved -> checks over the whole -> closures. Out of memory leaves through the arena's one door;
 * everything else goes to problems.
 */
#ifndef RBACCTL_CONFIG_LOAD_H
#define RBACCTL_CONFIG_LOAD_H

#include <libconfig.h>
#include <setjmp.h>

#include "rbacctl/model/arena.h"
#include "rbacctl/config/grammar.h"
#include "rbacctl/model/model.h"
#include "rbacctl/model/names.h"

struct load_file {
	const struct policy_text *text;
	const char *shown; /* for positions */
	enum load_where where;
	config_t config;
	bool parsed; /* config is to be destroyed */
	bool split;  /* wide groups stand in it in pieces (split.c) */
};

/* What policy->arena is. */
struct policy_private {
	struct policy_arena arena;
	struct policy_names kinds, keys, keychains, roles, plans;
};

/* A definition found, its settings not yet read. */
struct load_item {
	config_setting_t *s;
	const struct load_file *file;
};

struct loader {
	struct policy *p;
	struct policy_private *priv;
	struct problems *problems;
	struct load_file *files;
	size_t n_files;
	const struct load_file *file; /* the one being read */
	struct load_item *kinds, *keys, *keychains, *roles,
		*plans; /* in step with the model's tables */
};

/* ---- split.c: wide groups in pieces ---- */

/* The text of F for libconfig; F->split when it is not that of the file. */
const char *load_split(struct loader *l, struct load_file *f);

/* SECTION of F, NUMBER 0, and the pieces it was split into, from 1; NULL: no more. */
config_setting_t *load_piece(const struct load_file *f, const char *section, unsigned number);

/* ---- setting.c: typed, strict access ---- */

struct policy_pos load_pos(const struct loader *l, const config_setting_t *s);
struct policy_pos load_pos_file(const struct loader *l);

#define load_error(l, s, ...) problem_error((l)->problems, load_pos(l, s), __VA_ARGS__)
#define load_warn(l, s, ...) problem_warn((l)->problems, load_pos(l, s), __VA_ARGS__)

/* LIST, which names N things so far, and NAME; what comes after the first twenty is ", ..." once.
 */
const char *load_name(struct loader *l, const char *list, size_t n, const char *name);

/* Printed into the arena: names of things for messages. */
#define load_text(l, ...) policy_arena_printf(&(l)->priv->arena, __VA_ARGS__)

/* ` (did you mean "x"?)` for the nearest of NAMES to WORD, or "". */
const char *load_hint(struct loader *l, const char *word, const char *const *names, size_t n);

/*
 * The settings of group S by section OF of the grammar: GOT[i] is the one named by the section's
 * entry i, NULL where absent or of the wrong type. What is unknown or wrong is reported for WHAT
 * ("role \"x\"", or "" for the top of a file).
 */
void load_settings(struct loader *l, config_setting_t *s, const char *what, enum grammar_of of,
		   config_setting_t **got);

bool load_is_type(const config_setting_t *s, enum load_type type);
const char *load_type_text(enum load_type type);

/*
 * What libconfig takes for the name of a setting, which is what names roles, keychains, kinds,
 * plans and limits: a letter, then letters, digits, - and _. (It takes a * as well, which no name
 * of ours has.)
 */
bool load_is_setting_name(const char *s, size_t len);

/* An owned copy; for S == NULL: OTHERWISE. Free text for people: control characters are refused. */
const char *load_line(struct loader *l, config_setting_t *s, const char *what,
		      const char *otherwise);
bool load_bool(config_setting_t *s, bool otherwise);

/* Strings of a list, or the one string; each an owned copy that IS_NAME takes, else an error that
 * it is no DESCRIPTION. */
void load_strings(struct loader *l, config_setting_t *s, const char *what,
		  bool (*is_name)(const char *, size_t), const char *description,
		  struct policy_strs *out);

/* Indexes of the names in list S, which must stand in TABLE of WORDs ("role"). Unknown and repeated
 * ones are errors of WHAT (`role "x": includes`). */
void load_refs(struct loader *l, config_setting_t *s, const char *what,
	       const struct policy_names *table, const char *word, struct policy_ints *out);

/* The one name S out of TABLE; -1 with an error when it is not there. */
int load_ref(struct loader *l, config_setting_t *s, const char *what,
	     const struct policy_names *table, const char *word);

/* ---- declare.c: which names there are ---- */
void load_declare(struct loader *l);

/* ---- load_policy.c, load_by.c, load_host.c, load_assignments.c ---- */
void load_kinds(struct loader *l);
void load_keys(struct loader *l);
void load_keychains(struct loader *l);
void load_roles(struct loader *l);
void load_plans(struct loader *l);
void load_exclusives(struct loader *l);
void load_users(struct loader *l);
void load_host(struct loader *l);
void load_host_groups(struct loader *l, config_setting_t *s);
void load_assignments(struct loader *l);

/* Where a by list is judged: at a scope of KIND; at the parent of one (create_by); or, for users,
 * nowhere in particular. */
enum load_by_at { LOAD_BY_KIND, LOAD_BY_PARENT, LOAD_BY_USERS };
void load_bys(struct loader *l, config_setting_t *s, const char *what, enum load_by_at at, int kind,
	      struct policy_bys *out);

/* The kind of the scope named by S; -1 with an error. */
int load_scope(struct loader *l, const config_setting_t *s, const char *what, const char *scope);

/* ---- check.c, closure.c ---- */
void policy_closure(struct loader *l); /* roles' counts and keys; cycles of includes are errors */
void policy_close_kinds(struct loader *l);      /* what can count at scopes of each kind */
void policy_close_exclusives(struct loader *l); /* roles' places in exclusive sets */
void policy_check_kinds(struct loader *l);      /* parents without a cycle, depths */
void policy_check_roles(struct loader *l);      /* after closure */
void policy_check_bys(struct loader *l);
void policy_check_group_names(struct loader *l);
void policy_check_rules(struct loader *l);  /* check_rules.c: what can never match on this host */
void policy_check_unused(struct loader *l); /* check_rules.c: what nothing uses */

#define LOAD_COUNT(a) (sizeof(a) / sizeof(*(a)))

#endif
