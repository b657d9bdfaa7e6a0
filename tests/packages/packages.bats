#!/usr/bin/env bats
# The Debian packages on a disposable host: installed, asked by sshd, upgraded, removed, purged.
# PACKAGES: where tests/packages/run.sh has built them.

load ../system/lib
load ../system/sshd
load packages

teardown() { :; }   # no store outlives every test here

install_all() {
	dpkg -i "$(deb rbac)" "$(deb libnss-rbac)" "$(deb libpam-rbac)" >/tmp/dpkg.out 2>&1
}

# etc_now: a line for each file in /etc: mode, owner, name, sum; without what every dpkg run writes.
etc_now() {
	find /etc -mindepth 1 ! -name ld.so.cache ! -name '*.lock' ! -name '.pwd.lock' \
		-printf '%M %u:%g %p %l\n' | sort -k3
	find /etc -type f ! -name ld.so.cache ! -name '*.lock' -exec sha256sum {} + | sort -k2
}

# What has our name, on this host; others' files have it as well.
named() {
	find /etc /usr /lib /opt /var/lib -name '*rbac*' ! -path '/usr/local/*' \
		! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' | sort
}

gate_sshd() {
	sed -i '0,/^account\|^@include common-account/s//account required pam_rbac.so\n&/' \
		/etc/pam.d/sshd
}
ungate_sshd() { sed -i '/pam_rbac/d' /etc/pam.d/sshd; }

setup_file() {
	# What an earlier run of pam-auth-update would have done.
	DEBIAN_FRONTEND=noninteractive pam-auth-update --package --force >/dev/null 2>&1
	# What semodule writes with the policy as it is: /etc is compared with that.
	[ ! -d /etc/selinux/default ] || semodule -n -s default -B
	add_people
	etc_now >/tmp/etc.before
	named >/tmp/named.before
}

@test "installed: nothing in /etc changes but the group line, our abstraction and our folder" {
	cp /etc/nsswitch.conf /tmp/nsswitch.before
	install_all || { cat /tmp/dpkg.out; return 1; }
	run -1 diff /tmp/nsswitch.before /etc/nsswitch.conf
	[ "${lines[1]}" = "< group: files" ]
	[ "${lines[3]}" = "> group: files rbac" ]
	etc_now | diff /tmp/etc.before - | grep '^[<>]' |
		grep -v nsswitch.conf >/tmp/changed || true
	run ! grep -vE ' /etc/rbac |/etc/apparmor.d' /tmp/changed
}

@test "the version of the package and of rbacctl are one" {
	run -0 rbacctl --version
	[ "$output" = "rbacctl $(dpkg-query -W -f '${Version}' rbac)" ]
}

@test "the profile of pam-auth-update is known and off" {
	[ -e /usr/share/pam-configs/rbac ]
	run ! grep -r pam_rbac /etc/pam.d
}

@test "autopkgtest: over SSH a user with a role can log in, a user without one cannot" {
	cp /etc/pam.d/sshd /tmp/sshd.pam
	run -0 sh "$TOP/packaging/debian/tests/ssh-by-role"
	cp /tmp/sshd.pam /etc/pam.d/sshd
}

@test "SELinux: the view has a type that local_login_t, crond_t and dbus may read and map" {
	local contexts=/etc/selinux/default/contexts/files/file_contexts
	local policy domain permission
	command -v semodule >/dev/null || skip "no SELinux tools here"
	[ -e "$contexts" ] || skip "no SELinux policy here"
	policy=$(find /etc/selinux/default/policy -name 'policy.*')
	run -0 sesearch -A -s local_login_t -t sssd_public_t -c file -p map "$policy"
	[ -z "$output" ]   # not without our rule
	run -0 semodule -n -s default -i /usr/share/selinux/packages/rbac.cil
	type_of() { matchpathcon -n -f "$contexts" -m "$1" "$2" | cut -d : -f 3; }
	[ "$(type_of file /var/lib/rbac/view/view.mdb)" = sssd_public_t ]
	[ "$(type_of dir /var/lib/rbac/view)" = sssd_public_t ]
	[ "$(type_of file /var/lib/rbac/store/data.mdb)" = var_lib_t ]
	policy=$(find /etc/selinux/default/policy -name 'policy.*')
	allowed() { sesearch -A -s "$domain" -t sssd_public_t -c "$1" -p "$2" "$policy"; }
	# Each permission by itself: sesearch finds a rule that has any of several.
	for domain in local_login_t crond_t system_dbusd_t sshd_t sudodomain user_t; do
		for permission in getattr open read map; do
			run -0 allowed file $permission
			[[ $output == *sssd_public_t:file* ]] ||
				{ echo "$domain may not $permission: $output"; return 1; }
		done
		run -0 allowed dir search
		[[ $output == *sssd_public_t:dir* ]] || { echo "$domain: $output"; return 1; }
	done
	run -0 sesearch -A -s crond_t -t var_lib_t -c file -p map "$policy"
	[ -z "$output" ]
	run -0 semodule -n -s default -r rbac   # /etc is compared below
}

@test "remove --autoremove rbac is refused while PAM names the module, and logins go on" {
	gate_sshd
	apt-mark auto libpam-rbac libnss-rbac >/dev/null
	run ! apt-get -y remove --autoremove rbac
	[[ $output == *"/etc/pam.d/sshd:"*"account required pam_rbac.so"* ]]
	[ "$(dpkg-query -W -f '${db:Status-Status}' libpam-rbac)" = installed ]
	[ -e "$(find /usr/lib -name pam_rbac.so)" ]
	install_all
	run -0 rbacctl explain rbac-holder --service sshd
	run -1 rbacctl explain rbac-other --service sshd
}

@test "a line in a comment does not count, one in an included file does" {
	ungate_sshd
	echo '# account required pam_rbac.so' >>/etc/pam.d/sshd
	run -0 sh /var/lib/dpkg/info/libpam-rbac*.prerm remove
	echo 'account  [default=die success=ok] pam_rbac.so quiet' >/etc/pam.d/common-rbac
	run -1 sh /var/lib/dpkg/info/libpam-rbac*.prerm remove
	[[ $output == */etc/pam.d/common-rbac:1:* ]]
	rm /etc/pam.d/common-rbac
	sed -i '/pam_rbac/d' /etc/pam.d/sshd
}

@test "an upgrade works while sshd asks pam_rbac" {
	gate_sshd
	newer libpam-rbac
	newer rbac
	run -0 dpkg -i /tmp/libpam-rbac_99.0_amd64.deb /tmp/rbac_99.0_amd64.deb
	grep -q pam_rbac /etc/pam.d/sshd
	run -0 dpkg --force-downgrade -i "$(deb libpam-rbac)" "$(deb rbac)"
}

@test "the copy of another architecture may go while PAM names the module" {
	local i386
	i386=$(echo "$PACKAGES"/cross/out/libpam-rbac_*_i386.deb)
	[ -e "$i386" ] || skip "no package for i386 was built"
	dpkg --add-architecture i386
	run -0 dpkg --force-depends -i "$i386"
	run -0 dpkg --force-depends -r libpam-rbac:i386
	[ "$(dpkg-query -W -f '${db:Status-Status}' libpam-rbac:amd64)" = installed ]
	run ! dpkg -r libpam-rbac:amd64
	dpkg --purge libpam-rbac:i386
	dpkg --remove-architecture i386
}

@test "purge of rbac is refused while PAM names the module, and the view stays" {
	run ! dpkg --purge rbac
	[[ $output == *"/etc/pam.d/sshd:"* ]]
	[ -e "$VIEW" ]
	install_all
	ungate_sshd
}

@test "the profile enabled is first in the account stage; disabled again the module may go" {
	run -0 env DEBIAN_FRONTEND=noninteractive pam-auth-update --enable rbac
	run -0 grep -m1 '^account' /etc/pam.d/common-account
	[[ $output == *pam_rbac.so* ]]
	run ! dpkg -r libpam-rbac
	run -0 env DEBIAN_FRONTEND=noninteractive pam-auth-update --disable rbac
	run ! grep -r pam_rbac /etc/pam.d
	run -0 dpkg -r libpam-rbac
	run -0 dpkg -i "$(deb libpam-rbac)"
}

@test "an administrator's [SUCCESS=merge] line survives an upgrade; removal removes only our word" {
	sed -i 's/^group:.*/group: files [SUCCESS=merge] rbac/' /etc/nsswitch.conf
	newer libnss-rbac
	run -0 dpkg -i /tmp/libnss-rbac_99.0_amd64.deb
	grep -qx 'group: files \[SUCCESS=merge\] rbac' /etc/nsswitch.conf
	run -0 dpkg -r libnss-rbac
	run ! grep -w rbac /etc/nsswitch.conf
	getent group root
	cp /tmp/nsswitch.before /etc/nsswitch.conf
	run -0 dpkg -i "$(deb libnss-rbac)"
	grep -qx 'group: files rbac' /etc/nsswitch.conf
}

@test "removed and installed again: the roles are there; purged: they are gone" {
	run -0 dpkg -r rbac
	[ -e "$STATE/store/data.mdb" ]
	run -0 dpkg -i "$(deb rbac)"
	run -0 rbacctl user show rbac-holder
	run -0 dpkg --purge rbac
	[ ! -e "$STATE/store" ]
	[ ! -e "$STATE/view" ]
	run -0 dpkg -i "$(deb rbac)"
	fails_with 4 rbacctl user show rbac-holder
	run ! id -nG rbac-holder '|' grep host-operator
}

@test "everything purged: /etc is byte for byte what it was" {
	run -0 dpkg --purge rbac libnss-rbac libpam-rbac
	userdel -r rbac-holder 2>/dev/null || true
	userdel -r rbac-other 2>/dev/null || true
	# useradd and userdel leave backups and numbers of subordinate ids.
	etc_now | diff /tmp/etc.before - | grep '^[<>]' |
		grep -vE '/etc/(passwd|group|g?shadow|subuid|subgid)-?( |$)' >/tmp/left || true
	[ ! -s /tmp/left ] || { cat /tmp/left; return 1; }
	named | diff /tmp/named.before - >/tmp/left || { cat /tmp/left; return 1; }
}
