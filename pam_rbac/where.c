#include "pam_rbac/where.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/error.h"

/* A group of a large directory has megabytes of members; what is beyond this is not a group but a fault. */
enum { BUFFER_FIRST = 4096, BUFFER_MAX = 64 << 20, GROUPS_FIRST = 64, GROUPS_MAX = 1 << 20 };

int rbac_where_acquire(struct rbac_view *v)
{
	/* Fixed when this is built (Makefile): the view alone has that folder. */
	return rbac_view_acquire(RBAC_VIEW_PATH, RBAC_TRUST_ROOT, v);
}

bool rbac_where_invoked_by_root(void)
{
	return getuid() == 0;
}

/* getpwnam(3), getgrnam(3): these are ways to say that there is no such entry. */
static int lookup_result(int err)
{
	switch (err) {
	case 0:
	case ENOENT:
	case ESRCH:
	case EBADF:
	case EPERM:
		return RBAC_NOTFOUND;
	case ENOMEM:
		return RBAC_NOMEM;
	default:
		return RBAC_SYSTEM;
	}
}

static int find_user(const char *user, char *buf, size_t size, uint32_t *uid, uint32_t *gid)
{
	struct passwd pw, *found = NULL;
	int err = getpwnam_r(user, &pw, buf, size, &found);
	if (err == ERANGE)
		return RBAC_RANGE;
	if (!found)
		return lookup_result(err);
	*uid = pw.pw_uid;
	*gid = pw.pw_gid;
	return RBAC_OK;
}

static int find_group(const char *name, char *buf, size_t size, uint32_t *gid, uint32_t *unused)
{
	struct group gr, *found = NULL;
	(void)unused;
	int err = getgrnam_r(name, &gr, buf, size, &found);
	if (err == ERANGE)
		return RBAC_RANGE;
	if (!found)
		return lookup_result(err);
	*gid = gr.gr_gid;
	return RBAC_OK;
}

/* Ask with a buffer that doubles until it will do. */
static int with_buffer(int (*find)(const char *, char *, size_t, uint32_t *, uint32_t *), const char *name, uint32_t *a, uint32_t *b)
{
	for (size_t size = BUFFER_FIRST; size <= BUFFER_MAX; size *= 2) {
		char *buf = malloc(size);
		if (!buf)
			return RBAC_NOMEM;
		int rc = find(name, buf, size, a, b);
		free(buf);
		if (rc != RBAC_RANGE)
			return rc;
	}
	return RBAC_SYSTEM;
}

int rbac_where_gid(const char *name, uint32_t *gid)
{
	return with_buffer(find_group, name, gid, NULL);
}

static int find_groups(const char *user, uint32_t primary, struct rbac_identity *id)
{
	for (int room = GROUPS_FIRST; room <= GROUPS_MAX; room *= 2) {
		int n = room;
		gid_t *groups = malloc((size_t)room * sizeof(*groups));
		if (!groups)
			return RBAC_NOMEM;
		if (getgrouplist(user, primary, groups, &n) >= 0 && n <= room) {
			id->groups = groups;
			id->n_groups = (size_t)n;
			return RBAC_OK;
		}
		free(groups);
		if (n <= room)
			return RBAC_NOMEM;   /* getgrouplist(3) has no other failure */
	}
	return RBAC_SYSTEM;
}

int rbac_where_identify(const char *user, struct rbac_identity *id)
{
	uint32_t gid;
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
	int rc = with_buffer(find_user, user, &id->uid, &gid);
	if (rc == RBAC_NOTFOUND)
		return RBAC_OK;
	/* Root passes whatever its groups are, and has to while a directory hangs. */
	if (rc == RBAC_OK && id->uid == 0)
		return RBAC_OK;
	return rc == RBAC_OK ? find_groups(user, gid, id) : rc;
}

void rbac_where_forget(struct rbac_identity *id)
{
	free(id->groups);
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
}
