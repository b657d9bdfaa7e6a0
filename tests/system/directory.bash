# A directory for a fleet: a real slapd with TLS, made from the samples that are shipped.
# shellcheck shell=bash

DIRECTORY=/srv/directory
SAMPLES=/usr/share/doc/rbac/examples/slapd
BASE=ou=rbac,dc=example,dc=org

# A certificate for NAME, signed by the CA of this directory.
certificate() {   # certificate NAME [SAN]
	local d=$DIRECTORY/tls
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch -subj "/CN=$1" \
		-keyout "$d/$1.key" -out "$d/$1.csr" 2>/dev/null
	openssl x509 -req -in "$d/$1.csr" -CA "$d/ca.pem" -CAkey "$d/ca.key" -CAcreateserial \
		-days 30 ${2:+-extfile <(echo "subjectAltName=$2")} -out "$d/$1.pem" 2>/dev/null
}

authority_of_certificates() {
	mkdir -p "$DIRECTORY/tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch -days 30 \
		-subj /CN=ca -addext basicConstraints=critical,CA:TRUE \
		-keyout "$DIRECTORY/tls/ca.key" -out "$DIRECTORY/tls/ca.pem" 2>/dev/null
}

# The sample, with the paths and passwords of this test.
slapd_conf() {   # slapd_conf NAME
	sed -e "s|/etc/ldap/tls/server|$DIRECTORY/tls/localhost|" \
		-e "s|/etc/ldap/tls/ca|$DIRECTORY/tls/ca|" \
		-e "s|/var/lib/ldap|$DIRECTORY/$1/db|; s|/run/slapd/slapd.pid|$DIRECTORY/$1/pid|" \
		-e 's|^rootpw .*|rootpw adminsecret|' "$SAMPLES/slapd.conf"
}

directory_start() {   # directory_start NAME PORT
	background slapd -d 0 -f "$DIRECTORY/$1/slapd.conf" \
		-h "ldap://127.0.0.1:$2/ ldaps://127.0.0.1:1$2/"
	wait_for directory_answers "$2"
}

directory_answers() {
	LDAPTLS_CACERT=$DIRECTORY/tls/ca.pem ldapsearch -x -ZZ -H "ldap://localhost:$1" \
		-b '' -s base >/dev/null 2>&1
}

directory_stop() {   # directory_stop NAME [SIGNAL]
	local pid
	pid=$(cat "$DIRECTORY/$1/pid")
	kill "-${2-TERM}" "$pid"
	wait_for gone "$pid"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

admin() {   # admin COMMAND PORT ARGUMENTS...: an ldap command as the administrator
	local command=$1 port=$2
	shift 2
	LDAPTLS_CACERT=$DIRECTORY/tls/ca.pem "$command" -x -ZZ -H "ldap://localhost:$port" \
		-D cn=admin,dc=example,dc=org -w adminsecret "$@"
}

# The first entries.
directory_tree() {
	printf '%s\n' 'dn: dc=example,dc=org' 'objectClass: dcObject' \
		'objectClass: organization' 'o: example' 'dc: example' ''
	cat "$SAMPLES/tree.ldif"
}

directory_up() {   # directory_up NAME PORT
	mkdir -p "$DIRECTORY/$1/db"
	[ -e "$DIRECTORY/tls/ca.pem" ] || authority_of_certificates
	[ -e "$DIRECTORY/tls/localhost.pem" ] ||
		certificate localhost 'DNS:localhost,IP:127.0.0.1'
	slapd_conf "$1" >"$DIRECTORY/$1/slapd.conf"
	directory_start "$1" "$2"
	directory_tree | admin ldapadd "$2" >/dev/null
	admin ldappasswd "$2" -s authoritysecret "cn=authority,$BASE"
}

# fleet_conf ETC PORT DN SECRET: simple bind with StartTLS
fleet_conf() {
	mkdir -p "$1"
	printf '%s\n' "$4" >"$1/fleet.secret"
	chmod 0600 "$1/fleet.secret"
	cat >"$1/fleet.conf" <<-EOT
		version = 1;
		uri = [ "ldap://localhost:$2" ];
		base = "$BASE";
		bind = "simple";
		bind_dn = "$3";
		password_file = "$1/fleet.secret";
		tls_ca = "$DIRECTORY/tls/ca.pem";
	EOT
}
