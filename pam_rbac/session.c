/*
 * The session stage: tell at login which roles end within a day, and with end=exact let
 * pam_systemd end the session with the first that wants it. Nothing here fails a login or logs an
 * error: the account stage has decided, and has logged.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <security/pam_modules.h>
#include <security/pam_ext.h>

#include "common/error.h"
#include "pam_rbac/conversation.h"
#include "pam_rbac/ending.h"
#include "pam_rbac/identity.h"
#include "pam_rbac/options.h"
#include "pam_rbac/view_path.h"

/* pam_systemd(8): "systemd.runtime_max_sec", read by pam_get_data(3). */
#define RUNTIME_MAX "systemd.runtime_max_sec"

/* A role is told where it ends within a day; the session may end later. */
enum { TOLD_MAX = 8, FAR = 400 * RBAC_ENDING_DAY };

struct findings {
	struct rbac_text text; /* what is told; empty: nothing */
	int told;              /* how many roles TEXT has */
	int64_t ends;          /* seconds until the session ends; 0: it does not */
};

/* sshd says "ssh" before it has a terminal, and shows what is told only on one. cron says "cron",
 * and a program without a terminal says nothing. */
static bool has_terminal(pam_handle_t *pamh)
{
	static const char *const begins[] = { "/dev/", "tty", "pts/", "console" };
	const char *tty = rbac_conversation_item(pamh, PAM_TTY);

	if (tty && strcmp(tty, "ssh") == 0)
		return true;
	for (size_t i = 0; tty && i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(tty, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

static void note(struct findings *f, const struct rbac_meta *meta, int64_t now, bool exact,
		 const struct rbac_ending *e)
{
	bool ends = exact && f->ends == 0 && (e->role.flags & RBAC_ROLE_ENDS_SESSIONS);

	if (ends)
		f->ends = e->until - now;
	if (e->until > now + RBAC_ENDING_DAY || f->told++ >= TOLD_MAX)
		return;
	if (f->text.len > 0)
		rbac_text_put(&f->text, "\n");
	rbac_ending_text(&f->text, meta, now, e);
	if (ends)
		rbac_text_put(&f->text, ", and this session with it");
}

static int look(const struct rbac_identity *id, bool exact, struct findings *f)
{
	struct rbac_view v;
	struct rbac_own own;
	struct rbac_ending endings[RBAC_ENDING_MAX];
	size_t n = 0;
	const int64_t clock = (int64_t)time(NULL);
	int err = rbac_view_path_acquire(&v);

	if (err != RBAC_OK)
		return err;
	const struct rbac_subject_query q = { .view = &v,
					      .user = id->name,
					      .len = strlen(id->name),
					      .uid = id->uid,
					      .now = rbac_meta_now(&v.meta, clock),
					      .groups = (const uint32_t *const *)&id->groups,
					      .n = id->n_groups,
					      .primary = id->primary,
					      .own = &own };
	rbac_subjects_own(&v, id->name, q.len, id->uid, &own);
	err = own.err == RBAC_DAMAGED
		      ? own.err
		      : rbac_ending_find(&q, exact ? FAR : RBAC_ENDING_DAY, endings, &n);
	for (size_t i = 0; i < n && err == RBAC_OK; i++)
		note(f, &v.meta, q.now, exact, &endings[i]);
	rbac_view_release(&v);
	return err;
}

static void forget(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

/* For pam_systemd, where it comes later in the stack. */
static void set_runtime(pam_handle_t *pamh, int64_t seconds)
{
	struct rbac_text number = { 0 };

	rbac_text_number(&number, (uint64_t)seconds);
	char *copy = strdup(number.s);
	if (copy && pam_set_data(pamh, RUNTIME_MAX, copy, forget) != PAM_SUCCESS)
		free(copy);
}

static void open_session(pam_handle_t *pamh, const struct rbac_options *o, bool tells)
{
	struct findings f = { 0 };
	struct rbac_identity id = { .uid = RBAC_NO_UID };
	const char *user = rbac_conversation_item(pamh, PAM_USER);
	int err = user ? rbac_identity_find(user, &id) : RBAC_NOTFOUND;

	if (err == RBAC_OK && id.name)
		err = rbac_identity_groups(&id);
	if (err == RBAC_OK && id.name && id.uid != 0)
		err = look(&id, o->end_exact, &f);
	rbac_identity_free(&id);
	if (o->debug)
		pam_syslog(pamh, LOG_DEBUG, "session: %s%s", rbac_error_text(err),
			   f.text.len > 0 ? ", roles end soon" : "");
	if (err != RBAC_OK)
		return;
	if (f.ends > 0)
		set_runtime(pamh, f.ends);
	if (tells && f.text.len > 0)
		rbac_conversation_tell(pamh, PAM_TEXT_INFO, f.text.s);
}

__attribute__((visibility("default"))) int pam_sm_open_session(pam_handle_t *pamh, int flags,
							       int argc, const char **argv)
{
	struct rbac_options o;

	rbac_options_parse(&o, argc, argv);
	bool tells = !o.quiet && !(flags & PAM_SILENT) && has_terminal(pamh);
	if (tells || o.end_exact)
		open_session(pamh, &o, tells);
	return PAM_SUCCESS;
}

__attribute__((visibility("default"))) int pam_sm_close_session(pam_handle_t *pamh, int flags,
								int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
