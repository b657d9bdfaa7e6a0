#!/usr/bin/env bats
# A login that only an exemption allows: an alert in the log, a record, a notice, and a line of
# status until another person acknowledges it.

load lib
load sshd

setup_file() {
	host_up
	echo 'notify = { breakglass = [ "alice", "dave" ]; };' >>/etc/rbac/rbac.conf
	sed -i 's/^exempt = .*/exempt = { users = [ "dave" ]; groups = [ "breakglass" ]; };/' \
		/etc/rbac/rbac.conf
	rbacctl apply
	rbacctl assign bob host-developer
	for user in bob dave eve; do new_key $user; done
	sshd_up
	serve_up
}

setup() { [ -e /run/sshd.pid ]; }

teardown_file() { pkill -KILL sleep; }

stay() {   # stay USER SECONDS
	LOGIN_SECONDS=300 login "$1" "sleep $2" </dev/null >/dev/null 2>&1 3>&- &
	wait_for pgrep -f "^sleep $2\$"
}

reset() {   # nobody's session, and nothing open
	pkill sleep || true
	local id
	for id in $(rbacctl log | sed -n 's/.*exempt \([0-9]*\): .* was let in.*/\1/p'); do
		SUDO_UID=1001 rbacctl review ack "$id" --as alice >/dev/null
	done
}

recorded() { rbacctl log | grep -q "exempt [0-9]*: $1 was let in by $2"; }
uses() { rbacctl log | grep -c "exempt [0-9]*: $1 was let in by sshd"; }

@test "a login by an exemption logs an alert; a login of the same person by a role does not" {
	log_begin
	run -0 login dave true
	wait_for logged 'allowed user="dave" service="sshd".*exemption="needed"'
	log_begin
	rbacctl assign dave host-developer
	run -0 login dave true
	wait_for logged 'allowed user="dave" service="sshd".*exemption="not needed"'
	rbacctl revoke dave host-developer
}

@test "an open session by an exemption is recorded and notified once, until acknowledged" {
	wait_for recorded dave sshd   # by the listener: that login is over
	reset
	local before
	before=$(uses dave)
	stay dave 3001
	stay bob 3002
	run -0 rbacctl due
	run -0 rbacctl due
	[ "$(uses dave)" = $((before + 1)) ]
	run -0 rbacctl log
	[[ $output != *'bob was let in'* ]]
	says 'told alice: breakglass'
	[[ $output != *'told dave'* ]]
	id=$(sed -n 's/.*exempt \([0-9]*\): dave was.*/\1/p' <<<"$output" | tail -n 1)
	run rbacctl status
	says 'dave was let in by sshd'
	says "rbacctl review ack $id"
	run rbacctl status --check
	[ "$status" = 1 ]
}

@test "only another person whom breakglass names can acknowledge the use of an exemption" {
	id=$(rbacctl log | sed -n 's/.*exempt \([0-9]*\): dave was.*/\1/p' | tail -n 1)
	fails_with 3 as dave rbacctl review ack "$id"
	says "use $id of an exemption is dave's: another person acknowledges it"
	SUDO_UID=$(id -u dave) fails_with 3 rbacctl review ack "$id" --as root
	fails_with 3 as bob rbacctl review ack "$id"
	says 'breakglass of notify in rbac.conf does not name you'
	says 'alice, root with --as root'
	fails_with 2 as alice rbacctl review ack 99999
	run -0 as alice rbacctl review ack "$id"
	says "exempt $id acknowledged: dave by sshd"
	run -0 as alice rbacctl review ack "$id"
	says 'nothing to do'
	run rbacctl status
	[[ $output != *'dave was let in'* ]]
	run -0 rbacctl due
	run rbacctl status
	[[ $output != *'dave was let in'* ]]
}

@test "root's own use of an exemption is not acknowledged by root, whatever --as says" {
	# An exemption for root, and a console where no login says who root is.
	run -0 python3 -c "$send" 'rbacx\1root\0sshd\0console\0'
	wait_for recorded root 'sshd from console'
	id=$(rbacctl log | sed -n 's/.*exempt \([0-9]*\): root was.*/\1/p' | tail -n 1)
	fails_with 3 rbacctl review ack "$id"
	fails_with 3 rbacctl review ack "$id" --as root
	fails_with 3 rbacctl review ack "$id" --as alice
	says "use $id of an exemption is root's: another person acknowledges it"
	says 'may   alice'
	[[ $output != *'--as root'* ]]
	run -0 env SUDO_UID="$(id -u alice)" rbacctl review ack "$id"
}

@test "a member of an exempt group; a new session is a new use" {
	stay eve 3003
	run -0 rbacctl due
	run rbacctl status
	says 'eve was let in by sshd'
	pkill -f 'sleep 3001'
	stay dave 3004
	run -0 rbacctl due
	run rbacctl status
	says 'dave was let in by sshd'
}

@test "the listener records a session that ends before due runs, once; also many at once" {
	reset
	local before pids=()
	before=$(uses dave)
	run -0 login dave true
	wait_for more_than "$before"
	stay dave 3005
	sleep 1
	before=$(uses dave)
	run -0 rbacctl due
	[ "$(uses dave)" = "$before" ]
	run rbacctl status
	says 'dave was let in by sshd from 127.0.0.1'
	for _ in 1 2 3 4 5; do
		login dave true 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	wait_for more_than "$((before + 4))"
	run -0 rbacctl verify
}

more_than() { [ "$(uses dave)" -gt "$1" ]; }

@test "an exemption of the PAM line is recorded too, but not if a rule lets the user in" {
	reset
	sed -i 's/pam_rbac.so$/pam_rbac.so exempt_user=mia,bob/' /etc/pam.d/sshd
	new_key mia
	run -0 login bob true
	run -0 login mia true
	wait_for recorded mia sshd
	run -0 rbacctl log
	[[ $output != *'bob was let in'* ]]
	sed -i 's/ exempt_user=mia,bob//' /etc/pam.d/sshd
}

@test "only root can write to the socket; a message that is not pam_rbac's is dropped" {
	run -0 stat -c '%U %a %F' /run/rbac/exempt.sock
	[ "$output" = "root 600 socket" ]
	local before
	before=$(rbacctl log | wc -l)
	run ! as eve python3 -c "$send" 'rbacx\1eve\0sshd\0\0'
	python3 -c "$send" 'rbacx\1eve\0sshd\0'
	python3 -c "$send" 'rbacx\1eve\0cron\0\0'   # no login
	python3 -c "$send" 'nonsense'
	python3 -c "$send" ''
	run -0 rbacctl status || true
	[ "$(rbacctl log | wc -l)" = "$before" ]
	python3 -c "$send" 'rbacx\1eve\0sshd\0far\nhost\0'
	wait_for recorded eve 'sshd from far?host at'
	kill -0 "$(cat /tmp/serve.pid)"
	grep -q 'serve: a datagram .* was dropped' /tmp/serve.err
}

send='
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(sys.argv[1].encode().decode("unicode_escape").encode("latin1"), "/run/rbac/exempt.sock")'

@test "without the listener a login by an exemption works; due records it while it is open" {
	reset
	kill "$(cat /tmp/serve.pid)"
	wait_for test ! -e "/proc/$(cat /tmp/serve.pid)"
	local before
	before=$(uses dave)
	stay dave 3008
	run -0 rbacctl due
	[ "$(uses dave)" -gt "$before" ]
	serve_up
}

@test "a session by a role is no use of an exemption, even after the role has ended" {
	reset
	rbacctl assign dave host-developer
	stay dave 3006
	sleep 2   # the log knows when a change was made to a second
	local before
	before=$(uses dave)
	rbacctl revoke dave host-developer
	run -0 rbacctl due
	[ "$(uses dave)" = "$before" ]
	run -0 rbacctl due
	[ "$(uses dave)" = "$before" ]
	pkill -f 'sleep 3006'
	# and one of a window that is over
	rbacctl assign dave host-developer --for 8s
	stay dave 3007
	run -0 faketime '+1 minute' rbacctl due
	[ "$(uses dave)" = "$before" ]
}
