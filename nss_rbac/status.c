#include <errno.h>
#include <time.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"

/*
 * *ERRNOP with UNAVAIL. Each errno has one meaning (nss_rbac(8)). So RBAC_SYSTEM is EAGAIN, and not
 * the errno of the system call that failed: EACCES of open(2) would read as "not trusted".
 * pam_rbac logs the errno of the system call.
 *
 * A damaged view is EBADMSG, not EIO: whoever asks the C library for the groups of a user learns by
 * errno alone that a source fell short of something (pam_rbac/identity.c), and EIO is a disk.
 */
static int unavail_errno(int err)
{
	switch (err) {
	case RBAC_ABSENT:
		return ENOENT;
	case RBAC_UNTRUSTED:
		return EACCES;
	case RBAC_NEWER:
		return ENOTSUP;
	case RBAC_INVALID:
		return EOVERFLOW;
	case RBAC_SYSTEM:
		return EAGAIN;
	default:
		return EBADMSG;
	}
}

enum nss_status rbac_nss_status(int err, int saved, int *errnop)
{
	enum nss_status status = NSS_STATUS_UNAVAIL;
	int code = 0;

	switch (err) {
	case RBAC_OK:
		status = NSS_STATUS_SUCCESS;
		break;
	case RBAC_NOTFOUND:
		status = NSS_STATUS_NOTFOUND;
		break;
	case RBAC_RANGE:
		status = NSS_STATUS_TRYAGAIN;
		code = ERANGE;
		break;
	case RBAC_NOMEM:
		status = NSS_STATUS_TRYAGAIN;
		code = ENOMEM;
		break;
	case RBAC_NSS_BUSY:
		status = NSS_STATUS_TRYAGAIN;
		code = EAGAIN;
		break;
	default:
		code = unavail_errno(err);
	}
	errno = saved;
	if (code != 0 && errnop)
		*errnop = code;
	return status;
}

bool rbac_nss_members(const struct rbac_view *v, const struct rbac_group *g)
{
	return (v->meta.flags & RBAC_META_MEMBERS) && !(g->flags & RBAC_GROUP_NOMEMBERS);
}

int64_t rbac_nss_now(const struct rbac_view *v)
{
	return rbac_meta_now(&v->meta, (int64_t)time(NULL));
}
