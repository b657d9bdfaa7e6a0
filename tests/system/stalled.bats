#!/usr/bin/env bats
# A directory and its followers in trouble: twenty members whose connections stay open and that read
# nothing; a slapd that has lost its contextCSN; a push and a follower that are killed at any write.

load lib
load fleet
load directory

OWN=/var/lib/rbac-follow
STOPPED=20

follow_up() {   # follow_up [COMMAND...]: by which it is run
	background "$@" rbac-follow
	echo $! >/tmp/follow.pid
}

follow_down() {
	kill -KILL "$(cat /tmp/follow.pid)" 2>/dev/null || true
	wait_for gone "$(cat /tmp/follow.pid)"
}

connected() { grep -q ^connected "$OWN/status"; }
is_down() { grep -q ^down "$OWN/status"; }
opens() { pamtester gate "$1" acct_mgmt >/dev/null 2>&1; }
closed() { ! opens "$1"; }

give() { authority assign "$1" space-developer --scope space:main/web --as root; }
take_away() { authority revoke "$1" space-developer --scope space:main/web --as root; }

# A host with a follower, and no take.
other_host() {   # other_host N
	mkdir -p "/srv/h$1/etc" "/srv/h$1/state/follow"
	enrol "h$1" space:main/web >/dev/null
	echo fleet >"/srv/h$1/state/follow/sheets"
}

follow_other() {   # follow_other N
	fleet_conf "/srv/h$1/etc" 3895 "cn=h$1,ou=hosts,$BASE" "$(rbac-follow \
		--etc /srv/authority/etc --store /srv/authority/state password "h$1")"
	background rbac-follow --etc "/srv/h$1/etc" --store "/srv/h$1/state"
	echo $! >"/srv/h$1/pid"
}

# The follower of host N has the head of the fleet's sheet that the authority pushed last.
has_all() {   # has_all N
	cmp -s "/srv/h$1/state-follow/inbox/sheets/fleet/head" \
		/srv/authority/state/out/sheets/fleet/head
}

# A policy of 400 kB: more than the buffers of a connection hold.
large_policy() {   # large_policy WORD
	{
		echo 'version = 1;'
		for ((i = 0; i < 4000; i++)); do
			printf '# %s %d %070d\n' "$1" $i 0
		done
	} >/srv/authority/etc/policy.d/large.conf
	authority apply --as root
}

setup_file() {
	local n
	# Of this host's own network.
	echo '4096 131072 131072' >/proc/sys/net/ipv4/tcp_wmem
	echo '4096 131072 131072' >/proc/sys/net/ipv4/tcp_rmem
	add_people
	FLEET_EVERY=5s authority_up web
	directory_up one 3895
	fleet_conf /srv/authority/etc 3895 "cn=authority,$BASE" authoritysecret
	quietly authority fleet push
	enrol web1 space:main/web >/srv/token
	for ((n = 1; n <= STOPPED; n++)); do other_host $n; done
	quietly authority fleet push
	quietly rbacctl fleet join "$(cat /srv/token)"
	fleet_conf /etc/rbac 3895 "cn=web1,ou=hosts,$BASE" "$(rbac-follow \
		--etc /srv/authority/etc --store /srv/authority/state password web1)"
	for ((n = 1; n <= STOPPED; n++)); do follow_other $n; done
	group_line files rbac
	gate gate
	follow_up
	background rbacctl fleet take "$OWN/inbox" --watch
	echo $! >/tmp/take.pid
	wait_for test -e "$VIEW"
	for ((n = 1; n <= STOPPED; n++)); do wait_for has_all $n; done
	timer_up
}

# As rbac-push.timer.
timer_up() {
	background bash -c 'while sleep 5; do rbacctl fleet push --etc /srv/authority/etc \
		--store /srv/authority/state; done'
	echo $! >/tmp/timer.pid
}

timer_down() { kill "$(cat /tmp/timer.pid)"; }

teardown_file() { kill "$(cat /tmp/follow.pid)" "$(cat /tmp/take.pid)" || true; }

@test "twenty members stop reading: the server and the other member go on, and nothing is lost" {
	local n began slowest=0 took
	for ((n = 1; n <= STOPPED; n++)); do kill -STOP "$(cat /srv/h$n/pid)"; done
	for n in 1 2 3; do
		large_policy "part $n" >/dev/null
		began=$(date +%s%3N)
		give bob >/dev/null
		wait_seconds 120 opens bob
		take_away bob >/dev/null
		wait_seconds 120 closed bob
		took=$(($(date +%s%3N) - began))
		if [ $took -gt $slowest ]; then slowest=$took; fi
	done
	echo "# $STOPPED stopped: a grant and its end in force after at most $slowest ms" >&3
	sleep 6   # writetimeout of slapd.conf, and more
	for ((n = 1; n <= STOPPED; n++)); do kill -CONT "$(cat /srv/h$n/pid)"; done
	began=$(date +%s%3N)
	for ((n = 1; n <= STOPPED; n++)); do wait_seconds 120 has_all $n; done
	echo "# they have all $(($(date +%s%3N) - began)) ms after they read again" >&3
	for ((n = 1; n <= STOPPED; n++)); do kill "$(cat /srv/h$n/pid)"; done
}

# What slapd says of itself.
context_csn() {
	admin ldapsearch 3895 -LLL -o ldif-wrap=no -b dc=example,dc=org -s base contextCSN |
		sed -n 's/^contextCSN: //p'
}

@test "a slapd that lost its contextCSN withholds a change: the follower asks again" {
	local before began
	timer_down
	sed -i '/^syncprov-checkpoint/d' "$DIRECTORY/one/slapd.conf"
	directory_stop one
	wait_for is_down
	# It has a cookie, and does not see what comes now.
	kill -STOP "$(cat /tmp/follow.pid)"
	directory_start one 3895
	before=$(context_csn)
	run -0 give carl
	says 'sent to the directory in '
	[ "$(context_csn)" != "$before" ]
	directory_stop one KILL
	directory_start one 3895
	echo "# contextCSN before the change: $before, after the crash: $(context_csn)" >&3
	began=$(date +%s)
	kill -CONT "$(cat /tmp/follow.pid)"
	# The authority is silent: nothing but the age of what it has tells the follower.
	wait_seconds 120 opens carl
	echo "# in force after $(($(date +%s) - began)) s" >&3
	run -0 take_away carl
	wait_seconds 120 closed carl
	echo 'syncprov-checkpoint 1 1' >>"$DIRECTORY/one/slapd.conf"
}

@test "a push that is killed at any write: the next one completes it" {
	local n
	for n in {1..12}; do
		# The command, or rbac-follow, whichever comes to its Nth write.
		killed_at write,sendto "$n" rbacctl assign mia space-developer \
			--scope space:main/web --as root \
			--etc /srv/authority/etc --store /srv/authority/state \
			>/dev/null 2>&1 || true
		run authority fleet push
		[ "$status" = 0 ]
		authority list assignments --scope space:main/web --json | grep -q '"mia"' ||
			give mia
		wait_seconds 120 opens mia
		take_away mia
		wait_seconds 120 closed mia
	done
}

@test "a follower that is killed at any file: the next one completes it" {
	local n
	for n in {1..8}; do
		follow_down
		rm -rf "$OWN/inbox"
		follow_up strace -f -qq -o /dev/null -e trace=rename \
			-e "inject=rename:signal=KILL:when=$n"
		give dave >/dev/null
		wait_for gone "$(cat /tmp/follow.pid)"
		follow_up
		wait_seconds 120 opens dave
		take_away dave >/dev/null
		wait_seconds 120 closed dave
	done
}
