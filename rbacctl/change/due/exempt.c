#include "rbacctl/change/due/exempt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/request_rules.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/model/rules.h"
#include "rbacctl/plain_text.h"

/* ---- the list ---- */

/* A name of a remote host is what its owner says: it becomes a part of a line of the log. */
static char *copy(struct exempt_uses *l, const char *text)
{
	char *own = strdup(text);
	bool plain = plain_text_is(text);

	for (unsigned char *p = (unsigned char *)own; p && *p && !plain; p++)
		if (*p < 0x20 || *p >= 0x7f)
			*p = '?';
	l->failed |= own == NULL;
	return own;
}

void exempt_uses_add(struct exempt_uses *l, const struct store_use *u)
{
	if (!buf_room(&l->v, l->n, &l->cap, sizeof *l->v)) {
		l->failed = true;
		return;
	}
	struct store_use *own = &l->v[l->n++];
	*own = *u;
	own->session = copy(l, u->session);
	own->user = copy(l, u->user);
	own->service = copy(l, u->service);
	own->from = copy(l, u->from);
}

void exempt_uses_free(struct exempt_uses *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free((char *)l->v[i].session);
		free((char *)l->v[i].user);
		free((char *)l->v[i].service);
		free((char *)l->v[i].from);
	}
	free(l->v);
	*l = (struct exempt_uses){ 0 };
}

/* ---- which session ---- */

bool exempt_is_login(const char *service)
{
	static const char *const become[] = { "sudo", "sudo-i", "su", "su-l" };

	for (size_t i = 0; i < sizeof become / sizeof *become; i++)
		if (strcmp(service, become[i]) == 0)
			return true;
	return policy_service_is_login(service);
}

void exempt_boot_id(char out[40])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!f || fscanf(f, "%39s", out) != 1)
		strcpy(out, "-");
	if (f)
		fclose(f);
}

void exempt_session_id(const char *boot, pid_t pid, uint64_t began, char *out, size_t size)
{
	snprintf(out, size, "%s/%" PRIx64, boot, began << 22 ^ (uint64_t)pid);
}

/* ---- which are new ---- */

struct seen {
	const struct exempt_uses *found;
	bool *known;
	uint64_t old[64]; /* some that were acknowledged long ago: the others go another time */
	size_t n_old;
	int64_t before;
};

static int on_use(void *ctx, const struct store_use *u)
{
	struct seen *s = ctx;

	for (size_t i = 0; i < s->found->n; i++)
		s->known[i] |= strcmp(s->found->v[i].session, u->session) == 0 &&
			       strcmp(s->found->v[i].user, u->user) == 0;
	if (u->acked && u->when < s->before && s->n_old < sizeof s->old / sizeof *s->old)
		s->old[s->n_old++] = u->id;
	return RBAC_OK;
}

/* To be freed in any case. */
static int see(struct change *c, const struct exempt_uses *found, struct seen *s)
{
	*s = (struct seen){ .found = found,
			    .known = calloc(found->n + 1, sizeof *s->known),
			    .before = c->a->now - EXEMPT_KEEP };
	int err = s->known ? store_uses_all(&c->t, on_use, s) : RBAC_NOMEM;
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_exempt_new(struct change *c, const struct exempt_uses *found, size_t *n)
{
	struct seen s;
	int err = see(c, found, &s);

	*n = 0;
	for (size_t i = 0; i < found->n && !err; i++)
		*n += !s.known[i];
	free(s.known);
	return err;
}

/* ---- record ---- */

static int tell(struct change *c, const struct store_use *u, const char *person, const char *text)
{
	struct store_notice n = { .kind = NOTICE_BREAKGLASS,
				  .id = u->id,
				  .instant = u->when,
				  .person = person,
				  .made = c->a->now,
				  .next = c->a->now,
				  .left = change_due_ways(c->p, NOTICE_BREAKGLASS),
				  .role = "",
				  .scope = "",
				  .text = text,
				  .why = "" };

	if (strcmp(person, u->user) == 0)
		return RBAC_OK;
	buf_printf(&c->done, "tell %s: %s\n", person, text);
	return store_notice_put(&c->t, &n);
}

static int record(struct change *c, const struct store_use *found)
{
	const struct policy_strs *people = &c->p->notify.breakglass;
	struct store_use u = *found;
	char when[80], number[24], text[1200];
	int err = store_next_id(&c->t, c->change, &u.id);

	u.seen = c->change;
	if (!err)
		err = store_use_put(&c->t, &u);
	human_date_time(u.when, when, sizeof when);
	snprintf(number, sizeof number, "%" PRIu64, u.id);
	snprintf(text, sizeof text,
		 "%.255s was let in by %.64s%s%.256s at %s by an exemption alone", u.user,
		 u.service, u.from[0] ? " from " : "", u.from, when);
	buf_printf(&c->done, "exempt %s: %s\n", number, text);
	snprintf(text + strlen(text), sizeof text - strlen(text), "; to acknowledge it: %s",
		 COMMAND("rbacctl review ack %s", number));
	for (size_t i = 0; i < people->n && !err; i++)
		err = tell(c, &u, people->v[i], text);
	return err;
}

int change_exempt_record(struct change *c, const struct exempt_uses *found)
{
	struct seen s;
	int err = see(c, found, &s);

	for (size_t i = 0; i < found->n && !err; i++)
		if (!s.known[i] && (err = record(c, &found->v[i])))
			change_store_fail(c, err);
	for (size_t i = 0; i < s.n_old && !err; i++)
		if ((err = store_use_del(&c->t, s.old[i])))
			change_store_fail(c, err);
	free(s.known);
	return err;
}

/* ---- acknowledge ---- */

static bool is_asked(const struct change *c)
{
	const struct policy_strs *people = &c->p->notify.breakglass;

	for (size_t i = 0; i < people->n; i++)
		if (strcmp(people->v[i], c->a->actor.name) == 0)
			return true;
	return c->a->actor.root;
}

static int refuse(struct change *c, const struct store_use *u, const char *why)
{
	const struct policy_strs *people = &c->p->notify.breakglass;
	struct buf may = { 0 };

	for (size_t i = 0; i < people->n; i++)
		if (strcmp(people->v[i], u->user) != 0)
			buf_printf(&may, "%s%s", may.len ? ", " : "", people->v[i]);
	if (strcmp(u->user, "root") != 0)
		buf_printf(&may, "%sroot with --as root", may.len ? ", " : "");
	change_fail(c, RBAC_REFUSED,
		    "refused: use %" PRIu64 " of an exemption is %s's: %s\n  may   %s", u->id,
		    u->user, why,
		    may.len ? buf_text(&may) : "whom breakglass of notify in rbac.conf names");
	buf_free(&may);
	return RBAC_REFUSED;
}

int change_exempt_ack(struct change *c, uint64_t id)
{
	struct store_use u;
	int err = store_use_get(&c->t, id, &u);

	c->verb = "review ack";
	if (err == RBAC_NOTFOUND)
		return change_fail(c, RBAC_INVALID,
				   "there is no use %" PRIu64 " of an exemption (%s)", id,
				   COMMAND("rbacctl status"));
	if (err)
		return change_store_fail(c, err);
	if (u.acked) {
		c->nothing = true;
		buf_printf(&c->notes,
			   "use %" PRIu64 " was acknowledged by change %" PRIu64
			   ": nothing to do\n",
			   id, u.acked);
		return RBAC_OK;
	}
	if (request_is_person(c, u.user))
		return refuse(c, &u, "another person acknowledges it");
	if (!is_asked(c))
		return refuse(c, &u, "breakglass of notify in rbac.conf does not name you");
	buf_printf(&c->done, "exempt %" PRIu64 " acknowledged: %s by %s\n", id, u.user, u.service);
	u.acked = c->change;
	err = store_use_put(&c->t, &u);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* ---- the open ones ---- */

static int on_open(void *ctx, const struct store_use *u)
{
	if (!u->acked)
		exempt_uses_add(ctx, u);
	return RBAC_OK;
}

int exempt_open(const char *store, struct exempt_uses *out)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	int err = store_open_to_read(store, &s, &t);

	*out = (struct exempt_uses){ 0 };
	if (!err)
		err = store_uses_all(&t, on_open, out);
	store_abort(&t);
	store_close(s);
	return !err && out->failed ? RBAC_NOMEM : err;
}
