#include "rbacctl/host/time/zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/model/problem.h"

#define FOLDER "/usr/share/zoneinfo"

/* Regular, and with the four bytes that begin every file of tzfile(5). */
static bool is_zone_file(const char *path)
{
	char magic[4] = "";
	struct stat st;
	FILE *f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "re") : NULL;
	bool yes = f && fread(magic, 1, sizeof magic, f) == sizeof magic &&
		   memcmp(magic, "TZif", sizeof magic) == 0;
	if (f)
		fclose(f);
	return yes;
}

bool host_zone_exists(const char *zone)
{
	static const char local[] = "/etc/localtime";
	char path[400];
	struct stat st;
	if (!zone)
		return is_zone_file(local) || (lstat(local, &st) != 0 && errno == ENOENT);
	/* The C library knows UTC without a file. */
	snprintf(path, sizeof path, FOLDER "/%.300s", zone);
	return strcmp(zone, "UTC") == 0 || is_zone_file(path);
}

/* tzdata.zi lists all: "Z NAME ..." is a zone, "L TARGET NAME" another name of one (zic(8)). */
static const char *name_of_line(char *line)
{
	char *save, *first = strtok_r(line, " \n", &save),
		    *second = first ? strtok_r(NULL, " \n", &save) : NULL;
	if (!second || first[1])
		return NULL;
	return *first == 'Z' ? second : *first == 'L' ? strtok_r(NULL, " \n", &save) : NULL;
}

bool host_zone_nearest(const char *zone, char *out, size_t size)
{
	char line[400];
	FILE *f = fopen(FOLDER "/tzdata.zi", "re");
	*out = 0;
	while (f && fgets(line, sizeof line, f)) {
		const char *name = name_of_line(line);
		/* The nearest of two is the nearest of all so far. */
		const char *const two[] = { name, out };
		if (name && strlen(name) < size && problem_nearest(zone, two, *out ? 2 : 1) == name)
			memcpy(out, name, strlen(name) + 1);
	}
	if (f)
		fclose(f);
	return *out;
}
