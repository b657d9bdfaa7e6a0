/* Failures in words, and liblmdb's codes as ours. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/store/store.h"

int store_fail(struct store *s, int err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(s->why, sizeof s->why, fmt, ap);
	va_end(ap);
	return err;
}

int store_lmdb(struct store *s, int rc, const char *doing)
{
	switch (rc) {
	case MDB_SUCCESS:
		return RBAC_OK;
	case MDB_NOTFOUND:
		return RBAC_NOTFOUND;
	case MDB_VERSION_MISMATCH:
		return store_fail(s, RBAC_NEWER,
				  "%s: the store was written by another version of LMDB", doing);
	case MDB_CORRUPTED:
	case MDB_INVALID:
	case MDB_PAGE_NOTFOUND:
	case MDB_BAD_TXN:
	case MDB_PANIC:
		return store_fail(s, RBAC_DAMAGED, "%s: %s", doing, mdb_strerror(rc));
	case ENOENT:
		return store_fail(s, RBAC_ABSENT, "%s: %s", doing, strerror(rc));
	case ENOMEM:
		return store_fail(s, RBAC_NOMEM, "%s: %s", doing, strerror(rc));
	default:
		return store_fail(s, RBAC_SYSTEM, "%s: %s", doing, mdb_strerror(rc));
	}
}

const char *store_why(const struct store *s)
{
	return s && s->why[0] ? s->why : "out of memory";
}
