/* Names that a host may have too, by chance or on purpose. A module that resolved any of its own
 * here would end here. */
#include <stdio.h>
#include <stdlib.h>

#define TRAP(name)                                                                                 \
	__attribute__((visibility("default"))) void name(void);                                    \
	void name(void)                                                                            \
	{                                                                                          \
		fputs("the module called the host's " #name "\n", stderr);                         \
		_Exit(1);                                                                          \
	}

TRAP(mdb_version)
TRAP(mdb_env_open)
TRAP(mdb_get)
TRAP(mdb_cursor_get)
TRAP(rbac_view_acquire)
TRAP(rbac_view_open)
TRAP(rbac_view_get)
TRAP(rbac_view_next)
TRAP(rbac_view_release)
TRAP(rbac_view_file_map)
TRAP(rbac_walk_init)
TRAP(rbac_walk_get)
TRAP(rbac_walk_after)
TRAP(rbac_crc32c)
TRAP(rbac_group_decode)
TRAP(rbac_meta_decode)
TRAP(rbac_pack_group)
TRAP(rbac_nss_status)
TRAP(lock)
TRAP(unlock)
TRAP(acquire)
