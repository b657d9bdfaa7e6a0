#!/usr/bin/env bats
# A person is what passwd says; one uid is one person; the person who acts is the one whom every
# claim names.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer --as root
}

@test "a second line of passwd with a recorded uid is refused, and named by status and verify" {
	printf 'bobby:x:1002:1002::/home/bob:/bin/bash\n' >>/etc/passwd
	fails_with 3 rbacctl assign bobby host-auditor --as root
	says 'recorded as bob'
	says 'rbacctl user rename bob bobby'
	run -1 rbacctl explain bobby --service gate
	says 'a second name of one person has no roles'
	run -0 rbacctl verify
	says 'WARN   bobby has uid 1002, which is recorded as bob'
	run -0 rbacctl status
	says 'bobby has uid 1002, which is recorded as bob'
	sed -i '/^bobby:/d' /etc/passwd
	run -0 rbacctl verify
	[[ $output != *bobby* ]]
}

@test "publish records the uid of a later account; the next owner of the name gets nothing" {
	run -0 rbacctl assign later host-user --force --as root
	run -0 rbacctl status
	says 'later: no uid is recorded'
	add_user later 1901
	run -0 rbacctl publish
	says 'user later uid 1901'
	member later host-user
	sed -i 's/^later:x:1901:/later:x:1902:/' /etc/passwd
	rbacctl publish
	run ! member later host-user
	fails_with 3 rbacctl assign later host-developer --as root
	says 'rbacctl user rebind later'
	says 'rbacctl user forget later'
	# both of them do what the message says
	run -0 rbacctl user rebind later --as root
	member later host-user
	run -0 rbacctl user forget later --as root
	run ! member later host-user
}

@test "after a migration user rebind --all binds everybody at once, also the last administrator" {
	local before
	cp /etc/passwd /tmp/passwd.before
	before=$(rbacctl list assignments)
	sed -i 's/^alice:x:1001:/alice:x:3001:/; s/^bob:x:1002:/bob:x:1001:/' /etc/passwd
	rbacctl publish
	run ! member alice host-operator
	fails_with 3 rbacctl user rebind bob --as root
	says 'rbacctl user rebind --all'
	run -0 rbacctl user rebind --all --dry-run --as root
	says 'user alice uid 1001 -> 3001'
	run ! member alice host-operator
	run -0 rbacctl user rebind --all --as root
	member alice host-operator
	member bob host-developer
	[ "$(rbacctl list assignments)" = "$before" ]
	cp /tmp/passwd.before /etc/passwd
	run -0 rbacctl user rebind --all --as root
}

@test "sudo, doas and pkexec say who acts, contradictions are refused, the audit has every claim" {
	run -3 env SUDO_UID=1002 rbacctl assign mia host-user
	says 'bob may not assign'
	run -0 env SUDO_UID=1001 rbacctl assign mia host-user
	run -3 env PKEXEC_UID=1002 rbacctl assign mia host-developer
	says 'bob may not assign'
	run -3 env DOAS_USER=bob rbacctl assign mia host-developer
	says 'bob may not assign'
	run -3 env SUDO_UID=1001 PKEXEC_UID=1002 rbacctl assign mia host-developer
	says 'SUDO_UID 1001 (alice) against PKEXEC_UID 1002 (bob)'
	run -0 env SUDO_UID=1001 PKEXEC_UID=1002 rbacctl assign mia host-developer --as alice
	run -0 rbacctl log
	says 'SUDO_UID 1001 (alice), PKEXEC_UID 1002 (bob), real uid 0 (root)'
	run -2 env SUDO_UID=54321 rbacctl revoke mia host-user
	says 'uid 54321 has no name in passwd'
	run -0 env SUDO_UID=54321 rbacctl publish
	run -0 rbacctl revoke mia host-user --as root
	run -0 rbacctl revoke mia host-developer --as root
}

@test "only users with an account count for a minimum" {
	add_user spare 1903
	run -0 rbacctl assign spare host-operator --as root
	sed -i '/^spare:/d' /etc/passwd
	fails_with 3 rbacctl revoke alice host-operator --as root
	says 'not counted'
	says spare
	run -0 rbacctl revoke spare host-operator --as root
	run -0 rbacctl user forget spare --as root
}
