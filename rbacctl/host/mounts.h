/*
 * mounts.h - the file systems that this process sees mounted: proc_pid_mountinfo(5).
 */
#ifndef RBACCTL_HOST_MOUNTS_H
#define RBACCTL_HOST_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

struct mounted {
	const char *point;
	const char *type;    /* "ext4", "nfs4", "fuse.sshfs" */
	const char *options; /* of the file system: "rw,vers=4.2,sec=sys" */
	bool read_only;      /* this mount, or its file system */
};

/* Call FN for each, in the order in which they were mounted, until it returns false. */
typedef bool mounts_fn(void *ctx, const struct mounted *m);
void mounts_each(mounts_fn *fn, void *ctx);

/* Facts about the mount on which PATH is. TYPE: its type; POINT: whether PATH itself is a mount
 * point. False: it cannot be told. */
struct mount_of {
	char type[64];
	bool point, read_only;
};
bool mounts_of(const char *path, struct mount_of *out);

/* Is TYPE a file system of the network? */
bool mounts_is_network(const char *type);

#endif
