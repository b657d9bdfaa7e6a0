#include "rbacctl/cmd/json_values.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/wire.h"
#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/plain_text.h"

json_t *json_text(const char *s)
{
	struct buf plain = { 0 };

	plain_text_escape(&plain, s ? s : "");
	json_t *t = plain.len ? json_string(buf_text(&plain)) : json_null();
	buf_free(&plain);
	return t;
}

json_t *json_instant(int64_t t)
{
	char out[32];

	if (t == RBAC_TIME_MIN || t == RBAC_TIME_MAX)
		return json_null();
	policy_time_print(t, out);
	return json_string(out);
}

json_t *json_items(const char *list, char between)
{
	const char stop[] = { between, 0 };
	json_t *a = json_array();

	for (size_t len; *list; list += len + (list[len] == between)) {
		len = strcspn(list, stop);
		json_array_append_new(a, json_stringn(list, len));
	}
	return a;
}

json_t *json_lines(const char *text)
{
	json_t *a = json_array();
	struct buf line = { 0 };

	for (size_t len; *text; text += len + (text[len] == '\n')) {
		size_t indent = strspn(text, " ");
		len = strcspn(text, "\n");
		buf_reset(&line);
		if (indent >= len)
			continue;
		buf_printf(&line, "%.*s", (int)(len - indent), text + indent);
		json_array_append_new(a, json_text(buf_text(&line)));
	}
	buf_free(&line);
	return a;
}

json_t *json_host_name(void)
{
	char host[256] = "";

	gethostname(host, sizeof host - 1);
	return json_text(host);
}

int json_print(json_t *o)
{
	int err = !o                                                              ? RBAC_NOMEM
		  : json_dumpf(o, stdout, JSON_INDENT(2)) || putchar('\n') == EOF ? RBAC_SYSTEM
										  : RBAC_OK;

	json_decref(o);
	return err;
}

json_t *json_problems(const struct problems *p)
{
	static const char *const kinds[] = {
		[PROBLEM_ERROR] = "error", [PROBLEM_WARNING] = "warning", [PROBLEM_NOTE] = "note"
	};
	json_t *a = json_array();

	for (size_t i = 0; i < p->n; i++) {
		const struct problem *x = &p->v[i];
		json_array_append_new(a, json_pack("{s:s,s:o,s:o,s:o}", "kind", kinds[x->kind],
						   "file", json_text(x->file), "line",
						   x->line ? json_integer(x->line) : json_null(),
						   "text", json_text(x->text)));
	}
	return a;
}

json_t *json_schema(void)
{
	return json_pack("{s: i}", "schema", 1);
}
