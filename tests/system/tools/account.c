/*
 * account [-r RUSER] [-h RHOST] [-n TIMES] [-m] SERVICE USER: the account stage, and nothing else,
 * TIMES times in one process. Prints each result with how often it came; what the user is told goes
 * to standard error. -m: takes no messages.
 */
#include <getopt.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESULTS = 64 };

static const char *name_of(int rc)
{
	switch (rc) {
	case PAM_SUCCESS:
		return "PAM_SUCCESS";
	case PAM_PERM_DENIED:
		return "PAM_PERM_DENIED";
	case PAM_AUTHINFO_UNAVAIL:
		return "PAM_AUTHINFO_UNAVAIL";
	case PAM_IGNORE:
		return "PAM_IGNORE";
	case PAM_MODULE_UNKNOWN:
		return "PAM_MODULE_UNKNOWN";
	default:
		return NULL;
	}
}

static bool mute;

static int converse(int n, const struct pam_message **messages, struct pam_response **responses,
		    void *unused)
{
	(void)unused;
	if (mute)
		return PAM_CONV_ERR;
	*responses = calloc((size_t)n, sizeof **responses);
	for (int i = 0; i < n; i++)
		fprintf(stderr, "%s\n", messages[i]->msg);
	return *responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int ask(const char *service, const char *user, const char *ruser, const char *rhost)
{
	const struct pam_conv conv = { .conv = converse };
	pam_handle_t *h;
	int rc = pam_start(service, user, &conv, &h);

	if (rc != PAM_SUCCESS)
		return rc;
	if (ruser)
		pam_set_item(h, PAM_RUSER, ruser);
	if (rhost)
		pam_set_item(h, PAM_RHOST, rhost);
	rc = pam_acct_mgmt(h, 0);
	pam_end(h, rc);
	return rc;
}

int main(int argc, char **argv)
{
	const char *ruser = NULL, *rhost = NULL;
	int c, times = 1, seen[RESULTS] = { 0 };

	while ((c = getopt(argc, argv, "r:h:n:m")) != -1) {
		if (c == 'r')
			ruser = optarg;
		else if (c == 'h')
			rhost = optarg;
		else if (c == 'm')
			mute = true;
		else if (c == 'n')
			times = atoi(optarg);
		else
			return 2;
	}
	if (argc - optind != 2)
		return 2;
	for (int i = 0; i < times; i++) {
		int rc = ask(argv[optind], argv[optind + 1], ruser, rhost);
		seen[rc >= 0 && rc < RESULTS ? rc : RESULTS - 1]++;
	}
	for (int rc = 0; rc < RESULTS; rc++)
		if (seen[rc])
			printf("%s %d\n", name_of(rc) ? name_of(rc) : "PAM_OTHER", seen[rc]);
	return 0;
}
