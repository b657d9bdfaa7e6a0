/*
 * loader.h - what the files that load a policy share: the texts, and helpers for positions and
 * problems. Private to rbacctl/config.
 *
 * The steps of loading: check the tokens of each text; parse it with libconfig; declare all names;
 * read the settings and resolve references; check the policy as a whole; compute the closures. If
 * there is no memory, the arena jumps (model/arena.h); every other error is added to the problems.
 */
#ifndef RBACCTL_CONFIG_LOADER_H
#define RBACCTL_CONFIG_LOADER_H

#include <libconfig.h>

#include "rbacctl/config/source.h"
#include "rbacctl/model/grammar.h"
#include "rbacctl/model/private.h"

struct load_file {
	const struct policy_text *text;
	const char *shown; /* its name in messages */
	enum policy_file where;
	config_t config;
	bool parsed; /* CONFIG must be destroyed */
	bool split;  /* its wide groups were split into pieces (split.h) */
};

/* A definition whose settings are not read yet. */
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
	/* The definition of each element of the policy's tables, by the same index. */
	struct load_item *kinds, *keys, *keychains, *roles, *plans;
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

/* Texts in the policy's memory, for messages. */
#define load_text(l, ...) policy_text((l)->p, __VA_ARGS__)
#define load_hint(l, ...) policy_hint((l)->p, __VA_ARGS__)

#define LOAD_COUNT(a) (sizeof(a) / sizeof(*(a)))

#endif
