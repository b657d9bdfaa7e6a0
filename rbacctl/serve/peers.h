/*
 * peers.h - how many connections and changes each uid may have: what keeps one user from taking
 * the listener from all others. Pure: the time is an argument, in milliseconds of a clock that
 * never goes back.
 *
 * A uid has at most PEERS_OF_ONE connections, all uids together PEERS_OF_ALL. A uid is known once
 * a child of the listener has found it in passwd. Those that are not yet, and those that passwd
 * does not have, are one: together at most PEERS_UNKNOWN (a user who owns a range of subordinate
 * uids could else be 65,536 users, subuid(5)). Where a directory answers passwd slowly, the
 * listener does not wait for it.
 *
 * Changes and refusals cost one each. A uid has PEERS_BURST of them at once, and gets one back each
 * second. The cost is taken when a connection begins, and given back where the request was a
 * question that was answered.
 */
#ifndef RBACCTL_SERVE_PEERS_H
#define RBACCTL_SERVE_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	PEERS_OF_ONE = 4,
	PEERS_OF_ALL = 64,
	PEERS_UNKNOWN = 16,
	PEERS_BURST = 20,
	PEERS_MS = 1000,    /* until one is given back */
	PEERS_KNOWN = 4096, /* uids that are remembered as known */
};

struct peer_of {
	uid_t uid;
	bool known;
	unsigned open;  /* connections */
	unsigned spent; /* of the burst, as of SINCE */
	int64_t since;
};

struct peers {
	struct peer_of *v;
	size_t n, cap;
	unsigned open, unknown; /* connections: all of them; those of uids that are not known */
};

/*
 * A connection of UID. False: too many, and nothing is counted. *WAIT gets 0, or where the uid has
 * spent its changes the seconds until it may make one.
 */
bool peers_begin(struct peers *p, uid_t uid, int64_t now, int *wait);

/* It has ended. KNOWN: passwd has the uid. FREE: it costs nothing. */
void peers_end(struct peers *p, uid_t uid, bool known, bool free_of_cost);

void peers_free(struct peers *p);

#endif
