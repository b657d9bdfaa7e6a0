#!/usr/bin/env bats
# Many followers of one slapd, all in one process (tests/bench/fleet_followers.c): each change
# reaches all of them. FLEET_FOLLOWERS and FLEET_ROUNDS: other numbers; `make fleet-followers`
# measures 10,000.

load lib
load directory

FOLLOWERS=${FLEET_FOLLOWERS:-50}
ROUNDS=${FLEET_ROUNDS:-3}

# The hosts h1, h2, ... and what each may read.
hosts() {
	awk -v n="$FOLLOWERS" -v base="$BASE" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "dn: cn=h%d,ou=hosts,%s\nobjectClass: rbacHost\ncn: h%d\n" \
				"userPassword: hostsecret\nrbacFollows: fleet\n" \
				"rbacFollows: account:main\nrbacFollows: space:main/h%d\n\n",
				i, base, i, i
	}'
}

setup_file() {
	# slapd and the followers each have a descriptor for each connection.
	ulimit -n $((FOLLOWERS + 1000))
	directory_up one 3896
	directory_stop one
	hosts >/tmp/hosts.ldif
	slapadd -q -f "$DIRECTORY/one/slapd.conf" -l /tmp/hosts.ldif
	directory_start one 3896
	fleet_conf /srv/pusher 3896 "cn=authority,$BASE" authoritysecret
	fleet_conf /srv/host 3896 "cn=h1,ou=hosts,$BASE" hostsecret
}

teardown_file() { directory_stop one; }

memory_mb() { awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$1/status"; }

@test "each change reaches all followers, whose inboxes have it; the time is printed" {
	local line pid
	pid=$(cat "$DIRECTORY/one/pid")
	mkdir /tmp/inboxes
	run "$TOP/$BUILD/tests/bench/fleet_followers" /srv/pusher/fleet.conf \
		/srv/host/fleet.conf "$FOLLOWERS" "$ROUNDS" /tmp/inboxes
	while read -r line; do echo "# $line" >&3; done <<<"$output"
	echo "# slapd has $(memory_mb "$pid") MB; load $(cut -d' ' -f1-3 /proc/loadavg)" >&3
	[ "$status" = 0 ]
	says "$FOLLOWERS followers, $ROUNDS rounds"
}
