/*
 * make_view.h - a view for a test: encoders and liblmdb, put in place by rename as publish does.
 *Any failure fails the test.
 *
 *	struct maker m;
 *	maker_begin(&m, "view.mdb");
 *	encode_scope(&m.buf, 1, NULL, NULL);
 *	maker_put(&m, RBAC_REC_SCOPE, "space:main");
 *	maker_end(&m);
 */
#ifndef RBAC_TESTS_MAKE_VIEW_H
#define RBAC_TESTS_MAKE_VIEW_H

#include <lmdb.h>
#include <stdint.h>

#include "rbacctl/view/encode.h"

struct maker {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	struct buf buf; /* the payload of the record to come; empty after each put */
	char path[256], temp[264];
};

void maker_begin(struct maker *m, const char *path);
void maker_put(struct maker *m, uint8_t type, const char *name);
void maker_put_gid(struct maker *m, uint8_t type, uint32_t gid);
void maker_end(struct maker *m);

/* Enter a folder of this test's own; leave and remove it again. */
void maker_enter_folder(void);
void maker_leave_folder(void);

#define ALWAYS ((struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX })
#define WINDOW(from, until) ((struct rbac_window){ from, until })
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
