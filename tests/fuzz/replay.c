/*
 * replay FILE...: each kept input through the harness this is linked with, without libFuzzer; a
 * folder means the files in it. A file whose name ends in .pack holds many inputs, each after its
 * length (4 bytes, little-endian). replay --pack PACK FOLDER: put the files of FOLDER, smallest
 * first, into PACK, up to PACK_MAX bytes. replay --unpack PACK FOLDER: the way back.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "common/wire.h"
#include "tests/fuzz/fuzz.h"

enum { PACK_MAX = 128 << 10 };

struct input {
	uint8_t *p;
	size_t len;
};
struct inputs {
	struct input *v;
	size_t n;
};

static struct input read_file(const char *path)
{
	struct stat st;
	struct input in = { 0 };
	FILE *f = fopen(path, "re");
	claim(f && fstat(fileno(f), &st) == 0);
	in.p = malloc((size_t)st.st_size + 1);
	claim(in.p);
	in.len = fread(in.p, 1, (size_t)st.st_size, f);
	fclose(f);
	return in;
}

static void add(struct inputs *all, struct input in)
{
	all->v = reallocarray(all->v, all->n + 1, sizeof *all->v);
	claim(all->v);
	all->v[all->n++] = in;
}

static void add_pack(struct inputs *all, const char *path)
{
	struct input pack = read_file(path);
	size_t at = 0;
	while (at + 4 <= pack.len) {
		size_t len = rbac_le32(pack.p + at);
		claim(len <= pack.len - at - 4);
		struct input in = { malloc(len + 1), len };
		claim(in.p);
		memcpy(in.p, pack.p + at + 4, len);
		add(all, in);
		at += 4 + len;
	}
	free(pack.p);
}

static void add_path(struct inputs *all, const char *path)
{
	struct stat st;
	size_t len = strlen(path);
	claim(stat(path, &st) == 0);
	if (len > 5 && strcmp(path + len - 5, ".pack") == 0) {
		add_pack(all, path);
	} else if (!S_ISDIR(st.st_mode)) {
		add(all, read_file(path));
	} else {
		DIR *d = opendir(path);
		claim(d);
		for (struct dirent *e; (e = readdir(d));) {
			char below[4096];
			snprintf(below, sizeof below, "%s/%s", path, e->d_name);
			if (e->d_name[0] != '.')
				add_path(all, below);
		}
		closedir(d);
	}
}

static int by_size(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->p, y->p, x->len);
}

static void write_pack(const char *path, const struct inputs *all)
{
	FILE *f = fopen(path, "we");
	size_t size = 0;
	claim(f);
	for (size_t i = 0; i < all->n && size + 4 + all->v[i].len <= PACK_MAX; i++) {
		size_t len = all->v[i].len;
		const uint8_t head[4] = { (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16),
					  (uint8_t)(len >> 24) };
		claim(fwrite(head, 1, 4, f) == 4 && fwrite(all->v[i].p, 1, len, f) == len);
		size += 4 + len;
	}
	claim(fclose(f) == 0);
}

static void write_folder(const char *path, const struct inputs *all)
{
	char name[4096];
	for (size_t i = 0; i < all->n; i++) {
		snprintf(name, sizeof name, "%s/kept-%zu", path, i);
		FILE *f = fopen(name, "we");
		claim(f && fwrite(all->v[i].p, 1, all->v[i].len, f) == all->v[i].len &&
		      fclose(f) == 0);
	}
}

int main(int argc, char **argv)
{
	struct inputs all = { 0 };
	bool pack = argc == 4 && strcmp(argv[1], "--pack") == 0,
	     unpack = argc == 4 && strcmp(argv[1], "--unpack") == 0;
	for (int i = 1; i < argc && !pack && !unpack; i++)
		add_path(&all, argv[i]);
	if (pack || unpack)
		add_path(&all, argv[pack ? 3 : 2]);
	if (pack && all.n)
		qsort(all.v, all.n, sizeof *all.v, by_size);
	if (pack)
		write_pack(argv[2], &all);
	else if (unpack)
		write_folder(argv[3], &all);
	else
		for (size_t i = 0; i < all.n; i++)
			LLVMFuzzerTestOneInput(all.v[i].p, all.v[i].len);
	if (!pack && !unpack)
		printf("%s: %zu inputs\n", argv[0], all.n);
	for (size_t i = 0; i < all.n; i++)
		free(all.v[i].p);
	free(all.v);
	return !unpack && all.n == 0;
}
