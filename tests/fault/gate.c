#include "tests/fault/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

#define CONF "/var/lib/pam"

static int told;

int gate_quiet(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)msg;
	(void)data;
	told += n;
	*resp = calloc((size_t)n, sizeof **resp);
	return *resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

int gate_told(void)
{
	return told;
}

void gate_configure(const char *service, const char *options)
{
	char path[128];
	mkdir(CONF, 0755);
	snprintf(path, sizeof path, CONF "/%s", service);
	FILE *f = fopen(path, "we");
	const char *module = stage_built("pam_rbac.so");
	need(f &&
	     fprintf(f, "account required %s %s\nsession required %s end=exact\n", module, options,
		     module) > 0 &&
	     fclose(f) == 0);
}

pam_handle_t *gate_begin(const struct login *l, const char *file)
{
	const struct pam_conv conv = { l->conv ? l->conv : gate_quiet, NULL },
			      none = { NULL, NULL };
	pam_handle_t *h = NULL;
	need(pam_start_confdir(file, l->user, l->no_conv ? &none : &conv, CONF, &h) == PAM_SUCCESS);
	if (l->service)
		need(pam_set_item(h, PAM_SERVICE, l->service) == PAM_SUCCESS);
	pam_set_item(h, PAM_RHOST, l->rhost);
	pam_set_item(h, PAM_TTY, l->tty);
	pam_set_item(h, PAM_RUSER, l->ruser);
	return h;
}

int gate_open_session(const struct login *l, const char *file)
{
	pam_handle_t *h = gate_begin(l, file);
	int rc = pam_open_session(h, 0);
	if (rc == PAM_SUCCESS)
		rc = pam_close_session(h, 0);
	pam_end(h, rc);
	return rc;
}

int gate_ask(const struct login *l, const char *file)
{
	pam_handle_t *h = gate_begin(l, file);
	int rc = pam_acct_mgmt(h, 0);
	pam_end(h, rc);
	return rc;
}
