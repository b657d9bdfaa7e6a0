#include "rbacctl/host/nss/nss_line.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <strings.h>

#include "rbacctl/buf.h"

void nss_line_free(struct nss_line *l)
{
	free(l->text);
	free(l->v);
	*l = (struct nss_line){ 0 };
}

static const char *blanks(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

/* Is the word of LEN bytes at P one of NAMES? Its place, or -1. */
static int word_of(const char *p, size_t len, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (strlen(names[i]) == len && strncasecmp(p, names[i], len) == 0)
			return i;
	return -1;
}

/* What stands in [ ], from behind the [ on; behind the ]. NULL: it is not understood. */
static const char *read_actions(const char *p, struct nss_source *s)
{
	static const char *const statuses[] = { "tryagain", "unavail", "notfound", "success" };
	static const char *const actions[] = { "continue", "return", "merge" };

	bool any = false;

	for (p = blanks(p); *p && *p != ']'; p = blanks(p), any = true) {
		bool negated = *p == '!';
		size_t len = strcspn(p += negated, "=! \t\n]");
		int status = word_of(p, len, statuses, NSS_STATUSES);
		p = blanks(p + len);
		if (status < 0 || *p != '=')
			return NULL;
		p = blanks(p + 1);
		len = strcspn(p, "=! \t\n]");
		int action = word_of(p, len, actions, 3);
		if (action < 0 || (action == NSS_MERGE && (negated || status != NSS_SUCCESS)))
			return NULL;
		p += len;
		for (int i = 0; i < NSS_STATUSES; i++)
			if ((i == status) != negated)
				s->action[i] = (enum nss_action)action;
	}
	return *p == ']' && any ? p + 1 : NULL;
}

/* A line with an error has no source at all: the C library answers nothing then. # begins no
 * comment but at the begin of a line. */
static void read_sources(const char *p, struct nss_line *l)
{
	l->n = 0;
	l->wrong = false;
	for (p = blanks(p); *p && !l->wrong; p = blanks(p)) {
		size_t len = strcspn(p, " \t\n\v\f\r[");
		l->wrong = len == 0 || len >= NSS_NAME ||
			   !buf_room(&l->v, l->n, &l->cap, sizeof *l->v);
		if (l->wrong)
			break;
		struct nss_source *s = &l->v[l->n++];
		*s = (struct nss_source){ .action = { [NSS_SUCCESS] = NSS_RETURN } };
		memcpy(s->name, p, len);
		p = blanks(p + len);
		if (*p == '[' && !(p = read_actions(p + 1, s))) {
			l->wrong = true;
			break;
		}
	}
	if (l->wrong)
		l->n = 0;
}

static void keep(const char *start, unsigned number, const char *p, struct nss_line *l)
{
	size_t len = strlen(start);

	free(l->text);
	while (len && isspace((unsigned char)start[len - 1]))
		len--;
	l->text = strndup(start, len);
	l->line = number;
	l->lines++;
	read_sources(p, l);
}

bool nss_line_read(const char *path, const char *database, struct nss_line *out)
{
	char *line = NULL;
	size_t cap = 0;
	unsigned number = 0;
	struct stat st;
	FILE *f = fopen(path, "re");

	*out = (struct nss_line){ 0 };
	if (f && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(f);
		f = NULL;
		errno = EISDIR;
	}
	if (!f)
		return false;
	while (getline(&line, &cap, f) > 0) {
		const char *start = blanks(line);
		size_t len = strcspn(start, ": \t\n\v\f\r");
		number++;
		if (len != strlen(database) || memcmp(start, database, len) != 0 || !start[len])
			continue;
		keep(start, number, start + len + 1, out);
		/* glibc 2.36 stops at the end of the file, before it looks at what it read there.
		 */
		out->cut = !strchr(start, '\n');
	}
	free(line);
	fclose(f);
	return true;
}

size_t nss_line_find(const struct nss_line *l, const char *source)
{
	size_t i = 0;

	while (i < l->n && strcmp(l->v[i].name, source) != 0)
		i++;
	return i;
}

size_t nss_line_stops(const struct nss_line *l, size_t at, enum nss_status status)
{
	for (size_t i = 0; i < at; i++)
		if (l->v[i].action[status] == NSS_RETURN)
			return i;
	return at;
}
