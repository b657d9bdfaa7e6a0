#!/usr/bin/env bats
# README.md as it stands, by a new administrator: from `rbacctl init` to a login by role, and back.
# tests/packages has `apt install` and `apt purge`.

load lib
load pages

setup_file() {
	add_user alice 1001
	add_user bob 1002
	add_user mia 1003
	ssh_up alice bob mia
	sed -i '/^group:/d' /etc/nsswitch.conf
	printf 'group:          files systemd\n' >>/etc/nsswitch.conf
	cp -a /etc/pam.d /etc/nsswitch.conf /tmp
}

@test "roles and logins" { page README.md 'Roles and logins'; }

@test "undo: PAM and nsswitch.conf are byte for byte as they were" {
	page README.md Undo
	diff -r /tmp/pam.d /etc/pam.d
	cmp /tmp/nsswitch.conf /etc/nsswitch.conf
}
