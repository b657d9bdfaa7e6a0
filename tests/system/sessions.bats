#!/usr/bin/env bats
# Who loses a role keeps the sessions that are open: they are listed, and ended on demand.

load lib
load sshd

setup_file() {
	host_up
	rbacctl assign bob host-developer
	rbacctl assign carl host-user
	for user in bob carl; do new_key $user; done
	sshd_up
}

teardown_file() { pkill -KILL -u carl; }

setup() { [ -e /run/sshd.pid ]; }

# A login that stays; its end is in /tmp/ended-USER.
stay() {   # stay USER
	rm -f "/tmp/ended-$1"
	(
		LOGIN_SECONDS=60 login "$1" 'sleep 50' >/dev/null 2>&1 || true
		: >"/tmp/ended-$1"
	) 3>&- &
	wait_for pgrep -u "$1" -x sleep
}

@test "revoke --dry-run lists the open sessions of the affected users, and ends nothing" {
	stay bob
	stay carl
	run -0 rbacctl revoke bob host-developer --dry-run
	says '1 open session, with the groups and rights from its beginning:'
	says '  bob'
	says 'sleep'
	says 'to end them with the change: --end-sessions'
	[[ $output != *'  carl'* ]]
	run -0 rbacctl revoke bob host-developer --dry-run --end-sessions
	says 'they would be ended'
	pgrep -u bob -x sleep
}

@test "revoke lists the open sessions, and the command that it suggests ends them" {
	run -0 rbacctl revoke bob host-developer
	says '1 open session'
	says 'to end those of bob: pkill -KILL -u bob'
	pgrep -u bob -x sleep
	pkill -KILL -u bob
	wait_for test -e /tmp/ended-bob
	pgrep -u carl -x sleep
}

@test "revoke --end-sessions ends the sessions of that user and of nobody else" {
	rbacctl assign bob host-developer
	stay bob
	run -0 rbacctl revoke bob host-developer --end-sessions
	says '1 open session'
	says '  ended'
	wait_for test -e /tmp/ended-bob
	fails_with 1 pgrep -u bob
	pgrep -u carl -x sleep
	fails_with 255 login bob
}

@test "user suspend --end-sessions: as JSON, and again for a suspended user" {
	rbacctl assign bob host-developer
	stay bob
	run -0 rbacctl user suspend bob
	says '1 open session'
	pgrep -u bob -x sleep
	run -0 rbacctl user suspend bob --end-sessions --json
	says '"effect": "session"'
	says '"change": "ended"'
	wait_for test -e /tmp/ended-bob
	run -0 rbacctl user suspend bob --end-sessions
	says 'no open session'
	rbacctl user resume bob
}

@test "the session of the command ends last, after all output; the command is not killed" {
	rbacctl assign bob host-developer
	run -0 setsid setpriv --ruid bob --euid root --groups "$(gid_of host-developer)" \
		rbacctl revoke bob host-developer --end-sessions --as root
	says 'this very session'
	says 'the one of this command ends last, now'
	echo 'bob ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/bob
	chmod 440 /etc/sudoers.d/bob
	rbacctl assign bob host-developer
	local began=$SECONDS command='sudo -n rbacctl revoke bob host-developer --as root'
	command+=' --end-sessions >/tmp/own; echo on >/tmp/on; sleep 50'
	LOGIN_SECONDS=40 run login bob "$command"
	[ "$status" != 0 ]
	[ $((SECONDS - began)) -lt 30 ]
	grep 'the one of this command ends last, now' /tmp/own
	[ ! -e /tmp/on ]
	wait_for nobody_is bob
	run ! member bob host-developer
	pgrep -u carl -x sleep
}

nobody_is() { ! pgrep -u "$1" >/dev/null; }
