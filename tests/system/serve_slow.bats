#!/usr/bin/env bats
# What takes `rbacctl serve` a minute: the end of a listener that nobody asks, and a change of
# root's that holds the store's lock.

load lib

setup_file() {
	add_people
	quietly rbacctl init --policy torque --admin alice --host space:main/web
	group_line files rbac
	background "$BATS_TEST_DIRNAME/tools/idle_listener.py" /tmp/idle.sock 1001 /tmp/idle.end
	serve_up
	date +%s >/tmp/serve.since
	background flock "$STATE/store/lock" sleep 65
	wait_for locked
}

locked() { ! flock -n "$STATE/store/lock" true; }
unlocked() { ! locked; }
idle_has_ended() { [ -e /tmp/idle.end ]; }

recorded() { rbacctl log | grep -q 'carl was let in by sshd from far.example'; }

@test "a login by an exemption is recorded, though the store was locked for a minute" {
	locked
	run -0 python3 -c "
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(b'rbacx\\1carl\\0sshd\\0far.example\\0', '/run/rbac/exempt.sock')"
	wait_seconds 120 unlocked
	wait_for recorded
}

@test "the listener of a socket of systemd's ends 60 s after its last peer, --listen does not" {
	local status seconds
	wait_seconds 120 idle_has_ended
	read -r status seconds </tmp/idle.end
	[ "$status" = 0 ]
	# A second less: the listener may see the peer end before this test does.
	awk -v s="$seconds" 'BEGIN { exit !(s >= 59) }'
	# Nobody has asked the other one for as long.
	while [ "$(date +%s)" -le $(($(cat /tmp/serve.since) + 62)) ]; do sleep 1; done
	kill -0 "$(cat /tmp/serve.pid)"
	run -0 as alice rbacctl requests
}
