#include "tests/fuzz/seed_messages.h"

#include <stdio.h>

#include "rbacctl/serve/message.h"
#include "tests/fuzz/fuzz.h"

static char *const requests[][8] = {
	{ "assign", "bob", "space-member", "--scope", "space:main/web", "--for", "8h" },
	{ "request", "prod-root", "--for", "4h", "--reason", "OPS-12 disk full" },
	{ "approve", "57", "--for", "2h" },
	{ "deny", "57", "--reason=not \xe2\x80\xae today" },
	{ "review", "keep", "12", "31", "--json" },
	{ "--", "revoke", "-x", "", "\x1b[31m" },
	{ "log", "--si=2026-01-01", "--dry-run" },
	{ "user", "suspend", "b\xff" },
};

void seed_messages(void (*save)(const char *harness, const char *name, const void *p, size_t len))
{
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		struct buf b = { 0 };
		char name[16];
		int n = 0;
		while (n < 8 && requests[i][n])
			n++;
		claim(message_write(i % 2 ? 80 : 0, n, requests[i], &b));
		snprintf(name, sizeof name, "request-%zu", i);
		save("message", name, b.p, b.len);
		buf_free(&b);
	}
}
