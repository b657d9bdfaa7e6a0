#!/usr/bin/env bats
# Sessions end under a real systemd with logind, in each way that a person can start a process: what
# is left is what rbacctl(8) names as out of reach, and nothing of anybody else is touched.

load lib
load sshd
load systemd

setup_file() {
	local user
	host_up || return 1
	sed -i 's/"cron" \]/"cron", "atd" ]/' /etc/rbac/rbac.conf
	cat >/etc/rbac/policy.d/prod.conf <<-'EOF2'
		version = 1;
		roles = {
		  short = { kind = "host"; assign_by = [ "host-operator" ]; end = "required";
		            includes = [ "host-deployer" ]; end_sessions = true; };
		};
	EOF2
	rbacctl apply >/dev/null
	for user in bob carl; do
		rbacctl assign $user host-developer
		new_key $user
	done
	for user in cron atd; do
		sed -i '1i account required pam_rbac.so' /etc/pam.d/$user
	done
	sed -i '/pam_systemd/i session optional pam_rbac.so end=exact' /etc/pam.d/common-session
	echo '%short ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/rbac
	chmod 440 /etc/sudoers.d/rbac
	at_spool
	systemd_up >/tmp/no-systemd || { systemd_down; return 0; }
	in_systemd systemctl start dbus.socket dbus.service systemd-logind.service 2>/dev/null ||
		echo "no logind here" >/tmp/no-systemd
	in_systemd mkdir -p /run/sshd
	[ -s /tmp/no-systemd ] || sshd_up
	in_systemd systemd-run --quiet --unit=cron-test cron -f
	in_systemd systemd-run --quiet --unit=atd-test atd -f
	mv /usr/bin/loginctl /usr/bin/loginctl.real
	printf '#!/bin/sh\necho "$@" >>/var/log/loginctl.log\nexec loginctl.real "$@"\n' \
		>/usr/bin/loginctl
	chmod 755 /usr/bin/loginctl
	systemd_save
}

teardown_file() { systemd_down; }

setup() {
	systemd_here
	wait_for test -s /var/log/sshd
}

start_sshd() {   # in the place of sshd.bash's: logind sees who logs in
	: >/var/log/sshd
	in_systemd systemd-run --quiet --unit=sshd-test /usr/sbin/sshd -D -E /var/log/sshd \
		-f /etc/ssh/test_config
	wait_for grep -q 'Server listening' /var/log/sshd
}

there() { pgrep -f "(^|/)sleep $1\$" >/dev/null; }
gone() { ! there "$1"; }

# A login that goes on with COMMAND, or leaves it behind.
stay() {   # stay USER COMMAND
	LOGIN_SECONDS=300 login "$1" "$2" </dev/null >/dev/null 2>&1 3>&- &
}

crontab_of() {   # crontab_of USER LINE
	echo "$2" >"/var/spool/cron/crontabs/$1"
	chown "$1" "/var/spool/cron/crontabs/$1"
	chmod 600 "/var/spool/cron/crontabs/$1"
}

# Each way, by the number that sleep has: a shell on a terminal, nohup, tmux, at, cron, sudo, a
# process of root's that was left behind, ssh without a terminal, systemd-run as the person.
every_way() {
	stay bob 'script -qec "sleep 1001" /dev/null'
	stay bob 'nohup sleep 1002 >/dev/null 2>&1 &'
	stay bob 'tmux -L prod new-session -d "sleep 1003"'
	stay bob 'cd / && echo "sleep 1004" | at now'
	crontab_of bob '@reboot sleep 1005'
	in_systemd systemctl stop cron-test
	in_systemd rm -f /run/crond.reboot
	in_systemd systemd-run --quiet --unit=cron-test cron -f
	stay bob 'sudo -n sleep 1006'
	stay bob 'sudo -n setsid sh -c "sleep 1007 >/dev/null 2>&1 &"'
	stay bob 'sleep 1008'
	stay bob 'sudo -n systemd-run --quiet --collect --uid=bob sleep 1009'
	for n in 1001 1002 1003 1004 1005 1006 1007 1008 1009; do
		wait_for there $n || { in_systemd ps -ef --forest; return 1; }
	done
}

session_of() {   # session_of USER: logind's names of the sessions that are open
	in_systemd loginctl.real list-sessions --no-legend |
		awk -v who="$1" '$3 == who { print $1 }'
}

# What is not touched: others, what has nothing of the role (as what the person's own systemd runs,
# which began before it), and what is out of reach.
bystanders() {
	stay carl 'sleep 2001'
	stay carl 'tmux -L mine new-session -d "sleep 2002"'
	stay bob 'sudo -n systemd-run --quiet --collect sleep 3001'
	run -0 login bob 'systemd-run --user --quiet --collect sleep 3002'
	for n in 2001 2002 2003 3001 3002; do wait_for there $n; done
}

none_is_left() {
	local n
	for n in 1001 1002 1003 1004 1005 1006 1007 1008 1009; do
		gone $n || { echo "sleep $n is left"; in_systemd ps -ef --forest; return 1; }
	done
	for n in 2001 2002 2003 3001 3002; do
		there $n || { echo "sleep $n is gone"; return 1; }
	done
}

# Nothing of the test before; nor the person's own systemd, which has the groups that it began with.
begin_anew() {
	pkill -f '(^|/)sleep [123]00.$' || true
	in_systemd systemctl stop "user@$(id -u bob).service"
	stay bob 'sleep 2003'   # before the role: it has nothing of it
	wait_for there 2003
	sleep 2   # when a process began is known to a second
}

@test "revoke --end-sessions ends every way to stay but a unit of root; no process of others" {
	local before
	begin_anew
	before=$(session_of bob)
	rbacctl assign bob short --for 1h
	every_way
	bystanders
	run -0 in_systemd rbacctl revoke bob short --list-sessions --dry-run
	[[ $(grep 'still has a lost group$' <<<"$output") == *'(sleep)'*'(sleep)'* ]]
	run -0 in_systemd rbacctl revoke bob short --list-sessions --dry-run --json
	[ "$(jq '[.effects[] | select(.effect == "process")] | length' <<<"$output")" -ge 7 ]
	run -0 in_systemd rbacctl revoke bob short --end-sessions
	says '  ended'
	none_is_left
	grep -q '^--no-ask-password terminate-session [0-9]' /var/log/loginctl.log
	wait_for test "$(session_of bob)" = "$before"
}

@test "end=exact: systemd ends the session at the second at which the role ends" {
	rbacctl assign bob short --for 6s
	local ends=$(($(date +%s) + 6))
	stay bob 'sleep 1001'
	wait_for there 1001
	wait_for gone 1001
	[ "$(date +%s)" -ge $((ends - 1)) ]
	[ "$(date +%s)" -le $((ends + 2)) ]
}

@test "the sandbox of rbac-due.service lets it end sessions and ask logind" {
	sed -i '/end=exact/d' /etc/pam.d/common-session
	: >/var/log/loginctl.log
	rbacctl assign bob short --for 5s
	local ends
	ends=$(in_seconds 5)
	stay bob 'sleep 1001'
	wait_for there 1001
	until_past "$ends"
	there 1001
	run -0 in_systemd systemctl start rbac-due.service
	wait_for gone 1001
	[ "$(in_systemd systemctl show -P Result rbac-due.service)" = success ]
	grep -q terminate-session /var/log/loginctl.log
}

@test "due ends the same sessions when the grant is over" {
	begin_anew
	rbacctl assign bob short --for 1h
	run -0 in_systemd rbacctl due
	every_way
	bystanders
	run -0 in_systemd rbacctl due
	there 1001
	run -0 in_systemd faketime '+1 hour' rbacctl due
	none_is_left
	run -0 rbacctl log --role short
	says 'ended of bob: sessions, short at host:main: '
}
