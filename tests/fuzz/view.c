/* Any bytes as the file of a view: the walk stays inside, ends, and goes upwards; records decode or
 * do not. */
#include <string.h>

#include "common/error.h"
#include "common/match.h"
#include "common/name.h"
#include "common/view.h"
#include "common/view_file.h"
#include "tests/fuzz/fuzz.h"

static void read_subject(struct rbac_bytes rec)
{
	struct rbac_subject s;
	struct rbac_window w;
	struct rbac_grant g;
	uint32_t gid;
	if (rbac_subject_decode(rec, &s) != RBAC_OK)
		return;
	for (uint32_t i = 0; i < s.n_gids; i++)
		rbac_subject_gid(&s, i, &gid, &w);
	for (uint32_t i = 0; i < s.n_grants; i++)
		if (rbac_subject_grant(&s, i, &g) == RBAC_OK)
			fuzz_touch(g.scope.p, g.scope.len);
}

static void read_group(struct rbac_bytes rec)
{
	struct rbac_group g;
	struct rbac_window w;
	const uint8_t *name;
	uint8_t len;
	size_t at = 0;
	if (rbac_group_decode(rec, &g) != RBAC_OK)
		return;
	claim(strlen((const char *)g.name) == g.name_len);
	fuzz_touch(g.always, g.always_len);
	while (rbac_group_windowed(&g, &at, &w, &name, &len) == RBAC_OK)
		claim(strlen((const char *)name) == len);
}

static void read_rules(struct rbac_bytes rec)
{
	struct rbac_rules r;
	struct rbac_rule rule;
	if (rbac_rules_decode(rec, &r) != RBAC_OK)
		return;
	while (rbac_rules_next(&r, &rule) == RBAC_OK) {
		fuzz_touch(rule.roles, rule.n_role_bytes);
		for (int k = 0; k < RBAC_CONDITIONS; k++)
			fuzz_touch(rule.conditions[k].entries.p, rule.conditions[k].entries.len);
		claim(rbac_conditions_failed(&(struct rbac_meta){ 0 }, &rule, "192.0.2.1", 0) <
		      1u << RBAC_CONDITIONS);
	}
}

static void read_record(uint8_t type, struct rbac_bytes rec)
{
	struct rbac_scope_rec scope;
	struct rbac_bytes name;
	struct rbac_role role;
	if (type == RBAC_REC_USER || type == RBAC_REC_UNIX)
		read_subject(rec);
	else if (type == RBAC_REC_GROUP || type == RBAC_REC_GID)
		read_group(rec);
	else if (type == RBAC_REC_LOGIN)
		read_rules(rec);
	else if (type == RBAC_REC_SCOPE && rbac_scope_decode(rec, &scope) == RBAC_OK)
		fuzz_touch(scope.owner.p, scope.owner.len);
	else if (type == RBAC_REC_UID && rbac_uid_decode(rec, &name) == RBAC_OK)
		claim(name.len > 0 && name.len <= 255 && !memchr(name.p, '\0', name.len));
	else if (type == RBAC_REC_ROLE && rbac_role_decode(rec, &role) == RBAC_OK)
		claim(role.name.len > 0 && role.name.len <= RBAC_WORD_MAX &&
		      !memchr(role.name.p, '\0', role.name.len));
	else
		fuzz_touch(rec.p, rec.len);
}

/* Whatever the checksums say: what lies there is decoded. */
static void walk_all(const struct rbac_walk *w)
{
	uint8_t last[RBAC_WALK_KEY_MAX];
	const uint8_t *key, *data;
	size_t last_len = 0, key_len, len;
	struct rbac_walk_place place = { 0 };
	while (rbac_walk_after(w, last, last_len, &key, &key_len, &data, &len,
			       last_len % 2 ? &place : NULL) == RBAC_OK) {
		size_t least = key_len < last_len ? key_len : last_len;
		int order = memcmp(key, last, least);
		claim(key_len > 0 && key_len <= sizeof last &&
		      (order > 0 || (order == 0 && key_len > last_len)));
		memcpy(last, key, key_len);
		last_len = key_len;
		fuzz_touch(data, len);
		/* The checksum's place is no part of the record. */
		if (len >= 4)
			read_record(key[0], (struct rbac_bytes){ data, len - 4 });
	}
}

/* Either is an answer to these bytes; both at once is none. */
static void prove_absent(const struct rbac_walk *w)
{
	static const char *const names[] = { "", "alice", "bob", "nobody", "zz" };
	const struct rbac_view v = { .walk = *w, .slot = -1 };
	struct rbac_bytes rec;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int found = rbac_view_file_get(w, RBAC_REC_USER, names[i], strlen(names[i]), &rec);
		int absent = rbac_view_prove_absent(&v, RBAC_REC_USER, names[i], strlen(names[i]));
		claim(absent == RBAC_DAMAGED ||
		      (absent == RBAC_NOTFOUND && found == RBAC_NOTFOUND));
	}
}

static void look_up(const struct rbac_walk *w)
{
	static const char *const names[] = { "alice", "web", "sshd", "space:main", "" };
	static const uint8_t types[] = { RBAC_REC_USER, RBAC_REC_GROUP, RBAC_REC_LOGIN,
					 RBAC_REC_SCOPE, RBAC_REC_META };
	struct rbac_bytes rec;
	struct rbac_meta meta;
	for (size_t i = 0; i < sizeof types; i++)
		if (rbac_view_file_get(w, types[i], names[i], strlen(names[i]), &rec) == RBAC_OK)
			read_record(types[i], rec);
	if (rbac_view_file_get(w, RBAC_REC_META, NULL, 0, &rec) == RBAC_OK &&
	    rbac_meta_decode(rec, &meta) == RBAC_OK) {
		rbac_meta_extra(&meta, 500);
		rbac_meta_exempt_gid(&meta, 500);
		rbac_meta_exempt_user(&meta, "alice", 5);
		rbac_meta_offset(&meta, 1700000000);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rbac_walk w;
	/* Pages are aligned where they are mapped. */
	uint8_t *map = NULL;
	if (posix_memalign((void **)&map, 4096, size ? size : 1) != 0)
		return 0;
	if (size)
		memcpy(map, data, size);
	if (rbac_walk_init(&w, map, size) == RBAC_OK) {
		walk_all(&w);
		look_up(&w);
		prove_absent(&w);
	}
	free(map);
	return 0;
}
