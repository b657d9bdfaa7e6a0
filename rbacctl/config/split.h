/*
 * split.h - split groups with very many settings into pieces before libconfig parses them; split.c
 * says why. Private to rbacctl/config.
 */
#ifndef RBACCTL_CONFIG_SPLIT_H
#define RBACCTL_CONFIG_SPLIT_H

#include "rbacctl/config/loader.h"

/* The text of F for libconfig, with a line end after it, in the policy's memory. Sets F->split if a
 * group was split. */
const char *load_split(struct loader *l, struct load_file *f);

/* Piece NUMBER of SECTION of F: 0 is the section itself, the split-off pieces are 1, 2, ...; NULL:
 * there is no such piece. */
config_setting_t *load_piece(const struct load_file *f, const char *section, unsigned number);

#endif
