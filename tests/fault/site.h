/*
 * site.h - rbacctl at work on the stage: run it, keep and bring back what it keeps, and tell one
 * view from another.
 */
#ifndef TESTS_FAULT_SITE_H
#define TESTS_FAULT_SITE_H

#include <stdint.h>

enum { SITE_ARGS = 12 };

/* A site on which every change of acts.h has something to do: policy, people, windows, a %group, an
 * extra group, a changed uid. */
void site_make(void);

/* `rbacctl ARGV...` (a NULL ends it), or the words of LINE. Its exit status; 1000 + the signal that
 * ended it. What it said: site_said(). */
int site_run(const char *const *argv);
int site_do(const char *line);
const char *site_said(void);

/* Keep what /etc/rbac and /var/lib/rbac of the stage are, under NAME; put them back as they were.
 */
void site_save(const char *name);
void site_load(const char *name);

/* The store goes; the view stays. */
void site_lose_store(void);

/* Instead of all that: the store and the view that rbac 0.1.0 left (tests/data/README.md). */
void site_older(void);

/* Leave nothing there. */
void site_clear(void);

/*
 * What the view says, as one number: every record but the instant and the chain's head. 0: there is
 * no view. A view that can't be read, any record of it, fails the case.
 */
uint64_t site_print(uint64_t *generation);

#endif
