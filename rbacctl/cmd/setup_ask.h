/*
 * setup_ask.h - which services setup is about, and what libpam says of three users of each before
 * and after the edits: root, somebody with a role, somebody without.
 */
#ifndef RBACCTL_CMD_SETUP_ASK_H
#define RBACCTL_CMD_SETUP_ASK_H

#include <jansson.h>

#include "rbacctl/access/gate_sample.h"

/* One service, and what libpam said of three users before the edits. */
struct setup_asked {
	char service[100];
	const char *holder, *roleless; /* in SAMPLE; NULL: there is none */
	struct gate_sample sample;
	int holder_was, roleless_was, root_was;
};

struct setup_services {
	struct setup_asked *v;
	size_t n, cap;
};

/*
 * Add SERVICE; for a file that services take in (edit_pam_is_shared()) each service of a login rule
 * that does. EXIT_DONE; EXIT_REFUSED: no login rule names it, or one that takes it in; that is
 * said.
 */
int setup_services_add(struct setup_services *s, const struct policy *p, const char *service);

/* Ask, and keep the answers. GROUP is the one that will be exempt, NULL: none. SNAP and LOST, which
 * notes that memory ran out, have to outlive S. */
void setup_ask_before(struct setup_services *s, const struct snapshot *snap, int64_t now,
		      struct findings *lost, const char *group);

/* Ask again, and print both answers, or append them to JSON (NULL: print). False: somebody is
 * denied who was let in, or is let in who must not be. */
bool setup_ask_after(const struct setup_services *s, json_t *json);

void setup_services_free(struct setup_services *s);

#endif
