#!/usr/bin/env bats
# Many people log in through a real sshd at once (RBAC_LOGINS: 60, in `make soak` 200), while roles
# are assigned and revoked. Each gets the right answer and the right groups, before a publish and
# after it; all who are let in are logged in at the same time.

load lib
load sshd

QUARTER=$((RBAC_LOGINS / 4))
LOGINS=$((QUARTER * 4))
export LOGIN_SECONDS=200   # the first of them waits for all the others

setup_file() {
	local n end
	host_up
	for ((n = 1; n <= LOGINS; n++)); do add_user "c$n" $((3000 + n)); done
	add_group crew 3000 "$(people_of 2 | paste -sd,)"
	rbacctl assign %crew host-deployer
	file_roles 1
	end=$(in_seconds 10)
	import_roles 3 host-developer "$end"
	ssh-keygen -q -t ed25519 -N '' -f /tmp/key-crowd
	for ((n = 1; n <= LOGINS; n++)); do ln -s key-crowd "/tmp/key-c$n"; done
	install -m 644 /tmp/key-crowd.pub /etc/ssh/crowd_keys
	sshd_up 'AuthorizedKeysFile /etc/ssh/crowd_keys' "MaxStartups $((LOGINS + 1))" \
		'LoginGraceTime 300'
	mkfifo -m 644 /tmp/gate
	until_past "$end"
}

# The quarters: 1 has a role, 2 has one by the Unix group crew, the role of 3 has ended, 4 is
# unknown.
people_of() {   # people_of QUARTER
	seq -f 'c%.0f' $((QUARTER * ($1 - 1) + 1)) $((QUARTER * $1))
}

import_roles() {   # import_roles QUARTER ROLE [UNTIL]: by a single change
	people_of "$1" | sed "s/\$/,$2,,,${3-}/" >/tmp/roles.csv
	rbacctl import --csv /tmp/roles.csv
}

file_roles() {   # file_roles QUARTER: from a file of /etc/rbac, also by a single change
	mkdir -p /etc/rbac/assignments.d
	{
		echo 'version = 1; assignments = ('
		people_of "$1" | sed 's/.*/{ user = "&"; role = "host-developer"; },/; $s/,$//'
		echo ');'
	} >/etc/rbac/assignments.d/crowd.conf
	rbacctl apply
}

# Each session says its groups and stays until the gate is opened.
one_login() {   # one_login USER
	local status=0
	login "$1" 'id -Gn; : </tmp/gate' >"/tmp/crowd/$1.out" 2>"/tmp/crowd/$1.err" || status=$?
	echo $status >"/tmp/crowd/$1.status"
}

# Has everybody said something of these kinds?
all_said() { [ "$(find /tmp/crowd -size +0 '(' "$@" ')' | wc -l)" -ge "$LOGINS" ]; }

until_all_said() {
	local _
	for _ in {1..20}; do
		if wait_for all_said "$@" >/dev/null; then return 0; fi
	done
	echo 'not everybody has an answer'
	return 1
}

crowd() {
	local n began=$SECONDS publisher
	rm -rf /tmp/crowd
	mkdir /tmp/crowd
	# shellcheck disable=SC2016 # it is that shell's n
	background bash -c 'n=0; while [ ! -e /tmp/crowd/stop ]; do
		rbacctl assign dave host-auditor && rbacctl revoke dave host-auditor || exit 1
		n=$((n + 2)); echo $n >/tmp/crowd/publishes; done'
	publisher=$!
	for ((n = 1; n <= LOGINS; n++)); do one_login "c$n" & done
	# A user who is in says groups; one who is out has a status.
	until_all_said -name '*.out' -o -name '*.status'
	pgrep -fc '^sshd: c[0-9]+@' >/tmp/crowd/sessions
	touch /tmp/crowd/stop
	wait "$publisher"
	exec {open}<>/tmp/gate
	until_all_said -name '*.status'
	exec {open}>&-
	printf '# %s logins, %s sessions at once, %s publishes, %s s\n' "$LOGINS" \
		"$(cat /tmp/crowd/sessions)" "$(cat /tmp/crowd/publishes)" $((SECONDS - began)) >&3
}

are_in() {   # are_in QUARTER GROUPS
	local n said
	people_of "$1" | while read -r n; do
		said="$(cat "/tmp/crowd/$n.status") $(cat "/tmp/crowd/$n.out")"
		[ "$said" = "0 ${2/USER/$n}" ] || {
			echo "$n"
			cat "/tmp/crowd/$n".*
			return 1
		}
	done
}

are_refused() {   # are_refused QUARTER REASON
	local n
	people_of "$1" | while read -r n; do
		[ "$(cat "/tmp/crowd/$n.status")" = 255 ] || {
			echo "$n"
			cat "/tmp/crowd/$n".*
			return 1
		}
		[ ! -s "/tmp/crowd/$n.out" ]
		grep -q "$2" "/tmp/crowd/$n.err"
	done
}

@test "users with a role, or in a group with one, are in with their groups; others are out" {
	crowd
	[ "$(cat /tmp/crowd/sessions)" = $((QUARTER * 2)) ]
	[ "$(cat /tmp/crowd/publishes)" -ge 2 ]
	are_in 1 'USER host-developer host-user'
	are_in 2 'USER crew host-deployer host-user'
	are_refused 3 'the role that allows it has ended'
	are_refused 4 'no role'
}

@test "after roles were assigned and revoked, by the same sshd, without a restart" {
	rbacctl revoke %crew host-deployer
	rm /etc/rbac/assignments.d/crowd.conf
	rbacctl apply
	import_roles 4 host-deployer
	crowd
	[ "$(cat /tmp/crowd/sessions)" = "$QUARTER" ]
	are_refused 1 'no role here allows it'
	are_refused 2 'no role'
	are_refused 3 'the role that allows it has ended'
	are_in 4 'USER host-deployer host-user'
}
