/* rbacctl's commands, one after another on one host, each with the exit status that it is to have:
 * for what watches programs at work (tests/memory.sh). */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/fault/kit.h"
#include "tests/fault/site.h"
#include "tests/fault/stage.h"

static void write_text(const char *path, const char *mode, const char *text)
{
	FILE *f = fopen(path, mode);
	need(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void expect(const char *line, int status)
{
	int got = site_do(line);
	need_say(got == status, "rbacctl %s: %d: %s", line, got, site_said());
}

static void expect_what_tells(void)
{
	static const struct {
		const char *line;
		int status;
	} asked[] = {
		{ "check --elsewhere", 0 },
		{ "diff", 0 },
		{ "status", 0 },
		{ "status --json", 0 },
		{ "verify", 0 },
		{ "log", 0 },
		{ "log --verify", 0 },
		{ "list keys", 0 },
		{ "list keychains --json", 0 },
		{ "list users", 0 },
		{ "list assignments", 0 },
		{ "matrix", 0 },
		{ "matrix --html", 0 },
		{ "graph", 0 },
		{ "scope list", 0 },
		{ "scope show space:main/db", 0 },
		{ "user show carol", 0 },
		{ "who guest --scope account:main", 0 },
		{ "who --key login", 0 },
		{ "who --may-assign admin --scope account:main", 0 },
		{ "can alice login", 0 },
		{ "can bob login", 1 },
		{ "can alice nothing", 2 },
		{ "explain alice", 0 },
		{ "explain alice --service sshd --rhost example.org", 0 },
		{ "explain bob --service sshd", 1 },
		{ "explain mallory --service cron", 1 },
		{ "assign carol nothing", 2 },
		{ "nothing", 2 },
		{ "--help", 0 },
	};
	for (size_t i = 0; i < KIT_COUNT(asked); i++)
		expect(asked[i].line, asked[i].status);
}

static void expect_what_changes(void)
{
	expect("assign carol member --scope space:main/web --for 8h --reason because --as root", 0);
	expect("assign carol member --scope space:main/web --for 9h --replace --as root", 0);
	expect("assign mallory admin --as mallory --scope account:main", 3);
	expect("revoke carol member --scope space:main/web --as root", 0);
	write_text(
		"/var/lib/team.csv", "we",
		"mallory,guest,account:main\ncarol,member,space:main/web,,2100-01-01T00:00:00Z\n");
	expect("import --csv /var/lib/team.csv --as root", 0);
	write_text("/var/lib/team.csv", "we", "mallory,guest\nnobody,nothing,account:main\n");
	expect("import --csv /var/lib/team.csv --as root", 3);
	expect("scope create space:main/new --owner carol --as root", 0);
	expect("scope transfer space:main/new mallory --keep-role --as root", 0);
	expect("scope delete space:main/new --recursive --force --as root", 0);
	expect("user add nobody --as root", 0);
	expect("user suspend carol --as root", 0);
	expect("user resume carol --as root", 0);
	expect("user forget carol --as root", 3);
	expect("user rename carol caro --as root", 3);
	expect("user forget mallory --as root", 0);
	expect("publish", 0);
	write_text(STAGE_ETC "/policy.d/fault.conf", "ae", "plans = { free = { }; };\n");
	expect("diff", 1);
	expect("apply --dry-run --as root", 0);
	expect("apply --as root", 0);
	write_text(STAGE_ETC "/policy.d/fault.conf", "ae", "nonsense = 1;\n");
	expect("check", 1);
	expect("apply --as root", 1);
	expect("verify", 0);
}

static void every_command_ends_as_it_should(void)
{
	site_make();
	expect_what_tells();
	expect_what_changes();
}

static void limit_address_space(rlim_t bytes)
{
	const struct rlimit r = { bytes, RLIM_INFINITY };
	need(setrlimit(RLIMIT_AS, &r) == 0);
}

static void with_little_address_space_all_is_done_or_refused(void)
{
	const rlim_t gb = (rlim_t)1 << 30;
	kit_not_under(KIT_ADDRESS | KIT_THREAD | KIT_VALGRIND,
		      "they need more of it than the limit");
	site_make();
	/* Just above a power of two is where a greedy store leaves nothing to the view beside it.
	 */
	for (rlim_t tenths = 82; tenths >= 12; tenths = tenths * 3 / 4) {
		limit_address_space(gb / 10 * tenths);
		expect("assign mallory guest --scope account:main --as root", 0);
		expect("revoke mallory guest --scope account:main --as root", 0);
	}
	limit_address_space(gb / 10 * 82);
	expect("assign mallory guest --scope account:main --as root", 0);
	limit_address_space(gb / 2);
	expect("revoke mallory guest --scope account:main --as root", 4);
	need_say(strstr(site_said(), "Cannot allocate memory"), "%s", site_said());
	limit_address_space(RLIM_INFINITY);
	expect("can mallory login --scope account:main", 0);
	expect("verify", 0);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "every command ends as it should", every_command_ends_as_it_should, 60 },
		{ "with little address space all is done or refused",
		  with_little_address_space_all_is_done_or_refused, 20 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
