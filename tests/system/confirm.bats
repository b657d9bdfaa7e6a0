#!/usr/bin/env bats
# --confirm: what nobody confirms from another login is reverted by itself, on a host without
# systemd by a process that waits, and with it by a timer; with a real sshd.

load lib
load sshd

setup_file() {
	local user
	host_up
	rbacctl assign bob host-developer
	rbacctl assign mia host-developer
	install -d -m 700 /root/.ssh
	for user in mia alice; do new_key $user; done
	ssh-keygen -q -t ed25519 -N '' -C root -f /tmp/key-root
	cp /tmp/key-root.pub /root/.ssh/authorized_keys
	sshd_up
}

setup() { [ -e /run/sshd.pid ]; }

refused() { fails_with 255 login "$1"; }

gets_in() { login "$1" >/dev/null 2>&1; }

waiting() { pgrep -f '^rbacctl (assign|revoke|apply).*--confirm'; }

nothing_pending() { ! waiting && [ ! -e "$STATE/rbac-confirm.wait" ]; }

last_change() { rbacctl history | tail -1; }

@test "--confirm undoes a change that cut off access; later revocations stay" {
	run -0 rbacctl revoke mia host-developer --confirm 4s
	says 'unless another login confirms it: rbacctl confirm'
	refused mia
	rbacctl revoke bob host-developer
	wait_for gets_in mia
	run ! rbacctl can bob login.ssh
	run -0 last_change
	says '  revert  '
	says rbac
	wait_for nothing_pending
	rbacctl assign bob host-developer
}

@test "the waiting process has its own session, no terminal, and no data of its starter" {
	local pid fds
	exec 7</etc/hostname
	rbacctl revoke mia host-developer --confirm 10m
	exec 7<&-
	pid=$(waiting)
	[ "$(cut -d' ' -f7 "/proc/$pid/stat")" = 0 ]
	[ "$(cut -d' ' -f6 "/proc/$pid/stat")" != "$(cut -d' ' -f6 /proc/$$/stat)" ]
	fds=$(for fd in "/proc/$pid/fd"/*; do readlink "$fd"; done | sort -u)
	[ "$fds" = "$(printf '/dev/null\n%s' "$STATE/rbac-confirm.wait")" ]
	[ "$(readlink "/proc/$pid/cwd")" = / ]
	# the store is not locked by it
	run -0 rbacctl assign dave host-user --wait 0
	rbacctl revoke dave host-user
}

@test "only another login can confirm, not the same one by sudo or in another session" {
	fails_with 3 rbacctl confirm
	says 'log in again'
	run -0 login root 'rbacctl confirm'
	rbacctl assign mia host-developer
	run -3 setsid -w bash -c \
		'rbacctl revoke mia host-developer --confirm 10m; setsid -w rbacctl confirm'
	says 'log in again'
	run -0 rbacctl status
	says 'is reverted at'
	fails_with 1 rbacctl status --check
	run rbacctl doctor --json
	says store.unconfirmed
	run -0 login root 'rbacctl confirm'
	says '(revoke) of root (uid 0) is confirmed'
	fails_with 1 rbacctl confirm
	says 'no change is pending confirmation'
	refused mia
	wait_for nothing_pending
	rbacctl assign mia host-developer
}

@test "two commands of one ssh login are one login; also without an audit session" {
	local _
	for _ in 1 2; do
		run -3 login root 'rbacctl revoke mia host-developer --confirm 10m; rbacctl confirm'
		says 'was made in this login'
		run -0 login root 'rbacctl confirm'
		rbacctl assign mia host-developer
		sed -i '/pam_loginuid/d' /etc/pam.d/sshd
	done
}

@test "an apply that locks everybody out is undone" {
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
	sed -i 's/"sshd", //' /etc/rbac/rbac.conf
	fails_with 3 rbacctl apply --confirm 4s
	run -0 rbacctl apply --force --confirm 4s
	refused alice
	refused mia
	wait_for gets_in alice
	run -0 login mia
	run -3 rbacctl diff
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl diff
	wait_for nothing_pending
}

@test "after a reboot publish undoes the change, at any time of the clock" {
	rbacctl revoke mia host-developer --confirm 7d
	kill "$(waiting)"
	refused mia
	run -0 rbacctl publish
	refused mia
	echo 01234567-89ab-cdef-0123-456789abcdef >/tmp/boot_id
	mount --bind /tmp/boot_id /proc/sys/kernel/random/boot_id
	run -0 rbacctl publish
	says 'was not confirmed in time'
	umount /proc/sys/kernel/random/boot_id
	run -0 login mia
	run -0 nothing_pending
}

@test "a listener undoes an overdue change before it serves a request" {
	serve_up
	rbacctl revoke mia host-developer --confirm 2s
	kill "$(waiting)"
	until_past "$(in_seconds 2)"
	run -0 as alice rbacctl assign dave host-user
	run -0 rbacctl can mia login.ssh
	run -3 as alice rbacctl revoke dave host-user --confirm 10m
	says 'not taken through the socket'
	rbacctl revoke dave host-user
	kill "$(cat /tmp/serve.pid)"
}

# systemd cannot run here: these are the words that it is given, and what it would run.
@test "with systemd a transient timer is started, and stopped by confirm" {
	mkdir -p /run/systemd/system
	# shellcheck disable=SC2016 # it is the stub's shell that expands it
	printf '#!/bin/sh\nprintf "%%s\\n" "$0" "$@" >>/tmp/asked\n' >/tmp/stub
	install -m 755 /tmp/stub /usr/bin/systemd-run
	install -m 755 /tmp/stub /usr/bin/systemctl
	run -0 rbacctl revoke mia host-developer --confirm 10m
	[ -z "$(waiting)" ]
	cat /tmp/asked
	grep -qx -- --unit=rbac-confirm /tmp/asked
	grep -qxE -- '--on-active=(600|599)s' /tmp/asked
	grep -qxE -- '--on-calendar=20[0-9-]{8} [0-9:]{8} UTC' /tmp/asked
	grep -qx -- --timer-property=AccuracySec=1s /tmp/asked
	[ "$(tail -4 /tmp/asked)" = "$(printf '/usr/bin/rbacctl\npublish\n--wait\n5m')" ]
	grep -qx -- --property=Restart=on-failure /tmp/asked
	systemd-analyze calendar "$(sed -n 's/^--on-calendar=//p' /tmp/asked)"
	rm /tmp/asked
	run -0 login root 'rbacctl confirm'
	grep -qx rbac-confirm.timer /tmp/asked
	rbacctl assign mia host-developer
}

@test "if no program can be started to undo it, the change is not made" {
	printf '#!/bin/sh\necho no bus >&2\nexit 1\n' >/usr/bin/systemd-run
	fails_with 4 rbacctl revoke mia host-developer --confirm 10m
	says 'nothing was changed'
	says 'no bus'
	run -0 login mia
	run -0 rbacctl status
	[[ $output != *confirm* ]]
	rm -r /run/systemd
}

@test "a change that cannot be undone is reported once per command, logged, and tried again" {
	rm -rf /run/systemd
	rbacctl revoke mia host-developer --confirm 2s
	# something is in the way of each publish
	mkdir -p "$STATE/view/view.mdb.new/x"
	wait_for grep -q 'cannot be reverted' "$LOG"
	refused mia
	run ! rbacctl assign dave host-user
	[ "$(grep -c 'cannot be reverted' <<<"$output")" = 1 ]
	says 'rbacctl publish'
	says 'in another login: rbacctl confirm'
	run -0 rbacctl status
	says 'is still in force'
	fails_with 1 rbacctl status --check
	run rbacctl doctor --json
	says store.overdue
	rm -r "$STATE/view/view.mdb.new"
	wait_for gets_in mia
	wait_for nothing_pending
	run -0 last_change
	says '  revert  '
}
