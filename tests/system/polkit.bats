#!/usr/bin/env bats
# polkit as Debian sets it up: polkitd asks the C library for the groups of the caller, and lives on
# through assign and revoke; its helper, setuid root, asks PAM.

load lib
load polkit

ACTION=org.freedesktop.policykit.exec   # what pkexec asks for
HELPER=/usr/lib/polkit-1/polkit-agent-helper-1

setup_file() {
	host_up
	sed -i 's/^login = (/&{ services = [ "polkit-1" ]; roles = [ "host-auditor" ]; },/' \
		/etc/rbac/rbac.conf
	rbacctl apply
	echo mia:secret | chpasswd -c SHA256
	sed '/^#%PAM/a account required pam_rbac.so' /usr/lib/pam.d/polkit-1 >/etc/pam.d/polkit-1
	bus_up
	polkit_up
}

# The rule of unix.conf's heading, and administrators by a role.
polkit_up() {
	chmod 4755 "$HELPER" /usr/bin/pkexec
	mkdir -p /etc/polkit-1/rules.d
	cat >/etc/polkit-1/rules.d/40-rbac.rules <<-EOF
		polkit.addRule(function (action, subject) {
			if (action.id == "$ACTION" && subject.isInGroup("host-operator"))
				return polkit.Result.YES;
		});
		polkit.addAdminRule(function (action, subject) {
		    return [ "unix-group:host-deployer" ];
		});
	EOF
	polkitd_up
}

# May USER run programs as root, by polkitd's rules?
may_exec() {   # may_exec USER
	as "$1" bash -c "pkcheck --action-id $ACTION --process \$\$"
}

# USER runs pkexec on a terminal, which asks for a password. The agent is a process of its own, as
# on a desktop: the one within pkexec needs logind.
exec_by_password() {   # exec_by_password USER PASSWORD
	local asked
	rm -f /tmp/keys /tmp/ready
	mkfifo -m 666 /tmp/keys /tmp/ready
	cat >/tmp/ask <<-'EOF'
		pkttyagent --process $$ --notify-fd 3 3>/tmp/ready &
		cat /tmp/ready
		pkexec --disable-internal-agent id -un
		kill $!
	EOF
	exec {keys}<>/tmp/keys
	as "$1" timeout 30 script -qefc 'bash /tmp/ask' /dev/null \
		</tmp/keys >/tmp/said 2>&1 {keys}<&- &
	asked=$!
	wait_for grep -q Password: /tmp/said
	# The agent discards what is typed before it is ready to read, and does not say when it is.
	while kill -0 $asked 2>/dev/null; do
		echo "$2" >&$keys
		sleep 0.3
	done
	wait $asked || true
	exec {keys}>&-
	sed 's/\r//; s/\x1b\[[0-9;]*m//g' /tmp/said
}

@test "pkcheck, pkexec: a rule on a role's group applies only to holders of the role" {
	may_exec alice
	[ "$(as alice pkexec id -un)" = root ]
	fails_with 2 may_exec bob
	fails_with 2 may_exec eve
}

@test "polkitd sees an assign and a revoke without a restart" {
	local _
	for _ in {1..10}; do
		rbacctl assign bob host-operator
		may_exec bob
		rbacctl revoke bob host-operator
		fails_with 2 may_exec bob
	done
}

@test "polkit asks an administrator by a role's group for the password; its helper asks pam_rbac" {
	rbacctl assign mia host-deployer
	run -0 exec_by_password bob secret
	says 'as: mia'
	says 'AUTHENTICATION FAILED'
	logged 'denied user="mia" service="polkit-1"'
	rbacctl assign mia host-auditor
	run -0 exec_by_password bob secret
	says 'AUTHENTICATION COMPLETE'
	says $'\nroot'
	rbacctl revoke mia host-auditor
	run -0 exec_by_password bob secret
	says 'AUTHENTICATION FAILED'
	rbacctl revoke mia host-deployer
	run -0 exec_by_password bob secret
	says 'as: root'   # polkit's last resort: there is no administrator
}
