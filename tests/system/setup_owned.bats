#!/usr/bin/env bats
# setup where another program writes the files: Debian's own pam-auth-update, and authselect of
# Fedora and RHEL, for which a stand-in acts here (tests/system/tools/authselect): Debian has none.
# And what setup makes and finds beside files: the break-glass group, files with the GID of a role.

load lib

setup_file() {
	add_people
	sed -i '/^breakglass:/d' /etc/group
	install -m 644 "$TOP/packaging/pam-configs/rbac" /usr/share/pam-configs/rbac
	DEBIAN_FRONTEND=noninteractive pam-auth-update --package --force >/dev/null 2>&1
	rm -f /etc/pam.d/*.pam-old
	printf 'auth sufficient pam_permit.so\n@include common-account\n' >/etc/pam.d/sshd
	cp /etc/pam.d/sshd /etc/pam.d/sudo
	cp /etc/pam.d/sshd /etc/pam.d/mail
	rbacctl init --policy unix --admin alice >/dev/null
	rbacctl assign bob host-developer
	group_line files rbac
	rm -rf /tmp/etc
	cp -a /etc /tmp/etc
	background catch_log /dev/log "$LOG"
	wait_for test -S /dev/log
}

as_before() { diff -r --no-dereference /tmp/etc /etc; }

@test "common-account of pam-auth-update: its profile is enabled, and disabled again" {
	run -0 rbacctl setup common-account --dry-run
	says '/etc/pam.d/common-account, by a command'
	says 'pam-auth-update --enable rbac'
	as_before
	run -0 rbacctl setup common-account --yes
	says 'sshd, alice (has a role): success before, success now'
	says '(has none): success before, perm_denied now'
	says 'sudo, alice (has a role): success before, success now'
	run -0 grep -m1 '^account' /etc/pam.d/common-account
	says 'pam_rbac.so unlisted=ignore'
	run -0 pamtester sshd bob acct_mgmt
	run ! pamtester sshd mia acct_mgmt
	run -0 pamtester mail mia acct_mgmt   # no login rule names it
	run -0 rbacctl setup common-account --yes
	says 'nothing to do'
	# pam-auth-update knows it: another run keeps it
	DEBIAN_FRONTEND=noninteractive pam-auth-update --package
	grep -q pam_rbac /etc/pam.d/common-account
	run -0 rbacctl setup --undo --dry-run
	says '/etc/pam.d/common-account: pam-auth-update --disable rbac'
	grep -q pam_rbac /etc/pam.d/common-account
	run -0 rbacctl setup --undo
	says '/etc/pam.d/common-account as before'
	as_before
	DEBIAN_FRONTEND=noninteractive pam-auth-update --package
	as_before
}

@test "--confirm of a profile: undone when nobody confirms" {
	run -0 rbacctl setup common-account --yes --confirm 4s
	grep -q pam_rbac /etc/pam.d/common-account
	wait_for test ! -e "$STATE/setup.confirm"
	as_before
	# an end that comes while the edits are made waits for them
	run rbacctl setup common-account --yes --confirm 1s
	# on a slow machine it comes before them
	[ "$status" = 0 ] || says 'the time of --confirm was over before the first edit was made'
	wait_for test ! -e "$STATE/setup.confirm"
	as_before
}

@test "lines of an administrator's in common-account: pam-auth-update refuses, nothing is changed" {
	sed -i '/^account.*pam_unix/i account required pam_time.so' /etc/pam.d/common-account
	cp /etc/pam.d/common-account /tmp/mine
	fails_with 4 rbacctl setup common-account --yes
	says 'Local modifications to /etc/pam.d/common-*'
	cmp /tmp/mine /etc/pam.d/common-account
	[ ! -e "$STATE/setup" ]
	cp -a /tmp/etc/pam.d/common-account /etc/pam.d/common-account
	# they came after setup: only our line goes
	rbacctl setup common-account --yes
	echo 'account required pam_time.so' >>/etc/pam.d/common-account
	sed -i '/pam_rbac/a account required pam_time.so' /etc/pam.d/common-account
	run -0 rbacctl setup --undo
	says 'only the words of rbac were taken out'
	run ! grep pam_rbac /etc/pam.d/common-account
	[ "$(grep -c pam_time /etc/pam.d/common-account)" = 2 ]
	run -0 pamtester sshd mia acct_mgmt
	cp -a /tmp/etc/pam.d/common-account /etc/pam.d/common-account
}

@test "common-account without the marks of pam-auth-update is edited by hand; no profile: refused" {
	printf 'account required pam_unix.so\n' >/etc/pam.d/common-account
	cp /etc/pam.d/common-account /tmp/plain
	run -0 rbacctl setup common-account --yes
	[ "$(head -1 /etc/pam.d/common-account)" = 'account required pam_rbac.so unlisted=ignore' ]
	run ! pamtester sshd mia acct_mgmt
	run -0 pamtester mail mia acct_mgmt
	run -0 rbacctl setup --undo
	cmp /tmp/plain /etc/pam.d/common-account
	cp -a /tmp/etc/pam.d/common-account /etc/pam.d/common-account
	mv /usr/share/pam-configs/rbac /tmp/profile
	fails_with 3 rbacctl setup common-account --yes
	says 'its profile of rbac is not installed'
	mv /tmp/profile /usr/share/pam-configs/rbac
	fails_with 3 rbacctl setup common-auth --yes
	as_before
}

@test "--break-glass: the group is made and exempt; undo removes both" {
	run -0 rbacctl setup --break-glass --dry-run
	says 'groupadd --system breakglass'
	says 'account required pam_rbac.so exempt_group=breakglass'
	run -0 rbacctl setup --break-glass --yes
	says 'breakglass has no member yet, and lets nobody in: usermod -aG breakglass USER'
	getent group breakglass
	usermod -aG breakglass mia
	run -0 pamtester sshd mia acct_mgmt
	run ! pamtester sshd carl acct_mgmt
	run -0 rbacctl setup --break-glass --yes
	says 'nothing to do'
	gpasswd -d mia breakglass
	run -0 rbacctl setup --undo
	says '/etc/group as before'
	run ! getent group breakglass
	diff -r --no-dereference -x '*-' /tmp/etc /etc
}

@test "--break-glass with the PAM line and members already there" {
	rbacctl setup --yes
	groupadd --system breakglass
	usermod -aG breakglass eve
	run -0 rbacctl setup --break-glass --yes
	[[ $output != *'no member'* ]]
	grep -qx 'account required pam_rbac.so exempt_group=breakglass' /etc/pam.d/sshd
	run -0 pamtester sshd eve acct_mgmt
	run -0 rbacctl setup --undo
	getent group breakglass   # setup did not make it
	groupdel breakglass
	printf 'account required pam_rbac.so quiet exempt_group=devs\n' >/etc/pam.d/sshd
	run -0 rbacctl setup --break-glass --yes
	grep -qx 'account required pam_rbac.so quiet exempt_group=breakglass,devs' /etc/pam.d/sshd
	run -0 rbacctl setup --undo
	fails_with 3 rbacctl setup common-account --break-glass --yes
	says 'exempt_group=breakglass on its line'
	cp -a /tmp/etc/pam.d/sshd /etc/pam.d/sshd
	diff -r --no-dereference -x '*-' /tmp/etc /etc
}

@test "a group that is somebody's primary one stays, and the rest is undone" {
	rbacctl setup --break-glass --yes
	add_user olga 1100 "$(gid_of breakglass)"
	run -0 rbacctl setup --undo
	says 'the group stays'
	getent group breakglass
	run ! grep -r pam_rbac /etc/pam.d
	sed -i '/^olga:/d' /etc/passwd /etc/shadow
	groupdel breakglass
}

@test "undo names files that keep the GID of a role, and says where it did not look" {
	local gid i
	gid=$(gid_of host-developer)
	rbacctl setup --yes
	mkdir -p '/opt/two words'
	touch '/opt/two words/x' /opt/own
	chgrp "$gid" '/opt/two words/x'
	ln -s /opt/own /opt/link
	run -0 rbacctl setup --undo
	says "'/opt/two words/x'  gid $gid"
	says '1 file keeps the GID of a role'
	[[ $output != */opt/own* ]]
	says 'searched: '
	rbacctl setup --yes
	for i in {1..25}; do touch "/opt/f$i"; chgrp "$gid" "/opt/f$i"; done
	run -0 rbacctl setup --undo
	says 'and 6 more'
	rm -r /opt/f* '/opt/two words' /opt/link /opt/own
	rbacctl setup --yes
	run -0 rbacctl setup --undo
	says 'no file with the GID of a role was found'
}

# ---- authselect ----

authselect_host() {   # the files as authselect lays them out, for the vendor's profile sssd
	local base=/usr/share/authselect/default/sssd f
	mkdir -p $base /etc/authselect/custom
	cp "$TOP/tests/system/tools/authselect" /usr/bin/authselect
	cat >$base/nsswitch.conf <<-'END'
		passwd:     files sss systemd   {exclude if "with-custom-passwd"}
		group:      files sss systemd   {exclude if "with-custom-group"}
		netgroup:   sss files           {exclude if "with-custom-netgroup"}
		sudoers:    files sss           {include if "with-sudo"}
	END
	for f in system-auth password-auth; do
		cat >$base/$f <<-'END'
			auth        required      pam_env.so
			auth        sufficient    pam_unix.so nullok
			account     required      pam_access.so    {include if "with-pamaccess"}
			account     required      pam_unix.so
			account     required      pam_permit.so
		END
	done
	rm /etc/nsswitch.conf
	authselect select sssd with-sudo --force
	printf 'auth include password-auth\naccount include password-auth\n' >/etc/pam.d/sshd
	printf 'account include system-auth\n' >/etc/pam.d/sudo
	rm -rf /tmp/authselect
	cp -a /etc /tmp/authselect
}

fedora_as_before() { diff -r --no-dereference /tmp/authselect /etc; }

@test "authselect, a vendor's profile: setup makes a custom one; undo removes it" {
	authselect_host
	run -0 rbacctl setup --dry-run
	says 'authselect create-profile rbac -b sssd'
	says 'authselect select custom/rbac with-sudo'
	fedora_as_before
	run -0 rbacctl setup --yes
	[ -L /etc/nsswitch.conf ]
	grep -qx 'group: *files sss systemd rbac' /etc/nsswitch.conf
	grep -q '^sudoers:' /etc/nsswitch.conf   # its features are kept
	[ "$(authselect current --raw)" = 'custom/rbac with-sudo' ]
	[ "$(head -2 /etc/pam.d/sshd | tail -1)" = 'account required pam_rbac.so' ]
	member bob host-developer
	run -0 rbacctl setup --yes
	says 'nothing to do'
	run -0 rbacctl setup --undo
	fedora_as_before
}

@test "authselect: pam_rbac in system-auth and password-auth, by one profile" {
	run -0 rbacctl setup system-auth password-auth --yes
	says '(has none): success before, perm_denied now'
	says 'sudo, alice (has a role): success before, success now'
	[ "$(grep -m1 '^account' /etc/pam.d/password-auth)" = \
		'account required pam_rbac.so unlisted=ignore' ]
	[ -L /etc/pam.d/system-auth ]
	run -0 rbacctl setup --undo
	fedora_as_before
}

@test "authselect, a profile of the host's own is edited, and is as before again" {
	authselect create-profile ours -b sssd
	authselect select custom/ours with-sudo
	rm -rf /tmp/authselect
	cp -a /etc /tmp/authselect
	run -0 rbacctl setup --yes
	grep -q 'group: *files sss systemd rbac' /etc/authselect/custom/ours/nsswitch.conf
	grep -qx 'group: *files sss systemd rbac' /etc/nsswitch.conf
	run -0 rbacctl setup --undo
	fedora_as_before
}

@test "authselect that does not answer, or a link to something else: refused, nothing changed" {
	printf '%s\n' '#!/bin/sh' 'echo "No existing configuration detected."' 'exit 2' \
		>/usr/bin/authselect
	fails_with 3 rbacctl setup --yes
	says 'No existing configuration detected'
	fedora_as_before
	ln -sf /etc/elsewhere /etc/nsswitch.conf
	cp /tmp/etc/nsswitch.conf /etc/elsewhere
	sed -i 's/ rbac//' /etc/elsewhere
	fails_with 3 rbacctl setup --yes
	says 'is a symbolic link to /etc/elsewhere'
	says 'files rbac'
	run ! grep -r pam_rbac /etc/pam.d
}
