#include "rbacctl/serve/peers.h"

#include <stdlib.h>

#include "rbacctl/buf.h"

static void refill(struct peer_of *e, int64_t now)
{
	int64_t back = (now - e->since) / PEERS_MS;

	if (back >= e->spent) {
		e->spent = 0;
		e->since = now;
	} else if (back > 0) {
		e->spent -= (unsigned)back;
		e->since += back * PEERS_MS;
	}
}

static struct peer_of *find(struct peers *p, uid_t uid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].uid == uid)
			return &p->v[i];
	return NULL;
}

/* Forget who has nothing open and nothing spent, of the known ones only where they are many. */
static void sweep(struct peers *p, int64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		refill(&p->v[i], now);
		bool idle = !p->v[i].open && !p->v[i].spent;
		if (!idle || (p->v[i].known && p->n <= PEERS_KNOWN))
			p->v[n++] = p->v[i];
	}
	p->n = n;
}

static struct peer_of *find_or_add(struct peers *p, uid_t uid, int64_t now)
{
	struct peer_of *e = find(p, uid);

	if (e)
		return e;
	if (p->n == p->cap)
		sweep(p, now);
	if (!buf_room(&p->v, p->n, &p->cap, sizeof *p->v))
		return NULL;
	e = &p->v[p->n++];
	*e = (struct peer_of){ .uid = uid, .since = now };
	return e;
}

bool peers_begin(struct peers *p, uid_t uid, int64_t now, int *wait)
{
	struct peer_of *e = p->open < PEERS_OF_ALL ? find_or_add(p, uid, now) : NULL;

	*wait = 0;
	if (!e || e->open == PEERS_OF_ONE || (!e->known && p->unknown == PEERS_UNKNOWN))
		return false;
	refill(e, now);
	if (e->spent == 0)
		e->since = now;
	if (e->spent >= PEERS_BURST)
		*wait = (int)(e->spent - PEERS_BURST + 1);
	e->spent++;
	e->open++;
	p->open++;
	p->unknown += !e->known;
	return true;
}

void peers_end(struct peers *p, uid_t uid, bool known, bool free_of_cost)
{
	struct peer_of *e = find(p, uid);

	if (!e || !e->open)
		return;
	p->open--;
	if (!e->known)
		p->unknown--;
	/* Its other connections are not of unknown people any more either. */
	e->open--;
	if (known && !e->known) {
		e->known = true;
		p->unknown -= e->open;
	}
	if (free_of_cost && e->spent)
		e->spent--;
}

void peers_free(struct peers *p)
{
	free(p->v);
	*p = (struct peers){ 0 };
}
