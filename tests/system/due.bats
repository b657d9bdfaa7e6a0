#!/usr/bin/env bats
# Who is told of what is due, by which way; what hangs or fails is tried again, and said.
# tests/cmd/cases/due.case has who is told when.

load lib

setup_file() {
	add_people
	mkdir -p /etc/rbac/policy.d
	echo 0 >/tmp/ahead
	background catch_log /dev/log "$LOG"
	echo $! >/tmp/log.pid
	wait_for test -S /dev/log
	conf ''
	cat >/etc/rbac/policy.d/site.conf <<-'EOF2'
		version = 1;
		kinds = { host = { }; };
		roles = {
		  lead      = { kind = "host"; bootstrap = true; assign_by = [ "lead" ]; };
		  developer = { kind = "host"; assign_by = [ "lead" ]; };
		  prod-root = { kind = "host"; assign_by = [ "lead" ];
		                request_by = [ "developer" ]; approval = "required"; };
		};
	EOF2
	quietly rbacctl init --root host:main --admin alice
	rbacctl assign bob developer
	mkdir -p /tmp/told
	chmod 1777 /tmp/told
	cat >/etc/rbac/notify <<-'EOF2'
		#!/bin/sh
		cat >"/tmp/told/$$"
		id -u >>"/tmp/told/$$"
		env | sort >>"/tmp/told/$$"
		ls /proc/self/fd >>"/tmp/told/$$"
	EOF2
	chmod 755 /etc/rbac/notify
}

setup() { rm -f /tmp/told/*; }

# conf NOTIFY: rbac.conf with that as its notify; applied, where there is a store.
conf() {
	cat >/etc/rbac/rbac.conf <<-EOF2
		version = 1;
		host = "host:main";
		login = ( { services = [ "sshd" ]; roles = [ "developer", "lead" ]; } );
		$1
	EOF2
	[ ! -e "$STATE/store/data.mdb" ] || r apply >/dev/null
}

# ask: a new request of bob's; its number is in $id.
ask() {
	[ ! -e /tmp/id ] || r cancel "$(cat /tmp/id)" --as root >/dev/null 2>&1 || :
	run -0 r request prod-root --for 1h --reason "OPS-$RANDOM" --as bob
	id=${output#request }
	id=${id%%:*}
	echo "$id" >/tmp/id
}

# The clock is ahead of the host's by so many seconds, and never goes back: rbacctl at that time.
r() { faketime "$(cat /tmp/ahead) seconds" rbacctl "$@"; }
pass() { echo $(($(cat /tmp/ahead) + $1)) >/tmp/ahead; }

told() { cat /tmp/told/* 2>/dev/null; }

@test "a notice runs the program once, as nobody, with JSON on standard input" {
	conf 'notify = { exec = "/etc/rbac/notify"; };'
	ask
	run -0 r due
	[ -z "$output" ]
	run -0 told
	says "\"kind\":\"request\",\"id\":$id,\"to\":\"alice\",\"role\":\"prod-root\""
	says "request $id: bob asks for prod-root at host:main for 1h"
	grep -qx 65534 <<<"$output"
	run ! grep -q "SUDO\|HOME=/root" <<<"$output"
	[ "$(grep -cx '[0-9]' <<<"$output")" -le 4 ]
	rm /tmp/told/*
	run -0 r due
	[ -z "$(told)" ]
	run -0 r log --role prod-root
	says "told alice: request, prod-root at host:main"
}

@test "each notice is a line of the system's log" {
	conf ''
	log_begin
	ask
	run -0 r due
	run -0 wait_for logged "rbacctl.*notice kind=request to=alice: request $id: bob asks"
}

@test "a system log that nobody reads holds up neither a change nor a notice" {
	conf ''
	ask
	kill -STOP "$(cat /tmp/log.pid)"
	while timeout 0.5 logger -u /dev/log full; do :; done
	run -0 timeout 30 rbacctl assign dave developer
	says "is made, but nobody reads the system's log (/dev/log): its line is missing there"
	run -4 r due
	says "due: no notice to alice: request $id"
	says "nobody reads the system's log (/dev/log)"
	kill -CONT "$(cat /tmp/log.pid)"
	pass 61
	log_begin
	run -0 r due
	run -0 wait_for logged "rbacctl.*notice kind=request to=alice: request $id: bob asks"
}

@test "a program that fails, or that others could write, is tried again and reported" {
	conf 'notify = { exec = "/etc/rbac/fails"; };'
	printf '#!/bin/sh\nexit 3\n' >/etc/rbac/fails
	chmod 755 /etc/rbac/fails
	ask
	run -4 r due
	says "due: no notice to alice"
	says "/etc/rbac/fails: exit status 3"
	run -0 r due
	chmod 777 /etc/rbac/fails
	ask
	run -4 r due
	says "/etc/rbac/fails can be written by everybody"
	rm /etc/rbac/fails
	ask
	run -4 r due
	says "/etc/rbac/fails: cannot be run"
	run -0 r log
	says "not told alice: request, prod-root at host:main: try 1 of 5: /etc/rbac/fails: exit"
}

@test "after five tries status reports it; when the program works the notice is sent" {
	conf 'notify = { exec = "/etc/rbac/fails"; };'
	printf '#!/bin/sh\nexit 3\n' >/etc/rbac/fails
	chmod 755 /etc/rbac/fails
	ask
	for pause in 0 61 301 1801 7201; do
		pass "$pause"
		run -4 r due
		says "request $id: bob asks"
	done
	run r status
	says no notice to "alice after 5 tries: request $id: bob asks for prod-root"
	says "/etc/rbac/fails: exit status 3"
	cp /etc/rbac/notify /etc/rbac/fails
	pass 86401
	run -0 r due
	run -0 told
	says "request $id: bob asks"
	run r status
	run ! says "no notice to"
}

@test "a program that hangs is killed with its children after ten seconds; the next run goes on" {
	conf 'notify = { exec = "/etc/rbac/hangs"; };'
	printf '#!/bin/sh\nsleep 271828 &\nsleep 271828\n' >/etc/rbac/hangs
	chmod 755 /etc/rbac/hangs
	ask
	run -4 r due
	says "/etc/rbac/hangs: killed after 10 s"
	run ! pgrep -f 'sleep 271828'
	cp /etc/rbac/notify /etc/rbac/hangs
	pass 61
	run -0 r due
	run -0 told
	says "request $id: bob asks"
}

@test "mail: by sendmail, as nobody; what fails is tried again" {
	conf 'notify = { mail = true; user = "mia"; };'
	ask
	[ ! -e /usr/sbin/sendmail ] || mv /usr/sbin/sendmail /usr/sbin/sendmail.kept
	run -4 r due
	says "/usr/sbin/sendmail: cannot be run"
	printf '#!/bin/sh\n{ echo "$@"; id -un; cat; } >/tmp/told/mail\n' >/usr/sbin/sendmail
	chmod 755 /usr/sbin/sendmail
	pass 61
	run -0 r due
	run -0 told
	[ "${lines[0]}" = "-i alice" ]
	[ "${lines[1]}" = mia ]
	says "To: alice"
	says "Auto-Submitted: auto-generated"
	says "request $id: bob asks"
	rm /usr/sbin/sendmail
}

@test "the program never runs as root; due runs once at a time, and only for root" {
	conf 'notify = { exec = "/etc/rbac/notify"; user = "root"; };'
	ask
	run -4 r due
	says "root is root"
	[ -z "$(told)" ]
	run -0 flock "$STATE/store/due.lock" rbacctl due
	run -3 as bob rbacctl due
	says "due: only root can send notices"
}

@test "due that is killed while it sends a notice sends it again" {
	conf 'notify = { exec = "/etc/rbac/hold"; };'
	printf '#!/bin/sh\ncat >>/tmp/told/times\n%s\n' \
		'[ -e /tmp/told/once ] || { >/tmp/told/once; sleep 5; }' >/etc/rbac/hold
	chmod 755 /etc/rbac/hold
	ask
	background faketime "$(cat /tmp/ahead) seconds" rbacctl due
	pid=$!
	wait_for test -e /tmp/told/once
	pkill -KILL -P "$pid"   # faketime waits for it
	wait "$pid" || true
	run -0 r due
	[ "$(grep -c "\"request\",\"id\":$id," /tmp/told/times)" = 2 ]
	run -0 r due
	[ "$(grep -c "\"request\",\"id\":$id," /tmp/told/times)" = 2 ]
}
