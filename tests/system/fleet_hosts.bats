#!/usr/bin/env bats
# Twelve members that follow a real slapd, each with a follower and a take of its own: changes, a
# server that is killed, followers and takes that are killed. At the end every member has the
# rows of the authority for its scopes, no more and no fewer. FLEET_HOSTS and FLEET_CHANGES: other
# numbers.

load lib
load fleet
load directory

HOSTS=${FLEET_HOSTS:-12}
CHANGES=${FLEET_CHANGES:-30}

member() { local m=$1; shift; rbacctl "$@" --etc "/srv/h$m/etc" --store "/srv/h$m/state"; }

follow_host() {
	background rbac-follow --etc "/srv/h$1/etc" --store "/srv/h$1/state"
	echo $! >"/srv/h$1/follow.pid"
	disown $!
}

take_host() {
	background rbacctl fleet take "/srv/h$1/state-follow/inbox" --watch \
		--etc "/srv/h$1/etc" --store "/srv/h$1/state"
	echo $! >"/srv/h$1/take.pid"
	disown $!
}

setup_file() {
	local n
	add_people
	# shellcheck disable=SC2046 # a list of names
	authority_up $(seq -f 's%.0f' "$HOSTS")
	directory_up one 3892
	fleet_conf /srv/authority/etc 3892 "cn=authority,$BASE" authoritysecret
	for ((n = 1; n <= HOSTS; n++)); do
		mkdir -p "/srv/h$n"
		enrol h$n space:main/s$n >"/srv/h$n/token"
	done
	for ((n = 1; n <= HOSTS; n++)); do
		fleet_conf "/srv/h$n/etc" 3892 "cn=h$n,ou=hosts,$BASE" "$(rbac-follow \
			--etc /srv/authority/etc --store /srv/authority/state password h$n)"
		member $n fleet join "$(cat "/srv/h$n/token")"
		follow_host $n
		take_host $n
	done
}

teardown_file() {
	local n
	for ((n = 1; n <= HOSTS; n++)); do
		kill "$(cat "/srv/h$n/follow.pid")" "$(cat "/srv/h$n/take.pid")" || true
	done
}

# The assignments at SCOPE, without what only one side prints, into the file OUT.
rows() {   # rows OUT SCOPE COMMAND...
	local out=$1 scope=$2
	shift 2
	"$@" list assignments --scope "$scope" --json >/tmp/list || return
	python3 -c 'import json, sys
for r in sorted(json.load(sys.stdin)["assignments"], key=lambda r: r["id"]):
    print([r[k] for k in ("id", "subject", "role", "scope", "reason", "ends", "begins")])' \
		</tmp/list >"$out"
}

same_rows() {   # same_rows SCOPE MEMBER
	rows /tmp/rows.authority "$1" authority && rows /tmp/rows.member "$1" member "$2" &&
		cmp -s /tmp/rows.authority /tmp/rows.member
}

# There is always one at the root scope.
all_same() {
	local n
	for ((n = 1; n <= HOSTS; n++)); do
		same_rows "space:main/s$n" "$n" && same_rows account:main "$n" &&
			[ -s /tmp/rows.member ] || return 1
	done
}

# At most a minute, and once more to say which.
wait_for_all() {
	local _
	for _ in {1..60}; do
		if all_same; then return 0; fi
		sleep 1
	done
	member 1 fleet status
	return 1
}

# A role at the root scope is on every member.
has() { member "$1" list assignments --json 2>/dev/null | grep -q "\"reason\": \"$2\""; }

@test "every member has what the authority has" {
	wait_for_all
}

# When the view of member N was put in place, in ms.
published_at() { stat -c %.3Z "/srv/h$1/state/view/view.mdb" | tr -d .; }
has_published_since() { [ "$(published_at "$1")" -ge "$2" ]; }

@test "one change reaches all members" {
	local began n slowest=0 published=0 took
	began=$(date +%s%3N)
	authority assign bob account-admin --scope account:main --reason mark1 --as root
	for ((n = 1; n <= HOSTS; n++)); do
		wait_long has $n mark1
		took=$(($(date +%s%3N) - began))
		if [ $took -gt $slowest ]; then slowest=$took; fi
	done
	for ((n = 1; n <= HOSTS; n++)); do
		wait_long has_published_since $n "$began"
		took=$(($(published_at $n) - began))
		if [ $took -gt $published ]; then published=$took; fi
	done
	echo "# $HOSTS members: in the last view $published ms after the command was started;" \
		"known here after $slowest ms; load $(cut -d' ' -f1-3 /proc/loadavg)" >&3
	authority revoke bob account-admin --scope account:main --as root
	wait_for_all
}

@test "changes while programs are killed: each arrives exactly once" {
	local i n
	for ((i = 1; i <= CHANGES; i++)); do
		n=$((i % HOSTS + 1))
		authority assign mia space-developer --scope space:main/s$n --reason "c$i" \
			--as root >/dev/null
		if [ $((i % 3)) = 0 ]; then
			authority revoke mia space-developer --scope space:main/s$n --as root \
				>/dev/null
		fi
		case $((i % 10)) in
		2) kill -KILL "$(cat "/srv/h$n/take.pid")"; take_host $n ;;
		5) kill -KILL "$(cat "/srv/h$n/follow.pid")"; follow_host $n ;;
		8) directory_stop one KILL; directory_start one 3892 ;;
		esac
	done
	authority fleet push
	wait_for_all
	for ((n = 1; n <= HOSTS; n++)); do
		run -0 member $n verify
		says 'sound'
	done
	for ((n = 1; n <= HOSTS; n++)); do
		rows /tmp/rows.member "space:main/s$n" member "$n"
		cat /tmp/rows.member
	done >/tmp/rows
	[ "$(wc -l </tmp/rows)" -ge $((HOSTS / 3)) ]
}

# has_now: as has; what waits is sent again meanwhile, as rbac-push.timer does.
has_now() {
	has "$1" "$2" && return
	sleep 1
	authority fleet push >/dev/null 2>&1 || true
	has "$1" "$2"
}

@test "all members catch up after the server was down; the time is printed" {
	local began
	directory_stop one KILL
	authority assign carl account-admin --scope account:main --reason mark2 --as root
	sleep 12
	directory_start one 3892
	began=$(date +%s%3N)
	authority fleet push
	local n
	for ((n = 1; n <= HOSTS; n++)); do wait_long has_now $n mark2; done
	echo "# caught up after $(($(date +%s%3N) - began)) ms" >&3
}

@test "the memory of a follower stays small" {
	local kb
	kb=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(cat /srv/h1/follow.pid)/status")
	echo "# a follower has $kb kB" >&3
	[ "$kb" -lt 20000 ]
}
