#!/usr/bin/env bats
# A real sshd, logins by key: who has the role gets in, who has not is refused and told why.

load lib
load sshd

setup_file() {
	local user
	host_up
	rbacctl assign bob host-developer
	for user in alice bob carl dave mia eve; do new_key $user; done
	sshd_up
}

setup() { [ -e /run/sshd.pid ]; }

sshd_restart() {   # sshd_restart LINE: with this line in its configuration
	kill "$(cat /run/sshd.pid)"
	wait_for test ! -e /run/sshd.pid
	sed -i '/^AllowGroups/d' /etc/ssh/test_config
	echo "$1" >>/etc/ssh/test_config
	start_sshd
}

refused() { fails_with 255 login "$1"; }

pam_options() {   # pam_options WORDS: what stands after pam_rbac.so
	sed -i "s/pam_rbac.so.*/pam_rbac.so $*/" /etc/pam.d/sshd
}

@test "with a role: in, and id shows the role's groups" {
	run -0 login bob
	says host-developer
	says host-user
	run -0 login alice 'id -nG; sg host-operator "id -gn"'
	says host-operator
}

@test "without a role: refused, with the message that says why, and a line in the log" {
	rbacctl user add mia
	log_begin
	refused mia
	says 'rbac: mia may not use sshd on this host: no role here allows it'
	wait_for grep -qa 'denied user="mia"' "$LOG"
	logged 'denied user="mia" service="sshd" rhost="127.0.0.1" host="host:main" why="no rule'
	[ "$(grep -ac pam_rbac "$LOG")" = 1 ]
}

@test "after assign the next login works, after revoke it does not" {
	local _
	for _ in 1 2 3; do
		rbacctl assign mia host-developer
		run -0 login mia
		says host-developer
		rbacctl revoke mia host-developer
		refused mia
	done
}

@test "a session that is open keeps its groups, as rbacctl says; a new one has not got them" {
	rbacctl assign mia host-developer
	login mia 'sleep 4; id -nG' >/tmp/old-session &
	wait_for pgrep -u mia -x sleep
	run -0 rbacctl revoke mia host-developer
	says 'Open sessions keep'
	wait %1
	grep -q host-developer /tmp/old-session
	refused mia
}

@test "a role with an end: in, and then not" {
	local end
	end=$(in_seconds 8)
	rbacctl assign mia host-user --until "$end"
	run -0 login mia
	until_past "$end"
	refused mia
	says 'the role that allows it has ended'
	rbacctl revoke mia host-user
}

@test "suspended: refused; resumed: in" {
	rbacctl user suspend bob
	refused bob
	says suspended
	rbacctl user resume bob
	run -0 login bob
}

@test "exempt: in without a role" {
	run -0 login carl
	run -0 login eve
}

@test "refused outside the hours of the rule, and from a remote host that it does not name" {
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
	sed -i -e "s/^login = (/&{ services = [ \"sshd\" ]; HOURS keys = [ \"login.ssh\" ]; },/" \
		-e "s/HOURS/hours = [ \"$(another_hour)\" ];/" \
		-e 's/"sshd", "gate",/"gate",/' /etc/rbac/rbac.conf
	rbacctl apply
	refused bob
	says 'not at this hour'
	sed -i 's/hours = \[ "[^"]*" \]; keys/from = [ "192.0.2.0\/24" ]; keys/' /etc/rbac/rbac.conf
	rbacctl apply
	refused bob
	says 'not from there'
	sed -i 's/192.0.2.0\/24/127.0.0.0\/8/' /etc/rbac/rbac.conf
	rbacctl apply
	run -0 login bob
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	rbacctl apply
}

@test "an unknown user: refused; with unknown=ignore the other account modules decide" {
	refused dave
	pam_options unknown=ignore
	run -0 login dave
	pam_options unknown=deny
	refused dave
	pam_options
}

@test "no view: only users exempt by an option can log in; with onerr=ignore other modules decide" {
	mv "$VIEW" /var/lib/rbac/aside
	refused bob
	says "the roles can't be read now"
	refused carl
	pam_options exempt_user=carl exempt_group=breakglass
	run -0 login carl
	run -0 login eve
	refused bob
	pam_options onerr=ignore
	run -0 login bob
	[[ $output != *host-* ]]
	pam_options
	mv /var/lib/rbac/aside "$VIEW"
	run -0 login bob
	says host-developer
}

@test "a damaged view: nobody can log in until rbacctl publish replaces it" {
	cp "$VIEW" /tmp/whole
	head -c 5000 /tmp/whole >"$STATE/part" && mv "$STATE/part" "$VIEW"
	refused bob
	refused alice
	rbacctl publish
	run -0 login bob
}

@test "quiet: refused without a reason" {
	pam_options quiet
	refused mia
	[[ $output != *rbac:* ]]
	pam_options
}

@test "sshd's own AllowGroups takes a role's group" {
	sshd_restart 'AllowGroups host-developer'
	run -0 login bob
	refused alice
	rbacctl assign alice host-developer
	run -0 login alice
	rbacctl revoke alice host-developer
	refused alice
	sshd_restart 'AllowGroups *'
}

@test "a login while views are being published: never a wrong answer" {
	local _ publisher
	background bash -c 'while :; do
		rbacctl assign dave host-deployer; rbacctl revoke dave host-deployer; done'
	publisher=$!
	for _ in {1..15}; do
		run -0 login bob
		says host-developer
		refused mia
	done
	kill "$publisher"
	wait "$publisher" || true
	rbacctl revoke dave host-deployer || true
}
