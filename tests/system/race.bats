#!/usr/bin/env bats
# Logins and lookups while views are being published: never a wrong answer.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer
	rbacctl user add mia
}

# dave's role comes and goes; bob's and mia's answers must not.
publish_on_and_on() {
	# shellcheck disable=SC2016 # it is that shell's n
	background bash -c 'trap "exit 0" TERM; n=0; while :; do
		rbacctl assign dave host-deployer; rbacctl revoke dave host-deployer
		echo $((n += 2)) >/tmp/published; done'
	publisher=$!
	wait_for test -s /tmp/published
}

stop_publishing() {
	kill "$publisher"
	wait "$publisher" || true
	rbacctl revoke dave host-deployer 2>/dev/null || true
	[ "$(cat /tmp/published)" -ge 10 ]
}

@test "2,000 logins, 500 of them in one process, and 200 in new ones" {
	local i
	publish_on_and_on
	for i in {1..2}; do
		[ "$(account -n 500 gate bob)" = "PAM_SUCCESS 500" ]
		[ "$(account -n 500 gate mia 2>/dev/null)" = "PAM_PERM_DENIED 500" ]
	done
	for i in {1..100}; do
		[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
		[ "$(account gate mia 2>/dev/null)" = "PAM_PERM_DENIED 1" ]
	done
	stop_publishing
}

@test "verify and status find no fault while changes are made" {
	local i
	publish_on_and_on
	for i in {1..25}; do
		run -0 rbacctl verify
		run rbacctl status
		says "matches the store"
	done
	stop_publishing
}

@test "1,000 lookups: a group's members and a user's groups are whole" {
	local i
	publish_on_and_on
	coproc OLD { exec watch bob host-developer; }
	for i in {1..1000}; do
		echo >&"${OLD[1]}"
		read -r -t 10 answer <&"${OLD[0]}"
		[ "$answer" = in ]
	done
	for i in {1..100}; do member bob host-user; done
	kill "$OLD_PID"
	stop_publishing
}

@test "many changes at once: each is made, none is lost" {
	local i
	for i in {1..20}; do
		printf 'many%d:x:%d:65534::/:/bin/false\n' "$i" $((6000 + i))
	done >>/etc/passwd
	for i in {1..20}; do rbacctl assign "many$i" host-user >/dev/null 2>"/tmp/many$i" & done
	for i in {1..20}; do wait -n; done
	for i in {1..20}; do member "many$i" host-user || { cat "/tmp/many$i"; false; }; done
	run -0 rbacctl verify
}

@test "at a terminal a command that waits for another change says so" {
	local holder
	mkfifo /tmp/held
	# shellcheck disable=SC2016 # it is that shell's
	background flock "$STATE/store/lock" bash -c 'echo >/tmp/held; sleep 2'
	holder=$!
	read -r </tmp/held
	# --quiet, and what the command's own terminal showed on the output.
	run script -qec 'rbacctl assign mia host-user --reason waited' /dev/null
	wait "$holder" || true
	[ "$status" = 0 ]
	says 'another change is being made by process '
	[[ $output == *"flock"*"; waiting for up to 60 s (--wait)"* ]]
	run --separate-stderr rbacctl revoke mia host-user
	[ "$status" = 0 ]
	# shellcheck disable=SC2154 # stderr is set by run
	[[ $stderr != *"waiting"* ]]
}

@test "a command whose --wait is over names the process that changes, with exit status 4" {
	local holder
	mkfifo /tmp/kept
	# shellcheck disable=SC2016 # it is that shell's
	background flock "$STATE/store/lock" bash -c 'echo >/tmp/kept; read -r </tmp/kept'
	holder=$!
	read -r </tmp/kept
	run --separate-stderr -4 rbacctl assign mia host-user --wait 0
	[[ $stderr == *"busy: another change is being made by process "* ]]
	[[ $stderr == *"nothing was changed (--wait 10m waits longer)"* ]]
	run --separate-stderr -4 rbacctl assign mia host-user --wait 1s
	[[ $stderr == *"waited 1 s"* ]]
	run -2 rbacctl assign mia host-user --wait soon
	echo >/tmp/kept
	wait "$holder" || true
	run -0 rbacctl assign mia host-user --wait 10m --reason kept
	run -0 rbacctl revoke mia host-user
}
