/*
 * records.h - write the records of a view that do not depend on assignments: login rules, roles,
 * facts of the host, and meta. For compile.c only. The functions return as output.h says. B is a
 * buffer of the caller that they overwrite.
 */
#ifndef RBACCTL_VIEW_RECORDS_H
#define RBACCTL_VIEW_RECORDS_H

#include "rbacctl/view/compile.h"
#include "rbacctl/view/output.h"

/* Write one record for each service that a login rule names. */
int records_put_rules(struct output *o, const struct compile *c, struct buf *b);

/* Write one record for each role, under its index, so that a reader can print its name. */
int records_put_roles(struct output *o, const struct compile *c, struct buf *b);

/* Write the meta record. EXTRA: gids of the extra Unix groups, ascending. N_UNIX: how many Unix
 * groups have assignments. */
int records_put_meta(struct output *o, const struct compile *c, struct buf *b,
		     const uint32_t *extra, size_t n_extra, uint32_t n_unix);

/* Write one record for each Unix group in the facts: its GID and a digest of its members.
 * update.c and verify compare them with the host later. */
int records_put_facts(struct output *o, const struct compile *c, struct buf *b);

/* Append the payload of such a record. */
void records_fact(struct buf *b, const struct fact_group *g);

#endif
