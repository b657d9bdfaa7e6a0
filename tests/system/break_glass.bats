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

@test "the use of an exemption is an alert; a login by role of the same person is none" {
	log_begin
	run -0 login dave true
	wait_for logged 'allowed user="dave" service="sshd".*exemption="needed"'
	log_begin
	rbacctl assign dave host-developer
	run -0 login dave true
	wait_for logged 'allowed user="dave" service="sshd".*exemption="not needed"'
	rbacctl revoke dave host-developer
}

@test "an open session of it is recorded and told once, and stays open until it is acknowledged" {
	stay dave 3001
	stay bob 3002
	run -0 rbacctl due
	run -0 rbacctl due
	run -0 rbacctl log
	[ "$(grep -c 'exempt [0-9]*: dave was let in by sshd .*by an exemption' <<<"$output")" = 1 ]
	[[ $output != *'bob was let in'* ]]
	says 'told alice: breakglass'
	[[ $output != *'told dave'* ]]
	id=$(sed -n 's/.*exempt \([0-9]*\): dave.*/\1/p' <<<"$output")
	run rbacctl status
	says 'dave was let in by sshd'
	says "rbacctl review ack $id"
	run rbacctl status --check
	[ "$status" = 1 ]
}

@test "who used it does not acknowledge it, by no name; who is not asked neither; another does" {
	id=$(rbacctl log | sed -n 's/.*exempt \([0-9]*\): dave.*/\1/p')
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
