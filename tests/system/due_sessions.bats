#!/usr/bin/env bats
# A role for a time ends on time with the sessions that need it, whatever way a process was started,
# and the log tells the whole story. `systemd-run` needs systemd as the first process, and its units
# are out of reach; at and cron are played by a root process that takes on the person's groups.

load lib
load sshd

setup_file() {
	host_up
	cat >/etc/rbac/policy.d/prod.conf <<-'EOF2'
		version = 1;
		roles = {
		  prod-root = { kind = "host"; assign_by = [ "host-operator" ];
		                request_by = [ "host-developer" ]; approve_by = [ "host-operator" ];
		                approval = "required"; max_for = "8h"; end_sessions = true; };
		};
	EOF2
	rbacctl apply
	rbacctl assign bob host-developer
	rbacctl assign carl host-developer
	echo '%prod-root ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/prod
	chmod 440 /etc/sudoers.d/prod
	for user in bob carl; do new_key $user; done
	sshd_up
}

setup() { [ -e /run/sshd.pid ]; }

teardown_file() { pkill -KILL sleep; }

# hold TIME: bob has prod-root, by a request and another's approval; its number is in $id.
hold() {
	run -0 rbacctl request prod-root --for "$1" --reason OPS-12 --as bob
	id=${output#request }
	id=${id%%:*}
	SUDO_UID=$(id -u alice) rbacctl approve "$id"
	member bob prod-root
}

there() { pgrep -f "^sleep $1\$" >/dev/null; }
gone() { ! there "$1"; }

# A login that goes on with COMMAND, or leaves it behind.
stay() {   # stay USER COMMAND [ssh options]
	local user=$1 command=$2
	shift 2
	LOGIN_SECONDS=300 login "$user" "$command" "$@" </dev/null >/dev/null 2>&1 3>&- &
}

# As at and cron do: root takes on the groups of the person.
by_daemon() {   # by_daemon NAME COMMAND
	(
		id -u bob >/proc/self/loginuid || :
		exec -a "$1" setpriv --reuid bob --regid "$(id -g bob)" --init-groups \
			setsid sh -c "$2"
	) </dev/null >/dev/null 2>&1 3>&- &
}

@test "the end of a role ends the processes that need it, however started, and no others" {
	stay bob 'sleep 2001'   # before the role: it has nothing of it
	stay carl 'sleep 2002'
	wait_for there 2001
	wait_for there 2002
	hold 4h
	stay bob 'sleep 1001'
	stay bob 'script -qec "sleep 1002" /dev/null'
	stay bob 'nohup sleep 1003 >/dev/null 2>&1 &'
	stay bob 'tmux -L prod new-session -d "sleep 1004"'
	by_daemon cron 'sleep 1005'
	by_daemon atd 'sleep 1006 & sleep 1'
	stay bob 'sudo -n sleep 1007'
	stay bob 'sudo -n setsid sh -c "sleep 1008 >/dev/null 2>&1 &"; sleep 1009'
	for n in 1001 1002 1003 1004 1005 1006 1007 1008 1009; do wait_for there $n; done
	run -0 rbacctl due
	for n in 1001 1008; do there $n; done
	run -0 faketime '+4 hours' rbacctl sessions bob
	says '(sleep) still has a lost group'
	run -0 rbacctl sessions bob --json
	[ "$(jq -c '[.sessions[].carries[]]' <<<"$output")" = '[]' ]
	run -0 faketime '+4 hours' rbacctl due
	for n in 1001 1002 1003 1004 1005 1006 1007 1008 1009; do
		gone $n || { echo "sleep $n is left"; ps -ef --forest; return 1; }
	done
	there 2001
	there 2002
	run -0 rbacctl log --role prod-root
	says "request $id: bob ?prod-root at host:main"
	says "request $id approved (1 of 1): bob ?prod-root"
	says 'bob +prod-root at host:main'
	says 'tell bob: prod-root at host:main has ended'
	says 'ended of bob: sessions, prod-root at host:main: '
	[[ $output != *': no session needed it'* ]]
	run -0 faketime '+4 hours' rbacctl due
}

@test "a program of notify that hangs does not prolong a session" {
	rbacctl publish --trust-clock
	rbacctl revoke bob prod-root
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
	printf '#!/bin/sh\nsleep 271828\n' >/etc/rbac/hangs
	chmod 755 /etc/rbac/hangs
	hold 1h
	echo 'notify = { exec = "/etc/rbac/hangs"; };' >>/etc/rbac/rbac.conf
	rbacctl apply
	# Others are to be told before that, and what is told first hangs.
	rbacctl request prod-root --for 4h --reason OPS-13 --as carl
	stay bob 'sleep 1011'
	wait_for there 1011
	run faketime '+1 hours' rbacctl due
	says 'killed after 10 s'
	gone 1011
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	rbacctl publish --trust-clock
	rbacctl apply
}

@test "sessions lists a user's own sessions; root can list those of anybody" {
	serve_up
	run -0 rbacctl sessions carl
	says 'carl since'
	says 'sleep'
	run -0 rbacctl sessions carl --json
	says '"user": "carl"'
	run -0 as carl rbacctl sessions carl
	says 'carl since'
	fails_with 3 as carl rbacctl sessions bob
	fails_with 2 rbacctl sessions nosuch
	says 'getent passwd nosuch'
}
