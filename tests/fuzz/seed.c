/*
 * seed FOLDER: inputs to begin with, one folder for each harness: views in pages of 512 bytes (the
 * smallest that LMDB knows), the same records by themselves, the shipped policies, texts of every
 * kind, and sheets of a fleet.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "rbacctl/view/encode.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seed_messages.h"
#include "tests/fuzz/seed_sheets.h"

enum { PAGE = 512, RECORDS = 32, KEY = 64, OURS = 2010000000 };

static struct record {
	uint8_t key[KEY];
	size_t key_len;
	struct buf b;
} records[RECORDS];
static size_t n_records;
static const char *folder;

static void save(const char *harness, const char *name, const void *p, size_t len)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, harness);
	claim(mkdir(path, 0755) == 0 || errno == EEXIST);
	snprintf(path, sizeof path, "%s/%s/%s", folder, harness, name);
	FILE *f = fopen(path, "we");
	claim(f && fwrite(p, 1, len, f) == len && fclose(f) == 0);
}

/* ---- records ---- */

static struct buf *add(uint8_t type, const char *name)
{
	struct record *r = &records[n_records++];
	claim(n_records <= RECORDS);
	r->key_len = encode_key(r->key, type, name, strlen(name));
	return &r->b;
}

static struct buf *add_gid(uint8_t type, uint32_t gid)
{
	struct record *r = &records[n_records++];
	claim(n_records <= RECORDS);
	r->key_len = encode_key_gid(r->key, type, gid);
	return &r->b;
}

#define ALWAYS                                                                                     \
	{                                                                                          \
		RBAC_TIME_MIN, RBAC_TIME_MAX                                                       \
	}

static void add_meta(void)
{
	static const uint32_t extra[] = { 500 }, exempt[] = { 27 };
	static const struct zone_offset zone[] = { { 0, 3600 }, { 1700000000, 7200 } };
	static const char *const users[] = { "breakglass" }, *const hosts[] = { "space:main/web" };
	const struct encode_meta m = { .flags = RBAC_META_MEMBERS | RBAC_META_ENUMERATE,
				       .generation = 7,
				       .gid_min = OURS,
				       .gid_max = OURS + 99,
				       .n_unix = 1,
				       .extra = extra,
				       .n_extra = 1,
				       .exempt_gids = exempt,
				       .n_exempt_gids = 1,
				       .zone = zone,
				       .n_zone = 2,
				       .exempt_users = users,
				       .n_exempt_users = 1,
				       .hosts = hosts,
				       .n_hosts = 1 };
	encode_meta(add(RBAC_REC_META, ""), &m);
}

static void add_groups(void)
{
	static const struct encode_member members[] = { { "alice", ALWAYS },
							{ "bob", { 1, 1800000000 } },
							{ "bob", { 1800000000, 1900000000 } } };
	encode_group(add(RBAC_REC_GROUP, "web"), OURS, 0, "web", members, 3);
	encode_group(add_gid(RBAC_REC_GID, OURS), OURS, 0, "web", NULL, 0);
	encode_group(add(RBAC_REC_GROUP, "docker"), 500, RBAC_GROUP_EXTRA, "docker", members, 1);
	encode_group(add_gid(RBAC_REC_GID, 500), 500, RBAC_GROUP_EXTRA, "docker", NULL, 0);
}

static void add_subjects(void)
{
	static const struct encode_gid gids[] = { { OURS, ALWAYS }, { 500, { 1, 1800000000 } } };
	static const struct encode_grant grants[] = { { 1, 0, RBAC_GRANT_HERE, ALWAYS,
							"space:main/web" },
						      { 2, 3, 0, { 1, 2 }, "account:main" } };
	encode_subject(add(RBAC_REC_USER, "alice"), 1000, 0, gids, 2, grants, 2);
	encode_subject(add(RBAC_REC_USER, "bob"), 1001, RBAC_SUBJECT_SUSPENDED, gids, 1, grants, 1);
	encode_uid(add_gid(RBAC_REC_UID, 1000), "alice");
	encode_uid(add_gid(RBAC_REC_UID, 1001), "bob");
	encode_role(add_gid(RBAC_REC_ROLE, 0), RBAC_ROLE_ENDS_SESSIONS, "prod-root");
	encode_subject(add_gid(RBAC_REC_UNIX, 500), RBAC_NO_UID, 0, gids, 1, grants, 2);
}

static void add_rules(void)
{
	static const uint8_t roles[] = { 0x09 };
	static const char *const users[] = { "alice" };
	static const uint32_t groups[] = { 500 };
	/* 192.0.2.0/24 and .example.org; 08:00-18:00 and 22:00-02:00 in minutes. */
	static const uint8_t from[] = "\4\30\4\300\0\2\0"
				      "\2\0\13example.org";
	static const uint8_t hours[] = { 0x1f, 0xe0, 1, 0x38, 4, 0x60, 0x28, 5, 120, 0 };
	const struct encode_rule rules[] = {
		{ .number = 1,
		  .line = 4,
		  .file = "rbac.conf",
		  .roles = roles,
		  .n_role_bytes = 1,
		  .conditions = { { 2, { from, sizeof(from) - 1 } },
				  { 2, { hours, sizeof(hours) } } } },
		{ .number = 2,
		  .line = 9,
		  .file = "rbac.conf",
		  .users = users,
		  .n_users = 1,
		  .groups = groups,
		  .n_groups = 1 },
	};
	encode_rules(add(RBAC_REC_LOGIN, "sshd"), rules, 2);
	encode_scope(add(RBAC_REC_SCOPE, "space:main"), 1, "alice", "free");
}

/* What records.c reads: checksums are not part of it. */
static void save_records(void)
{
	struct buf all = { 0 };
	for (size_t i = 0; i < n_records; i++) {
		const struct record *r = &records[i];
		const uint8_t head[4] = { r->key[0], (uint8_t)(r->key_len - 1), (uint8_t)r->b.len,
					  (uint8_t)(r->b.len >> 8) };
		buf_put(&all, head, sizeof head);
		buf_put(&all, r->key + 1, r->key_len - 1);
		buf_put(&all, r->b.p, r->b.len);
	}
	save("records", "all", all.p, all.len);
	buf_free(&all);
}

/* ---- pages, as common/walk.c reads them ---- */

static void put16(uint8_t *p, size_t v)
{
	const uint16_t n = (uint16_t)v;
	memcpy(p, &n, sizeof n);
}
static void put32(uint8_t *p, size_t v)
{
	const uint32_t n = (uint32_t)v;
	memcpy(p, &n, sizeof n);
}
static void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof v);
}

static uint8_t pages[16][PAGE];
static size_t n_pages;

static uint8_t *new_page(unsigned kind)
{
	uint8_t *p = pages[n_pages];
	claim(n_pages < 16);
	memset(p, 0, PAGE);
	put64(p, n_pages++);
	put16(p + 10, kind);
	put16(p + 12, 16);
	put16(p + 14, PAGE);
	return p;
}

static void *add_node(uint8_t *page, const void *key, size_t key_len, const void *data, size_t len)
{
	uint16_t lower, upper;
	memcpy(&lower, page + 12, 2);
	memcpy(&upper, page + 14, 2);
	size_t size = (8 + key_len + len + 1) & ~(size_t)1;
	if (upper < lower + 2 + size)
		return NULL;
	uint8_t *node = page + upper - size;
	put16(page + lower, (size_t)(node - page));
	put16(page + 12, lower + 2u);
	put16(page + 14, upper - size);
	put32(node, len);
	put16(node + 6, key_len);
	if (key_len)
		memcpy(node + 8, key, key_len);
	if (len)
		memcpy(node + 8 + key_len, data, len);
	return node;
}

static void put_meta_pages(uint64_t root, unsigned depth)
{
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *m = pages[i] + 16;
		put16(pages[i] + 10, 8);
		put32(m, 0xBEEFC0DE);
		put32(m + 4, 1);
		put32(m + 24, PAGE);
		put64(m + 24 + 40, UINT64_MAX);
		put16(m + 72 + 6, depth);
		put64(m + 72 + 40, root);
		put64(m + 120, n_pages - 1);
		put64(m + 128, i);
	}
}

/* Leaves under one branch; a record that does not fit in half a page stands in pages of its own. */
static void save_view(const char *name)
{
	uint8_t *leaf = NULL, big[8];
	size_t leaves[16], n_leaves = 0, first[16];
	n_pages = 0;
	new_page(8);
	new_page(8);
	for (size_t i = 0; i < n_records; i++) {
		struct record *r = &records[i];
		bool is_big = r->b.len > PAGE / 2;
		size_t at = n_pages;
		if (is_big) {
			size_t run = (16 + r->b.len + PAGE - 1) / PAGE;
			put32(new_page(4) + 12, run);
			for (size_t k = 1; k < run; k++)
				new_page(0);
			memcpy(pages[at] + 16, r->b.p, r->b.len);
			put64(big, at);
		}
		void *node = leaf ? add_node(leaf, r->key, r->key_len, is_big ? big : r->b.p,
					     is_big ? 8 : r->b.len)
				  : NULL;
		if (!node) {
			first[n_leaves] = i;
			leaves[n_leaves++] = n_pages;
			leaf = new_page(2);
			node = add_node(leaf, r->key, r->key_len, is_big ? big : r->b.p,
					is_big ? 8 : r->b.len);
		}
		claim(node);
		if (is_big) {
			put32(node, r->b.len);
			put16((uint8_t *)node + 4, 1);
		}
	}
	size_t root = n_pages;
	uint8_t *branch = new_page(1);
	for (size_t i = 0; i < n_leaves; i++) {
		uint8_t *node = add_node(branch, records[first[i]].key,
					 i ? records[first[i]].key_len : 0, NULL, 0);
		claim(node);
		put32(node, leaves[i]);
	}
	put_meta_pages(root, 2);
	save("view", name, pages, n_pages * PAGE);
}

static int by_key(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	int r = memcmp(x->key, y->key, x->key_len < y->key_len ? x->key_len : y->key_len);
	return r ? r : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

/* ---- texts ---- */

static void save_texts(void)
{
	static const char *const texts[] = {
		"\0"
		"alice",
		"\0"
		"space:main/web",
		"\0"
		"login.ssh",
		"\1"
		"2026-01-31T18:00:00Z",
		"\1"
		"2026-01-31 18:00:00+02:00",
		"\1"
		"0026-01-31T18:00:00Z",
		"\1"
		"9999-12-31T23:59:59-23:59",
		"\1"
		"1h30m",
		"\1"
		"2w",
		"\2"
		"Mon-Fri 08:00-18:00",
		"\2"
		"Sat,Sun 22:00-02:00",
		"\2"
		"00:00-24:00",
		"\2"
		"192.0.2.0/24",
		"\2"
		"2001:db8::/32",
		"\2"
		".example.org",
		"\3"
		"192.0.2.7",
		"\3"
		"::ffff:192.0.2.7",
		"\3"
		"fe80::1%eth0",
		"\3"
		"web.example.org.",
		"\4"
		"debug\nexempt_user=a,b,,c\nonerr=ignore",
		"\5"
		"a\nb\x1b[31m\"",
	};
	char name[16], text[128];
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t len = 1 + strlen(texts[i] + 1);
		memcpy(text, texts[i], len);
		for (size_t k = 1; k < len; k++)
			if (text[k] == '\n' && text[0] == 4)
				text[k] = '\0';
		snprintf(name, sizeof name, "%zu", i);
		save("text", name, text, len);
	}
}

static size_t load(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	claim(f);
	size_t n = fread(out, 1, size, f);
	fclose(f);
	return n;
}

static void save_policies(void)
{
	static const char *const shipped[] = { "unix", "torque", "layer5" };
	static char text[1 << 18];
	char path[128];
	for (size_t i = 0; i < 3; i++) {
		size_t n = load("conf/rbac.conf", text, sizeof text / 2);
		text[n++] = '\f';
		snprintf(path, sizeof path, "conf/policies/%s.conf", shipped[i]);
		n += load(path, text + n, sizeof text / 4);
		save("policy", shipped[i], text, n);
	}
	static const char small[] =
		"version=1; host=\"a:m\"; login=({services=[\"sshd\"]; roles=[\"r\"]; "
		"from=[\"10.0.0.0/8\",\".x.org\"]; hours=[\"Mon-Fri 08:00-18:00\"];});\n"
		"exempt={users=[\"u\"];groups=[\"g\"];}; "
		"groups={name=\"%{role}-%{scope}\";extra=({role=\"r\";"
		"unix_groups=[\"docker\"];});};\f"
		"version=1; kinds={a={};b={parent=\"a\";owner=\"s\";create_by=[\"r\"];"
		"delete_by=[\"owner\"];per_user=\"%{user}\";};};\n"
		"keys=({name=\"k.x\";title=\"t\";}); keychains={c=[\"k.x\"];}; "
		"users={add_by=[\"anyone\"];};\n"
		"roles={r={kind=\"a\";keychains=[\"c\"];includes=[\"s\"];min=1;bootstrap=true;"
		"assign_by=[\"key:k.x\"];};s={kind=\"b\";max=\"plan:m\";cascade=false;};};\n"
		"plans={p={m=3;};}; exclusive=({name=\"e\";roles=[\"r\",\"q\"];at_most=1;});\f"
		"version=1; roles={q={kind=\"a\";renamed_from=\"z\";};};\f"
		"version=1; scopes=({name=\"b:m/x\";owner=\"u\";}); "
		"assignments=({user=\"u\";role=\"r\";scope=\"a:m\";"
		"from=\"2026-01-01T00:00:00Z\";});";
	save("policy", "small", small, sizeof small - 1);
}

int main(int argc, char **argv)
{
	claim(argc == 2);
	folder = argv[1];
	add_meta();
	add_groups();
	add_subjects();
	add_rules();
	save_records();
	for (size_t i = 0; i < n_records; i++)
		encode_seal(&records[i].b, records[i].key, records[i].key_len);
	qsort(records, n_records, sizeof *records, by_key);
	save_view("all");
	save_texts();
	save_policies();
	seed_sheets(save);
	seed_messages(save);
	return 0;
}
