/* newer_view FROM TO [SECONDS]: the same view, said to be of the next version, or to be published
 * SECONDS later, and sealed again: nothing else is wrong with it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crc32c.h"
#include "common/view_file.h"
#include "common/walk.h"
#include "common/wire.h"

enum { SIZE_MAX_VIEW = 1 << 24, PUBLISHED = 48 /* in the record: common/wire.h */ };

int main(int argc, char **argv)
{
	static uint8_t view[SIZE_MAX_VIEW];
	const uint8_t key[1] = { RBAC_REC_META }, *record;
	struct rbac_walk w;
	size_t len;
	FILE *in = argc == 3 || argc == 4 ? fopen(argv[1], "rb") : NULL,
	     *out = in ? fopen(argv[2], "wb") : NULL;
	if (!out)
		return 2;
	size_t size = fread(view, 1, sizeof view, in);
	if (rbac_walk_init(&w, view, size) || rbac_walk_get(&w, key, sizeof key, &record, &len))
		return 1;
	uint8_t *r = view + (record - view);
	if (argc == 3)
		r[0] = RBAC_VIEW_VERSION + 1;
	uint64_t published = rbac_le64(r + PUBLISHED) +
			     (argc == 4 ? strtoull(argv[3], NULL, 10) : 0);
	for (int i = 0; i < 8; i++)
		r[PUBLISHED + i] = (uint8_t)(published >> (8 * i));
	uint32_t crc = rbac_crc32c(rbac_crc32c(0, key, sizeof key), r, len - 4);
	for (int i = 0; i < 4; i++)
		r[len - 4 + (size_t)i] = (uint8_t)(crc >> (8 * i));
	return fwrite(view, 1, size, out) != size || fclose(out) != 0;
}
