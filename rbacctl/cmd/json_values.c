#include "rbacctl/cmd/json_values.h"

#include <string.h>

#include "common/wire.h"
#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"
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
