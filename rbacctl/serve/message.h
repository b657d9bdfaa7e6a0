/*
 * message.h - what goes over the socket of `rbacctl serve`, byte by byte. Pure: no descriptor, no
 * memory of its own.
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

/* Read the LEN bytes at P, which stay the caller's, into *M. NULL, or what is wrong with them. */
const char *message_read(char *p, size_t len, struct message *m);

/* Append the request with the N words at WORDS. A WIDTH out of bounds becomes the nearest one that
 * is not. False: too long, or too many words. */
bool message_write(unsigned width, int n, char *const *words, struct buf *out);

/* How many of the LEN bytes at TEXT go into the next message of an answer: no character of UTF-8 is
 * cut where the text is UTF-8. */
size_t message_piece(const char *text, size_t len);

#endif
