#define _GNU_SOURCE
#include "rbacctl/host/look_seen.h"

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
