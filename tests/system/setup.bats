#!/usr/bin/env bats
# setup: the edits of nsswitch.conf and of PAM files, made and undone, with the real libpam.

load lib

setup_file() {
	add_people
	sshd_as_it_comes
	quietly rbacctl init --policy unix --admin alice
	rbacctl assign bob host-developer
	printf '# as it came\npasswd: files\ngroup:\t\tfiles systemd  \nshadow: files\n' \
		>/etc/nsswitch.conf
	# The package's file is made when it is installed.
	mkdir -p /etc/ssh
	[ -e /etc/ssh/sshd_config ] || echo 'UsePAM yes' >/etc/ssh/sshd_config
	cp -a /etc /tmp/etc
	background catch_log /dev/log "$LOG"
	wait_for test -S /dev/log
}

PAM_SO=/usr/lib/$(uname -m)-linux-gnu/security/pam_rbac.so

as_before() { diff -r --no-dereference /tmp/etc /etc; }

account_lines() { grep -nE '^-?(account|@include common-account)' "$1" | head -1; }

@test "init ends with the command to type" {
	grep -q 'rbacctl setup$' /tmp/init.out
}

@test "without a terminal and without --yes nothing is changed; --dry-run shows the edits" {
	fails_with 3 rbacctl setup
	says '--yes'
	run -0 rbacctl setup --dry-run
	says '/etc/nsswitch.conf:3'
	says 'systemd rbac'
	says 'account required pam_rbac.so'
	as_before
	fails_with 3 as bob rbacctl setup --yes
}

@test "setup: users with a role can log in, others cannot; again: nothing to do; undo: as before" {
	run -0 rbacctl setup --yes
	says 'sshd, alice (has a role): success before, success now'
	says '(has none): success before, perm_denied now'
	says 'sshd, root (uid 0): success before, success now'
	[ "$(sed -n 3p /etc/nsswitch.conf)" = "$(printf 'group:\t\tfiles systemd rbac')" ]
	[[ $(account_lines /etc/pam.d/sshd) == *'account required pam_rbac.so' ]]
	member bob host-developer
	run -0 pamtester sshd bob acct_mgmt
	run ! pamtester sshd mia acct_mgmt
	run -0 rbacctl doctor
	[ -z "$output" ]
	run -0 rbacctl setup --yes
	says 'nothing to do'
	run -0 rbacctl setup sudo sudo-i --yes
	[[ $(account_lines /etc/pam.d/sudo) == *'account required pam_rbac.so' ]]
	run -0 rbacctl doctor
	[ -z "$output" ]
	run -0 rbacctl setup --undo
	says '/etc/pam.d/sshd as before'
	as_before
	[ ! -e "$STATE/setup" ]
	run -0 rbacctl setup --undo
	says 'nothing to undo'
}

no_edit_waits() { as_before && [ ! -e "$STATE/setup.confirm" ]; }

@test "--confirm: the files are as before when nobody confirms in time, without systemd" {
	run -0 rbacctl setup --yes --confirm 4s
	says 'unless another login confirms it: rbacctl confirm'
	grep -q pam_rbac /etc/pam.d/sshd
	run ! pamtester sshd mia acct_mgmt
	wait_for no_edit_waits
	[ ! -e "$STATE/setup" ]
	run -0 pamtester sshd mia acct_mgmt
	run -1 rbacctl confirm
	[ ! -e "$STATE/rbac-confirm-setup.wait" ]
}

@test "--confirm: a change that another login confirms stays" {
	rbacctl setup sudo --yes
	cp -a /etc/pam.d/sudo /tmp/sudo
	run -0 rbacctl setup --yes --confirm 10m
	run -0 rbacctl status
	says 'the edits of setup by root (uid 0) are undone at'
	run -1 rbacctl status --check
	# one thing waits at a time, and the same login does not confirm it
	run -3 rbacctl setup sudo-i --yes
	says 'rbacctl confirm, in another login'
	run -3 rbacctl assign dave host-user --confirm 10m
	says 'an edit by setup is pending confirmation'
	run -3 rbacctl confirm
	says 'log in again'
	run -0 setsid -w rbacctl confirm
	says 'the edits of setup by root (uid 0) are confirmed'
	wait_for eval '! pgrep -f "^rbacctl setup"'
	rbacctl setup --undo
	as_before
	rbacctl setup sudo --yes
	rbacctl setup --yes --confirm 10m
	# the host boots before the end
	echo 01234567-89ab-cdef-0123-456789abcdef >/tmp/boot_id
	mount --bind /tmp/boot_id /proc/sys/kernel/random/boot_id
	run -0 rbacctl publish
	umount /proc/sys/kernel/random/boot_id
	says 'were not confirmed in time, and are undone'
	says '/etc/pam.d/sshd as before'
	cmp /tmp/etc/pam.d/sshd /etc/pam.d/sshd
	cmp /tmp/sudo /etc/pam.d/sudo
	rbacctl setup --undo
	as_before
	# --undo ends it
	rbacctl setup --yes --confirm 10m
	rbacctl setup --undo
	no_edit_waits
	# neither does a change of the store wait beside it
	rbacctl assign dave host-user --confirm 10m
	run -3 rbacctl setup --yes --confirm 10m
	says 'is pending confirmation'
	run -0 setsid -w rbacctl confirm
	rbacctl revoke dave host-user
}

@test "--confirm: setup that is killed anywhere leaves what its end undoes" {
	local call k n=0
	# strace would wait for a process that waits: here it is a timer of systemd's.
	mkdir -p /run/systemd/system
	printf '#!/bin/sh\nexit 0\n' >/tmp/stub
	install -m 755 /tmp/stub /usr/bin/systemd-run
	install -m 755 /tmp/stub /usr/bin/systemctl
	for call in rename unlink fsync; do
		for ((k = 1; k < 40; k++)); do
			killed_at "$call" $k rbacctl setup --yes --confirm 7d >/tmp/said 2>&1 &&
				break
			n=$((n + 1))
			mount --bind /tmp/boot_id /proc/sys/kernel/random/boot_id
			rbacctl publish >/dev/null 2>&1
			umount /proc/sys/kernel/random/boot_id
			find /etc -name '*.rbac-new' -delete
			as_before
			[ ! -e "$STATE/setup.confirm" ]
		done
		rbacctl setup --undo
	done
	echo "killed $n times"
	[ $n -ge 8 ]
	as_before
	rm -r /run/systemd
}

@test "undo keeps later changes of a file, and removes only the words of rbac" {
	rbacctl setup --yes
	echo '# mine' >>/etc/pam.d/sshd
	sed -i 's/^shadow: files/& # mine/; s/systemd rbac/systemd rbac sss/' /etc/nsswitch.conf
	run -0 rbacctl setup --undo
	says 'was changed since'
	run ! grep -r rbac /etc/pam.d /etc/nsswitch.conf
	[ "$(tail -1 /etc/pam.d/sshd)" = '# mine' ]
	[ "$(sed -n 3p /etc/nsswitch.conf)" = "$(printf 'group:\t\tfiles systemd sss')" ]
	cp -a /tmp/etc/pam.d/sshd /etc/pam.d/sshd
	cp -a /tmp/etc/nsswitch.conf /etc/nsswitch.conf
}

@test "files of other shapes: a service of a package, an initgroups line, no group line" {
	mv /etc/pam.d/sshd /usr/lib/pam.d/sshd
	printf 'passwd: files\ninitgroups: files sss' >/etc/nsswitch.conf
	cp /etc/nsswitch.conf /tmp/nsswitch
	run -0 rbacctl setup --yes
	[ -e /etc/pam.d/sshd ]
	cmp /tmp/etc/pam.d/sshd /usr/lib/pam.d/sshd
	member bob host-developer
	[ "$(getent group host-developer | cut -d: -f1)" = host-developer ]
	run -0 rbacctl doctor
	[ -z "$output" ]
	run -0 rbacctl setup --undo
	[ ! -e /etc/pam.d/sshd ]
	cmp /tmp/nsswitch /etc/nsswitch.conf
	mv /usr/lib/pam.d/sshd /etc/pam.d/sshd
	cp -a /tmp/etc/nsswitch.conf /etc/nsswitch.conf
	as_before
}

@test "a last line without a newline, which the C library does not read, is ended, and undone" {
	printf '# as it came\npasswd: files\nshadow: files\ngroup: files rbac' >/etc/nsswitch.conf
	run ! getent group host-developer
	rm -rf /tmp/etc
	cp -a /etc /tmp/etc
	run -0 rbacctl setup --yes
	says '/etc/nsswitch.conf:4'
	[ "$(getent group host-developer | cut -d: -f1)" = host-developer ]
	[ "$(tail -c 6 /etc/nsswitch.conf)" = ' rbac' ]
	run -0 rbacctl doctor
	[ -z "$output" ]
	run -0 rbacctl setup --undo
	as_before
	printf 'passwd: files\ngroup: files rbac\ninitgroups: files [SUCCESS=continue] rbac' \
		>/etc/nsswitch.conf
	cp /etc/nsswitch.conf /tmp/etc/nsswitch.conf
	run -0 rbacctl setup --yes
	member bob host-developer
	run -0 rbacctl setup --undo
	as_before
	printf '# as it came\npasswd: files\ngroup:\t\tfiles systemd  \nshadow: files\n' \
		>/etc/nsswitch.conf
	rm -rf /tmp/etc
	cp -a /etc /tmp/etc
}

again() {   # again COMMAND...: the host as it came, but for what the command makes of it
	cp -a /tmp/etc/nsswitch.conf /etc/nsswitch.conf
	"$@"
	rm -rf /tmp/odd
	cp -a /etc /tmp/odd
}

as_odd() { diff -r --no-dereference /tmp/odd /etc; }

# works_and_back LINE: the group line becomes LINE, groups work, and undo puts all back.
works_and_back() {
	run -0 rbacctl setup --yes
	[ "$(sed -n 2p /etc/nsswitch.conf)" = "$1" ] || { cat /etc/nsswitch.conf; return 1; }
	member bob host-developer
	run -0 rbacctl setup --yes
	says 'nothing to do'
	run -0 rbacctl setup --undo
	as_odd
}

lines() { printf '%b\n' "passwd: files" "$@" >/etc/nsswitch.conf; }

@test "nsswitch.conf with a comment behind the sources, blanks, CRLF, or none at all" {
	again lines 'group: files # of this host'
	works_and_back 'group: files rbac # of this host'
	again lines 'group: files systemd#tight'
	works_and_back 'group: files systemd rbac #tight'
	again lines ' \tgroup :\tfiles'
	works_and_back "$(printf ' \tgroup :\tfiles rbac')"
	again lines 'group: files [SUCCESS=merge] sss'
	works_and_back 'group: files [SUCCESS=merge] sss rbac'
	again lines 'group: files\r'
	works_and_back 'group: files rbac'
	again rm /etc/nsswitch.conf
	run -0 rbacctl setup --yes
	[ "$(cat /etc/nsswitch.conf)" = 'group: files rbac' ]
	[ "$(stat -c %a:%u:%g /etc/nsswitch.conf)" = 644:0:0 ]
	member bob host-developer
	run -0 rbacctl setup --undo
	as_odd
	# changed since: the word goes from each of them
	for line in ' \tgroup :\tfiles rbac' 'group: files rbac\r' 'group: files rbac # x'; do
		again lines 'group: files'
		rbacctl setup --yes
		lines "$line"
		rbacctl setup --undo
		run ! grep rbac /etc/nsswitch.conf
	done
	again :
	as_before
}

@test "if an edit fails, setup undoes those before it: a PAM folder that cannot be written" {
	mount --bind /etc/pam.d /etc/pam.d
	mount -o remount,bind,ro /etc/pam.d
	fails_with 4 rbacctl setup --yes
	says 'Read-only file system'
	as_before
	[ ! -e "$STATE/setup" ]
	umount /etc/pam.d
	run -0 rbacctl setup --yes
	run -0 rbacctl setup --undo
	as_before
}

field() { python3 -c 'import json, sys; print(eval("json.load(sys.stdin)" + sys.argv[1]))' "$1"; }

@test "--json: the edits, what libpam says, and what undo puts back" {
	run -3 rbacctl setup --json
	says '{"error":'
	as_before
	run -0 rbacctl setup --dry-run --json
	[ "$(field '["made"]' <<<"$output")" = False ]
	[ "$(field '["edits"][1]["file"]' <<<"$output")" = /etc/pam.d/sshd ]
	as_before
	run -0 rbacctl setup --yes --json
	[ "$(field '["made"]' <<<"$output")" = True ]
	[ "$(field '["edits"][0]["line"]' <<<"$output")" = 3 ]
	[ "$(field '["asked"][1]["now"]' <<<"$output")" = perm_denied ]
	[ "$(field '["undone_at"]' <<<"$output")" = None ]
	run -0 rbacctl setup --yes --json
	[ "$(field '["made"]' <<<"$output")" = False ]
	[ "$(field '["edits"]' <<<"$output")" = '[]' ]
	run -0 rbacctl setup --undo --dry-run --json
	[ "$(field '["undone"][0]' <<<"$output")" = '/etc/pam.d/sshd: as it was before setup' ]
	run -0 rbacctl setup --undo --json
	[ "$(field '["undone"][1]' <<<"$output")" = '/etc/nsswitch.conf as before' ]
	as_before
}

@test "setup says where the program does not ask PAM" {
	printf 'UsePAM no\n' >/etc/ssh/sshd_config
	run -0 rbacctl setup --yes
	says 'sshd does not ask PAM, so pam_rbac has no effect there yet'
	says 'UsePAM no (/etc/ssh/sshd_config:1)'
	rbacctl setup --undo
	cp -a /tmp/etc/ssh/sshd_config /etc/ssh/sshd_config
	as_before
}

@test "refused: a service without a rule or a file, common-account, nobody who administers" {
	fails_with 3 rbacctl setup vsftpd --yes
	says 'no login rule names vsftpd'
	fails_with 3 rbacctl setup sshd nothing --yes
	sed -i 's/"sshd"/"sshd", "common-account", "nofile"/' /etc/rbac/rbac.conf
	rbacctl apply
	fails_with 3 rbacctl setup common-account --yes
	says 'pam-auth-update'
	fails_with 3 rbacctl setup nofile --yes
	says 'there is no PAM service nofile'
	cp -a /tmp/etc/rbac/rbac.conf /etc/rbac/rbac.conf
	rbacctl apply
	rbacctl user suspend alice --force
	fails_with 3 rbacctl setup --yes
	says 'nobody who administers would get in'
	rbacctl user resume alice
	as_before
}

@test "setup undoes an edit that would lock people out, and only that" {
	rbacctl setup sudo sudo-i --yes
	cp -a /etc/nsswitch.conf /tmp/nsswitch
	# Without the module libpam denies everybody.
	mv "$PAM_SO" /tmp/pam_rbac.so
	fails_with 3 rbacctl setup sshd --yes
	says 'the edits are reverted'
	mv /tmp/pam_rbac.so "$PAM_SO"
	cmp /tmp/etc/pam.d/sshd /etc/pam.d/sshd
	cmp /tmp/nsswitch /etc/nsswitch.conf
	grep -q pam_rbac /etc/pam.d/sudo
	rbacctl setup --undo
	as_before
}

@test "a group line without a source gets files too" {
	again lines 'group:'
	works_and_back 'group: files rbac'
	again lines 'group: files' 'initgroups:'
	run -0 rbacctl setup --yes
	run -0 sed -n 3p /etc/nsswitch.conf
	says 'initgroups: files [SUCCESS=continue] rbac'
	run -0 rbacctl setup --undo
	as_odd
	again :
	as_before
}

@test "a service without account lines keeps those of other; a file with a NUL byte is refused" {
	printf 'auth required pam_permit.so' >/etc/pam.d/sshd
	sed -i 's/^\(bob:.*\):::$/\1::11323:/' /etc/shadow
	again :
	run -0 rbacctl setup --yes
	[ "$(tail -n 2 /etc/pam.d/sshd)" = "account required pam_rbac.so
account include other" ]
	run ! pamtester sshd bob acct_mgmt
	says 'account has expired'
	run ! pamtester sshd mia acct_mgmt
	run -0 pamtester sshd alice acct_mgmt
	run -0 rbacctl setup --undo
	as_odd
	cp -a /tmp/etc/shadow /etc/shadow
	printf '# a\0b\nauth required pam_permit.so\naccount required pam_permit.so\n' \
		>/etc/pam.d/sshd
	again :
	fails_with 3 rbacctl setup --yes
	says '/etc/pam.d/sshd has a NUL byte'
	as_odd
	cp -a /tmp/etc/pam.d/sshd /etc/pam.d/sshd
	again lines '# \0' 'group: files'
	fails_with 3 rbacctl setup --yes
	as_odd
	again :
	run -0 rbacctl setup --yes
	cp /etc/nsswitch.conf /tmp/ours
	printf '# \0\n' >>/etc/nsswitch.conf
	fails_with 3 rbacctl setup --undo
	says '/etc/nsswitch.conf has a NUL byte'
	cp /tmp/ours /etc/nsswitch.conf
	run -0 rbacctl setup --undo
	as_before
}

list() {   # list FILE: its access control list, in hexadecimal
	python3 -c 'import os, sys
print(os.getxattr(sys.argv[1], "system.posix_acl_access").hex())' "$1"
}

@test "an access control list and a symbolic link stay" {
	python3 -c 'import os, struct
acl = struct.pack("<I", 2)
for tag, perm, who in ((1, 6, -1), (2, 4, 1002), (4, 4, -1), (16, 4, -1), (32, 4, -1)):
    acl += struct.pack("<HHi", tag, perm, who)
os.setxattr("/etc/pam.d/sshd", "system.posix_acl_access", acl)'
	local before
	before=$(list /etc/pam.d/sshd)
	rbacctl setup --yes
	[ "$(list /etc/pam.d/sshd)" = "$before" ]
	mkdir /etc/kept
	mv /etc/nsswitch.conf /etc/kept
	ln -s kept/nsswitch.conf /etc/nsswitch.conf
	run -0 rbacctl setup --undo
	[ "$(list /etc/pam.d/sshd)" = "$before" ]
	[ "$(readlink /etc/nsswitch.conf)" = kept/nsswitch.conf ]
	mv /etc/kept/nsswitch.conf /etc/nsswitch.conf
	rmdir /etc/kept
	as_before
}
