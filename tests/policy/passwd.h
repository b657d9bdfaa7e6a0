/*
 * passwd.h - the passwd and group of a test: instead of those of this machine, for everything that
 * is linked with passwd.c.
 *
 * passwd.c defines getpwnam(3) and its kin; a program that links it sees no other users and groups.
 */
#ifndef TESTS_POLICY_PASSWD_H
#define TESTS_POLICY_PASSWD_H

#include <stdbool.h>
#include <sys/types.h>

/* Forget everyone but root, and every group but root's. */
void passwd_reset(void);

/* NAME with UID and the primary group PRIMARY (added with GID when it is not there). A known name
 * gets the new numbers. */
void passwd_user(const char *name, uid_t uid, gid_t primary);
void passwd_group(const char *name, gid_t gid);
void passwd_member(const char *user, gid_t gid);

/* A group of a directory: it does not stand in /etc/group, and its members are not listed. */
void passwd_remote_group(const char *name, gid_t gid);
/* Of a source that lists its groups, but is no file: systemd's, or ours. */
void passwd_listed_group(const char *name, gid_t gid);

/* getpwnam(3) answers ALIAS with the entry of NAME, as SSSD and winbind do for other spellings. */
void passwd_alias(const char *alias, const char *name);

/* group answers NAME with an entry that is called SAID. */
void passwd_group_says(const char *name, const char *said);

/* A directory does not answer for NAME: getpwnam(3) fails with EIO, and getpwent(3) leaves it out.
 * Until passwd_speak(). */
void passwd_silence(const char *name);
void passwd_speak(void);

/* getpwent(3) ends after N entries, with errno ERR; until the next reset. 0 entries and 0: an empty
 * passwd. */
void passwd_cut(int n, int err);

/* A user of a directory, which enumerates nobody: found by name and uid alone. */
void passwd_remote_user(const char *name, uid_t uid, gid_t primary);

/* There is a directory; while it is not UP, asking for whom the local passwd does not know fails
 * with EAGAIN. */
void passwd_directory(bool up);

/* Called with the name of each call of getpwent (the first of a pass), getpwnam, getpwuid and
 * getgrnam, before it is answered; until the next reset. */
void passwd_watch(void (*fn)(const char *call, const char *name));

/* Take NAME out again. */
void passwd_drop_user(const char *name);
void passwd_drop_group(const char *name);

#endif
