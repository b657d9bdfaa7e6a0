#include "rbac_follow/sync.h"

#include <string.h>

#include "rbacctl/fleet/bytes.h"

/* Tags of BER (ITU-T X.690), and those of syncInfoValue. */
enum {
	BOOLEAN = 0x01,
	OCTETS = 0x04,
	ENUMERATED = 0x0a,
	SEQUENCE = 0x30,
	NEW_COOKIE = 0x80,
	REFRESH_DELETE = 0xa1,
	REFRESH_PRESENT = 0xa2,
	ID_SET = 0xa3,
	REFRESH_AND_PERSIST = 3,
};

static void put_length(struct buf *out, size_t len)
{
	if (len >= 0x80) {
		buf_u8(out, 0x82);
		buf_u8(out, (uint8_t)(len >> 8));
	}
	buf_u8(out, (uint8_t)len);
}

void sync_request(const struct buf *cookie, struct buf *out)
{
	size_t len = cookie->len <= SYNC_COOKIE_MAX ? cookie->len : 0;
	size_t inside = 3 + (len ? 1 + (len >= 0x80 ? 3 : 1) + len : 0);

	buf_u8(out, SEQUENCE);
	put_length(out, inside);
	buf_u8(out, ENUMERATED);
	buf_u8(out, 1);
	buf_u8(out, REFRESH_AND_PERSIST);
	if (!len)
		return;
	buf_u8(out, OCTETS);
	put_length(out, len);
	buf_put(out, cookie->p, len);
}

/* The next element: its tag and what is in it. False: there is none, or it is not in form. */
static bool element(struct bytes *b, uint8_t *tag, struct bytes *in)
{
	*tag = bytes_u8(b);
	size_t len = bytes_u8(b);
	if (len >= 0x80) {
		size_t n = len & 0x7f;
		if (n == 0 || n > 3) {
			b->bad = true;
			return false;
		}
		len = (size_t)bytes_big_endian(b, (int)n);
	}
	const uint8_t *p = bytes_take(b, len);
	if (!p)
		return false;
	*in = (struct bytes){ p, p + len, false };
	return true;
}

static void set_cookie(const struct bytes *in, struct sync_news *out)
{
	size_t len = (size_t)(in->end - in->p);

	if (len == 0 || len > SYNC_COOKIE_MAX)
		return;
	out->cookie = in->p;
	out->len = len;
}

/* What is in a sequence, from *B on: the cookie is the octets behind the first SKIP elements. */
static bool read_sequence(struct bytes *b, int skip, struct sync_news *out, bool *flag)
{
	struct bytes in;
	uint8_t tag;

	for (int i = 0; b->p < b->end; i++) {
		if (!element(b, &tag, &in))
			return false;
		if (i >= skip && tag == OCTETS)
			set_cookie(&in, out);
		if (tag == BOOLEAN && in.end - in.p == 1)
			*flag = *in.p != 0;
	}
	return true;
}

static bool read_info(uint8_t tag, struct bytes *in, struct sync_news *out)
{
	bool done = true; /* the default of refreshDone */

	switch (tag) {
	case NEW_COOKIE:
		set_cookie(in, out);
		return true;
	case REFRESH_DELETE:
	case REFRESH_PRESENT:
		if (!read_sequence(in, 0, out, &done))
			return false;
		out->refreshed = done;
		return true;
	case ID_SET:
		return read_sequence(in, 0, out, &done);
	default:
		return false;
	}
}

bool sync_read(const char *oid, const void *p, size_t len, struct sync_news *out)
{
	const uint8_t *at = p;
	struct bytes b = { at, at ? at + len : NULL, false }, in;
	bool flag = false;
	uint8_t tag;

	*out = (struct sync_news){ 0 };
	if (!element(&b, &tag, &in) || b.p != b.end)
		return false;
	if (strcmp(oid, SYNC_INFO) == 0)
		return read_info(tag, &in, out);
	if (tag != SEQUENCE)
		return false;
	if (strcmp(oid, SYNC_STATE) == 0)
		return read_sequence(&in, 2, out, &flag); /* behind the state and the entry's id */
	return strcmp(oid, SYNC_DONE) == 0 && read_sequence(&in, 0, out, &flag);
}

bool sync_cookie_is_of_several(const uint8_t *p, size_t len)
{
	static const char field[] = "sid=";

	for (size_t i = 0; i + sizeof(field) - 1 <= len; i++)
		if ((i == 0 || p[i - 1] == ',') && memcmp(p + i, field, sizeof(field) - 1) == 0)
			return true;
	return false;
}
