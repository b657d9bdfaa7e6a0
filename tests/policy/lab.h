/*
 * lab.h - a host in a temporary folder: its own /etc/rbac as texts, its own store and view, acts by
 * anyone at any time.
 *
 * For root only, since a store is root's. passwd.c says who is in passwd. Nothing of the machine is
 * touched.
 */
#ifndef TESTS_POLICY_LAB_H
#define TESTS_POLICY_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "common/view.h"
#include "rbacctl/invocation.h"
#include "rbacctl/buf.h"
#include "rbacctl/change/change.h"
#include "rbacctl/config/source.h"
#include "rbacctl/model/model.h"

struct lab {
	char state[128];
	struct invocation a;
	struct buf said; /* why the last act was refused, and what was said beside it */
	int64_t now;     /* seconds; what the next act takes for now */
	bool guarded;    /* acts are refused that would lock the administrators out, and
			    change_impact() tells whom they touch */
};

/* A new empty host. False, with a word on stderr, where it cannot be made. */
bool lab_open(struct lab *l);
void lab_close(struct lab *l);

/* Load NEW and apply it, as init when ROOT is given. Takes over NEW. The result of the act; SAID
 * has the words. */
int lab_apply(struct lab *l, struct policy_sources *new, bool drop, const char *root,
	      const char *admin);

/* Open a change as ACTOR. Then an act on C, then lab_end(), which commits unless ERR, and tells how
 * it ended. */
int lab_begin(struct lab *l, struct change *c, const char *actor, bool dry_run);
int lab_end(struct lab *l, struct change *c, int err);

/* Is everything in step: store against its indexes, the audit chain, the view against both, no
 * leftover? SAID has what is not. */
bool lab_verify(struct lab *l);

/* What differs between the published view and one that would be compiled now, one line each, into
 * SAID; nothing: they are the same. */
void lab_compare(struct lab *l);

/* The same for the store that T sees, committed or not. */
bool lab_verify_store(struct lab *l, struct store_txn *t);

/* Gids that USER has at NOW as a login would: those of passwd, then those the view brings. To be
 * freed with gids_free(). */
struct gids lab_gids(const struct rbac_view *v, const char *user, int64_t now);

/* The uid of USER in passwd; RBAC_NO_UID when it is not there. */
uint32_t lab_uid(const char *user);

/* Read the file at PATH into S under NAME. */
bool lab_read(struct policy_sources *s, const char *name, const char *path);

#endif
