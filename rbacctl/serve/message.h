/*
 * message.h - the bytes of requests and answers on the socket of `rbacctl serve`. The functions are
 * pure: they use no descriptor and allocate no memory, except for the caller's buffer.
 *
 * A request is one message of SOCK_SEQPACKET (unix(7)), at most MESSAGE_MAX bytes:
 *
 *	bytes 0-3   "rbac"
 *	byte 4      MESSAGE_VERSION
 *	byte 5      0
 *	bytes 6-7   columns of the terminal, little-endian, 0 or 20 to 1000; 0: no terminal
 *	then        1 to MESSAGE_WORDS arguments, each ended by a NUL: "assign\0bob\0..."
 *
 * The answer is any number of messages of at most MESSAGE_REPLY bytes. The first byte says what
 * follows: REPLY_OUT and REPLY_ERR: text for standard output and standard error; REPLY_STATUS: one
 * byte, the exit status, and the end.
 */
#ifndef RBACCTL_SERVE_MESSAGE_H
#define RBACCTL_SERVE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/buf.h"

enum {
	MESSAGE_VERSION = 1,
	MESSAGE_MAX = 16 * 1024,
	MESSAGE_WORDS = 64,
	MESSAGE_WIDTH_MIN = 20,
	MESSAGE_WIDTH_MAX = 1000,
	MESSAGE_REPLY = 32 * 1024,
	MESSAGE_ALL = 4 * 1024 * 1024 /* bytes of text in one answer */
};

enum message_reply { REPLY_OUT = 'o', REPLY_ERR = 'e', REPLY_STATUS = 's' };

struct message {
	unsigned width;
	char *words[MESSAGE_WORDS + 1]; /* they point into what was read; a NULL behind the last */
	int n;
};

/* Parse the LEN bytes at P into *M, which borrows them. Returns NULL, or what is wrong with them, a
 * constant. */
const char *message_read(char *p, size_t len, struct message *m);

/* Append the request with the N words at WORDS to OUT. A WIDTH that is too small or too large
 * becomes the nearest limit. False: the request is too long, or has too many words. */
bool message_write(unsigned width, int n, char *const *words, struct buf *out);

/* How many of the LEN bytes at TEXT go into the next message of an answer. If TEXT is UTF-8, no
 * character is cut in two. */
size_t message_piece(const char *text, size_t len);

#endif
