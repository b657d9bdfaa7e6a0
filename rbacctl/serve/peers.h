/*
 * peers.h - limit the connections and changes of each uid, so that one user cannot block the
 * listener for all others. The functions are pure: the time is an argument, in milliseconds of a
 * clock that never goes back (CLOCK_MONOTONIC).
 *
 * A uid may have PEERS_OF_ONE connections at a time, all uids together PEERS_OF_ALL. A uid is known
 * when a child of the listener has found it in passwd. All uids that are not known yet, or that
 * passwd does not have, share one limit of PEERS_UNKNOWN: otherwise a user who owns a range of
 * subordinate uids (subuid(5)) would count as 65,536 users. The listener itself does not ask
 * passwd, because a directory may answer slowly.
 *
 * Each change and each refusal costs one. A uid may spend PEERS_BURST at once, and gets one back
 * each PEERS_MS. The cost is taken when a connection begins, and given back if the request was a
 * question and was answered.
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
	PEERS_MS = 1000,    /* after this time one is given back */
	PEERS_KNOWN = 4096, /* how many uids are remembered as known */
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
	unsigned open, unknown; /* all connections; those of uids that are not known */
};

/*
 * Count a new connection of UID. False: there are too many, and this one is not counted. *WAIT gets
 * the seconds until the uid may make a change; 0: now.
 */
bool peers_begin(struct peers *p, uid_t uid, int64_t now, int *wait);

/* A connection of UID has ended. KNOWN: passwd has the uid. FREE_OF_COST: give its cost back. */
void peers_end(struct peers *p, uid_t uid, bool known, bool free_of_cost);

void peers_free(struct peers *p);

#endif
