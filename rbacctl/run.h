/*
 * run.h - one command, for who typed it or for who sent it through the socket.
 */
#ifndef RBACCTL_RUN_H
#define RBACCTL_RUN_H

#include "rbacctl/verbs.h"

/* Run V with ARGS, or have the listener of `rbacctl serve` run it. TYPED: every word, the program's
 * name first, as it was typed. Returns the exit status. */
int run_typed(const struct verb *v, const struct args *args, char **typed);

#endif
