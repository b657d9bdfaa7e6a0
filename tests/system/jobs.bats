#!/usr/bin/env bats
# Programs that run something as somebody: cron, at, sudo, su. Each grants the groups that the roles
# bring at that moment; cron and atd run on through assign and revoke.

load lib

setup_file() {
	local s
	host_up
	sed -i 's/"cron" \]/"cron", "atd" ]/' /etc/rbac/rbac.conf
	rbacctl apply
	for s in sudo su su-l cron atd; do
		sed -i '1i account required pam_rbac.so' /etc/pam.d/$s
	done
	printf '%%host-operator ALL=(ALL:ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/rbac
	chmod 440 /etc/sudoers.d/rbac
	sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/su /etc/pam.d/su-l
	rbacctl assign mia host-deployer
	rbacctl assign bob host-deployer
	crontab_of mia
	crontab_of bob
	background cron -f
	at_up
}

crontab_of() {
	cat >"/var/spool/cron/crontabs/$1" <<-EOF
		@reboot id -Gn >/tmp/boot-$1
		* * * * * id -Gn >/tmp/minute-$1
	EOF
	chown "$1" "/var/spool/cron/crontabs/$1"
	chmod 600 "/var/spool/cron/crontabs/$1"
}

at_up() {
	at_spool
	background atd -f
	wait_for test -s /run/atd.pid
}

# The groups that a job of USER has, now.
at_now() {   # at_now USER
	rm -f "/tmp/at-$1"
	# From where everybody may be: a job goes back to the folder that it was made in.
	(cd / && echo "id -Gn >/tmp/at-new-$1; mv /tmp/at-new-$1 /tmp/at-$1" | as "$1" at now)
	wait_for test -s "/tmp/at-$1"
	cat "/tmp/at-$1"
}

@test "cron: jobs have the groups" {
	wait_for test -s /tmp/boot-mia
	groups_are "$(cat /tmp/boot-mia)" mia host-deployer host-user
	groups_are "$(cat /tmp/boot-bob)" bob host-deployer host-user
}

@test "at: jobs have the groups, and those of the roles given since atd began" {
	run -0 at_now mia
	groups_are "$output" mia host-deployer host-user
	rbacctl assign mia host-developer
	run -0 at_now mia
	groups_are "$output" mia host-deployer host-developer host-user
	rbacctl revoke mia host-developer
	run -0 at_now mia
	groups_are "$output" mia host-deployer host-user
}

@test "at: a job of a user who may not use at is not run" {
	log_begin
	(cd / && echo 'id >/tmp/at-dave' | as dave at now)
	wait_for grep -qa 'denied user="dave" service="atd"' "$LOG"
	run -0 at_now mia
	[ ! -e /tmp/at-dave ]
}

@test "sudo: allowed by a role's group in sudoers; the command has the target's groups" {
	run -0 as alice sudo -n -u bob id -Gn
	groups_are "$output" bob host-deployer host-user
	run ! as carl sudo -n -u bob id -Gn
	rbacctl assign carl host-operator
	run -0 as carl sudo -n -u bob id -Gn
	rbacctl revoke carl host-operator
	run ! as carl sudo -n -u bob id -Gn
}

@test "su: the session has the groups of the target user, before and after a change" {
	run -0 as alice su bob -c 'id -Gn'
	groups_are "$output" bob host-deployer host-user
	rbacctl assign bob host-developer
	run -0 as alice su - bob -c 'id -Gn'
	groups_are "$output" bob host-deployer host-developer host-user
	rbacctl revoke bob host-developer
	run -0 as alice su bob -c 'id -Gn'
	groups_are "$output" bob host-deployer host-user
}

# The same cron, a minute later at most. Bob's job is refused now; mia's has more groups than
# before.
@test "cron: the next job has the groups and decisions of the changed roles" {
	# No job may begin between the two changes.
	case $(date +%S) in 5[5-9] | 0[0-2]) sleep 8 ;; esac
	rbacctl assign mia host-developer
	rbacctl revoke bob host-deployer
	rm -f /tmp/minute-*
	log_begin
	for _ in {1..8}; do if wait_for test -s /tmp/minute-mia; then break; fi; done
	groups_are "$(cat /tmp/minute-mia)" mia host-deployer host-developer host-user
	wait_for grep -qa 'denied user="bob" service="cron"' "$LOG"
	[ ! -e /tmp/minute-bob ]
}
