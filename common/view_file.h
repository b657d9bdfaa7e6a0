/*
 * view_file.h - one published file: opened, judged, mapped and checked. Private to view.c, which
 * keeps several, and view_kept.c.
 *
 * No descriptor is open after a call, no heap memory is used. errno is not kept: view.c does that.
 */
#ifndef RBAC_COMMON_VIEW_FILE_H
#define RBAC_COMMON_VIEW_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/view.h"

struct view_file {
	struct rbac_walk walk; /* holds the mapping */
	struct rbac_meta meta;
	struct rbac_file_id id;
	uid_t owner;
	int cause; /* errno of the system call that failed; 0: none did */
};

/*
 * Map the file at PATH when TRUST (enum rbac_view_trust) takes it and the folder it lies in.
 * RBAC_OK, and rbac_view_file_unmap() it; or RBAC_ABSENT, RBAC_UNTRUSTED, RBAC_DAMAGED, RBAC_NEWER,
 * RBAC_NOMEM, RBAC_SYSTEM, RBAC_INVALID (the path is too long), and nothing is held. F->cause is
 * set either way.
 */
int rbac_view_file_map(const char *path, int trust, struct view_file *f);

/* SIZE bytes at ADDR, as in a walk; NULL: nothing. */
void rbac_view_file_unmap(const void *addr, size_t size);

/* Is what stands at PATH now still the file ID? One system call. */
bool rbac_view_file_same(const char *path, const struct rbac_file_id *id);

/* Fill V from F: through SLOT, counted in STRIPE; SLOT -1: the mapping is V's own. */
static inline void rbac_view_file_give(struct rbac_view *v, const struct view_file *f, int slot,
				       unsigned stripe)
{
	v->walk = f->walk;
	v->meta = f->meta;
	v->slot = slot;
	v->stripe = stripe;
	v->cause = 0;
}

/* A view that holds nothing, for want of what CAUSE (an errno, or 0) says: releasing it is
 * harmless. */
void rbac_view_file_none(struct rbac_view *v, int cause);

/* rbac_view_get() on a walk. */
int rbac_view_file_get(const struct rbac_walk *w, uint8_t type, const void *name, size_t len,
		       struct rbac_bytes *rec);

/* Check the CRC at the end of the LEN bytes at DATA, found under KEY; *REC is the rest. RBAC_OK or
 * RBAC_DAMAGED. */
int rbac_view_file_verify(const void *key, size_t key_len, const uint8_t *data, size_t len,
			  struct rbac_bytes *rec);

#endif
