/*
 * The hosts of a fleet in the directory: what each may read, and what each has acknowledged.
 *
 * DIR/hosts/HOST has one line for each sheet that HOST may read, or the one word "removed".
 */
#include "rbac_follow/push.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbac_follow/acknowledge.h"
#include "rbac_follow/inbox.h"
#include "rbacctl/carrier/folder.h"
#include "rbacctl/files.h"

_Static_assert(FOLDER_FOLLOWS_MAX + 2 <= PUSH_VALUES_MAX,
	       "with cn and objectClass they are one entry");

/* What the directory has of each host. */
struct host_there {
	char name[RBAC_WORD_MAX + 1];
	char *follows; /* lines, sorted */
};

struct hosts_there {
	struct host_there *v;
	size_t n, cap;
	char acks[PATH_MAX]; /* the folder that gets what they acknowledge */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of TEXT, which is cut up: at most FOLDER_FOLLOWS_MAX. */
static size_t lines_of(char *text, char *lines[FOLDER_FOLLOWS_MAX])
{
	size_t n = 0;

	for (char *save, *p = strtok_r(text, "\n", &save); p && n < FOLDER_FOLLOWS_MAX;
	     p = strtok_r(NULL, "\n", &save))
		lines[n++] = p;
	qsort(lines, n, sizeof(*lines), by_text);
	return n;
}

static char *follows_of(struct push *p, LDAPMessage *entry)
{
	struct berval **v = ldap_get_values_len(p->ld, entry, "rbacFollows");
	char *sorted[FOLDER_FOLLOWS_MAX] = { NULL };
	struct buf text = { 0 };
	size_t n = 0;

	for (int i = 0; v && v[i] && n < FOLDER_FOLLOWS_MAX; i++)
		sorted[n++] = v[i]->bv_val;
	qsort(sorted, n, sizeof(*sorted), by_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s\n", sorted[i]);
	ldap_value_free_len(v);
	char *copy = text.failed ? NULL : strdup(buf_text(&text));
	buf_free(&text);
	return copy;
}

static void keep_acknowledgement(const struct hosts_there *t, const char *host,
				 const struct berval *ack)
{
	char path[PATH_MAX + RBAC_WORD_MAX + 2];

	if (!ack || ack->bv_len > FOLDER_ACK_MAX)
		return;
	snprintf(path, sizeof(path), "%s/%s", t->acks, host);
	if (folder_put(path, (uint8_t *)ack->bv_val, ack->bv_len, false))
		follow_say("%s: %s", path, strerror(errno));
}

/* The directory may name any others. */
static bool is_of_fleet(const struct push *p, const char *host)
{
	char path[PATH_MAX];

	if (!rbac_name_is_word(host, strlen(host)) || host[0] == '.')
		return false;
	snprintf(path, sizeof(path), "%s/hosts/%s", p->dir, host);
	return access(path, F_OK) == 0;
}

static int on_host(struct push *p, LDAPMessage *entry, void *ctx)
{
	struct hosts_there *t = ctx;
	struct berval *name = directory_value(p->ld, entry, "cn"),
		      *ack = directory_value(p->ld, entry, "rbacAck");
	int rc = LDAP_SUCCESS;

	if (name && is_of_fleet(p, name->bv_val)) {
		struct host_there h = { .follows = follows_of(p, entry) };
		strcpy(h.name, name->bv_val);
		if (h.follows && buf_room(&t->v, t->n, &t->cap, sizeof(*t->v))) {
			t->v[t->n++] = h;
		} else {
			free(h.follows);
			rc = push_fail(p, LDAP_NO_MEMORY, "the hosts of the directory");
		}
		keep_acknowledgement(t, name->bv_val, ack);
	}
	ber_bvfree(name);
	ber_bvfree(ack);
	return rc;
}

static int by_host(const void *a, const void *b)
{
	return strcmp(((const struct host_there *)a)->name, ((const struct host_there *)b)->name);
}

/* ---- what they are to be ---- */

static int write_host(struct push *p, const char *host, const struct host_there *old, char *text)
{
	struct push_value v[FOLDER_FOLLOWS_MAX + 1] = { { "cn", host, strlen(host) } };
	char dn[PUSH_DN_MAX], *lines[FOLDER_FOLLOWS_MAX];

	snprintf(dn, sizeof(dn), "cn=%s,ou=hosts,%s", host, p->f->c->base);
	if (strcmp(text, "removed\n") == 0) {
		int rc = old ? ldap_delete_ext_s(p->ld, dn, NULL, NULL) : LDAP_SUCCESS;
		p->written += old && !rc;
		return push_fail(p, rc, dn);
	}
	size_t n = lines_of(text, lines);
	struct buf sorted = { 0 };
	for (size_t i = 0; i < n; i++) {
		v[1 + i] = (struct push_value){ "rbacFollows", lines[i], strlen(lines[i]) };
		buf_printf(&sorted, "%s\n", lines[i]);
	}
	bool same = old && strcmp(old->follows, buf_text(&sorted)) == 0;
	buf_free(&sorted);
	if (same)
		return LDAP_SUCCESS;
	return old ? push_replace(p, dn, v + 1, n) : push_add(p, dn, "rbacHost", v, n + 1);
}

static int push_host(struct push *p, const struct hosts_there *t, const char *host)
{
	char path[PATH_MAX], *text = NULL;
	struct host_there key = { 0 };
	size_t len;

	snprintf(path, sizeof(path), "%s/hosts/%s", p->dir, host);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int err = fd < 0 ? RBAC_SYSTEM : files_read(fd, FOLDER_HOST_MAX, &text, &len);
	if (fd >= 0)
		close(fd);
	if (err)
		return push_fail(p, LDAP_LOCAL_ERROR, path);
	snprintf(key.name, sizeof(key.name), "%.*s", (int)sizeof(key.name) - 1, host);
	int rc = write_host(p, host,
			    t->n ? bsearch(&key, t->v, t->n, sizeof(*t->v), by_host) : NULL, text);
	free(text);
	return rc;
}

static int write_hosts(struct push *p, const struct hosts_there *t)
{
	char path[PATH_MAX];
	int rc = LDAP_SUCCESS;

	snprintf(path, sizeof(path), "%s/hosts", p->dir);
	DIR *d = opendir(path);
	for (const struct dirent *e; d && !rc && (e = readdir(d));)
		if (rbac_name_is_word(e->d_name, strlen(e->d_name)) && e->d_name[0] != '.')
			rc = push_host(p, t, e->d_name);
	if (d)
		closedir(d);
	return rc;
}

int push_hosts(struct push *p)
{
	static const char *const attributes[] = { "cn", "rbacFollows", "rbacAck", NULL };
	struct hosts_there t = { 0 };
	char base[PUSH_DN_MAX];

	snprintf(t.acks, sizeof(t.acks), "%s/acks", p->f->own);
	mkdir(p->f->own, 0755);
	if (mkdir(t.acks, 0755) != 0 && errno != EEXIST)
		follow_say("%s: %s", t.acks, strerror(errno));
	snprintf(base, sizeof(base), "ou=hosts,%s", p->f->c->base);
	int rc = push_each(p, base, "(objectClass=rbacHost)", attributes, on_host, &t);
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), by_host);
	if (!rc)
		rc = write_hosts(p, &t);
	for (size_t i = 0; i < t.n; i++)
		free(t.v[i].follows);
	free(t.v);
	return rc;
}
