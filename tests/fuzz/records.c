/*
 * Any bytes as the records of a view, checksums passed: through decide, its report, and the six
 * entry points of the NSS module. Input: records, each type (1), length of name (1), length of
 * payload (2, little-endian), name, payload.
 */
#include <errno.h>
#include <string.h>

#include "common/decide.h"
#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/view_path.h"
#include "pam_rbac/report.h"
#include "tests/fuzz/fuzz.h"

enum { RECORDS = 64, NOW = 1700000000 };

/* ---- a view that is a list, in the place of common/view.c ---- */

static struct record {
	const uint8_t *name;
	uint8_t type;
	size_t name_len;
	struct rbac_bytes payload;
} records[RECORDS];
static size_t n_records;

static void read_input(const uint8_t *p, size_t left)
{
	n_records = 0;
	while (left >= 4 && n_records < RECORDS) {
		struct record r = { .type = p[0], .name_len = p[1], .name = p + 4 };
		size_t len = rbac_le16(p + 2);
		p += 4;
		left -= 4;
		if (r.name_len > left)
			return;
		len = len < left - r.name_len ? len : left - r.name_len;
		r.payload = (struct rbac_bytes){ r.name + r.name_len, len };
		p += r.name_len + len;
		left -= r.name_len + len;
		records[n_records++] = r;
	}
}

int rbac_view_get(const struct rbac_view *v, uint8_t type, const void *name, size_t len,
		  struct rbac_bytes *rec)
{
	(void)v;
	for (size_t i = 0; i < n_records; i++)
		if (records[i].type == type && records[i].name_len == len &&
		    (len == 0 || memcmp(records[i].name, name, len) == 0)) {
			*rec = records[i].payload;
			return RBAC_OK;
		}
	return RBAC_NOTFOUND;
}

int rbac_view_prove_absent(const struct rbac_view *v, uint8_t type, const void *name, size_t len)
{
	(void)v;
	(void)type;
	(void)name;
	(void)len;
	return RBAC_NOTFOUND;
}

/* In the order of the list: what the key was says where it stands. */
int rbac_view_next(const struct rbac_view *v, struct rbac_bytes key, struct rbac_bytes *next,
		   struct rbac_bytes *rec, struct rbac_walk_place *place)
{
	static uint8_t whole[256];
	size_t i = 0;
	(void)v;
	(void)place;
	if (key.len > 1)
		while (i < n_records &&
		       !(records[i].type == key.p[0] && records[i].name_len == key.len - 1 &&
			 memcmp(records[i].name, key.p + 1, key.len - 1) == 0))
			i++;
	i += key.len > 1;
	while (i < n_records && records[i].type != RBAC_REC_GROUP)
		i++;
	for (size_t j = 0; i < n_records && j < i;
	     j++) /* a name that was there before would lead back */
		if (records[j].type == RBAC_REC_GROUP &&
		    records[j].name_len == records[i].name_len &&
		    memcmp(records[j].name, records[i].name, records[i].name_len) == 0)
			return RBAC_DAMAGED;
	if (i >= n_records || records[i].name_len == 0)
		return RBAC_NOTFOUND;
	whole[0] = records[i].type;
	memcpy(whole + 1, records[i].name, records[i].name_len);
	*next = (struct rbac_bytes){ whole, records[i].name_len + 1 };
	*rec = records[i].payload;
	return RBAC_OK;
}

void rbac_view_release(struct rbac_view *v)
{
	(void)v;
}

int rbac_view_path_acquire(struct rbac_view *v)
{
	struct rbac_bytes rec;
	*v = (struct rbac_view){ .slot = -1 };
	return rbac_view_get(v, RBAC_REC_META, NULL, 0, &rec) == RBAC_OK
		       ? rbac_meta_decode(rec, &v->meta)
		       : RBAC_DAMAGED;
}

int rbac_view_path_keep(struct rbac_view_kept *k)
{
	k->held = rbac_view_path_acquire(&k->view) == RBAC_OK;
	return k->held ? RBAC_OK : RBAC_DAMAGED;
}

void rbac_view_forget(struct rbac_view_kept *k)
{
	k->held = false;
}

int rbac_view_fork_generation(void)
{
	return 1;
}

/* ---- the NSS module ---- */

static bool may_give(const struct rbac_view *v, gid_t gid)
{
	return rbac_meta_in_range(&v->meta, gid) || rbac_meta_extra(&v->meta, gid) >= 0;
}

static void check_string(const char *s, const char *buf, size_t size)
{
	claim(s >= buf && s < buf + size && memchr(s, '\0', (size_t)(buf + size - s)));
}

static void check_answer(const struct rbac_view *v, enum nss_status rc, const struct group *g,
			 const char *buf, size_t size, int err)
{
	claim(rc == NSS_STATUS_SUCCESS || rc == NSS_STATUS_NOTFOUND || rc == NSS_STATUS_UNAVAIL ||
	      (rc == NSS_STATUS_TRYAGAIN && err == ERANGE));
	if (rc != NSS_STATUS_SUCCESS)
		return;
	claim(may_give(v, g->gr_gid));
	check_string(g->gr_name, buf, size);
	check_string(g->gr_passwd, buf, size);
	for (char **m = g->gr_mem; *m; m++)
		check_string(*m, buf, size);
}

static void ask_groups(const struct rbac_view *v, size_t size)
{
	struct group g;
	int err = 0;
	char *buf = malloc(size ? size : 1);
	if (!buf)
		return;
	enum nss_status rc = _nss_rbac_getgrnam_r("web", &g, buf, size, &err);
	check_answer(v, rc, &g, buf, size, err);
	rc = _nss_rbac_getgrgid_r(v->meta.gid_min, &g, buf, size, &err);
	check_answer(v, rc, &g, buf, size, err);
	rc = _nss_rbac_setgrent(0);
	for (size_t i = 0; rc == NSS_STATUS_SUCCESS; i++) {
		claim(i <= RECORDS);
		rc = _nss_rbac_getgrent_r(&g, buf, size, &err);
		check_answer(v, rc, &g, buf, size, err);
	}
	_nss_rbac_endgrent();
	free(buf);
}

static void ask_initgroups(const struct rbac_view *v, const char *user, long limit)
{
	long start = 2, size = 2;
	int err = 0;
	gid_t *gids = malloc(2 * sizeof *gids);
	if (!gids)
		return;
	gids[0] = 1000;
	gids[1] = 500;
	enum nss_status rc = _nss_rbac_initgroups_dyn(user, 1000, &start, &size, &gids, limit,
						      &err);
	claim(rc == NSS_STATUS_SUCCESS || start == 2);
	claim(start <= size && (limit <= 0 || start <= limit || start == 2));
	for (long i = 2; i < start; i++) {
		claim(may_give(v, gids[i]) && gids[i] != 1000);
		for (long j = 0; j < i; j++)
			claim(gids[j] != gids[i]);
	}
	free(gids);
}

/* ---- the decision ---- */

static void check_line(const struct rbac_text *t)
{
	claim(t->len < sizeof t->s && t->s[t->len] == '\0');
	for (size_t i = 0; i < t->len; i++)
		claim(t->s[i] >= 0x20 && t->s[i] <= 0x7e);
}

static void ask_gate(const struct rbac_view *v, const char *user, const char *service,
		     const char *rhost)
{
	static const uint32_t groups[] = { 500, 1000 };
	const struct rbac_request rq = { .user = user,
					 .uid = 1000,
					 .service = service,
					 .rhost = rhost,
					 .groups = groups,
					 .n_groups = 2,
					 .now = NOW };
	struct rbac_verdict verdict;
	struct rbac_text line = { 0 }, message = { 0 };
	int rc = rbac_decide(v, &rq, &verdict);
	claim(rc == RBAC_OK || rc == RBAC_DAMAGED);
	claim(rc == RBAC_OK || !verdict.allow);
	claim(verdict.recorded.len <= 255);
	claim(!verdict.allow || verdict.why == RBAC_WHY_RULE ||
	      verdict.why == RBAC_WHY_EXEMPT_USER || verdict.why == RBAC_WHY_EXEMPT_GROUP);
	if (rc != RBAC_OK)
		return;
	rbac_report_request(&line, RBAC_OUTCOME_DENIED,
			    &(struct rbac_asked){ user, "typed\n", service, rhost });
	rbac_report_verdict(&line, &v->meta, &verdict);
	rbac_report_denial(&message, &rq, &verdict);
	check_line(&line);
	check_line(&message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = { 0, 1, 24, 100, 4096 };
	struct rbac_view v;
	read_input(data, size);
	if (rbac_view_path_acquire(&v) != RBAC_OK)
		return 0;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		ask_groups(&v, sizes[i]);
	ask_initgroups(&v, "alice", -1);
	ask_initgroups(&v, "alice", 3);
	ask_initgroups(&v, "nobody", -1);
	ask_gate(&v, "alice", "sshd", "192.0.2.7");
	ask_gate(&v, "alice", "sshd", "2001:db8::1%eth0");
	ask_gate(&v, "alice", "sshd", "Web.Example.ORG.");
	ask_gate(&v, "nobody", "sudo", NULL);
	return 0;
}
