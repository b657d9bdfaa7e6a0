#include "rbacctl/fleet/record.h"

#include <sodium.h>
#include <string.h>

#include "rbacctl/fleet/bytes.h"

enum { GONE = 1 }; /* flag of a gid */

bool fleet_record_is_known(uint8_t type)
{
	return type == FLEET_ASSIGNMENT || type == FLEET_UID || fleet_record_is_of_fleet(type);
}

bool fleet_record_is_of_fleet(uint8_t type)
{
	return type == FLEET_GID || type == FLEET_SUSPENDED || type == FLEET_TEXT;
}

void fleet_record_encode(const struct fleet_record *rec, struct buf *out)
{
	buf_u8(out, rec->type);
	switch (rec->type) {
	case FLEET_ASSIGNMENT:
		bytes_put_big_endian(out, rec->id, 8);
		buf_u64(out, rec->change);
		buf_u64(out, (uint64_t)rec->when);
		buf_u64(out, (uint64_t)rec->from);
		buf_u64(out, (uint64_t)rec->until);
		bytes_put_text(out, rec->name);
		bytes_put_text(out, rec->role);
		bytes_put_text(out, rec->by);
		bytes_put_text(out, rec->reason);
		if (!rec->request && !rec->review_from && !rec->reviewed)
			break;
		buf_u64(out, rec->request);
		buf_u64(out, (uint64_t)rec->review_from);
		buf_u64(out, (uint64_t)rec->reviewed);
		bytes_put_text(out, rec->reviewed_by ? rec->reviewed_by : "");
		break;
	case FLEET_GID:
		bytes_put_text(out, rec->name);
		buf_u32(out, rec->gid);
		buf_u8(out, rec->gone ? GONE : 0);
		break;
	case FLEET_UID:
		bytes_put_text(out, rec->name);
		buf_u32(out, rec->uid);
		break;
	case FLEET_SUSPENDED:
		bytes_put_text(out, rec->name);
		break;
	case FLEET_TEXT:
		bytes_put_text(out, rec->name);
		bytes_put_big_endian(out, rec->part, 4);
		buf_u32(out, rec->parts);
		buf_u32(out, (uint32_t)rec->text_len);
		buf_put(out, rec->text, rec->text_len);
		break;
	default:
		break;
	}
}

/* ---- decode ---- */

static bool is_subject(const char *s)
{
	size_t len = strlen(s);

	return s[0] == '%' ? rbac_name_is_unix_group(s + 1, len - 1) : rbac_name_is_user(s, len);
}

/* "rbac.conf", or a file of policy.d: never a path that leads elsewhere. */
static bool is_text_name(const char *s)
{
	static const char folder[] = "policy.d/", ending[] = ".conf";
	size_t len = strlen(s), least = strlen(folder) + strlen(ending) + 1;

	if (strcmp(s, "rbac.conf") == 0)
		return true;
	if (len < least || len > 255 || memcmp(s, folder, strlen(folder)) != 0 ||
	    strcmp(s + len - strlen(ending), ending) != 0 || s[strlen(folder)] == '.')
		return false;
	for (const char *p = s + strlen(folder); *p; p++)
		if (*p == '/' || (unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return true;
}

static bool decode_assignment(struct bytes *b, struct fleet_record *rec)
{
	rec->id = bytes_big_endian(b, 8);
	rec->change = bytes_u64(b);
	rec->when = (int64_t)bytes_u64(b);
	rec->from = (int64_t)bytes_u64(b);
	rec->until = (int64_t)bytes_u64(b);
	rec->name = bytes_text(b);
	rec->role = bytes_text(b);
	rec->by = bytes_text(b);
	rec->reason = bytes_text(b);
	if (b->p < b->end) { /* asked for or reviewed */
		rec->request = bytes_u64(b);
		rec->review_from = (int64_t)bytes_u64(b);
		rec->reviewed = (int64_t)bytes_u64(b);
		rec->reviewed_by = bytes_text(b);
	}
	return !b->bad && rec->id > 0 && rec->from < rec->until && is_subject(rec->name) &&
	       rbac_name_is_word(rec->role, strlen(rec->role)) &&
	       strlen(rec->by) <= RBAC_USER_MAX && strlen(rec->reviewed_by) <= RBAC_USER_MAX;
}

static bool decode_gid(struct bytes *b, struct fleet_record *rec)
{
	rec->name = bytes_text(b);
	rec->gid = bytes_u32(b);
	uint8_t flags = bytes_u8(b);
	rec->gone = flags & GONE;
	return !b->bad && rbac_name_is_group(rec->name, strlen(rec->name)) && rec->gid != 0 &&
	       flags <= GONE;
}

static bool decode_uid(struct bytes *b, struct fleet_record *rec)
{
	rec->name = bytes_text(b);
	rec->uid = bytes_u32(b);
	return !b->bad && rbac_name_is_user(rec->name, strlen(rec->name)) && rec->uid != 0 &&
	       rec->uid != RBAC_NO_UID;
}

static bool decode_suspended(struct bytes *b, struct fleet_record *rec)
{
	rec->name = bytes_text(b);
	return !b->bad && rbac_name_is_user(rec->name, strlen(rec->name));
}

static bool decode_text(struct bytes *b, struct fleet_record *rec)
{
	rec->name = bytes_text(b);
	rec->part = (uint32_t)bytes_big_endian(b, 4);
	rec->parts = bytes_u32(b);
	rec->text_len = bytes_u32(b);
	rec->text = bytes_take(b, rec->text_len);
	return !b->bad && is_text_name(rec->name) && rec->part < rec->parts &&
	       rec->text_len <= FLEET_TEXT_PART && !memchr(rec->text, 0, rec->text_len);
}

int fleet_record_decode(const uint8_t *p, size_t len, struct fleet_record *rec)
{
	struct bytes b = { .p = p, .end = p + len };
	bool right = true;

	*rec = (struct fleet_record){
		.type = bytes_u8(&b),
		.name = "",
		.role = "",
		.by = "",
		.reason = "",
		.reviewed_by = "",
	};
	if (b.bad)
		return RBAC_DAMAGED;
	switch (rec->type) {
	case FLEET_ASSIGNMENT:
		right = decode_assignment(&b, rec);
		break;
	case FLEET_GID:
		right = decode_gid(&b, rec);
		break;
	case FLEET_UID:
		right = decode_uid(&b, rec);
		break;
	case FLEET_SUSPENDED:
		right = decode_suspended(&b, rec);
		break;
	case FLEET_TEXT:
		right = decode_text(&b, rec);
		break;
	default:
		break;
	}
	return right ? RBAC_OK : RBAC_DAMAGED;
}

/* ---- place and key ---- */

uint64_t fleet_record_spread(const struct fleet_record *rec)
{
	crypto_generichash_state st;
	uint8_t hash[crypto_generichash_BYTES_MIN], part[4];

	crypto_generichash_init(&st, NULL, 0, sizeof(hash));
	crypto_generichash_update(&st, (const uint8_t *)rec->name, strlen(rec->name) + 1);
	if (rec->type == FLEET_TEXT) {
		rbac_number_key(part, rec->part);
		crypto_generichash_update(&st, part, sizeof(part));
	}
	crypto_generichash_final(&st, hash, sizeof(hash));
	return rbac_le64(hash);
}

/* How many bytes of a record, which decodes, are type and key; 0: its type is not known. */
static size_t key_length(const uint8_t *p, size_t len)
{
	switch (p[0]) {
	case FLEET_ASSIGNMENT:
		return 1 + 8;
	case FLEET_UID:
	case FLEET_GID:
	case FLEET_SUSPENDED:
		return 1 + strnlen((const char *)p + 1, len - 1) + 1;
	case FLEET_TEXT:
		return 1 + strnlen((const char *)p + 1, len - 1) + 1 + 4;
	default:
		return 0;
	}
}

bool fleet_record_same_key(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t n = key_length(a, a_len);

	return n > 0 && n == key_length(b, b_len) && memcmp(a, b, n) == 0;
}
