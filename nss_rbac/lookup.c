#include <errno.h>
#include <string.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/pack.h"
#include "nss_rbac/view_path.h"

static int get_group(const struct rbac_view *v, uint8_t type, const void *key, size_t len,
		     struct rbac_group *g)
{
	struct rbac_bytes rec;
	int err = rbac_view_get(v, type, key, len, &rec);

	return err == RBAC_OK ? rbac_group_decode(rec, g) : err;
}

/* The module answers for gids of our range and for extra Unix groups, and for no others, whatever a
 * record says (docs/design.md, "The readers", rule 8). */
static bool is_ours(const struct rbac_view *v, uint32_t gid)
{
	return rbac_meta_in_range(&v->meta, gid) || rbac_meta_extra(&v->meta, gid) >= 0;
}

static int by_name(const struct rbac_view *v, const char *name, struct rbac_group *g)
{
	int err = get_group(v, RBAC_REC_GROUP, name, strlen(name), g);

	return err == RBAC_OK && !is_ours(v, g->gid) ? RBAC_NOTFOUND : err;
}

static int by_gid(const struct rbac_view *v, uint32_t gid, struct rbac_group *g)
{
	uint8_t key[RBAC_NUMBER_KEY];

	if (!is_ours(v, gid))
		return RBAC_NOTFOUND;
	rbac_number_key(key, gid);
	int err = get_group(v, RBAC_REC_GID, key, sizeof(key), g);
	if (err == RBAC_OK && rbac_nss_members(v, g)) {
		/* The record that is found by gid has no members. */
		err = get_group(v, RBAC_REC_GROUP, g->name, g->name_len, g);
		if (err == RBAC_NOTFOUND)
			return RBAC_DAMAGED;
	}
	if (err == RBAC_OK && g->gid != gid)
		return RBAC_DAMAGED;
	return err;
}

static int pack(const struct rbac_view *v, const struct rbac_group *g, struct group *out, char *buf,
		size_t buflen)
{
	return rbac_pack_group(g, rbac_nss_members(v, g), rbac_nss_now(v), out, buf, buflen);
}

enum nss_status _nss_rbac_getgrnam_r(const char *name, struct group *out, char *buf, size_t buflen,
				     int *errnop)
{
	int saved = errno;
	struct rbac_view v;
	struct rbac_group g;
	int err = rbac_view_path_acquire(&v);

	if (err == RBAC_OK) {
		err = by_name(&v, name, &g);
		if (err == RBAC_OK)
			err = pack(&v, &g, out, buf, buflen);
		rbac_view_release(&v);
	}
	return rbac_nss_status(err, saved, errnop);
}

enum nss_status _nss_rbac_getgrgid_r(gid_t gid, struct group *out, char *buf, size_t buflen,
				     int *errnop)
{
	int saved = errno;
	struct rbac_view v;
	struct rbac_group g;
	int err = rbac_view_path_acquire(&v);

	if (err == RBAC_OK) {
		err = by_gid(&v, gid, &g);
		if (err == RBAC_OK)
			err = pack(&v, &g, out, buf, buflen);
		rbac_view_release(&v);
	}
	return rbac_nss_status(err, saved, errnop);
}
