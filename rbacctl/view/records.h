/*
 * records.h - the records of a view that do not depend on who holds what: login rules, roles and
 * meta. For
 * compile.c only. Results as in output.h.
 */
#ifndef RBACCTL_VIEW_RECORDS_H
#define RBACCTL_VIEW_RECORDS_H

#include "rbacctl/view/compile.h"
#include "rbacctl/view/output.h"

/* One record for each service that a login rule names. B is scratch. */
int records_put_rules(struct output *o, const struct compile *c, struct buf *b);

/* One record for each role, under its index, so that a reader can name it. */
int records_put_roles(struct output *o, const struct compile *c, struct buf *b);

/* EXTRA: gids of the extra Unix groups, ascending. N_UNIX: how many Unix groups are subjects. */
int records_put_meta(struct output *o, const struct compile *c, struct buf *b,
		     const uint32_t *extra, size_t n_extra, uint32_t n_unix);

/* One record for each Unix group that was asked for: what this host says of it, for update.c and
 * verify to compare. */
int records_put_facts(struct output *o, const struct compile *c, struct buf *b);

/* The payload of such a record. */
void records_fact(struct buf *b, const struct fact_group *g);

#endif
