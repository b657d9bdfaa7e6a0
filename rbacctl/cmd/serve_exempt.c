/* Datagrams of pam_rbac on logins that an exemption let in: those that no rule lets in are
 * recorded. */
#define _GNU_SOURCE /* struct ucred */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/decide.h"
#include "common/exempt_message.h"
#include "rbacctl/change/due/exempt.h"
#include "rbacctl/complain.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/host/sessions/process_stat.h"

enum { AT_ONCE = 256, BOOT_ID = 40 };

struct arrived {
	char user[RBAC_EXEMPT_WORD], service[RBAC_EXEMPT_WORD], from[RBAC_EXEMPT_WORD];
	char session[96];
};

/* The next word of the LEFT bytes at *AT, each ended by NUL. */
static bool take_word(const char **at, size_t *left, char out[RBAC_EXEMPT_WORD])
{
	size_t len = strnlen(*at, *left);

	if (len == *left || len >= RBAC_EXEMPT_WORD)
		return false;
	memcpy(out, *at, len + 1);
	*at += len + 1;
	*left -= len + 1;
	return true;
}

static bool read_words(const char *bytes, size_t len, struct arrived *a)
{
	const size_t magic = sizeof RBAC_EXEMPT_MAGIC - 1;

	if (len < magic || memcmp(bytes, RBAC_EXEMPT_MAGIC, magic) != 0)
		return false;
	bytes += magic;
	len -= magic;
	return take_word(&bytes, &len, a->user) && take_word(&bytes, &len, a->service) &&
	       take_word(&bytes, &len, a->from) && len == 0 && a->user[0] && a->service[0];
}

/* As `due` names the session, while the process that sent this is there: it is the one that lets
 * the user in. */
static void name_session(pid_t pid, int64_t now, struct arrived *a)
{
	char boot[BOOT_ID];
	struct process_stat st;

	exempt_boot_id(boot);
	if (process_stat_read("/proc", pid, &st))
		exempt_session_id(boot, pid, st.began, a->session, sizeof a->session);
	else
		snprintf(a->session, sizeof a->session, "%s/%d@%lld", boot, (int)pid,
			 (long long)now);
}

/* One datagram into *A. False: there is none, or *BAD: it is no message of pam_rbac's. */
static bool receive(int fd, int64_t now, struct arrived *a, bool *bad)
{
	char bytes[RBAC_EXEMPT_MESSAGE];
	union {
		char room[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec v = { bytes, sizeof bytes };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control.room,
			    .msg_controllen = sizeof control.room };
	ssize_t len = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *h = len >= 0 ? CMSG_FIRSTHDR(&m) : NULL;
	struct ucred cred = { .uid = (uid_t)-1 };

	*bad = false;
	if (len < 0)
		return false;
	if (h && h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_CREDENTIALS)
		memcpy(&cred, CMSG_DATA(h), sizeof cred);
	*bad = cred.uid != 0 || !read_words(bytes, (size_t)len, a);
	if (*bad)
		complain("serve: a datagram about a login by an exemption was dropped: expected a "
			 "message of pam_rbac, sent by root");
	else
		name_session(cred.pid, now, a);
	return !*bad;
}

/* Does no rule let them in now? Where that cannot be told, the exemption was needed. */
static bool is_needed(const struct snapshot *snap, bool known, const struct arrived *a, int64_t now)
{
	struct rbac_verdict verdict;

	if (!exempt_is_login(a->service))
		return false;
	return !known ||
	       snapshot_decide_by_rules(snap, a->user, a->service, a->from, now, &verdict) ||
	       !verdict.allow;
}

static int record(struct invocation *a, const struct exempt_uses *found)
{
	struct change c;
	int err = change_open_to_publish(&c, a);

	c.verb = "exempt";
	if (!err)
		err = change_exempt_record(&c, found);
	if (!err)
		err = change_commit(&c);
	return change_close(&c, err);
}

int cmd_record_exempt(struct invocation *a, int fd)
{
	struct exempt_uses found = { 0 };
	struct snapshot snap;
	struct buf why = { 0 };
	struct arrived one;
	bool bad, known = snapshot_try(&snap, a->view, &why) == RBAC_OK && snap.p;

	for (int i = 0; i < AT_ONCE; i++) {
		bool came = receive(fd, a->now, &one, &bad);
		if (!came && !bad)
			break;
		if (came && is_needed(&snap, known, &one, a->now))
			exempt_uses_add(&found, &(struct store_use){ .when = a->now,
								     .session = one.session,
								     .user = one.user,
								     .service = one.service,
								     .from = one.from });
	}
	snapshot_close(&snap);
	buf_free(&why);
	int status = found.failed ? exit_of(RBAC_NOMEM) : found.n ? record(a, &found) : EXIT_DONE;
	if (status)
		complain("serve: logins by an exemption are not recorded, only logged: %zu",
			 found.n);
	exempt_uses_free(&found);
	return status;
}
