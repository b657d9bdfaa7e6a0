#!/usr/bin/env bats
# A directory that is an enemy's: endless and huge entries. The member's follower stays small, keeps
# within its bounds, and goes on to the next server; logins work meanwhile.

load lib
load fleet
load directory

OWN=/var/lib/rbac-follow
FOLLOWER_KB=40000   # of memory, at most; a quiet one has 10,000

setup_file() {
	add_people
	# Heads are old soon: a follower leaves a server that sends no newer one.
	FLEET_EVERY=10s authority_up web
	directory_up one 3894
	fleet_conf /srv/authority/etc 3894 "cn=authority,$BASE" authoritysecret
	quietly authority fleet push
	enrol web1 space:main/web >/srv/token
	quietly rbacctl fleet join "$(cat /srv/token)"
	fleet_conf /etc/rbac 3894 "cn=web1,ou=hosts,$BASE" "$(rbac-follow \
		--etc /srv/authority/etc --store /srv/authority/state password web1)"
	sed -i 's|^uri = .*|uri = [ "ldaps://localhost:4894", "ldap://localhost:3894" ];|' \
		/etc/rbac/fleet.conf
	group_line files rbac
	gate gate
	background rbacctl fleet take "$OWN/inbox" --watch
	echo $! >/tmp/take.pid
	for user in bob carl mia; do
		quietly authority assign $user space-developer --scope space:main/web --as root
	done
}

teardown_file() { kill "$(cat /tmp/take.pid)" || true; }

hostile_up() {   # hostile_up MODE
	background python3 "$TOP/tests/system/tools/hostile_ldap.py" "$1" 4894 \
		"$DIRECTORY/tls/localhost.pem" "$DIRECTORY/tls/localhost.key"
	echo $! >/tmp/hostile.pid
	wait_for listens
}

listens() { (: </dev/tcp/127.0.0.1/4894) 2>/dev/null; }

hostile_down() {
	kill "$(cat /tmp/hostile.pid)"
	wait_for gone "$(cat /tmp/hostile.pid)"
}

follow_up() {
	background bash -c 'exec rbac-follow 2>/tmp/follow.err'
	echo $! >/tmp/follow.pid
}

follow_down() {
	kill "$(cat /tmp/follow.pid)"
	wait_for gone "$(cat /tmp/follow.pid)"
}

connected_to() { grep -q "^connected .*:$1" "$OWN/status"; }
opens() { pamtester gate "$1" acct_mgmt >/dev/null 2>&1; }
closed() { ! opens "$1"; }

# A follower waits for what it lacks, and then asks again.
wait_for_follower() {   # wait_for_follower COMMAND...
	if wait_seconds 120 "$@"; then return 0; fi
	cat /tmp/follow.err
	return 1
}

# The follower comes from the hostile server to the good one: what USER has got there arrives.
comes_through() {   # comes_through MODE USER
	local kb
	hostile_up "$1"
	follow_up
	wait_for_follower connected_to 3894
	wait_for_follower opens "$2"
	kb=$(peak_kb "$(cat /tmp/follow.pid)")
	echo "# $1: the follower had at most $kb kB" >&3
	[ "$kb" -lt $FOLLOWER_KB ]
	# 16 MB, and the good sheets.
	[ "$(du -sk "$OWN/inbox" | cut -f1)" -lt 20000 ]
	follow_down
	hostile_down
	authority revoke "$2" space-developer --scope space:main/web --as root
}

@test "endless small entries: the follower goes on to the next server" {
	comes_through many bob
}

@test "entries of 100 kB without an end" {
	comes_through flood carl
}

@test "an entry of 2 GB" {
	comes_through huge mia
}

peak_kb() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status" 2>/dev/null; }

# stays_small SECONDS COMMAND...: for so long, or until it ends. It is in $pid.
stays_small() {
	local seconds=$1 kb most=0 end
	shift
	background bash -c 'exec "$@" >/tmp/said 2>&1' - "$@"
	pid=$!
	end=$(($(date +%s) + seconds))
	while kb=$(peak_kb $pid) && [ -n "$kb" ] && [ "$(date +%s)" -lt $end ]; do
		most=$kb
		sleep 0.1
	done
	echo "# $*: at most $most kB" >&3
	[ "$most" -gt 0 ]
	[ "$most" -lt 100000 ]
}

@test "push and check stay small, and break off" {
	local pid
	mkdir -p /tmp/empty/sheets /tmp/empty/keys /tmp/hostile-etc
	sed 's|^uri = .*|uri = "ldaps://localhost:4894";|' /etc/rbac/fleet.conf \
		>/tmp/hostile-etc/fleet.conf
	hostile_up flood
	stays_small 5 rbac-follow --etc /tmp/hostile-etc --store /srv/none push /tmp/empty
	kill $pid
	stays_small 5 rbac-follow --etc /tmp/hostile-etc --store /srv/none check
	kill $pid
	hostile_down
	hostile_up many
	stays_small 100 rbac-follow --etc /tmp/hostile-etc --store /srv/none push /tmp/empty
	grep -q 'ou=sheets,ou=rbac,dc=example,dc=org: Size limit exceeded' /tmp/said
	hostile_down
}
