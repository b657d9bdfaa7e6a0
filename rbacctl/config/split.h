/*
 * split.h - wide groups are given to libconfig in pieces (split.c says why). Private to
 * rbacctl/config.
 */
#ifndef RBACCTL_CONFIG_SPLIT_H
#define RBACCTL_CONFIG_SPLIT_H

#include "rbacctl/config/loader.h"

/* The text of F for libconfig, with a line end after it; F->split when groups were split. */
const char *load_split(struct loader *l, struct load_file *f);

/* SECTION of F, NUMBER 0, and the pieces it was split into, from 1; NULL: no more. */
config_setting_t *load_piece(const struct load_file *f, const char *section, unsigned number);

#endif
