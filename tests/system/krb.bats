#!/usr/bin/env bats
# Kerberos for a fleet's directory: a real KDC, a slapd with its keytab, an authority and a member
# that log in with theirs (SASL GSSAPI), the member's follower as a user without rights.

load lib
load fleet
load directory

OWN=/var/lib/rbac-follow
KDC=/srv/kdc

# ---- the realm ----

realm_up() {
	mkdir -p "$KDC"
	cat >/etc/krb5.conf <<-EOT
		[libdefaults]
		  default_realm = EXAMPLE.ORG
		  dns_lookup_kdc = false
		  dns_lookup_realm = false
		  rdns = false
		[realms]
		  EXAMPLE.ORG = {
		    kdc = 127.0.0.1
		  }
		  ELSEWHERE.ORG = {
		    kdc = 127.0.0.1
		  }
	EOT
	cat >"$KDC/kdc.conf" <<-EOT
		[kdcdefaults]
		  kdc_listen = 127.0.0.1:88
		  kdc_tcp_listen = 127.0.0.1:88
		[realms]
		  EXAMPLE.ORG = {
		    database_name = $KDC/principal
		    key_stash_file = $KDC/stash
		    max_life = 20s
		  }
		  ELSEWHERE.ORG = {
		    database_name = $KDC/elsewhere
		    key_stash_file = $KDC/stash.elsewhere
		  }
	EOT
	export KRB5_KDC_PROFILE=$KDC/kdc.conf
	local realm
	for realm in EXAMPLE.ORG ELSEWHERE.ORG; do
		quietly kdb5_util -r $realm create -s -P master
		quietly kadmin.local -r $realm addprinc -pw trust krbtgt/EXAMPLE.ORG@ELSEWHERE.ORG
	done
	principal EXAMPLE.ORG ldap/localhost "$KDC/ldap.keytab"
	principal EXAMPLE.ORG rbac-authority "$KDC/authority.keytab"
	principal EXAMPLE.ORG host/web1.example.org "$KDC/web1.keytab"
	# Not of this fleet: a host of another domain, one of a realm that is trusted, a person.
	principal EXAMPLE.ORG host/web1.lab.org "$KDC/lab.keytab"
	principal ELSEWHERE.ORG host/web1.example.org "$KDC/elsewhere.keytab"
	principal EXAMPLE.ORG web1 "$KDC/person.keytab"
	kdc_start
}

principal() {   # principal REALM NAME KEYTAB
	quietly kadmin.local -r "$1" addprinc -randkey "$2@$1"
	quietly kadmin.local -r "$1" ktadd -k "$3" "$2@$1"
	# rbac-follow reads it once it is without rights.
	chgrp rbac-follow "$3"
	chmod 0640 "$3"
}

kdc_start() {
	background krb5kdc -n -r EXAMPLE.ORG -r ELSEWHERE.ORG
	echo $! >/tmp/kdc.pid
	wait_for gets_ticket
}

gets_ticket() {
	kinit -c /tmp/probe.ccache -k -t "$KDC/web1.keytab" host/web1.example.org 2>/dev/null
}

kdc_stop() {
	kill "$(cat /tmp/kdc.pid)"
	wait_for gone "$(cat /tmp/kdc.pid)"
}

# ---- hosts ----

# gssapi_conf ETC KEYTAB
gssapi_conf() {
	mkdir -p "$1"
	cat >"$1/fleet.conf" <<-EOT
		version = 1;
		uri = [ "ldap://localhost:3893" ];
		base = "$BASE";
		bind = "gssapi";
		keytab = "$KDC/$2.keytab";
		tls_ca = "$DIRECTORY/tls/ca.pem";
	EOT
}

follow_up() {
	background bash -c 'exec rbac-follow 2>/tmp/follow.err'
	echo $! >/tmp/follow.pid
	wait_for connected || { cat /tmp/follow.err; return 1; }
}

follow_down() {
	kill "$(cat /tmp/follow.pid)"
	wait_for gone "$(cat /tmp/follow.pid)"
}

connected() { grep -q ^connected "$OWN/status"; }
is_down() { grep -q ^down "$OWN/status"; }
opens() { pamtester gate "$1" acct_mgmt >/dev/null 2>&1; }
closed() { ! opens "$1"; }

setup_file() {
	add_people
	add_user rbac-follow 991
	realm_up
	# The library looks for the server's keys there.
	export KRB5_KTNAME=$KDC/ldap.keytab
	authority_up web
	directory_up one 3893
	gssapi_conf /srv/authority/etc authority
	group_line files rbac
	gate gate
}

teardown_file() {
	kill "$(cat /tmp/follow.pid)" "$(cat /tmp/take.pid)" "$(cat /tmp/kdc.pid)" || true
}

@test "the authority pushes with its ticket" {
	run -0 authority fleet push
	says 'the directory: 3 of 3 sheets written'
	run -0 authority fleet enrol web1 --scope space:main/web --as root
	grep -o 'rbacfleet1[^ ]*' <<<"$output" >/srv/token
	run -0 authority fleet push
}

@test "without a keytab push says why, and a change is queued" {
	sed -i 's/^keytab/#keytab/' /srv/authority/etc/fleet.conf
	fails_with 4 authority fleet push
	says 'keytab (of bind = "gssapi") is missing'
	gssapi_conf /srv/authority/etc none
	fails_with 4 authority fleet push
	says 'ldap://localhost:3893: Local error: SASL'
	gssapi_conf /srv/authority/etc authority
}

@test "fleet check as the host finds that the access rules hold" {
	run -0 rbacctl fleet join "$(cat /srv/token)"
	gssapi_conf /etc/rbac web1
	run -0 rbacctl fleet check
	says 'this host reads its own sheets'
}

@test "a role given on the authority lets a user log in on a follower without rights" {
	follow_up
	background rbacctl fleet take "$OWN/inbox" --watch
	echo $! >/tmp/take.pid
	wait_for test -e "$VIEW"
	[ "$(stat -c %U "/proc/$(cat /tmp/follow.pid)")" = rbac-follow ]
	closed bob
	run -0 authority assign bob space-developer --scope space:main/web --as root
	says 'sent to the directory in '
	wait_for opens bob
	run -0 authority revoke bob space-developer --scope space:main/web --as root
	wait_for closed bob
}

@test "the KDC is down: changes are queued, logins work; all arrives when it runs again" {
	run -0 authority assign mia space-developer --scope space:main/web --as root
	wait_for opens mia
	kdc_stop
	run -0 authority revoke mia space-developer --scope space:main/web --as root
	says 'queued'
	# The ticket ends, and the open connection stays.
	sleep 21
	connected
	directory_stop one
	wait_for is_down
	directory_start one 3893
	opens mia
	kdc_start
	wait_for connected
	run -0 authority fleet push
	wait_for closed mia
}

# They are known to the server, and nobody there.
@test "a host of another domain or of a trusted realm, and a person, are not the host" {
	local keytab d=/tmp/other
	for keytab in web1 lab elsewhere person; do
		gssapi_conf $d $keytab
		run rbac-follow --etc $d --store /srv/none check
		if [ $keytab = web1 ]; then
			[ "$status" = 0 ]
			says 'this host reads its own sheets'
		else
			[ "$status" = 1 ]
			[[ $output != *'ok    this host reads its own sheets'* ]]
		fi
	done
}
