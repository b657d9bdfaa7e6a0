/*
 * push: the directory becomes what the folder is. Chunks, then heads, and the fleet's sheet last:
 * killed anywhere, the next push completes it, and no member takes half a sheet.
 */
#include "rbac_follow/push.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/carrier/folder.h"

enum { HEX = 2 * FLEET_HASH + 1, VERSION_TEXT = 80 };

/* What the directory has of each sheet: name and version, sorted. */
struct there {
	struct sheet_there {
		char name[RBAC_SCOPE_MAX + 1];
		uint64_t term, number;
		int64_t issued;
		uint64_t hash;
	} * v;
	size_t n, cap;
	uint64_t keys[1000]; /* versions of lists */
	size_t n_keys;
};

static void sheet_dn(const struct push *p, const char *name, char dn[PUSH_DN_MAX])
{
	snprintf(dn, PUSH_DN_MAX, "rbacSheetName=%s,ou=sheets,%s", name, p->f->c->base);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct sheet_there *)a)->name, ((const struct sheet_there *)b)->name);
}

static int on_there(struct push *p, LDAPMessage *entry, void *ctx)
{
	struct there *t = ctx;
	struct berval *name = directory_value(p->ld, entry, "rbacSheetName"),
		      *version = directory_value(p->ld, entry, "rbacVersion"),
		      *keys = directory_value(p->ld, entry, "rbacKeysVersion");
	int rc = LDAP_SUCCESS;

	if (keys && t->n_keys < sizeof(t->keys) / sizeof(*t->keys))
		t->keys[t->n_keys++] = strtoull(keys->bv_val, NULL, 10);
	if (name && name->bv_len <= RBAC_SCOPE_MAX) {
		struct sheet_there s = { 0 };
		strcpy(s.name, name->bv_val);
		if (version)
			sscanf(version->bv_val, "%" SCNu64 ".%" SCNu64 ".%" SCNd64 ".%" SCNx64,
			       &s.term, &s.number, &s.issued, &s.hash);
		if (buf_room(&t->v, t->n, &t->cap, sizeof(*t->v)))
			t->v[t->n++] = s;
		else
			rc = push_fail(p, LDAP_NO_MEMORY, "the sheets of the directory");
	}
	ber_bvfree(name);
	ber_bvfree(version);
	ber_bvfree(keys);
	return rc;
}

static int find_there(struct push *p, struct there *t)
{
	static const char *const attributes[] = { "rbacSheetName", "rbacVersion", "rbacKeysVersion",
						  NULL };
	char base[PUSH_DN_MAX];

	snprintf(base, sizeof(base), "ou=sheets,%s", p->f->c->base);
	int rc = push_each(p, base, "(|(objectClass=rbacSheet)(objectClass=rbacKeyList))",
			   attributes, on_there, t);
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_name);
	return rc;
}

/* ---- lists of keys ---- */

static int push_list(struct push *p, uint64_t version)
{
	char dn[PUSH_DN_MAX], text[32];
	struct buf list = { 0 };

	snprintf(text, sizeof(text), "%" PRIu64, version);
	snprintf(dn, sizeof(dn), "rbacKeysVersion=%s,ou=sheets,%s", text, p->f->c->base);
	int rc = LDAP_SUCCESS;
	if (folder_read_keys(p->dir, version, &list) == RBAC_OK) {
		const struct push_value v[] = { { "rbacKeysVersion", text, strlen(text) },
						{ "rbacKeys", list.p, list.len } };
		rc = push_add(p, dn, "rbacKeyList", v, 2);
	}
	buf_free(&list);
	return rc;
}

static int push_lists(struct push *p, const struct there *t)
{
	char path[PATH_MAX];
	int rc = LDAP_SUCCESS;

	snprintf(path, sizeof(path), "%s/keys", p->dir);
	DIR *d = opendir(path);
	for (const struct dirent *e; !rc && d && (e = readdir(d));) {
		char *end;
		uint64_t version = strtoull(e->d_name, &end, 10);
		bool is_there = *end || version == 0;
		for (size_t i = 0; i < t->n_keys; i++)
			is_there |= t->keys[i] == version;
		if (!is_there)
			rc = push_list(p, version);
	}
	if (d)
		closedir(d);
	return rc;
}

/* ---- one sheet ---- */

/* The chunks of a sheet that the directory has. */
struct chunks_there {
	char (*v)[HEX];
	size_t n, cap;
};

static int on_chunk(struct push *p, LDAPMessage *entry, void *ctx)
{
	struct chunks_there *t = ctx;
	struct berval *hash = directory_value(p->ld, entry, "rbacHash");
	int rc = LDAP_SUCCESS;

	if (hash && hash->bv_len == HEX - 1) {
		if (buf_room(&t->v, t->n, &t->cap, sizeof(*t->v)))
			memcpy(t->v[t->n++], hash->bv_val, HEX);
		else
			rc = push_fail(p, LDAP_NO_MEMORY, "chunks");
	}
	ber_bvfree(hash);
	return rc;
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, HEX);
}

static int push_chunks(struct push *p, const struct fleet_head *h, const char *sheet,
		       const struct chunks_there *t)
{
	struct fleet_bytes *chunks = NULL;
	size_t n = 0;
	int rc = LDAP_SUCCESS;

	if (folder_read_chunks(p->dir, h, &chunks, &n) || n != h->n_chunks)
		rc = push_fail(p, LDAP_LOCAL_ERROR, "the folder has not all parts of the sheet");
	for (size_t i = 0; i < n && !rc; i++) {
		char hex[HEX], dn[PUSH_DN_MAX + HEX + 10];
		struct fleet_chunk_ref ref = fleet_head_chunk(h, (uint32_t)i);
		sodium_bin2hex(hex, sizeof(hex), ref.hash, FLEET_HASH);
		if (t->n && bsearch(hex, t->v, t->n, HEX, by_hash))
			continue;
		const struct push_value v[] = { { "rbacHash", hex, HEX - 1 },
						{ "rbacSheetName", h->name, strlen(h->name) },
						{ "rbacData", chunks[i].p, chunks[i].len } };
		snprintf(dn, sizeof(dn), "rbacHash=%s,%s", hex, sheet);
		rc = push_add(p, dn, "rbacChunk", v, 3);
	}
	folder_free_chunks(chunks, n);
	return rc;
}

/* Away with what the head does not name. */
static int remove_chunks(struct push *p, const struct fleet_head *h, const char *sheet,
			 const struct chunks_there *t)
{
	struct chunk_set named;
	int rc = chunk_set_of_head(h, &named) ? push_fail(p, LDAP_NO_MEMORY, sheet) : LDAP_SUCCESS;

	for (size_t i = 0; i < t->n && !rc; i++) {
		char dn[PUSH_DN_MAX + HEX + 10];
		if (chunk_set_find_hex(&named, t->v[i]))
			continue;
		snprintf(dn, sizeof(dn), "rbacHash=%s,%s", t->v[i], sheet);
		rc = ldap_delete_ext_s(p->ld, dn, NULL, NULL);
		if (rc == LDAP_NO_SUCH_OBJECT)
			rc = LDAP_SUCCESS;
		push_fail(p, rc, dn);
	}
	chunk_set_free(&named);
	return rc;
}

/* Of two heads of the fleet's sheet that were signed in one second only the hash differs: they have
 * one number, and name other sheets as changed last. */
static uint64_t hash_of(const struct buf *head)
{
	union {
		uint8_t bytes[crypto_generichash_BYTES_MIN];
		uint64_t number;
	} hash;

	crypto_generichash(hash.bytes, sizeof(hash.bytes), head->p, head->len, NULL, 0);
	return hash.number;
}

static int write_sheet(struct push *p, const struct fleet_head *h, const struct buf *head)
{
	static const char *const attributes[] = { "rbacHash", NULL };
	const struct push_value name = { "rbacSheetName", h->name, strlen(h->name) };
	char dn[PUSH_DN_MAX], version[VERSION_TEXT];
	struct chunks_there t = { 0 };

	snprintf(version, sizeof(version), "%" PRIu64 ".%" PRIu64 ".%" PRId64 ".%016" PRIx64,
		 h->term, h->number, h->issued, hash_of(head));
	const struct push_value v[] = { { "rbacHead", head->p, head->len },
					{ "rbacVersion", version, strlen(version) } };
	sheet_dn(p, h->name, dn);
	int rc = push_add(p, dn, "rbacSheet", &name, 1);
	if (!rc)
		rc = push_each(p, dn, "(objectClass=rbacChunk)", attributes, on_chunk, &t);
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), by_hash);
	if (!rc)
		rc = push_chunks(p, h, dn, &t);
	if (!rc)
		rc = push_replace(p, dn, v, 2);
	if (!rc)
		rc = remove_chunks(p, h, dn, &t);
	free(t.v);
	return rc;
}

struct sheets {
	struct push *p;
	const struct there *t;
};

static int push_sheet(struct push *p, const struct there *t, const struct buf *head)
{
	struct fleet_head h;

	if (fleet_head_decode(head->p, head->len, &h))
		return push_fail(p, LDAP_LOCAL_ERROR, "a head in the folder is damaged");
	struct sheet_there key = { 0 };
	snprintf(key.name, sizeof(key.name), "%s", h.name);
	const struct sheet_there *old = t->n ? bsearch(&key, t->v, t->n, sizeof(*t->v), by_name)
					     : NULL;
	if (old && (old->term > h.term || (old->term == h.term && old->number > h.number))) {
		follow_say("the directory has %s at change %" PRIu64 " of term %" PRIu64
			   ", the authority at %" PRIu64 " of term %" PRIu64
			   ": it is not overwritten",
			   h.name, old->number, old->term, h.number, h.term);
		p->newer = true;
		return LDAP_SUCCESS;
	}
	if (old && old->term == h.term && old->number == h.number && old->issued == h.issued &&
	    old->hash == hash_of(head))
		return LDAP_SUCCESS;
	return write_sheet(p, &h, head);
}

static int on_head(void *ctx, const struct buf *head)
{
	const struct sheets *s = ctx;
	struct fleet_head h;

	if (fleet_head_decode(head->p, head->len, &h) == RBAC_OK && fleet_head_is_fleet(&h))
		return RBAC_OK; /* last */
	return push_sheet(s->p, s->t, head) ? RBAC_REFUSED : RBAC_OK;
}

static int push_sheets(struct push *p, const struct there *t)
{
	struct sheets s = { p, t };
	struct buf head = { 0 };
	int err = folder_each_sheet(p->dir, on_head, &s);

	if (!err)
		err = folder_read_head(p->dir, FLEET_SHEET, &head);
	if (err && !p->why[0])
		snprintf(p->why, sizeof(p->why), "%s: %s", p->dir,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	int rc = err ? LDAP_LOCAL_ERROR : push_sheet(p, t, &head);
	buf_free(&head);
	return rc;
}

int push_run(const struct follow *f, const char *dir, bool quick)
{
	struct push p = { .f = f, .dir = dir };
	struct there t = { 0 };
	const char *uri;

	p.ld = directory_open_any(f->c, &uri, p.why);
	if (!p.ld) {
		follow_say("%s", p.why);
		return 4;
	}
	int rc = find_there(&p, &t);
	if (!rc)
		rc = push_lists(&p, &t);
	if (!rc)
		rc = push_sheets(&p, &t);
	if (!rc && !quick)
		rc = push_hosts(&p);
	free(t.v);
	directory_close(p.ld);
	if (rc)
		follow_say("%s", p.why);
	else
		printf("%s: %zu entries written\n", uri, p.written);
	return rc ? 4 : p.newer ? 1 : 0;
}
