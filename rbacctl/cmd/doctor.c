/* doctor: what is wrong with this host, one finding a line. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/doctor.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/cmd/store_findings.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/terminal.h"

enum { SCHEMA = 1 };

/* ---- for people ---- */

static void say(const struct finding *f, struct buf *out)
{
	struct buf line = { 0 };

	buf_printf(out, "%s%s%s  ", terminal_color(f->trouble ? COLOR_BAD : COLOR_NOTE),
		   f->trouble ? "trouble" : "note", terminal_plain());
	if (f->file)
		buf_printf(&line, "%s", f->file);
	if (f->file && f->line)
		buf_printf(&line, ":%u", f->line);
	buf_printf(&line, "%s%s", f->file ? "  " : "", f->what ? f->what : f->id);
	for (size_t i = 1; f->service && i < f->subjects.n; i++)
		if (strcmp(f->id, "pam.gate-through-include") == 0)
			buf_printf(&line, ", %s", f->subjects.v[i]);
	if (f->why)
		buf_printf(&line, ": %s", f->why);
	if (f->mend)
		buf_printf(&line, "  mend: %s", f->mend);
	plain_text_escape(out, buf_text(&line));
	buf_printf(out, "\n");
	out->failed |= line.failed;
	buf_free(&line);
}

/* Trouble, and nothing where there is none: notes are for --json and for status. */
static int print_lines(const struct findings *all)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].trouble)
			say(&all->v[i], &out);
	bool failed = out.failed;
	cmd_print(&out);
	return failed ? EXIT_TROUBLE : EXIT_DONE;
}

/* ---- for programs ---- */

static json_t *text(const char *s)
{
	json_t *t = s ? json_string(s) : json_null();

	/* A name of a file or a line of one need not be UTF-8. */
	if (!t) {
		struct buf plain = { 0 };
		plain_text_escape(&plain, s);
		t = json_string(buf_text(&plain));
		buf_free(&plain);
	}
	return t;
}

static json_t *list(const struct finding_list *l)
{
	json_t *a = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(a, text(l->v[i]));
	return a;
}

static json_t *effects(const struct finding *f)
{
	static const char *const names[PAM_SUBJECTS] = { "roleless", "holder", "root", "exempt" };
	json_t *o = json_object();

	for (int i = 0; i < PAM_SUBJECTS; i++)
		json_object_set_new(o, names[i],
				    f->has_effect ? json_string(pam_effect_name(f->effect[i]))
						  : json_null());
	return o;
}

static json_t *one(const struct finding *f)
{
	json_t *o = json_object();
	char area[40];

	snprintf(area, sizeof area, "%.*s", (int)strcspn(f->id, "."), f->id);
	json_object_set_new(o, "id", json_string(f->id));
	json_object_set_new(o, "severity", json_string(f->trouble ? "trouble" : "note"));
	json_object_set_new(o, "area", json_string(area));
	json_object_set_new(o, "service", text(f->service));
	json_object_set_new(o, "file", text(f->file));
	json_object_set_new(o, "line", f->line ? json_integer(f->line) : json_null());
	json_object_set_new(o, "via", list(&f->via));
	json_object_set_new(o, "found", text(f->found));
	json_object_set_new(o, "wanted", text(f->wanted));
	json_object_set_new(o, "effect", effects(f));
	json_object_set_new(o, "subjects", list(&f->subjects));
	json_object_set_new(o, "what", text(f->what));
	json_object_set_new(o, "why", text(f->why));
	json_object_set_new(o, "mend", text(f->mend));
	return o;
}

static int print_json(const struct findings *all, const struct snapshot *snap)
{
	json_t *o = json_object(), *found = json_array();

	for (size_t i = 0; i < all->n; i++)
		json_array_append_new(found, one(&all->v[i]));
	json_object_set_new(o, "schema", json_integer(SCHEMA));
	json_object_set_new(o, "host", json_host_name());
	json_object_set_new(o, "generation",
			    snap->open ? json_integer((json_int_t)snap->v.meta.generation)
				       : json_null());
	json_object_set_new(o, "ok", json_boolean(findings_troubles(all) == 0));
	json_object_set_new(o, "checked", list(&all->checked));
	json_object_set_new(o, "skipped", list(&all->skipped));
	json_object_set_new(o, "findings", found);
	return json_print(o) ? EXIT_TROUBLE : EXIT_DONE;
}

int cmd_doctor(struct invocation *a, const struct args *args)
{
	struct findings all = { 0 };
	struct snapshot snap = { 0 };
	(void)args;
	int err = doctor_look(a, DOCTOR_ASKS, &snap, &all);

	if (!err) {
		cmd_store_findings(a, snap.open, &all);
		err = all.failed ? RBAC_NOMEM : RBAC_OK;
	}
	int status = err ? exit_of(err) : a->json ? print_json(&all, &snap) : print_lines(&all);
	if (err)
		complain("%s", rbac_error_text(err));
	if (!status && findings_troubles(&all))
		status = EXIT_NO;
	findings_free(&all);
	snapshot_close(&snap);
	return cmd_done(status);
}
