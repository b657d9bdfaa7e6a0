#!/usr/bin/env bats
# passwd and group are asked before the lock of the store is taken, or after it is released: a
# directory that is slow keeps nobody else from a change. The source libnss_asked.so.2 notes what is
# asked, and whether the lock is held. docs/robustness.md has what is left.

load lib

setup_file() {
	install -m 0644 "$(command -v nss_asked)" \
		"$(dirname "$(find /usr/lib -name libnss_rbac.so.2)")/libnss_asked.so.2"
	host_up
	sed -i 's/^passwd:.*/passwd: asked files/' /etc/nsswitch.conf
	group_line asked files rbac
	rbacctl assign bob host-developer
	rbacctl assign %devs host-user
}

# asks ARG...: rbacctl does it, asks passwd or group something, and nothing under the lock.
asks() {
	echo "rbacctl $*"
	: >/tmp/asked
	rbacctl "$@" || [ $? = 1 ]   # diff: something differs
	grep -q '^free' /tmp/asked
	! grep '^held' /tmp/asked
}

@test "the test source of passwd records which questions are asked under the lock" {
	: >/tmp/asked
	exec 9<"$STATE/store/lock"
	flock 9
	rbacctl who host-user >/dev/null
	exec 9<&-
	grep -q '^held' /tmp/asked
}

@test "changes about one person or one group" {
	asks assign mia host-developer
	asks revoke mia host-developer
	asks assign %ops host-user --force
	asks revoke %ops host-user
	asks user suspend bob
	asks user resume bob
	asks assign mia host-operator --dry-run
	asks assign mia host-operator --confirm 10m
	asks revoke mia host-operator --force
	run -3 rbacctl confirm
}

@test "changes about everybody: apply, edit, rollback, import, restore, publish, prune" {
	echo '# more' >>/etc/rbac/policy.d/unix.conf
	asks diff
	asks apply --dry-run
	asks apply
	EDITOR='sed -i s/#.more/#less/' asks edit --yes policy.d/unix.conf
	printf 'user,role\nmia,host-user\neve,host-user\n' >/tmp/list.csv
	asks import --csv /tmp/list.csv
	asks prune
	asks rollback 4
	rm -f /tmp/backup
	rbacctl backup /tmp/backup
	asks restore /tmp/backup
	asks publish
	asks verify
}

@test "the actor of a refused change, and the users whom it names" {
	: >/tmp/asked
	SUDO_UID=1002 run -3 rbacctl assign mia host-developer
	says 'may   alice'
	run ! grep '^held' /tmp/asked
	: >/tmp/asked
	SUDO_UID=1001 rbacctl assign mia host-developer
	run ! grep '^held' /tmp/asked
}
