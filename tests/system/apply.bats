#!/usr/bin/env bats
# Another policy replaces the one that is applied: whom that affects, what apply warns of, and that
# it can be done whatever has become of the old one.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer
	rbacctl assign %devs host-developer      # dave; pat by primary group; nobody recorded them
}

setup() { cp /etc/rbac/rbac.conf /tmp/rbac.conf; }

@test "effects name users, and unrecorded members of a Unix group" {
	sed -i -e 's/"login.ssh"/"container.run"/' \
		-e 's/"sudo-i" \]; keys = \[ "login.sudo" \]/"sudo-i" ]; groups = [ "devs" ]/' \
		/etc/rbac/rbac.conf
	fails_with 1 rbacctl diff
	says 'effect: 1 user loses sshd (alice)'
	says 'effect: 2 users gain sudo (dave, pat)'
	run -0 rbacctl apply
	says 'effect: 1 user loses sshd (alice)'
	says 'effect: 2 users gain sudo (dave, pat)'
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
	says 'effect: 2 users lose sudo (dave, pat)'
}

@test "the person who types the command is warned of losing a login" {
	sed -i 's/"sudo-i" \]; keys = \[ "login.sudo" \]/"sudo-i" ]; roles = [ "host-auditor" ]/' \
		/etc/rbac/rbac.conf
	grep -qx 4294967295 /proc/self/loginuid || skip 'here the login uid says who types'
	run -1 env SUDO_UID=1001 rbacctl diff
	says 'you: alice LOSES sudo, sudo-i; keep a root shell open'
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
}

@test "a user who is an administrator only through a Unix group counts as one" {
	run -0 rbacctl assign %devs host-operator
	run -0 rbacctl status
	says '3 can act: alice, dave, pat'
	run -0 rbacctl revoke %devs host-operator
	run -0 rbacctl status
	says '1 can act: alice'
}

@test "verify reports exclusive roles held through Unix groups, also by unrecorded users" {
	add_group ops 2005 dave
	run -0 rbacctl assign %devs host-operator
	run -0 rbacctl assign %ops host-auditor
	run -0 rbacctl verify
	says 'WARN   dave holds host-operator through %devs and host-auditor through %ops'
	[[ $output != *"WARN   pat"* ]]
	run -0 rbacctl revoke %devs host-operator
	run -0 rbacctl revoke %ops host-auditor
}

@test "check and apply warn if a role brings an exempt Unix group" {
	sed -i 's/groups = \[ "breakglass" \]/groups = [ "breakglass", "docker" ]/' \
		/etc/rbac/rbac.conf
	run -1 rbacctl check
	says 'rbac.conf:18: warning: groups: extra: role "host-auditor" (unix.conf:'
	says 'brings the Unix group "docker", which is exempt (rbac.conf:15)'
	run -0 rbacctl apply
	says 'warning: groups: extra: role "host-auditor"'
	run -0 rbacctl assign mia host-auditor
	[ "$(account gate-unnamed mia)" = "PAM_SUCCESS 1" ]      # it is true
	run -0 rbacctl revoke mia host-auditor
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run --separate-stderr -0 rbacctl apply
	[ -z "$stderr" ]
	[ "$(account gate-unnamed mia)" != "PAM_SUCCESS 1" ]
}

# edited_meanwhile SED-EXPRESSION: edits the policy while apply waits for the lock.  The exit status
# of apply is in $late.
edited_meanwhile() {
	sed -i 's/"gate-from" \]/"gate-from", "gate-early" ]/' /etc/rbac/rbac.conf
	background flock --no-fork "$STATE/store/lock" sleep 60
	local holder=$!
	wait_for grep -q FLOCK /proc/locks
	rbacctl apply >/tmp/late.out 2>&1 &
	local waits=$!
	wait_for grep -q -e '-> FLOCK' /proc/locks
	sed -i "$1" /etc/rbac/rbac.conf
	kill "$holder"
	late=0
	wait "$waits" || late=$?
}

@test "apply reads /etc/rbac after it has the lock, not before" {
	edited_meanwhile 's/"gate-early"/"gate-late"/'
	[ "$late" = 0 ] || { cat /tmp/late.out; return 1; }
	run -0 rbacctl apply
	says 'nothing to do'
	run -1 as bob rbacctl explain bob --service gate-late
	[[ $output != *'no login rule'* ]]
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
}

@test "an error written to /etc/rbac while apply waits is refused; nothing is applied" {
	sum=$(sha256sum "$VIEW")
	edited_meanwhile 's/^host = .*/host = 7;/'
	[ "$late" = 1 ] || { cat /tmp/late.out; return 1; }
	grep -q 'rbac.conf:2: error: host must be' /tmp/late.out
	[ "$(sha256sum "$VIEW")" = "$sum" ]
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
}

# lost WHERE: what must hold while the policy in the store (and, with both, in the view) cannot be
# read.
lost() {
	stricter "$STATE" "$1"
	sum=$(sha256sum "$VIEW")
	refused_with 4 assign mia host-user
	says_stderr 'unix.conf:'
	says_stderr 'unknown setting "novelty"'
	says_stderr 'rbacctl apply'
	refused_with 4 user suspend bob
	refused_with 4 publish
	refused_with 4 init --policy unix --admin alice
	says_stderr 'rbacctl apply'
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	member bob host-developer
	fails_with 1 rbacctl verify
	says 'FAULT  the applied policy in the store cannot be read'
	says 'novelty'
	run -1 rbacctl check
	says 'no rule names gate-unnamed'           # and nothing of the store: apply would take it
	run -0 rbacctl log
	[ "$(sha256sum "$VIEW")" = "$sum" ]
}

mended() {
	run -0 rbacctl verify
	run -0 rbacctl assign mia host-user
	run -0 rbacctl revoke mia host-user
	run -0 rbacctl who host-developer
	says bob
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	run -0 rbacctl apply
	says 'nothing to do'
}

@test "a damaged policy in the store: no changes, logins work, apply replaces it" {
	lost store
	run -0 rbacctl status
	fails_with 1 rbacctl diff
	says 'could not be read'
	says 'nobody gains or loses'                             # the view tells what was
	run -0 rbacctl apply --dry-run
	refused_with 4 assign mia host-user                            # tried, not done
	run -0 rbacctl apply
	says 'applied: change'
	says 'a policy that could not be read'
	says 'unknown setting "novelty"'
	says 'nobody gains or loses'
	mended
}

@test "a policy that only an older rbacctl accepted: the same, and status works" {
	lost both
	refused_with 4 status
	says_stderr novelty
	says 'matches the store'
	says 'differs from what is applied'
	fails_with 4 as bob rbacctl explain bob
	says 'rbacctl apply'
	fails_with 1 rbacctl diff
	says 'effect: not known'
	run -0 rbacctl apply
	says 'effect: not known'
	says 'unknown setting "novelty"'
	mended
	run -0 rbacctl status
}

@test "with a damaged policy, errors in /etc are reported first, and nothing is applied" {
	stricter "$STATE" store
	echo 'version = 1; host = 7;' >/etc/rbac/rbac.conf
	fails_with 1 rbacctl apply
	says 'rbac.conf:1'
	refused_with 4 assign mia host-user
	sed 's/exempt = .*/exempt = { };/; s/host-auditor/host-nosuch/' \
		/tmp/rbac.conf >/etc/rbac/rbac.conf
	fails_with 1 rbacctl apply
	says 'host-nosuch'
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
	mended
}
