#include "rbac_follow/search.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbac_follow/follow.h"
#include "rbac_follow/sync.h"

/* ---- the search ---- */

int search_begin(struct search *s, const char *base, char *const *names, size_t n)
{
	static char *attrs[] = { (char *)"rbacSheetName",   (char *)"rbacHead", (char *)"rbacData",
				 (char *)"rbacKeysVersion", (char *)"rbacKeys", NULL };
	struct buf value = { 0 }, filter = { 0 }, sheets = { 0 };

	sync_request(s->cookie, &value);
	buf_printf(&filter, "(|(objectClass=rbacKeyList)");
	for (size_t i = 0; i < n; i++)
		buf_printf(&filter, "(rbacSheetName=%s)", names[i]);
	buf_printf(&filter, ")");
	buf_printf(&sheets, "ou=sheets,%s", base);
	int rc = LDAP_NO_MEMORY;
	if (!value.failed && !filter.failed && !sheets.failed) {
		LDAPControl sync = { .ldctl_oid = (char *)DIRECTORY_SYNC,
				     .ldctl_value = { value.len, (char *)value.p },
				     .ldctl_iscritical = 1 };
		LDAPControl *controls[] = { &sync, NULL };
		rc = ldap_search_ext(s->ld, buf_text(&sheets), LDAP_SCOPE_SUBTREE,
				     buf_text(&filter), attrs, 0, controls, NULL, NULL, 0, &s->id);
	}
	buf_free(&value);
	buf_free(&filter);
	buf_free(&sheets);
	if (rc)
		directory_why(s->ld, rc, "the search", s->why);
	return rc;
}

/* ---- what comes ---- */

static void keep_cookie(struct search *s, const struct sync_news *news)
{
	if (!news->cookie)
		return;
	buf_reset(s->cookie);
	if (!sync_cookie_is_of_several(news->cookie, news->len))
		buf_put(s->cookie, news->cookie, news->len);
}

static void read_control(struct search *s, LDAPControl **controls, const char *oid)
{
	const LDAPControl *c = ldap_control_find(oid, controls, NULL);
	struct sync_news news;

	if (c && sync_read(oid, c->ldctl_value.bv_val, c->ldctl_value.bv_len, &news))
		keep_cookie(s, &news);
	ldap_controls_free(controls);
}

static int put_entry(struct search *s, const char *name, const struct berval *version,
		     const struct berval *keys, const struct berval *head,
		     const struct berval *data)
{
	int err = RBAC_OK;

	if (version && keys) {
		char *end;
		unsigned long long v = strtoull(version->bv_val, &end, 10);
		if (!*end && v > 0)
			err = inbox_keys(&s->inbox, v, (uint8_t *)keys->bv_val, keys->bv_len);
	}
	if (!err && name && head)
		err = inbox_head(&s->inbox, name, (uint8_t *)head->bv_val, head->bv_len);
	if (!err && name && data)
		err = inbox_chunk(&s->inbox, name, (uint8_t *)data->bv_val, data->bv_len);
	return err;
}

static int on_entry(struct search *s, LDAPMessage *m)
{
	LDAPControl **controls = NULL;
	struct berval *name = directory_value(s->ld, m, "rbacSheetName"),
		      *head = directory_value(s->ld, m, "rbacHead"),
		      *data = directory_value(s->ld, m, "rbacData"),
		      *keys = directory_value(s->ld, m, "rbacKeys"),
		      *version = directory_value(s->ld, m, "rbacKeysVersion");
	int err = put_entry(s, name ? name->bv_val : NULL, version, keys, head, data);

	ber_bvfree(name);
	ber_bvfree(head);
	ber_bvfree(data);
	ber_bvfree(keys);
	ber_bvfree(version);
	if (err == RBAC_REFUSED) {
		if (s->dropped++ == 0)
			follow_say("the server sent an entry that was not requested or exceeds a "
				   "limit: ignored");
		err = RBAC_OK;
	}
	if (err)
		snprintf(s->why, DIRECTORY_WHY, "the inbox %.200s: %s", s->inbox.dir,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	else if (ldap_get_entry_controls(s->ld, m, &controls) == LDAP_SUCCESS)
		read_control(s, controls, SYNC_STATE);
	return err;
}

static void on_info(struct search *s, LDAPMessage *m)
{
	struct berval *value = NULL;
	struct sync_news news;
	char *oid = NULL;

	if (ldap_parse_intermediate(s->ld, m, &oid, &value, NULL, 0) == LDAP_SUCCESS && oid &&
	    value && sync_read(oid, value->bv_val, value->bv_len, &news))
		keep_cookie(s, &news);
	ldap_memfree(oid);
	ber_bvfree(value);
}

/* The search is over: it never is while all is well. */
static bool on_result(struct search *s, LDAPMessage *m)
{
	int code = LDAP_OTHER;

	ldap_parse_result(s->ld, m, &code, NULL, NULL, NULL, NULL, 0);
	directory_why(s->ld, code, "the server ended the search", s->why);
	return code == LDAP_SYNC_REFRESH_REQUIRED;
}

bool search_message(struct search *s, LDAPMessage *m, bool *again)
{
	bool goes_on = true;

	*again = false;
	if (ldap_msgtype(m) == LDAP_RES_SEARCH_ENTRY) {
		goes_on = on_entry(s, m) == RBAC_OK;
	} else if (ldap_msgtype(m) == LDAP_RES_INTERMEDIATE) {
		on_info(s, m);
	} else if (ldap_msgtype(m) == LDAP_RES_SEARCH_RESULT) {
		*again = on_result(s, m);
		goes_on = false;
	}
	return goes_on;
}
