#include "rbacctl/host/people/person.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"

/* getpwnam(3), "RETURN VALUE": what errno may be when there is no such name. */
static bool means_absent(int e)
{
	return e == 0 || e == ENOENT || e == ESRCH || e == EBADF || e == EPERM;
}

static void itself(const char *typed, enum person_state state, struct person *out)
{
	*out = (struct person){ .uid = RBAC_NO_UID, .state = state };
	snprintf(out->name, sizeof(out->name), "%s", typed);
}

int person_find(const char *typed, struct person *out)
{
	itself(typed, PERSON_ABSENT, out);
	if (!rbac_name_is_user(typed, strlen(typed)))
		return RBAC_INVALID;
	errno = 0;
	const struct passwd *pw = getpwnam(typed);
	if (!pw) {
		out->state = means_absent(errno) ? PERSON_ABSENT : PERSON_UNASKED;
		return RBAC_OK;
	}
	if (!rbac_name_is_user(pw->pw_name, strlen(pw->pw_name)))
		return RBAC_INVALID;
	out->differs = strcmp(pw->pw_name, typed) != 0;
	snprintf(out->name, sizeof(out->name), "%s", pw->pw_name);
	out->uid = pw->pw_uid;
	out->state = PERSON_KNOWN;
	return RBAC_OK;
}

/* What was answered when TYPED was asked for. */
static int as_answered(const struct facts_answer *a, const char *typed, struct person *out)
{
	static const enum person_state states[] = {
		[ANSWER_NONE] = PERSON_ABSENT,
		[ANSWER_FOUND] = PERSON_KNOWN,
		[ANSWER_FAILED] = PERSON_UNASKED,
		[ANSWER_OTHER] = PERSON_KNOWN,
	};

	if (a->is == ANSWER_OTHER && !a->called) {
		itself(typed, PERSON_ABSENT, out);
		return RBAC_INVALID;
	}
	itself(a->is == ANSWER_OTHER ? a->called : typed, states[a->is], out);
	out->differs = a->is == ANSWER_OTHER;
	if (out->state == PERSON_KNOWN)
		out->uid = a->uid;
	return RBAC_OK;
}

int person_among(const struct facts *f, const struct facts_known *known, const char *typed,
		 struct person *out)
{
	uint32_t uid = f ? facts_uid(f, typed) : RBAC_NO_UID;
	const struct facts_answer *a = facts_answer(known, typed);

	if (uid == RBAC_NO_UID && known && known->passed)
		uid = facts_uid(&known->passwd, typed);
	if (!rbac_name_is_user(typed, strlen(typed)) || (uid == RBAC_NO_UID && !a))
		return person_find(typed, out);
	if (uid == RBAC_NO_UID)
		return as_answered(a, typed, out);
	itself(typed, PERSON_KNOWN, out);
	out->uid = uid;
	return RBAC_OK;
}
