/*
 * setting.h - typed access to libconfig's settings. These functions report settings that are
 * unknown, of the wrong type, or not a valid name, as problems. Private to rbacctl/config.
 */
#ifndef RBACCTL_CONFIG_SETTING_H
#define RBACCTL_CONFIG_SETTING_H

#include "rbacctl/config/loader.h"

/*
 * Find the settings of group S, by section OF of the grammar: GOT[i] gets the setting that entry i
 * of the section names, or NULL if it is missing or of the wrong type. Unknown settings and wrong
 * types are reported; WHAT names the group in messages ("role \"x\""; "" for the top of a file).
 */
void load_settings(struct loader *l, config_setting_t *s, const char *what, enum grammar_of of,
		   config_setting_t **got);

bool load_is_type(const config_setting_t *s, enum setting_type type);
const char *load_type_text(enum setting_type type);

/*
 * Are the LEN bytes at S valid as the name of a role, keychain, kind, plan or limit? These are
 * names of settings for libconfig: a letter, then letters, digits, - and _. (libconfig also accepts
 * *; we do not.)
 */
bool load_is_setting_name(const char *s, size_t len);

/* Is NAME a reserved word (owner, anyone, root)? */
bool load_is_reserved(const char *name);

/* A copy of the text S in the policy's memory; OTHERWISE if S is NULL. Control characters are an
 * error. */
const char *load_line(struct loader *l, config_setting_t *s, const char *what,
		      const char *otherwise);
bool load_bool(config_setting_t *s, bool otherwise);

/* Copy the strings of the list S, or the single string S, into the policy's memory. A string that
 * IS_NAME does not accept is an error ("is not DESCRIPTION"). */
void load_strings(struct loader *l, config_setting_t *s, const char *what,
		  bool (*is_name)(const char *, size_t), const char *description,
		  struct policy_strs *out);

/* The indexes of the names in list S in TABLE, which has WORDs ("role"). Unknown and repeated names
 * are errors; WHAT names the list in messages (`role "x": includes`). */
void load_refs(struct loader *l, config_setting_t *s, const char *what,
	       const struct policy_names *table, const char *word, struct policy_ints *out);

/* The index of the name S in TABLE; -1, with an error, if TABLE does not have it. */
int load_ref(struct loader *l, config_setting_t *s, const char *what,
	     const struct policy_names *table, const char *word);

#endif
