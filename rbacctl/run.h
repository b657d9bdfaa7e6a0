/*
 * run.h - run one command, for the user who typed it or who sent it through the socket.
 */
#ifndef RBACCTL_RUN_H
#define RBACCTL_RUN_H

#include "rbacctl/verbs.h"

/* Run V with ARGS, or send it to the listener of `rbacctl serve`. TYPED: all words as they were
 * typed, the program's name first. Returns the exit status. */
int run_typed(const struct verb *v, const struct args *args, char **typed);

#endif
