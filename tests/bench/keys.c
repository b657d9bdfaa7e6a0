#include <string.h>

#include "tests/bench/bench.h"

/* xorshift64*: any order that no cache can foresee. The same in every run. */
static uint32_t any(uint32_t below)
{
	static uint64_t x = 88172645463325252ull;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	return (uint32_t)((x * 2685821657736338717ull >> 32) % below);
}

static void fill(enum key_kind kind, uint32_t users, struct key *k)
{
	uint32_t user = any(users), group = any(group_count(users));

	k->gid = group_gid(group);
	k->uid = 1000;
	switch (kind) {
	case KEY_USER:
		user_name(k->name, user);
		k->uid = user_uid(user);
		break;
	case KEY_NO_USER:
		user_name(k->name, user);
		strcat(k->name, "x");
		break;
	case KEY_GROUP:
		group_name(k->name, group);
		break;
	case KEY_NO_GROUP:
	case KEY_NO_GID:
		group_name(k->name, group);
		strcat(k->name, "x");
		k->gid++;
		break;
	case KEY_FAR_GID:
		k->name[0] = '\0';
		k->gid = 1000 + user;
		break;
	case KEY_FEW:
		user_name(k->name, user % FEW);
		k->uid = user_uid(user % FEW);
		break;
	case KEY_CROWD:
		strcpy(k->name, "gcrowd");
		k->gid = CROWD_GID;
		break;
	}
}

void keys_fill(enum key_kind kind, uint32_t users, struct key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fill(kind, users, &keys[i]);
}
