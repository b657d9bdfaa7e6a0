#!/usr/bin/env bats
# Who looks after rbacctl has returned sees the new view; windows open and close by themselves.

load lib

setup_file() { host_up; }

@test "after assign and revoke nobody sees the old state: 200 times, in new and in old processes" {
	local i in out answer
	coproc OLD { exec watch bob host-developer; }
	for i in {1..100}; do
		rbacctl assign bob host-developer >/dev/null
		echo >&"${OLD[1]}"
		read -r -t 10 in <&"${OLD[0]}"
		answer=$(account gate bob 2>/dev/null)
		[ "$in $answer" = "in PAM_SUCCESS 1" ] || {
			echo "round $i, assigned: $in, $answer"
			false
		}
		member bob host-developer
		rbacctl revoke bob host-developer >/dev/null
		echo >&"${OLD[1]}"
		read -r -t 10 out <&"${OLD[0]}"
		answer=$(account gate bob 2>/dev/null)
		[ "$out $answer" = "out PAM_PERM_DENIED 1" ] || {
			echo "round $i, revoked: $out, $answer"
			false
		}
		run ! member bob host-developer
	done
	kill "$OLD_PID"
}

@test "assign --for 6s: the role ends after six seconds without any command" {
	local began now
	coproc OLD { exec watch bob host-developer; }
	began=$(date +%s)
	rbacctl assign bob host-developer --for 6s
	member bob host-developer
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	while member bob host-developer; do
		now=$(date +%s)
		[ $((now - began)) -le 20 ]   # a busy machine may be late in looking
		sleep 0.1
	done
	now=$(date +%s)
	[ $((now - began)) -ge 6 ]
	fails_with 0 account gate bob
	says PAM_PERM_DENIED
	says 'has ended'
	echo >&"${OLD[1]}"
	read -r -t 10 now <&"${OLD[0]}"
	[ "$now" = out ]
	[ -z "$(getent group host-developer | cut -d: -f4)" ]
	kill "$OLD_PID"
	rbacctl revoke bob host-developer
}

@test "--from: the role is not there before its time" {
	local begin
	begin=$(in_seconds 5)
	rbacctl assign bob host-developer --from "$begin"
	run ! member bob host-developer
	fails_with 0 account gate bob
	says 'has not begun yet'
	until_past "$begin"
	member bob host-developer
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	rbacctl revoke bob host-developer
}

@test "several windows of one role stand side by side" {
	rbacctl assign bob host-developer --for 1s
	sleep 1.2
	run ! member bob host-developer
	rbacctl assign bob host-developer --from 2090-01-01
	run ! member bob host-developer
	rbacctl assign bob host-developer --for 1h
	member bob host-developer
	rbacctl revoke bob host-developer
	run ! member bob host-developer
}

@test "setgrent to endgrent keeps the snapshot it began on" {
	local before
	before=$(getent group | grep -c '^host-')
	for _ in {1..20}; do
		rbacctl assign bob host-developer >/dev/null &
		[ "$(getent group | grep -c '^host-')" = "$before" ]
		wait $!
		rbacctl revoke bob host-developer >/dev/null
	done
}
