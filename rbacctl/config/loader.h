/*
 * loader.h - what the files that build a policy share: the texts being read, and how they tell
 * positions and problems. Private to rbacctl/config.
 *
 * Loading goes: texts -> tokens (traps) -> libconfig -> names declared -> settings read, references
 * resolved -> checks over the whole -> closures. Out of memory leaves by the arena's jump;
 * everything else goes to problems.
 */
#ifndef RBACCTL_CONFIG_LOADER_H
#define RBACCTL_CONFIG_LOADER_H

#include <libconfig.h>

#include "rbacctl/config/source.h"
#include "rbacctl/model/grammar.h"
#include "rbacctl/model/private.h"

struct load_file {
	const struct policy_text *text;
	const char *shown; /* for positions */
	enum policy_file where;
	config_t config;
	bool parsed; /* config is to be destroyed */
	bool split;  /* wide groups stand in it in pieces (split.h) */
};

/* A definition found, its settings not yet read. */
struct load_item {
	config_setting_t *s;
	const struct load_file *file;
};

struct loader {
	struct policy *p;
	struct problems *problems;
	struct load_file *files;
	size_t n_files;
	const struct load_file *file; /* the one being read */
	struct load_item *kinds, *keys, *keychains, *roles,
		*plans; /* in step with the model's tables */
};

static inline struct policy_pos load_pos(const struct loader *l, const config_setting_t *s)
{
	return (struct policy_pos){ .file = l->file->shown, .line = config_setting_source_line(s) };
}

static inline struct policy_pos load_pos_file(const struct loader *l)
{
	return (struct policy_pos){ .file = l->file->shown, .line = 0 };
}

#define load_error(l, s, ...) problem_error((l)->problems, load_pos(l, s), __VA_ARGS__)
#define load_warn(l, s, ...) problem_warn((l)->problems, load_pos(l, s), __VA_ARGS__)

/* Printed into the policy's memory: names of things for messages. */
#define load_text(l, ...) policy_text((l)->p, __VA_ARGS__)
#define load_hint(l, ...) policy_hint((l)->p, __VA_ARGS__)

#define LOAD_COUNT(a) (sizeof(a) / sizeof(*(a)))

#endif
