#!/usr/bin/env bats
# Two real slapd that replicate each other, each on a network of its own behind a router: servers
# that are killed, and a network that swallows everything. FLEET_CUTS: for how many seconds, also
# several times; FLEET_ROUNDS: how often both servers are killed.

load lib
load fleet
load directory

CUTS=${FLEET_CUTS:-1 8}
ROUNDS=${FLEET_ROUNDS:-1}
OWN=/var/lib/rbac-follow

# ---- networks: this host, a router, and one for each server ----

new_net() {   # new_net NAME: its process is in /tmp/NAME.net
	background unshare -n sleep infinity
	echo $! >"/tmp/$1.net"
	wait_for apart "$1"
}

apart() { ! [ "/proc/$(cat "/tmp/$1.net")/ns/net" -ef /proc/self/ns/net ]; }

in_net() {   # in_net NAME COMMAND...
	local net=$1
	shift
	nsenter -t "$(cat "/tmp/$net.net")" -n "$@"
}

# A cable from the router to NET, which is "" for this host; there it has the address 10.99.N.1.
cable() {   # cable N NET
	local here=() pid=$$
	if [ -n "$2" ]; then
		here=(in_net "$2")
		pid=$(cat "/tmp/$2.net")
	fi
	in_net router ip link add "to$1" type veth peer name "up$1" netns "$pid"
	in_net router ip address add "10.99.$1.254/24" dev "to$1"
	in_net router ip link set "to$1" up
	"${here[@]}" ip address add "10.99.$1.1/24" dev "up$1"
	"${here[@]}" ip link set "up$1" up
	"${here[@]}" ip route add 10.99.0.0/16 via "10.99.$1.254"
}

# The router swallows what goes to server N and what comes from it. Nobody is told.
cut_off() {
	in_net router ip rule add from "10.99.$1.1" blackhole
	in_net router ip rule add to "10.99.$1.1" blackhole
}

heal() {
	in_net router ip rule del from "10.99.$1.1" blackhole
	in_net router ip rule del to "10.99.$1.1" blackhole
}

# ---- servers ----

# The sample with the lines of a second server, as server N beside server OTHER.
server_conf() {   # server_conf N OTHER
	slapd_conf "$1" | sed -e 's|^#2 ||' -e "s|^serverID .*|serverID $1|" \
		-e "s|rid=002|rid=00$2|; s|ldap://ldap2.example.org|ldap://10.99.$2.1|" \
		-e 's|credentials=SECRET|credentials=adminsecret|' \
		-e "s|tls_cacert=/etc/ldap/tls/ca.pem|tls_cacert=$DIRECTORY/tls/ca.pem|"
}

server_start() {
	background nsenter -t "$(cat "/tmp/net$1.net")" -n \
		slapd -d 0 -f "$DIRECTORY/$1/slapd.conf" -h "ldap://10.99.$1.1/"
	wait_for server_answers "$1"
}

server_answers() {
	LDAPTLS_CACERT=$DIRECTORY/tls/ca.pem ldapsearch -x -ZZ -H "ldap://10.99.$1.1" \
		-b '' -s base >/dev/null 2>&1
}

server_admin() {   # server_admin N COMMAND ARGUMENTS...
	local n=$1 command=$2
	shift 2
	LDAPTLS_CACERT=$DIRECTORY/tls/ca.pem "$command" -x -ZZ -H "ldap://10.99.$n.1" \
		-D cn=admin,dc=example,dc=org -w adminsecret "$@"
}

# What both servers must have alike: the sheets, and who reads them.
entries() {
	server_admin "$1" ldapsearch -LLL -o ldif-wrap=no -S '' -b "$BASE" \
		rbacHead rbacData rbacKeys rbacFollows 2>/dev/null
}

alike() {
	entries 1 >/tmp/entries.1 && entries 2 >/tmp/entries.2 &&
		[ -s /tmp/entries.1 ] && cmp -s /tmp/entries.1 /tmp/entries.2
}

# ---- hosts ----

use_servers() {   # use_servers ETC N...: in this order
	local etc=$1 list=
	shift
	for n; do list+="${list:+, }\"ldap://10.99.$n.1\""; done
	sed -i "s|^uri = .*|uri = [ $list ];|" "$etc/fleet.conf"
}

follow_up() {
	background rbac-follow
	echo $! >/tmp/follow.pid
}

connected_to() { grep -q "^connected .* ldap://10.99.$1.1" "$OWN/status"; }

opens() { pamtester gate "$1" acct_mgmt >/dev/null 2>&1; }
closed() { ! opens "$1"; }

give() { authority assign "$1" space-developer --scope space:main/web --as root; }
take_away() { authority revoke "$1" space-developer --scope space:main/web --as root; }

setup_file() {
	local n
	add_people
	new_net router
	new_net net1
	new_net net2
	in_net router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	cable 0 ''
	cable 1 net1
	cable 2 net2
	FLEET_EVERY=5s authority_up web
	authority_of_certificates
	certificate localhost 'IP:10.99.1.1,IP:10.99.2.1'
	for n in 1 2; do
		mkdir -p "$DIRECTORY/$n/db"
		server_conf $n $((3 - n)) >"$DIRECTORY/$n/slapd.conf"
		server_start $n
	done
	directory_tree | server_admin 1 ldapadd >/dev/null
	server_admin 1 ldappasswd -s authoritysecret "cn=authority,$BASE"
	fleet_conf /srv/authority/etc 1 "cn=authority,$BASE" authoritysecret
	use_servers /srv/authority/etc 1 2
	quietly authority fleet push
	enrol web1 space:main/web >/srv/token
	quietly rbacctl fleet join "$(cat /srv/token)"
	fleet_conf /etc/rbac 1 "cn=web1,ou=hosts,$BASE" "$(rbac-follow \
		--etc /srv/authority/etc --store /srv/authority/state password web1)"
	use_servers /etc/rbac 2 1
	wait_long alike
	group_line files rbac
	gate gate
	# As rbac-push.timer. A server that withholds what it has is noticed after three intervals.
	background bash -c 'while sleep 5; do rbacctl fleet push --etc /srv/authority/etc \
		--store /srv/authority/state; done'
	echo $! >/tmp/push.pid
	follow_up
	background rbacctl fleet take "$OWN/inbox" --watch
	echo $! >/tmp/take.pid
}

teardown_file() {
	kill "$(cat /tmp/push.pid)" "$(cat /tmp/follow.pid)" "$(cat /tmp/take.pid)" || true
	kill "$(cat /tmp/router.net)" "$(cat /tmp/net1.net)" "$(cat /tmp/net2.net)" || true
}

@test "a write to one server reaches the followers of the other" {
	wait_long test -e "$VIEW"
	wait_for connected_to 2
	run -0 give bob
	says 'sent to the directory in '
	wait_long opens bob
	wait_long alike
}

@test "a server is killed: changes go to the other, and the first catches up" {
	directory_stop 1 KILL
	run -0 take_away bob
	says 'sent to the directory in '
	wait_long closed bob
	run -0 give carl
	wait_long opens carl
	server_start 1
	wait_long alike
}

@test "the server that is followed is killed: the host follows the other" {
	directory_stop 2 KILL
	wait_long connected_to 1
	run -0 take_away carl
	wait_long closed carl
	server_start 2
	wait_long alike
}

@test "both servers are killed during changes: every change that was reported arrives" {
	local n
	for ((n = 0; n < ROUNDS; n++)); do
		give bob >/dev/null
		directory_stop 1 KILL
		take_away bob >/dev/null
		directory_stop 2 KILL
		run give mia
		says queued
		opens mia && false
		server_start 2
		server_start 1
		run -0 authority fleet push
		wait_long opens mia
		wait_long closed bob
		run -0 take_away mia
		wait_long closed mia
		wait_long alike
	done
}

# The time of ten logins, in milliseconds.
ten_logins() {
	local began
	began=$(date +%s%N)
	for _ in {1..10}; do opens alice || true; done
	echo $((($(date +%s%N) - began) / 1000000))
}

@test "a network that drops all packets: logins work; all changes arrive soon after" {
	local s n before during began
	before=$(ten_logins)
	for s in $CUTS; do
		for n in 1 2; do cut_off $n; done
		run give dave
		[ "$status" = 0 ]
		says queued
		during=$(ten_logins)
		sleep "$s"
		closed dave
		for n in 1 2; do heal $n; done
		began=$(date +%s%N)
		run -0 authority fleet push
		wait_long opens dave
		echo "# cut for $s s and more: in force $((($(date +%s%N) - began) / 1000000)) ms" \
			"after; ten logins $before ms before, $during ms meanwhile" >&3
		run -0 take_away dave
		wait_long closed dave
	done
}

# Has server N no connection with the member, open or half-closed?
has_lost_member() {
	[ -z "$(in_net "net$1" ss -Htn state connected dst 10.99.0.1)" ]
}

@test "a member is cut off for longer than TCP tries again: it gets what changed meanwhile" {
	local n began net
	for net in net1 net2; do
		in_net $net sh -c 'echo 3 >/proc/sys/net/ipv4/tcp_retries2'
	done
	for n in 1 2; do connected_to $n && break; done
	cut_off 0
	run -0 in_net net1 rbacctl assign mia space-developer --scope space:main/web --as root \
		--etc /srv/authority/etc --store /srv/authority/state
	says 'sent to the directory in '
	wait_long has_lost_member $n
	closed mia
	opens alice
	heal 0
	began=$(date +%s%N)
	wait_long opens mia
	echo "# server $n gave the member up; in force" \
		"$((($(date +%s%N) - began) / 1000000)) ms after it healed" >&3
	run -0 take_away mia
	wait_long closed mia
	wait_long alike
}

@test "one server is cut off: its followers get changes from the other" {
	local n
	for n in 1 2; do connected_to $n && break; done
	cut_off $n
	run -0 give bob
	says 'sent to the directory in '
	wait_long opens bob
	connected_to $((3 - n))
	heal $n
	wait_long alike
}
