#!/usr/bin/env bats
# A fleet over a directory: a real slapd with the samples that are shipped, an authority, this host
# as a member whose gate follows, and another host.

load lib
load fleet
load directory

OWN=/var/lib/rbac-follow

setup_file() {
	add_people
	authority_up web db
	directory_up one 3891
	group_line files rbac
	gate gate
}

# What rbac-take.path and its timer do.
follow_up() {
	background rbac-follow
	echo $! >/tmp/follow.pid
	background rbacctl fleet take "$OWN/inbox" --watch
	echo $! >/tmp/take.pid
}

follow_down() { kill "$(cat /tmp/follow.pid)" "$(cat /tmp/take.pid)"; }

opens() { pamtester gate "$1" acct_mgmt >/dev/null 2>&1; }
closed() { ! opens "$1"; }

connected() { grep -q ^connected "$OWN/status"; }
is_down() { grep -q ^down "$OWN/status"; }

@test "without fleet.conf push asks for a folder; with it a change is sent at once" {
	fails_with 2 authority fleet push
	says 'expected --to DIR'
	fleet_conf /srv/authority/etc 3891 "cn=authority,$BASE" authoritysecret
	run -0 authority fleet push
	says 'the directory: 4 of 4 sheets written'
	run -0 authority scope create space:main/mail --as root
	says 'sent to the directory in '
}

@test "an enrolled host has an entry, and a password that the server alone keeps" {
	local host
	for host in web1 db1; do
		run -0 authority fleet enrol $host --scope "space:main/${host%1}" --as root
		grep -o 'rbacfleet1[^ ]*' <<<"$output" >/srv/$host.token
		rbac-follow --etc /srv/authority/etc --store /srv/authority/state \
			password $host >/srv/$host.secret
	done
	run -0 admin ldapsearch 3891 -LLL -b "cn=web1,ou=hosts,$BASE" rbacFollows userPassword
	says 'rbacFollows: space:main/web'
	[[ $output != *"$(cat /srv/web1.secret)"* ]]
	run -0 rbacctl fleet join "$(cat /srv/web1.token)"
	fleet_conf /etc/rbac 3891 "cn=web1,ou=hosts,$BASE" "$(cat /srv/web1.secret)"
}

@test "fleet check, as a host, finds that the access rules hold" {
	run -0 rbacctl fleet check --json
	says '"ok": true'
	run -0 rbacctl fleet check
	[[ $output != *wrong* ]]
	says 'this host cannot read other sheets'
	# A rule that is too wide is found.
	sed 's/by set="user[^"]*" read/by users read/' "$DIRECTORY/one/slapd.conf" >/tmp/wide.conf
	cp /tmp/wide.conf "$DIRECTORY/one/slapd.conf.wide"
	directory_stop one
	mv "$DIRECTORY/one/slapd.conf" /tmp/right.conf
	mv "$DIRECTORY/one/slapd.conf.wide" "$DIRECTORY/one/slapd.conf"
	directory_start one 3891
	fails_with 1 rbacctl fleet check
	says 'wrong this host cannot read other sheets: space:main/'
	directory_stop one
	cp /tmp/right.conf "$DIRECTORY/one/slapd.conf"
	directory_start one 3891
}

@test "a role given on the authority lets a user log in on a follower, and a revoke ends that" {
	follow_up
	wait_for test -e "$VIEW"
	closed bob
	run -0 authority assign bob space-developer --scope space:main/web --as root
	says 'sent to the directory in '
	wait_for opens bob
	run -0 authority revoke bob space-developer --scope space:main/web --as root
	wait_for closed bob
}

@test "one connection stays open: what is followed is written only when it changes" {
	local before after
	before=$(stat -c %i "$STATE/follow/sheets")
	run -0 authority assign mia space-developer --scope space:main/web --as root
	wait_for opens mia
	after=$(stat -c %i "$STATE/follow/sheets")
	[ "$before" = "$after" ]
	run -0 rbacctl fleet status
	says 'connected'
}

# The head of the fleet's sheet in the directory is the one that the authority signed last.
directory_has_head() {
	admin ldapsearch 3891 -LLL -o ldif-wrap=no -b "rbacSheetName=fleet,ou=sheets,$BASE" \
		-s base rbacHead | sed -n 's/^rbacHead:: //p' | base64 -d |
		cmp - /srv/authority/state/out/sheets/fleet/head
}

@test "two changes in one second: the directory has the head of the second one" {
	local _
	for _ in 1 2 3; do
		run -0 authority assign carl space-developer --scope space:main/web --as root
		run -0 authority revoke carl space-developer --scope space:main/web --as root
		directory_has_head
	done
}

# slapd sends nothing of what waits behind a message that the host may not read.
@test "a host is told that a part of its sheet is deleted" {
	local host=web1
	background bash -c "LDAPTLS_CACERT=$DIRECTORY/tls/ca.pem exec timeout 60 stdbuf -oL \
		ldapsearch -x -ZZ -H ldap://localhost:3891 -D cn=$host,ou=hosts,$BASE \
		-w $(cat /srv/$host.secret) -b ou=sheets,$BASE -E sync=rp \
		'(rbacSheetName=space:main/web)' rbacHash >/tmp/sync"
	wait_for grep -q '^rbacHash: ' /tmp/sync
	run -0 authority assign carl space-developer --scope space:main/web --as root
	wait_for grep -q '^# SyncState control.* deleted' /tmp/sync
	run -0 authority revoke carl space-developer --scope space:main/web --as root
}

@test "a host does not receive the sheets of other hosts" {
	[ ! -e "$OWN/inbox/sheets/space=main+db" ]
	run -0 rbacctl list scopes
	[[ $output != *space:main/db* ]]
}

@test "a host reports what it has taken, and the authority shows it" {
	local _
	for _ in {1..300}; do   # within 20 seconds, at a time of its own
		authority fleet push >/dev/null
		if authority fleet status | grep -q 'web1, .*has all'; then break; fi
		sleep 0.1
	done
	run authority fleet status
	says 'web1, space:main/web'
	says 'has all'
	says 'db1, space:main/db'
	says 'never heard of'
	run -0 rbacctl fleet status
	says 'connected'
}

@test "the directory is killed: logins work; a change arrives when it runs again" {
	run -0 authority assign carl space-developer --scope space:main/web --as root
	wait_for opens carl
	directory_stop one KILL
	wait_for is_down
	opens carl
	run authority revoke carl space-developer --scope space:main/web --as root
	[ "$status" = 0 ]
	says 'queued'
	[ -e /srv/authority/state/fleet/queued ]
	opens carl
	fails_with 1 rbacctl fleet status
	says 'down'
	directory_start one 3891
	wait_for connected
	run -0 authority fleet push
	[ ! -e /srv/authority/state/fleet/queued ]
	wait_for closed carl
}

silent_server() {   # on port 4891
	background python3 "$TOP/tests/system/tools/hostile_ldap.py" silent 4891 \
		"$DIRECTORY/tls/localhost.pem" "$DIRECTORY/tls/localhost.key"
	echo $! >/tmp/silent.pid
	wait_for listens 4891
}

listens() { (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null; }
connected_to() { grep -q "^connected .*:$1" "$OWN/status"; }

# slapd leaves such a connection behind when a host did not read (writetimeout). The state is too
# old after three minutes.
@test "a connection that stays open and is dead is left, ten seconds after the host was stopped" {
	local began
	silent_server
	cp /etc/rbac/fleet.conf /tmp/fleet.conf
	sed -i 's|^uri = .*|uri = [ "ldaps://localhost:4891", "ldap://localhost:3891" ];|' \
		/etc/rbac/fleet.conf
	follow_down
	follow_up
	wait_for connected_to 4891
	run -0 authority assign bob space-developer --scope space:main/web --as root
	kill -STOP "$(cat /tmp/follow.pid)"
	sleep 4
	closed bob
	kill -CONT "$(cat /tmp/follow.pid)"
	began=$(date +%s)
	wait_for connected_to 3891
	wait_for opens bob
	echo "# left after $(($(date +%s) - began)) s" >&3
	kill "$(cat /tmp/silent.pid)"
	cp /tmp/fleet.conf /etc/rbac/fleet.conf
	run -0 authority revoke bob space-developer --scope space:main/web --as root
	wait_for closed bob
}

@test "a forged sheet is refused and reported; logins do not change" {
	local head=/tmp/forged
	local dn=rbacSheetName=space:main/web,ou=sheets,$BASE
	admin ldapsearch 3891 -LLL -o ldif-wrap=no -b "$dn" -s base rbacHead |
		 sed -n 's/^rbacHead:: //p' | base64 -d >$head
	# The last byte is of the signature.
	printf '\xff\xfe' |
		dd of=$head bs=1 seek=$(($(stat -c %s $head) - 2)) conv=notrunc 2>/dev/null
	printf '%s\n' "dn: $dn" 'changetype: modify' 'replace: rbacHead' \
		"rbacHead:< file://$head" | admin ldapmodify 3891
	wait_for refused
	closed bob
	# The authority writes it anew with its next change there.
	run -0 authority assign dave space-developer --scope space:main/web --as root
	wait_for opens dave
	wait_for not refused
}

refused() { rbacctl fleet status | grep -q 'refused: space:main/web'; }
not() { ! "$@"; }

@test "a server that lost data and reports no error is asked again" {
	follow_down
	cp -a "$DIRECTORY/one/db" /srv/old-db
	follow_up
	wait_for connected
	run -0 authority assign bob space-developer --scope space:main/web --as root
	wait_for opens bob
	# An old database in the place of the new one: old state, which is refused.
	directory_stop one
	rm -rf "$DIRECTORY/one/db"
	cp -a /srv/old-db "$DIRECTORY/one/db"
	directory_start one 3891
	wait_for connected
	opens bob
	run -0 authority fleet push
	wait_for not refused
	opens bob
}

@test "a host that is removed reads nothing any more" {
	run -0 authority fleet remove web1 --as root
	says 'member -web1'
	fails_with 4 rbacctl fleet check
	follow_down
}

@test "rbac-follow refuses a server without TLS, or with a wrong certificate" {
	local d=/tmp/elsewhere
	mkdir -p $d
	fleet_conf $d 3891 "cn=db1,ou=hosts,$BASE" "$(cat /srv/db1.secret)"
	run -0 rbac-follow --etc $d --store /srv/db check
	sed -i 's|/srv/directory/tls/ca.pem|/tmp/other-ca.pem|' $d/fleet.conf
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch -days 30 \
		-subj /CN=other -keyout /tmp/other.key -out /tmp/other-ca.pem 2>/dev/null
	fails_with 4 rbac-follow --etc $d --store /srv/db check
	# The environment cannot turn that off.
	export LDAPTLS_REQCERT=never
	fails_with 4 rbac-follow --etc $d --store /srv/db check
}

@test "a client certificate is a name: SASL EXTERNAL" {
	local d=/tmp/external
	mkdir -p $d
	certificate db1
	cat >$d/fleet.conf <<-EOT
		version = 1;
		uri = "ldaps://localhost:13891";
		base = "$BASE";
		bind = "external";
		tls_ca = "$DIRECTORY/tls/ca.pem";
		tls_cert = "$DIRECTORY/tls/db1.pem";
		tls_key = "$DIRECTORY/tls/db1.key";
	EOT
	run -0 rbac-follow --etc $d --store /srv/db check
	says 'this host reads its own sheets'
}
