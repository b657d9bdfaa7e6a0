#!/usr/bin/env bats
# What was true at apply is checked again later: groups, accounts, the store itself, and who could
# have written /etc/rbac.

load lib

setup_file() {
	host_up
	rm /etc/pam.d/gate-unnamed   # a gate without a rule: check would warn
	rbacctl assign bob host-developer
}

@test "a local group with a role's name: reported; apply refuses, revoke works" {
	rbacctl assign mia host-deployer
	add_group host-deployer 4242 eve
	run rbacctl publish
	[ "$status" = 1 ]
	says 'published generation'
	says '/etc/group has a group host-deployer with gid 4242'
	says '(eve)'
	says 'groupdel host-deployer'
	# That status does not fail the unit; it would stay failed as long as the group exists.
	grep -qx 'SuccessExitStatus=1' \
		"$BATS_TEST_DIRNAME/../../packaging/systemd/rbac-publish.service"
	run -0 rbacctl status
	says '/etc/group has a group host-deployer with gid 4242'
	fails_with 1 rbacctl verify
	says '/etc/group has a group host-deployer with gid 4242'
	run -0 rbacctl revoke mia host-deployer
	says 'warning: /etc/group has a group host-deployer'
	echo '# more' >>/etc/rbac/policy.d/unix.conf
	fails_with 3 rbacctl apply
	says 'host-deployer'
	run -0 groupdel host-deployer
	run -0 rbacctl apply
	run -0 rbacctl publish
	run -0 rbacctl verify
}

@test "a local group with a role's GID, and a primary GID in our range, are reported too" {
	local gid
	gid=$(gid_of host-operator)
	add_group stray "$gid"
	add_user mallory 1666 "$gid"
	fails_with 1 rbacctl publish
	says "/etc/group has a group stray with gid $gid: that is the gid of the role's group"
	says "that is the gid of the role's group host-operator"
	says "mallory has the primary gid $gid in passwd"
	sed -i '/^stray:/d' /etc/group
	run -0 usermod --gid users mallory
	run -0 rbacctl publish
	userdel mallory
	rbacctl publish
}

@test "an old store is published only with root's explicit option; the view stays" {
	rbacctl assign mia host-deployer
	cp "$STATE/store/data.mdb" /tmp/kept
	rbacctl revoke mia host-deployer
	cp /tmp/kept "$STATE/store/data.mdb"
	run rbacctl status
	says 'the published view is newer than the store'
	says 'rbacctl publish --accept-older-store --as root'
	run ! member mia host-deployer
	fails_with 3 rbacctl assign eve host-user
	fails_with 3 rbacctl publish
	fails_with 3 rbacctl apply
	fails_with 1 rbacctl verify
	says 'the published view is newer than the store'
	run ! member mia host-deployer
	fails_with 3 rbacctl publish --accept-older-store --as alice
	run -0 rbacctl publish --accept-older-store --as root
	says 'older store accepted'
	member mia host-deployer
	run -0 rbacctl log
	says 'older store accepted'
	rbacctl revoke mia host-deployer
	fails_with 3 rbacctl publish --accept-older-store --as root
}

@test "a truncated store: a message and exit status 4, no crash" {
	local command
	cp "$STATE/store/data.mdb" /tmp/whole
	truncate -s 20000 "$STATE/store/data.mdb"
	for command in verify status 'list assignments' log publish 'assign mia host-user'; do
		# shellcheck disable=SC2086 # words
		run rbacctl $command
		[ "$status" -lt 128 ] || { echo "rbacctl $command: $status"; false; }
		[ "$command" = status ] || [ "$status" = 4 ]
		says 'is cut short'
	done
	cp /tmp/whole "$STATE/store/data.mdb"
}

@test "files in /etc/rbac that others can write are refused; the suggested command helps" {
	local at
	for at in /etc/rbac/rbac.conf /etc/rbac/policy.d/unix.conf /etc/rbac/policy.d /etc/rbac; do
		chmod o+w "$at"
		fails_with 1 rbacctl check
		says "$at can be written by everybody"
		fails_with 1 rbacctl apply
		says "chmod go-w $at"
		run -0 sh -c "chmod go-w $at"
		chown bob "$at"
		fails_with 1 rbacctl check
		says "chown root $at"
		run -0 sh -c "chown root $at"
		run -0 rbacctl check
	done
	cp /etc/rbac/policy.d/unix.conf /home/bob/p.conf
	mv /etc/rbac/policy.d/unix.conf /tmp/unix.conf
	ln -s /home/bob/p.conf /etc/rbac/policy.d/unix.conf
	fails_with 1 rbacctl check
	says '/home/bob belongs to uid 1002'
	rm /etc/rbac/policy.d/unix.conf
	mv /tmp/unix.conf /etc/rbac/policy.d/unix.conf
	run -0 rbacctl check
}

@test "an ordinary user checks files of their own, umask 002 or not" {
	cp -r /etc/rbac /home/bob/rbac
	chown -R bob:bob /home/bob/rbac
	run -0 as bob rbacctl check --etc /home/bob/rbac
	chmod -R g+w /home/bob/rbac
	run -0 as bob rbacctl check --etc /home/bob/rbac
	chmod o+w /home/bob/rbac/rbac.conf
	fails_with 1 as bob rbacctl check --etc /home/bob/rbac
	chmod o-w /home/bob/rbac/rbac.conf
	fails_with 1 rbacctl check --etc /home/bob/rbac
	says 'expected root'
}

@test "init with umask 077: the public files are readable by everybody" {
	(
		umask 077
		rbacctl init --policy unix --admin alice --etc /tmp/etc077 --store /tmp/state077
	)
	run -0 as bob cat /tmp/etc077/rbac.conf /tmp/etc077/policy.d/unix.conf
	run -0 as bob rbacctl who host-operator --etc /tmp/etc077 --store /tmp/state077
	says alice
	# --elsewhere, because its rules are not those of the gates here.
	run -0 as bob rbacctl check --elsewhere --etc /tmp/etc077
}
