#include "rbac_follow/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/files.h"

struct reading {
	const char *path;
	struct conf *c;
	char *why;
	size_t size;
};

static bool wrong(const struct reading *r, const config_setting_t *s, const char *what)
{
	snprintf(r->why, r->size, "%s:%d: %s: %s", r->path, (int)config_setting_source_line(s),
		 config_setting_name(s) ? config_setting_name(s) : "", what);
	return false;
}

static bool take_text(const struct reading *r, const config_setting_t *s, char **out)
{
	const char *text = config_setting_get_string(s);

	if (!text || !*text)
		return wrong(r, s, "expected a text");
	*out = strdup(text);
	return *out ? true : wrong(r, s, "out of memory");
}

static bool take_uri(const struct reading *r, const config_setting_t *s)
{
	static const char *const known[] = { "ldaps://", "ldap://", "ldapi://" };
	const char *text = config_setting_get_string(s);
	bool is = false;

	for (size_t i = 0; text && i < sizeof(known) / sizeof(*known); i++)
		is |= strncmp(text, known[i], strlen(known[i])) == 0;
	if (!is || strpbrk(text, " ,"))
		return wrong(r, s,
			     "expected ldaps://HOST, ldap://HOST (with StartTLS) or ldapi://");
	if (r->c->n_uri == CONF_SERVERS_MAX)
		return wrong(r, s, "more than 8 servers");
	if (!take_text(r, s, &r->c->uri[r->c->n_uri]))
		return false;
	r->c->n_uri++;
	return true;
}

static bool take_uris(const struct reading *r, const config_setting_t *s)
{
	int n = config_setting_is_aggregate(s) ? config_setting_length(s) : 0;

	if (!config_setting_is_aggregate(s))
		return take_uri(r, s);
	for (int i = 0; i < n; i++)
		if (!take_uri(r, config_setting_get_elem(s, (unsigned)i)))
			return false;
	return true;
}

static bool take_bind(const struct reading *r, const config_setting_t *s)
{
	static const char *const words[] = {
		[CONF_SIMPLE] = "simple", [CONF_EXTERNAL] = "external", [CONF_GSSAPI] = "gssapi"
	};
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text && i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(text, words[i]) == 0) {
			r->c->bind = (enum conf_bind)i;
			return true;
		}
	return wrong(r, s, "expected \"simple\", \"external\" or \"gssapi\"");
}

static bool take_setting(const struct reading *r, const config_setting_t *s)
{
	const struct {
		const char *name;
		char **out;
	} texts[] = { { "base", &r->c->base },
		      { "bind_dn", &r->c->bind_dn },
		      { "password_file", &r->c->password_file },
		      { "tls_ca", &r->c->tls_ca },
		      { "tls_cert", &r->c->tls_cert },
		      { "tls_key", &r->c->tls_key },
		      { "keytab", &r->c->keytab } };
	const char *name = config_setting_name(s);

	if (strcmp(name, "version") == 0)
		return config_setting_get_int(s) == 1 ? true : wrong(r, s, "expected 1");
	if (strcmp(name, "uri") == 0)
		return take_uris(r, s);
	if (strcmp(name, "bind") == 0)
		return take_bind(r, s);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(name, texts[i].name) == 0)
			return take_text(r, s, texts[i].out);
	return wrong(r, s,
		     "unknown setting, expected version, uri, base, bind, bind_dn, password_file, "
		     "keytab, tls_ca, tls_cert or tls_key");
}

static bool missing(const struct reading *r, const char *name)
{
	snprintf(r->why, r->size, "%s: %s is missing", r->path, name);
	return false;
}

static bool is_whole(const struct reading *r)
{
	const struct conf *c = r->c;

	if (c->n_uri == 0)
		return missing(r, "uri");
	if (!c->base)
		return missing(r, "base");
	if (c->bind == CONF_SIMPLE && !c->bind_dn)
		return missing(r, "bind_dn (of bind = \"simple\")");
	if (c->bind == CONF_SIMPLE && !c->password_file)
		return missing(r, "password_file (of bind = \"simple\")");
	if (c->bind == CONF_EXTERNAL && (!c->tls_cert || !c->tls_key) &&
	    strncmp(c->uri[0], "ldapi://", 8) != 0)
		return missing(r, "tls_cert or tls_key (of bind = \"external\")");
	if (c->bind == CONF_GSSAPI && !c->keytab)
		return missing(r, "keytab (of bind = \"gssapi\")");
	return true;
}

/* What is written behind the name is not the secret alone where others can read it. */
static bool read_password(const struct reading *r)
{
	const char *path = r->c->password_file;
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? RBAC_SYSTEM : files_read(fd, CONF_SECRET_MAX, &r->c->password, &len);

	if (err)
		snprintf(r->why, r->size, "%s: %s", path,
			 err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	if (fd >= 0)
		close(fd);
	if (err) {
		r->c->password = NULL;
		return false;
	}
	r->c->password[strcspn(r->c->password, "\n")] = '\0';
	if (*r->c->password)
		return true;
	/* An empty password is an anonymous bind (RFC 4513, 5.1.2). */
	snprintf(r->why, r->size, "%s: the password is empty", path);
	return false;
}

bool conf_read(const char *path, struct conf *c, char *why, size_t size)
{
	const struct reading r = { path, c, why, size };
	config_t file;

	*c = (struct conf){ 0 };
	config_init(&file);
	bool good = config_read_file(&file, path) == CONFIG_TRUE;
	if (!good && config_error_type(&file) == CONFIG_ERR_FILE_IO)
		snprintf(why, size, "%s: %s", path, strerror(errno));
	else if (!good)
		snprintf(why, size, "%s:%d: %s", path, config_error_line(&file),
			 config_error_text(&file));
	const config_setting_t *root = config_root_setting(&file);
	int n = good ? config_setting_length(root) : 0;
	for (int i = 0; i < n && good; i++)
		good = take_setting(&r, config_setting_get_elem(root, (unsigned)i));
	config_destroy(&file);
	if (good)
		good = is_whole(&r);
	return good && c->bind == CONF_SIMPLE ? read_password(&r) : good;
}

void conf_free(struct conf *c)
{
	for (int i = 0; i < c->n_uri; i++)
		free(c->uri[i]);
	if (c->password)
		sodium_memzero(c->password, strlen(c->password));
	free(c->base);
	free(c->bind_dn);
	free(c->password_file);
	free(c->password);
	free(c->tls_ca);
	free(c->tls_cert);
	free(c->tls_key);
	free(c->keytab);
	*c = (struct conf){ 0 };
}
