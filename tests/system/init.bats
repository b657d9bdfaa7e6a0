#!/usr/bin/env bats
# Starting a host: what init makes, what it refuses, and that an init that fails leaves nothing behind.

load lib

setup_file() { add_people; }

setup() { rm -rf /etc/rbac/* "${STATE:?}"/*; }   # the folders themselves are mounts

nothing_left() { [ -z "$(find /etc/rbac -type f 2>/dev/null)" ] && ! rbacctl status 2>/dev/null; }

@test "the root scope is the one that the host lies in, and its administrator can log in" {
	run -0 rbacctl init --policy torque --admin alice --host space:acme/web
	says 'scope +account:acme'
	says 'alice +account-admin at account:acme'
	says 'log in here by role: alice (sshd sudo sudo-i)'
	run -0 rbacctl explain alice --service sshd
}

@test "a host outside the root scope is refused: nobody could log in" {
	fails_with 2 rbacctl init --policy torque --admin alice --root account:one --host space:two/web
	says 'does not lie in --root account:one'
	nothing_left
}

@test "no administrator, or one whom nobody knows" {
	fails_with 2 rbacctl init --policy unix
	says '--admin USER'
	fails_with 2 rbacctl init --policy unix --admin nosuch
	says 'nobody here is called that'
	nothing_left
}

@test "a policy that does not exist, or is not sound" {
	fails_with 2 rbacctl init --policy nosuch --admin alice
	says 'shipped are unix, torque and layer5'
	printf 'version = 1;\nroles = { a = { kind = "nowhere"; }; };\n' >/tmp/bad.conf
	fails_with 2 rbacctl init --policy /tmp/bad.conf --admin alice
	says 'bad.conf:2: error'
	nothing_left
}

@test "files that are there are kept, and what an init that fails wrote is taken back" {
	mkdir -p /etc/rbac
	printf 'version = 1;\nhost = "host:nowhere/else";\nlogin = ( );\n' >/etc/rbac/rbac.conf
	fails_with 2 rbacctl init --policy unix --admin alice
	says 'kept  /etc/rbac/rbac.conf'
	says 'took back /etc/rbac/policy.d/unix.conf'
	[ "$(find /etc/rbac -type f)" = /etc/rbac/rbac.conf ]
}

@test "twice is once too often" {
	run -0 rbacctl init --policy unix --admin alice
	fails_with 3 rbacctl init --policy unix --admin bob
	says 'has a policy already'
	fails_with 1 rbacctl can bob login.ssh
}

@test "umask 077: everybody can read the view and what else they should" {
	write_rbac_conf
	(umask 077; rbacctl init --policy unix --admin alice)
	[ "$(stat -c %a "$VIEW" "$STATE/view" "$STATE/store" | tr '\n' ' ')" = "644 755 700 " ]
	group_line files rbac
	run -0 as alice id -nG
	says host-operator
	run -0 as bob rbacctl explain alice --service sudo
}

@test "the view is alone in its folder; one at the place of an older version goes" {
	rbacctl init --policy unix --admin alice
	: >"$STATE/view.mdb"
	rbacctl assign bob host-user
	[ ! -e "$STATE/view.mdb" ]
	[ "$(ls -A "$STATE/view")" = view.mdb ]
}
