/*
 * view_file.h - one published file: opened, checked for trust, mapped and checked. Private to
 * common/view*.c.
 *
 * No function leaves a descriptor open or allocates heap memory. They change errno; their callers
 * restore it.
 */
#ifndef RBAC_COMMON_VIEW_FILE_H
#define RBAC_COMMON_VIEW_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/view.h"

struct view_file {
	struct rbac_walk walk; /* has the address and size of the mapping */
	struct rbac_meta meta; /* borrows the mapping */
	struct rbac_file_id id;
	uid_t owner;
	int cause; /* errno of the system call that failed; 0: none failed */
};

/*
 * Map the file at PATH if TRUST (enum rbac_view_trust) accepts the file and its folder. RBAC_OK,
 * and the caller unmaps it with rbac_view_file_unmap(). Or RBAC_ABSENT, RBAC_UNTRUSTED,
 * RBAC_DAMAGED, RBAC_NEWER, RBAC_NOMEM, RBAC_SYSTEM or RBAC_INVALID (the path of the folder has 512
 * bytes or more); then nothing is mapped. F->cause is set in both cases.
 */
int rbac_view_file_map(const char *path, int trust, struct view_file *f);

/* Unmap SIZE bytes at ADDR; nothing if ADDR is NULL. */
void rbac_view_file_unmap(const void *addr, size_t size);

/* Is the file at PATH still the file ID? One system call. */
bool rbac_view_file_same(const char *path, const struct rbac_file_id *id);

/* Fill V from F: through SLOT, counted in STRIPE; SLOT -1: V owns the mapping. */
static inline void rbac_view_file_give(struct rbac_view *v, const struct view_file *f, int slot,
				       unsigned stripe)
{
	v->walk = f->walk;
	v->meta = f->meta;
	v->slot = slot;
	v->stripe = stripe;
	v->cause = 0;
}

/* Make V a view that holds nothing; releasing it does nothing. CAUSE: an errno, or 0. */
void rbac_view_file_none(struct rbac_view *v, int cause);

/* rbac_view_get() on a walk. */
int rbac_view_file_get(const struct rbac_walk *w, uint8_t type, const void *name, size_t len,
		       struct rbac_bytes *rec);

/* Verify the CRC at the end of the LEN bytes at DATA, which were found under KEY; *REC is the rest.
 * RBAC_OK or RBAC_DAMAGED. */
int rbac_view_file_verify(const void *key, size_t key_len, const uint8_t *data, size_t len,
			  struct rbac_bytes *rec);

#endif
