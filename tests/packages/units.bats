#!/usr/bin/env bats
# The units of the Debian package under a real systemd: installed, upgraded, removed.
# PACKAGES: where tests/packages/run.sh has built them.

load ../system/lib
load ../system/systemd
load packages

teardown() { :; }

setup_file() {
	# On some machines it forbids all that packages do to services.
	rm -f /usr/sbin/policy-rc.d
	add_people
	systemd_up >/tmp/no-systemd || { systemd_down; return 0; }
	rm /tmp/no-systemd
	systemd_save
}

teardown_file() { systemd_down; }

setup() {
	systemd_here
}

active() { in_systemd systemctl is-active --quiet "$1"; }

@test "installed: no unit is enabled and none runs" {
	run -0 in_systemd dpkg -i "$(deb rbac)" "$(deb libnss-rbac)" "$(deb libpam-rbac)"
	local unit
	for unit in rbac-publish.path rbac-publish.timer rbac-apply.path rbacctl.socket; do
		run ! in_systemd systemctl is-enabled --quiet "$unit"
		run ! active "$unit"
	done
}

@test "an upgrade: enabled units are active afterwards, others are not; the listener is new" {
	run -0 rbacctl init --policy unix --admin alice
	run -0 in_systemd systemctl enable --now rbac-publish.path rbac-publish.timer rbacctl.socket
	run -0 in_systemd_as alice rbacctl assign bob host-user
	active rbacctl.service
	newer rbac
	run -0 in_systemd dpkg -i "/tmp/rbac_99.0_amd64.deb"
	active rbac-publish.path
	active rbac-publish.timer
	active rbacctl.socket
	run ! active rbac-apply.path
	run ! active rbacctl.service
	run -0 in_systemd_as alice rbacctl revoke bob host-user
	in_systemd systemctl is-enabled --quiet rbac-publish.path
}

@test "removed: every unit stops" {
	run -0 in_systemd dpkg -r rbac
	local unit
	for unit in rbac-publish.path rbac-publish.timer rbacctl.socket rbacctl.service; do
		run ! active "$unit"
	done
}
