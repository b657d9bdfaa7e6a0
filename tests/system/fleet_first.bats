#!/usr/bin/env bats
# A member joins a fleet with many assignments at one scope: how long until its first view has them.
# FLEET_ASSIGNMENTS: how many; `make fleet-first` measures 10,000.

load lib
load fleet
load directory

OWN=/var/lib/rbac-follow
N=${FLEET_ASSIGNMENTS:-300}

# Users r1, r2, ...
many_people() {
	seq "$N" | awk '{ printf "r%d:x:%d:65534::/:/bin/sh\n", $1, 10000 + $1 }' >>/etc/passwd
	seq "$N" | awk '{ printf "r%d:*:19000:0:99999:7:::\n", $1 }' >>/etc/shadow
}

setup_file() {
	add_people
	many_people
	authority_up web
	directory_up one 3897
	fleet_conf /srv/authority/etc 3897 "cn=authority,$BASE" authoritysecret
	seq -f "r%.0f,space-developer,space:main/web" "$N" >/tmp/roles.csv
	quietly authority import --csv /tmp/roles.csv --as root
	enrol web1 space:main/web >/srv/token
	quietly authority fleet push
	fleet_conf /etc/rbac 3897 "cn=web1,ou=hosts,$BASE" "$(rbac-follow \
		--etc /srv/authority/etc --store /srv/authority/state password web1)"
	quietly rbacctl fleet join "$(cat /srv/token)"
	group_line files rbac
	gate gate
}

teardown_file() {
	kill "$(cat /tmp/follow.pid)" "$(cat /tmp/take.pid)" || true
	directory_stop one
}

opens() { pamtester gate "$1" acct_mgmt >/dev/null 2>&1; }
all_open() { opens r1 && opens "r$N"; }

# The assignments at the scope, without what only one side prints.
rows() {   # rows COMMAND...
	"$@" list assignments --scope space:main/web --json | python3 -c 'import json, sys
for r in sorted(json.load(sys.stdin)["assignments"], key=lambda r: r["id"]):
    print([r[k] for k in ("id", "subject", "role", "scope", "reason", "ends", "begins")])'
}

@test "the first view of a member has every assignment of its scope; the time is printed" {
	local began took
	[ ! -e "$VIEW" ]
	began=$(date +%s%3N)
	background rbac-follow
	echo $! >/tmp/follow.pid
	background rbacctl fleet take "$OWN/inbox" --watch
	echo $! >/tmp/take.pid
	wait_long all_open
	# The view is put in place by rename.
	took=$(($(stat -c %.3Z "$VIEW" | tr -d .) - began))
	echo "# $N assignments in the view $took ms after rbac-follow was started;" \
		"load $(cut -d' ' -f1-3 /proc/loadavg)" >&3
	rows authority >/tmp/rows.authority
	[ "$(wc -l </tmp/rows.authority)" = "$N" ]
	rows rbacctl | cmp - /tmp/rows.authority
}
