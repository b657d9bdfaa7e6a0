#include "rbacctl/model/services.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/lookup.h"

static bool is_service(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const char *const *)ctx)[number], key) == 0;
}

const char **policy_services(const struct policy *p, size_t *n)
{
	size_t most = 0;
	struct lookup at = { 0 };
	*n = 0;
	for (size_t i = 0; i < p->n_logins; i++)
		most += p->logins[i].services.n;
	const char **v = calloc(most + 1, sizeof *v);
	for (size_t i = 0; v && i < p->n_logins; i++)
		for (size_t j = 0; v && j < p->logins[i].services.n; j++) {
			const char *service = p->logins[i].services.v[j];
			uint64_t hash = lookup_hash_text(LOOKUP_SEED, service);
			if (lookup_find(&at, hash, is_service, v, service) != LOOKUP_NONE)
				continue;
			if (lookup_add(&at, hash, (uint32_t)*n)) {
				free(v);
				v = NULL;
			} else {
				v[(*n)++] = service;
			}
		}
	lookup_free(&at);
	return v;
}
