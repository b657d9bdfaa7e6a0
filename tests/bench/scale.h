/* scale.h - the worlds of the section `scale`: one thing is large, the rest small. */
#ifndef RBAC_BENCH_SCALE_H
#define RBAC_BENCH_SCALE_H

#include <stdbool.h>
#include <stdint.h>

enum scale_limit { NO_LIMIT, WITH_MAX, WITH_MIN, WITH_EXCLUSIVE };

/* Numbers of each; N where the field is 0. Assignment I: user I % USERS holds role I % ROLES at
 * scope I % SCOPES. */
struct scale_shape {
	const char *name;
	uint32_t users, scopes, roles, assignments;
	enum scale_limit limit;
	uint32_t most; /* the largest N that there may be; 0: any */
	bool group;    /* one assignment, of a Unix group that all users are in */
};

struct scale_world {
	char at[256]; /* etc/ and st/ are in it, and rows.csv */
	const struct scale_shape *shape;
	uint32_t n;
};

void scale_user(char out[20], uint32_t i);
const char *scale_path(const struct scale_world *w, char out[320], const char *file);

/* An empty folder, the policy, passwd and group; then what the commands are to take: files of
 * assignments.d, rows.csv. */
void scale_make(struct scale_world *w, const struct scale_shape *shape, uint32_t n);
void scale_write_files(const struct scale_world *w);

/* passwd and group as they were before; FORGET: the folder goes too. */
void scale_end(const struct scale_world *w, bool forget);

#endif
