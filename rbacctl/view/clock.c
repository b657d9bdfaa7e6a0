#include "rbacctl/view/clock.h"

#include "common/view.h"
#include "rbacctl/admin.h"
#include "rbacctl/command.h"
#include "rbacctl/human_text.h"

int64_t clock_not_before(const char *path, int64_t clock)
{
	struct rbac_view v;
	if (rbac_view_open(path, RBAC_TRUST_SELF, &v))
		return clock;
	int64_t now = rbac_meta_now(&v.meta, clock);
	rbac_view_release(&v);
	return now;
}

void clock_complain(int64_t clock, int64_t now)
{
	char said[64], taken[64];
	if (now - clock <= CLOCK_BEHIND_UNSAID)
		return;
	human_end(clock, clock, true, said, sizeof said);
	human_end(now, now, true, taken, sizeof taken);
	complain(
		"the clock says %s, but the view was published at %s: that is taken for the time, so that what has ended stays so\n"
		"  set the clock; if it is right, and was wrong then: %s",
		said, taken, COMMAND("rbacctl publish --trust-clock"));
}
