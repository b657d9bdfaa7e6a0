/*
 * setting.h - typed, strict access to libconfig's settings: what is unknown, of the wrong type or
 * no name is told once, here. Private to rbacctl/config.
 */
#ifndef RBACCTL_CONFIG_SETTING_H
#define RBACCTL_CONFIG_SETTING_H

#include "rbacctl/config/loader.h"

/*
 * The settings of group S by section OF of the grammar: GOT[i] is the one named by the section's
 * entry i, NULL where absent or of the wrong type. What is unknown or wrong is reported for WHAT
 * ("role \"x\"", or "" for the top of a file).
 */
void load_settings(struct loader *l, config_setting_t *s, const char *what, enum grammar_of of,
		   config_setting_t **got);

bool load_is_type(const config_setting_t *s, enum setting_type type);
const char *load_type_text(enum setting_type type);

/*
 * What libconfig takes for the name of a setting, which is what names roles, keychains, kinds,
 * plans and limits: a letter, then letters, digits, - and _. (It takes a * as well, which no name
 * of ours has.)
 */
bool load_is_setting_name(const char *s, size_t len);

/* Has NAME a meaning of its own, so that nothing may be called so? */
bool load_is_reserved(const char *name);

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

#endif
