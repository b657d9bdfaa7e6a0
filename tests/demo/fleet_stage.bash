# The stage of fleet.sh: an authority in folders, a slapd, and what runs on each host.
# shellcheck shell=bash

background() { "$@" </dev/null >/dev/null 2>&1 & }

wait_for() {   # of directory.bash
	local _
	for _ in {1..200}; do
		if "$@"; then return 0; fi
		sleep 0.05
	done
	return 1
}

# shellcheck source=tests/system/directory.bash
source "$top/tests/system/directory.bash"

now_ms() { date +%s%3N; }
took() { printf '\n(in force on this host after %s ms)\n' $(($(now_ms) - $1)); }

wait_until() {   # wait_until COMMAND: at most ten seconds
	wait_for bash -c "$1" || fail "waited in vain for: $1"
}

# The commands of the authority are shown short: a script adds the folders.
fleet_stage_up() {
	local s
	printf '%s\n' '#!/bin/sh' 'exec rbacctl "$@" --etc /srv/authority/etc \' \
		'--store /srv/authority/state' >/usr/bin/authority
	chmod 755 /usr/bin/authority
	mkdir -p /srv/authority/etc/policy.d
	cp "$top/conf/policies/torque.conf" /srv/authority/etc/policy.d
	cat >/srv/authority/etc/rbac.conf <<-'EOT'
		version = 1;
		host = "account:main";
		login = ( { services = [ "sshd" ]; roles = [ "space-developer" ]; },
		          { services = [ "sudo", "sudo-i" ]; roles = [ "account-admin" ]; } );
	EOT
	directory_up demo 3891
	authority init --root account:main --admin alice >/dev/null
	for s in web db mail; do authority scope create space:main/$s >/dev/null; done
	fleet_conf /srv/authority/etc 3891 "cn=authority,$BASE" authoritysecret
	sed -i 's/^group:.*/group: files systemd rbac/' /etc/nsswitch.conf
}

gate_up() { sed -i '0,/^account/s//account  required  pam_rbac.so\n&/' /etc/pam.d/sshd; }

# shellcheck disable=SC2154 # output is of shown()
keep_token() {
	authority fleet enrol "$1" --scope "space:main/${1%1}" |
		grep -o 'rbacfleet1[^ ]*' >"/srv/$1.token"
}

fleet_passwords() {
	local host
	authority fleet push >/dev/null
	for host in web1 db1 mail1; do
		rbac-follow --etc /srv/authority/etc --store /srv/authority/state \
			password $host >"/srv/$host.secret"
	done
	fleet_conf /etc/rbac 3891 "cn=web1,ou=hosts,$BASE" "$(cat /srv/web1.secret)"
}

# What systemd does on a real host: rbac-follow.service, rbac-take.path and its timer.
follow() {   # follow HOST ETC STATE
	rbac-follow --etc "$2" --store "$3" </dev/null >/dev/null 2>&1 &
	rbacctl fleet take "$3-follow/inbox" --watch --etc "$2" --store "$3" \
		</dev/null >/dev/null 2>&1 &
}

join_other() {
	mkdir -p "/srv/$1"
	rbacctl fleet join "$(cat "/srv/$1.token")" --etc "/srv/$1/etc" \
		--store "/srv/$1/state" >/dev/null
	fleet_conf "/srv/$1/etc" 3891 "cn=$1,ou=hosts,$BASE" "$(cat "/srv/$1.secret")"
	follow "$1" "/srv/$1/etc" "/srv/$1/state"
}

# A head with one byte changed, by the administrator of the directory.
forge_sheet() {
	local dn=rbacSheetName=space:main/web,ou=sheets,$BASE
	admin ldapsearch 3891 -LLL -o ldif-wrap=no -b "$dn" -s base rbacHead |
		sed -n 's/^rbacHead:: //p' | base64 -d >/tmp/forged
	printf '\xff\xfe' | dd of=/tmp/forged bs=1 seek=$(($(stat -c %s /tmp/forged) - 2)) \
		conv=notrunc 2>/dev/null
	printf '%s\n' "dn: $dn" 'changetype: modify' 'replace: rbacHead' \
		'rbacHead:< file:///tmp/forged' | admin ldapmodify 3891 >/dev/null
}
