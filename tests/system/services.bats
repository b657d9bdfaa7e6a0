#!/usr/bin/env bats
# sudo, su, cron and passwd, each with the gate in its PAM file.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-auditor
	rbacctl assign dave host-developer
	gate_before_others sudo
	gate_before_others sudo-i
	gate_before_others su
	gate_before_others su-l
	gate_before_others cron
	cat >/etc/sudoers.d/rbac <<-EOF
		%host-operator ALL=(ALL:ALL) NOPASSWD: ALL
		%host-auditor ALL=(root) NOPASSWD: /usr/bin/id, /bin/bash
		dave ALL=(ALL:ALL) NOPASSWD: ALL
		alice ALL=(ALL:ALL) NOPASSWD: ALL
		carl ALL=(ALL:ALL) NOPASSWD: ALL
	EOF
	chmod 440 /etc/sudoers.d/rbac
	visudo -cq
	# A user who passes the account stage is let in without a password: this stage is tested.
	sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/su /etc/pam.d/su-l
}

gate_before_others() { sed -i '1i account required pam_rbac.so' "/etc/pam.d/$1"; }

@test "sudo: needs the role's group in sudoers and the key of the login rule" {
	run -0 as alice sudo -n id -u
	[ "$output" = 0 ]
	run -0 as bob sudo -n id -u
	[ "$output" = 0 ]
}

@test "sudo: sudoers alone is not enough" {
	run ! as dave sudo -n id -u
	says 'Permission denied'    # sudo asks PAM_SILENT: the reason is in the log alone
	run ! as mia sudo -n id -u
}

@test "sudo: pam_rbac lets exempt users in" {
	run -0 as carl sudo -n id -u
	[ "$output" = 0 ]
}

@test "sudo: a revoked role ends the right in sudoers and at pam_rbac" {
	rbacctl assign mia host-auditor
	run -0 as mia sudo -n id -u
	rbacctl revoke mia host-auditor
	run ! as mia sudo -n id -u
}

@test "sudo -i is the service sudo-i" {
	log_begin
	run -0 as alice sudo -n -i id -u
	wait_for grep -qa 'service="sudo-i"' "$LOG"
	run ! as dave sudo -n -i id -u
}

@test "sudo rbacctl: who acts is the person, not root" {
	run -0 as alice sudo -n rbacctl assign mia host-user
	says 'by alice'
	run -0 as alice sudo -n rbacctl revoke mia host-user
	sed -i 's|/usr/bin/id,|/usr/bin/id, /usr/bin/rbacctl,|' /etc/sudoers.d/rbac
	fails_with 3 as bob sudo -n rbacctl assign mia host-operator
	says 'rbacctl: refused'
	fails_with 3 as bob sudo -n rbacctl assign bob host-operator
	run ! member bob host-operator
}

# With these sudo asks PAM about the target. Who may not become root may not by that either.
@test "sudo: targetpw, rootpw and runaspw put the target before PAM; the invoker is judged" {
	local setting
	rbacctl user suspend bob
	for setting in targetpw rootpw runaspw; do
		printf '%s\n' "Defaults $setting" 'bob ALL=(ALL:ALL) NOPASSWD: ALL' \
			>/etc/sudoers.d/target
		log_begin
		run ! as bob sudo -n id -u
		wait_for grep -qa 'pam_rbac(sudo:account)' "$LOG"
		logged 'denied user="bob" service="sudo".*why="suspended"'
		run ! as bob sudo -n -i id -u
		run -0 as alice sudo -n id -u
		[ "$output" = 0 ]
		run ! as dave sudo -n id -u
		run ! as dave sudo -n -u carl id -u     # whom rbac.conf exempts
	done
	rm /etc/sudoers.d/target
	rbacctl user resume bob
	run -0 as bob sudo -n id -u
}

@test "sudo: root as the invoker is allowed; if sudo names no invoker, it is denied" {
	log_begin
	run -0 sudo -n -u mia id -u
	[ "$output" = 1005 ]
	wait_for grep -qa 'why="invoked by root"' "$LOG"
	printf 'Defaults !pam_ruser\n' >/etc/sudoers.d/ruser
	log_begin
	run ! as alice sudo -n id -u
	wait_for grep -qa 'pam_rbac(sudo:account)' "$LOG"
	logged 'denied .*PAM_RUSER'
	rm /etc/sudoers.d/ruser
}

@test "su: a denial is in the log though the pipe for its message is closed, and ends su" {
	for _ in {1..5}; do
		log_begin
		as dave bash -c '{ sleep 0.1; exec su alice; } 2>&1 >&- | true' </dev/null || true
		wait_for grep -qa 'denied user="dave" service="su"' "$LOG"
	done
}

no_su() { ! pgrep -x su; }

@test "su: a denial is logged though its message waits for a stopped terminal that hangs up" {
	local terminal
	log_begin
	background python3 "$TOP/tests/system/tools/stopped_terminal.py" \
		setpriv --reuid dave --regid "$(id -g dave)" --init-groups su alice
	terminal=$!
	wait_for grep -qa 'denied user="dave" service="su"' "$LOG"
	pgrep -x su          # it waits to say so
	kill "$terminal"
	wait_for no_su
	[ "$(grep -ac pam_rbac "$LOG")" = 1 ]
}

@test "su: the invoker is judged, not the target" {
	run -0 as alice su dave -c 'id -un'
	[ "$output" = dave ]
	run ! as dave su alice -c 'id -un'
	[[ $output != *alice$'\n'* && $output != alice ]]
	run -0 as alice su - dave -c 'id -un'
	[ "$output" = dave ]
	run ! as dave su - alice -c 'id -un'
}

@test "su to root: the target's uid 0 does not exempt" {
	run ! as dave su root -c 'id -u'
	run -0 as alice su root -c 'id -u'
	[ "$output" = 0 ]
}

@test "su: root may, with every target" {
	run -0 su mia -c 'id -un'
	[ "$output" = mia ]
}

@test "su: the line in the log names the invoker" {
	log_begin
	run ! as dave su mia -c true
	wait_for grep -qa 'pam_rbac(su:account)' "$LOG"
	logged 'denied user="dave" service="su"'
}

@test "cron runs only the crontabs of users whom a rule allows" {
	local user
	rbacctl assign mia host-deployer
	for user in mia dave; do
		printf '@reboot touch /tmp/cron-%s\n' $user >/var/spool/cron/crontabs/$user
		chown "$user" /var/spool/cron/crontabs/$user
		chmod 600 /var/spool/cron/crontabs/$user
	done
	log_begin
	background cron -f
	wait_for test -e /tmp/cron-mia
	wait_for grep -qa 'denied user="dave" service="cron"' "$LOG"
	kill $!
	[ "$(stat -c %U /tmp/cron-mia)" = mia ]
	[ ! -e /tmp/cron-dave ]
	rbacctl revoke mia host-deployer
}

@test "services without pam_rbac in their PAM file are not affected" {
	rbacctl user suspend dave
	run -0 passwd -S dave
	run -0 chage -l dave
	printf 'account required pam_permit.so\n' >/etc/pam.d/other-service
	fails_with 0 account other-service dave
	says PAM_SUCCESS
	rbacctl user resume dave
}
