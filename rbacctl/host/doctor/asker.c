/* Does the program that asks as a service ask PAM about accounts at all? */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/host/doctor/look.h"

bool look_asker_is_off(const struct policy *p, const char *service, char *text, size_t size)
{
	bool sshd = strcmp(service, "sshd") == 0;
	bool sudo = strcmp(service, "sudo") == 0 || strcmp(service, "sudo-i") == 0;
	const char *id = sshd ? "sshd.no-pam" : "sudo.no-account-stage";
	struct findings found = { 0 };
	struct look q = { .p = p, .pam = &pam_here, .root = geteuid() == 0, .out = &found };
	bool yes = false;

	if (sshd)
		look_sshd(&q);
	if (sudo)
		look_sudo(&q);
	for (size_t i = 0; i < found.n && !yes; i++) {
		const struct finding *f = &found.v[i];
		yes = strcmp(f->id, id) == 0;
		if (yes && f->line)
			snprintf(text, size, "%s (%s:%u)", f->found, f->file, f->line);
		else if (yes)
			snprintf(text, size, "%s (%s)", f->found, f->file);
	}
	findings_free(&found);
	return yes;
}
