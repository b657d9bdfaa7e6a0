#!/usr/bin/env bats
# doctor looks at all there is of a kind, or says where it stopped.

load lib
load doctor

# skipped TEXT COMMANDS [LINES]: doctor says so of a host on which the commands were run.
skipped() {
	eval "$2"
	run rbacctl doctor --json
	python3 -c 'import json, sys
print("\n".join(json.load(sys.stdin)["skipped"]))' <<<"$output" >/tmp/skipped
	put_back
	[ "$(grep -cF "$1" /tmp/skipped)" = "${3-1}" ] || {
		echo "expected ${3-1} line with: $1"
		cat /tmp/skipped
		return 1
	}
}

# Another program of the name, as whoever calls it.
sleeper() {   # sleeper TEXT [COMMAND...]
	background "${@:2}" bash -c "exec -a '$1' sleep 1000"
	sleepers+=($!)
	wait_for grep -qF "$1" "/proc/$!/cmdline"
}

daemons() {   # daemons COUNT: sshd with as many configurations
	local i
	for ((i = 1; i <= $1; i++)); do
		printf 'Port %d\nUsePAM yes\n' $((2300 + i)) >"/etc/ssh/conf-$i"
		unit "x$i-ssh.service" "/usr/sbin/sshd -D -f /etc/ssh/conf-$i"
		enabled "x$i-ssh.service"
	done
}

match_blocks() {   # match_blocks COUNT
	local i
	for ((i = 1; i <= $1; i++)); do
		printf 'Match Address 10.0.%d.0/24\n PermitTTY yes\n' "$i"
	done >>/etc/ssh/sshd_config
}

drop_ins() {   # drop_ins COUNT: all but the last say nothing that counts
	local i
	mkdir /etc/systemd/system/ssh.service.d
	for ((i = 100; i < 100 + $1; i++)); do
		printf '[Service]\nNice=1\n' >"/etc/systemd/system/ssh.service.d/$i.conf"
	done
	printf '[Service]\nEnvironment="SSHD_OPTS=-o UsePAM=no"\n' \
		>/etc/systemd/system/ssh.service.d/z.conf
}

variables() {   # variables COUNT: of /etc/default/ssh, and the one that counts
	seq -f 'V%g=x' "$1" >/etc/default/ssh
	echo "SSHD_OPTS='-o UsePAM=no'" >>/etc/default/ssh
}

sudoers_files() {   # sudoers_files COUNT: and one with a fault
	local i
	for ((i = 1000; i < 1000 + $1; i++)); do
		echo '# nothing' >"/etc/sudoers.d/$i"
	done
	echo '%host-operatr ALL=(ALL) ALL' >/etc/sudoers.d/z
}

# A systemd that runs all units of rbac, but for the last.
units() {   # units COUNT
	local i
	mkdir -p /run/systemd/system
	for ((i = 1; i <= $1; i++)); do
		: >"/etc/systemd/system/rbac-own-$i.service"
	done
	cat >/tmp/fake.systemctl <<-'EOF'
		#!/bin/sh
		for u; do
			state=active
			[ "$u" != rbac-publish.path ] || state=failed
			case $u in *.*) printf 'Id=%s\nActiveState=%s\n\n' "$u" "$state";; esac
		done
	EOF
	chmod 755 /tmp/fake.systemctl
	mount --bind /tmp/fake.systemctl /usr/bin/systemctl
}

sources() {   # sources COUNT: of groups, the first of which ends the search
	# shellcheck disable=SC2046 # words
	group_line files $(seq -f 's%g' "$1") '[NOTFOUND=return]' rbac
}

@test "everything is looked at, however much there is of it" {
	broken <<-'EOT'
		sshd.no-pam | drop_ins 10
		sshd.no-pam | drop_ins 100
		sshd.no-pam | variables 10
		sshd.no-pam | variables 100
		sudo.group-misspelt | sudoers_files 10
		sudo.group-misspelt | sudoers_files 400
		system.unit-failed | units 5
		system.unit-failed | units 60
		nss.hidden | sources 10
		nss.hidden | sources 60
	EOT
}

@test "a starter that ignores SIGCHLD changes nothing" {
	rbacctl doctor >/tmp/plain || true
	(trap '' CHLD; exec rbacctl doctor) >/tmp/ignored || true
	diff /tmp/plain /tmp/ignored
	(trap '' CHLD; EDITOR=true exec rbacctl edit rbac.conf)
}

@test "doctor reports what it did not check because it stopped" {
	skipped 'sshd: Match blocks beyond the first 20' 'match_blocks 20' 0
	skipped 'sshd: Match blocks beyond the first 20, from /etc/ssh/sshd_config:42 on' \
		'match_blocks 21'
	skipped 'sshd: daemons beyond the first 8' 'daemons 8' 0
	skipped 'sshd: daemons beyond the first 8' 'daemons 9'
}

@test "a user's process is no sshd, whatever it calls itself" {
	sleepers=()
	printf 'UsePAM no\n' >/tmp/evil
	chmod 644 /tmp/evil
	sleeper '/usr/sbin/sshd -f /tmp/evil'
	run rbacctl doctor
	says 'does not ask PAM'
	[[ $output == *no-pam* ]] || says /tmp/evil
	kill "${sleepers[0]}"
	wait_for test ! -e "/proc/${sleepers[0]}"
	sleepers=()
	for i in {1..9}; do
		sleeper "/usr/sbin/sshd -f /tmp/evil -p 30$i" \
			setpriv --reuid bob --regid 1002 --init-groups
	done
	skipped 'sshd: daemons beyond' true 0
	run rbacctl doctor
	kill "${sleepers[@]}"
	[ -z "$output" ]
}
