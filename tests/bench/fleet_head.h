/*
 * fleet_head.h - the head of a fleet's sheet that fleet_followers.c sends. On failure these
 * functions end the program.
 */
#ifndef RBAC_TESTS_BENCH_FLEET_HEAD_H
#define RBAC_TESTS_BENCH_FLEET_HEAD_H

#include <ldap.h>

#include "rbacctl/fleet/sign.h"

struct sent_head {
	char dn[400];
	struct fleet_key key;
	uint64_t number;
	struct buf bytes;
};

/* Add the entry below BASE, with head number 1. */
void sent_head_begin(struct sent_head *s, LDAP *ld, const char *base);
/* Make the head with the next number, and send it. The answer is the message that comes. */
void sent_head_make(struct sent_head *s);
void sent_head_send(const struct sent_head *s, LDAP *ld);

void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
