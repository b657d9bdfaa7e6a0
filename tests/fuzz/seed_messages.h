/* seed_messages.h - requests as they go over the socket of `rbacctl serve`, for the harness of
 * message.c. */
#ifndef TESTS_FUZZ_SEED_MESSAGES_H
#define TESTS_FUZZ_SEED_MESSAGES_H

#include <stddef.h>

/* Give each to SAVE, which gets the harness, a name and the bytes. */
void seed_messages(void (*save)(const char *harness, const char *name, const void *p, size_t len));

#endif
