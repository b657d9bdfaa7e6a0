#define _GNU_SOURCE
#include "rbacctl/host/doctor/seen.h"

#include <string.h>

#include "rbacctl/buf.h"

void look_entry_text(struct findings *all, char **field, const struct pam_entry *e,
		     enum pam_stage stage)
{
	struct buf b = { 0 };
	bool words = strcspn(e->control, " =\t") == strlen(e->control);

	buf_printf(&b, "%s %s%s%s%s%s", pam_stage_name(stage), words ? "" : "[", e->control,
		   words ? "" : "]", e->module ? " " : "", e->module ? e->module : "");
	for (int i = 0; i < e->argc; i++)
		buf_printf(&b, " %s", e->argv[i]);
	all->failed |= b.failed;
	finding_text(all, field, "%s", buf_text(&b));
	buf_free(&b);
}

bool look_is_told(struct look_seen *s, const char *id, const struct pam_place *at)
{
	struct findings *out = s->q->out;

	for (size_t i = 0; i < out->n; i++) {
		struct finding *f = &out->v[i];
		if (strcmp(f->id, id) != 0 || !f->file || strcmp(f->file, at->file) != 0 ||
		    f->line != at->line)
			continue;
		if (f->subjects.n == 0)
			finding_append(out, &f->subjects, "%s", f->service);
		finding_append(out, &f->subjects, "%s", s->service);
		finding_text(out, &f->what, "%s, %s", s->service, f->what ? f->what : "");
		/* "nobody gets in by sshd, whatever ..." */
		const char *by = f->why ? strstr(f->why, " by ") : NULL;
		if (by)
			finding_text(out, &f->why, "%.*s there%s", (int)(by - f->why), f->why,
				     by + 4 + strcspn(by + 4, ","));
		return true;
	}
	return false;
}

struct finding *look_add(struct look_seen *s, const char *id, bool trouble,
			 const struct pam_place *at)
{
	struct findings *out = s->q->out;
	struct finding *f = findings_add(out, id, trouble);

	finding_text(out, &f->service, "%s", s->service);
	if (at)
		finding_at_place(out, f, &s->c, at);
	else if (s->c.file)
		finding_at(out, f, s->c.file, 0);
	f->has_effect = true;
	memcpy(f->effect, s->j.effect, sizeof f->effect);
	return f;
}
