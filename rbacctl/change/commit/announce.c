/* Each change in the audit chain; and as one line of the system's log: what stands there is out of
 * reach of whoever edits the store later, and `rbacctl log --head` can be compared with it. */
#include <inttypes.h>
#include <string.h>
#include <syslog.h>

#include "rbacctl/change/commit/commit.h"
#include "rbacctl/complain.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/system_log.h"

enum { ANNOUNCE_TEXT = 600 }; /* bytes of what was done: syslogd may cut lines after 1,024 */

int change_append_audit(struct change *c, struct store_audit *audit)
{
	struct buf text = { 0 };

	buf_printf(&text, "%s%s", buf_text(&c->done), buf_text(&c->voided));
	audit->text = buf_text(&text);
	bool failed = c->done.failed || c->notes.failed || c->voided.failed || text.failed;
	int err = failed ? RBAC_NOMEM : store_audit_append(&c->t, audit);
	if (failed)
		change_fail(c, err, "out of memory");
	else if (err)
		change_store_fail(c, err);
	audit->text = NULL;
	buf_free(&text);
	return err;
}

/* ` KEY="TEXT"`: one line, quotes and backslashes escaped, at most LIMIT bytes of TEXT. */
static void put_field(struct buf *out, const char *key, const char *text, size_t limit)
{
	struct buf plain = { 0 };
	plain_text_lines(&plain, text);
	const char *p = buf_text(&plain);
	size_t len = strlen(p), shown = len > limit ? limit : len;
	while (shown > 0 && shown < len && ((unsigned char)p[shown] & 0xc0) == 0x80)
		shown--; /* not in the middle of a character */
	while (shown == len && shown > 0 && p[shown - 1] == '\n')
		len = --shown;
	buf_printf(out, " %s=\"", key);
	for (size_t i = 0; i < shown; i++) {
		if (p[i] == '\n')
			buf_printf(out, "; ");
		else
			buf_printf(out, p[i] == '"' || p[i] == '\\' ? "\\%c" : "%c", p[i]);
	}
	buf_printf(out, shown < len ? "...\"" : "\"");
	buf_free(&plain);
}

void change_announcement(const struct change *c, struct buf *out)
{
	buf_printf(out, "change=%" PRIu64 " head=", c->change);
	for (size_t i = 0; i < sizeof c->head; i++)
		buf_printf(out, "%02x", c->head[i]);
	put_field(out, "actor", c->a->actor.name, RBAC_USER_MAX);
	put_field(out, "person", c->a->actor.person, ANNOUNCE_TEXT);
	put_field(out, "verb", c->verb, ANNOUNCE_TEXT);
	put_field(out, "text", buf_text(&c->done), ANNOUNCE_TEXT);
}

void change_announce(const struct change *c)
{
	struct buf line = { 0 };
	c->a->recorded |= c->recorded;
	/* The store of another host, or of a test, is not this one's. */
	if (!c->recorded || strcmp(c->a->state, RBAC_STATE_DIR) != 0)
		return;
	change_announcement(c, &line);
	if (!system_log(LOG_NOTICE, buf_text(&line)) && !c->a->peer)
		complain("change %" PRIu64
			 " is made, but nobody reads the system's log (/dev/log): "
			 "its line is missing there",
			 c->change);
	buf_free(&line);
	change_announce_audit(c);
}
