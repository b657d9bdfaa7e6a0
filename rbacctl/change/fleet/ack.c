#include "rbacctl/change/fleet/ack.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rbacctl/carrier/folder.h"
#include "rbacctl/change/fleet/directory.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"

static const char magic[] = "rbacack1\n";

/* ---- a member ---- */

static int on_sheet(void *ctx, const char *name, const struct store_sheet *s)
{
	struct buf *out = ctx;

	if (s->here)
		buf_printf(out, "sheet %" PRIu64 " %s\n", s->number, name);
	return RBAC_OK;
}

int fleet_ack_make(struct store_txn *t, const struct store_fleet *self, int64_t now,
		   struct buf *out)
{
	char id[2 * FLEET_ID + 1];
	struct store_sheet fleet = { 0 };
	const char *notes = "";

	(void)store_sheet_get(t, FLEET_SHEET, &fleet);
	sodium_bin2hex(id, sizeof(id), self->id, FLEET_ID);
	buf_printf(out,
		   "%sfleet %s\nhost %s\nversion " RBAC_VERSION "\ntime %" PRId64 "\nfresh %" PRId64
		   "\nterm %" PRIu64 "\n",
		   magic, id, self->host, now, fleet.issued, self->term);
	int err = store_sheets_all(t, on_sheet, out);
	if (!err)
		err = store_fleet_notes(t, &notes);
	for (const char *p = err ? "" : notes; *p && out->len < FOLDER_ACK_MAX - 1200;) {
		size_t len = strcspn(p, "\n");
		buf_printf(out, "note %.*s\n", (int)(len < 1000 ? len : 1000), p);
		p += len + (p[len] != '\0');
	}
	return err ? err : out->failed ? RBAC_NOMEM : RBAC_OK;
}

static int make_follow(const struct invocation *a, const char *file, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/follow", a->state);
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return RBAC_SYSTEM;
	snprintf(path, PATH_MAX, "%s/follow/%s", a->state, file);
	return RBAC_OK;
}

/* The number behind "KEY " at the beginning of a line; -1: none. */
static int64_t number_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p != '\0')
		if (strncmp(p, key, len) == 0 && p[len] == ' ')
			return strtoll(p + len + 1, NULL, 10);
	return -1;
}

/* The same but for the times, and said not long ago. */
static bool is_said(const struct buf *old, const struct buf *new, int64_t now)
{
	const char *a = strstr(buf_text(old), "\nterm "), *b = strstr(buf_text(new), "\nterm ");

	return a && b && strcmp(a, b) == 0 &&
	       now - number_of(buf_text(old), "time") < FLEET_ACK_EVERY;
}

int fleet_ack_put(const struct invocation *a, const struct buf *ack, int64_t now)
{
	char path[PATH_MAX];
	struct buf old = { 0 };
	int err = make_follow(a, "ack", path);

	if (!err && folder_read(path, FOLDER_ACK_MAX, &old) == RBAC_OK && is_said(&old, ack, now))
		err = RBAC_OK;
	else if (!err)
		err = folder_put(path, ack->p, ack->len, false);
	buf_free(&old);
	return err;
}

int fleet_sheets_put(const struct invocation *a, const char *const *sheets, size_t n)
{
	char path[PATH_MAX];
	struct buf old = { 0 }, text = { 0 };
	int err = make_follow(a, "sheets", path);

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s\n", sheets[i]);
	if (!err && folder_read(path, FOLDER_HOST_MAX, &old) == RBAC_OK &&
	    strcmp(buf_text(&old), buf_text(&text)) == 0)
		n = 0;
	if (!err && n)
		err = text.failed ? RBAC_NOMEM : folder_put(path, text.p, text.len, false);
	buf_free(&old);
	buf_free(&text);
	return err;
}

/* ---- the authority ---- */

/* Is it one of this fleet and host? The text may be anything. */
static bool is_ack(const struct buf *b, const struct store_fleet *self, const char *host)
{
	char want[200], id[2 * FLEET_ID + 1];

	sodium_bin2hex(id, sizeof(id), self->id, FLEET_ID);
	snprintf(want, sizeof(want), "%sfleet %s\nhost %s\n", magic, id, host);
	return b->len > strlen(want) && memcmp(b->p, want, strlen(want)) == 0 &&
	       !memchr(b->p, 0, b->len) && buf_text(b)[b->len - 1] == '\n';
}

static bool read_ack(const char *path, const struct store_fleet *self, const char *host,
		     struct buf *out)
{
	buf_reset(out);
	if (folder_read(path, FOLDER_ACK_MAX, out))
		return false;
	return is_ack(out, self, host);
}

/* The newest of what the directory and a folder have brought. False: nothing. */
static bool newest(const struct invocation *a, const struct store_fleet *self, const char *host,
		   struct buf *out)
{
	char path[PATH_MAX];
	struct buf other = { 0 };

	snprintf(path, sizeof(path), "%s-follow/acks/%s", a->state, host);
	bool is = read_ack(path, self, host, out);
	snprintf(path, sizeof(path), "%s/fleet/acks/%s", a->state, host);
	bool also = read_ack(path, self, host, &other);
	if (also &&
	    (!is || number_of(buf_text(&other), "time") > number_of(buf_text(out), "time"))) {
		buf_free(out);
		*out = other;
		return true;
	}
	buf_free(&other);
	return is;
}

/* The sheets that the host has in an older state than the store, into OUT. */
static size_t tell_behind(struct store_txn *t, const char *text, struct buf *out)
{
	size_t n = 0;

	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p != '\0') {
		char name[RBAC_SCOPE_MAX + 1];
		struct store_sheet s;
		uint64_t number;
		if (sscanf(p, "sheet %" SCNu64 " %380[^\n]", &number, name) != 2 ||
		    store_sheet_get(t, name, &s) || s.number <= number)
			continue;
		if (n++ == 0)
			buf_printf(out, ", behind: %s at %" PRIu64 ", here at %" PRIu64, name,
				   number, s.number);
	}
	if (n > 1)
		buf_printf(out, " and %zu more", n - 1);
	return n;
}

void fleet_ack_tell(struct store_txn *t, const struct invocation *a, const struct store_fleet *self,
		    const char *host, struct buf *out, bool *attention)
{
	struct buf text = { 0 };
	char rel[64];

	if (!newest(a, self, host, &text)) {
		buf_printf(out, ", never heard of");
		*attention |= fleet_has_directory(a);
		buf_free(&text);
		return;
	}
	int64_t time = number_of(buf_text(&text), "time");
	human_relative(time, a->now, rel, sizeof(rel));
	buf_printf(out, ", heard of %s", rel);
	if (a->now - time > FLEET_ACK_OLD) {
		buf_printf(out, ": too long ago");
		*attention = true;
	}
	if (tell_behind(t, buf_text(&text), out) == 0)
		buf_printf(out, ", has all");
	const char *note = strstr(buf_text(&text), "\nnote ");
	if (note) {
		char said[300];
		snprintf(said, sizeof(said), "%.*s", (int)strcspn(note + 6, "\n"), note + 6);
		plain_text_tame(said);
		buf_printf(out, ", says: %s", said);
		*attention = true;
	}
	buf_free(&text);
}

/* ---- what a tool brought back ---- */

struct keeping {
	struct store_fleet self;
	const struct invocation *a;
	const char *dir;
};

static int on_member(void *ctx, const char *host, const struct store_member *m)
{
	const struct keeping *k = ctx;
	char path[PATH_MAX];
	struct buf text = { 0 };

	(void)m;
	snprintf(path, sizeof(path), "%s/acks/%s", k->dir, host);
	if (read_ack(path, &k->self, host, &text)) {
		snprintf(path, sizeof(path), "%s/fleet/acks/%s", k->a->state, host);
		(void)folder_put(path, text.p, text.len, false); /* it comes again */
	}
	buf_free(&text);
	return RBAC_OK;
}

void fleet_acks_keep(struct store_txn *t, const struct invocation *a, const char *dir)
{
	struct keeping k = { .a = a, .dir = dir };
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/acks", dir);
	if (stat(path, &st) != 0 || store_fleet_get(t, &k.self))
		return;
	snprintf(path, sizeof(path), "%s/fleet/acks", a->state);
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		(void)store_members_all(t, on_member, &k);
}
