#!/usr/bin/env bats
# A person is what passwd says, not what was typed. Here a passwd source answers BOB and bob@realm
# with bob, and a second line of passwd has bob's uid.

load lib
load sshd

setup_file() {
	host_up
	install -m 0644 "$(command -v nss_names)" \
		"$(dirname "$(find /usr/lib -name libnss_rbac.so.2)")/libnss_names.so.2"
	sed -i 's/^passwd:.*/passwd: files names/' /etc/nsswitch.conf
	[ "$(id -un bob@realm)" = bob ]
	sed -i 's/^devs:.*/&,bob/' /etc/group
	pam_file gate-unknown 'account required pam_rbac.so unknown=ignore' \
		'account required pam_permit.so'
	for service in su su-l sudo sudo-i; do gate $service; done
	rbacctl assign bob host-developer
	new_key bob
	sshd_up
	# pam_unix wants a line of shadow for the typed name; a directory's module does not.
	sed -i 's/^@include common-account/account required pam_permit.so/' /etc/pam.d/sshd
}

result() { account "$@" 2>/dev/null; }

@test "any way of writing the name is the person: roles count, and the log has both names" {
	local name
	for name in bob BOB bob@realm Bob@realm; do
		[ "$(result gate "$name")" = 'PAM_SUCCESS 1' ]
	done
	run -0 decision account gate BOB
	says 'allowed user="bob" typed="BOB" service="gate"'
	run -0 decision account gate bob
	[[ $output != *typed=* ]]
}

@test "suspended however the name is written: rule for anyone, a group's role, unknown=ignore" {
	local name
	rbacctl assign %devs host-user
	rbacctl user suspend bob
	for name in bob BOB bob@realm Bob@realm; do
		[ "$(result gate-anyone "$name")" = 'PAM_PERM_DENIED 1' ]
		[ "$(result gate "$name")" = 'PAM_PERM_DENIED 1' ]
		[ "$(result gate-groups "$name")" = 'PAM_PERM_DENIED 1' ]
		[ "$(result gate-unknown "$name")" = 'PAM_PERM_DENIED 1' ]
	done
	run -0 decision account gate-anyone bob@realm
	says 'denied user="bob" typed="bob@realm" service="gate-anyone"'
	says 'why="suspended"'
	rbacctl user resume bob
	rbacctl revoke %devs host-user
}

@test "a known user whose name is typed in capitals is not unknown" {
	rbacctl user add mia
	[ "$(result gate-unknown mia)" = 'PAM_PERM_DENIED 1' ]
	[ "$(result gate-unknown MIA)" = 'PAM_PERM_DENIED 1' ]
	# Nobody ever recorded her, and that is so in capitals too.
	[ "$(result gate-unknown EVE)" = 'PAM_SUCCESS 1' ]
}

@test "exempt_user= and the exempt users of rbac.conf are compared with the name in passwd" {
	[ "$(result gate-exempt DAVE)" = 'PAM_SUCCESS 1' ]
	[ "$(result gate CARL)" = 'PAM_SUCCESS 1' ]
	gate gate-exempt 'exempt_user=DAVE'
	[ "$(result gate-exempt dave)" = 'PAM_PERM_DENIED 1' ]
	gate gate-exempt 'exempt_user=dave exempt_group=breakglass,host-user'
}

@test "ssh BOB@host: in with bob's role, out while bob is suspended" {
	ln -s key-bob /tmp/key-BOB
	ln -s key-bob /tmp/key-bob@realm
	run -0 login BOB 'id -un' || { cat /var/log/sshd; false; }
	[ "$output" = bob ]
	rbacctl user suspend bob
	fails_with 255 login BOB
	says 'suspended'
	fails_with 255 login bob@realm
	rbacctl user resume bob
	run -0 login bob@realm 'id -un'
}

@test "su and sudo: the invoker is the entry that passwd has" {
	[ "$(result -r ALICE su root)" = 'PAM_SUCCESS 1' ]
	[ "$(result -r alice@realm sudo root)" = 'PAM_SUCCESS 1' ]
	rbacctl user suspend bob
	for service in su su-l sudo sudo-i; do
		[ "$(result -r BOB "$service" root)" = 'PAM_PERM_DENIED 1' ]
	done
	rbacctl user resume bob
}

@test "a second name of bob's uid holds nothing, not by its groups either; suspended with bob" {
	printf 'robert:x:1002:2001:second:/home/bob:/bin/bash\n' >>/etc/passwd
	printf 'robert:*:19000:0:99999:7:::\n' >>/etc/shadow
	rbacctl assign %devs host-user
	[ "$(result gate pat)" = 'PAM_SUCCESS 1' ]
	[ "$(result gate robert)" = 'PAM_PERM_DENIED 1' ]
	[ "$(result gate-unknown ROBERT)" = 'PAM_PERM_DENIED 1' ]
	run -0 decision account gate robert
	says 'why="the uid is recorded under another name" recorded="bob"'
	run account gate robert
	says 'this name is a second one of an account'
	# Rules that ask for no role are as they were, until the person is suspended.
	[ "$(result gate-anyone robert)" = 'PAM_SUCCESS 1' ]
	[ "$(result gate-groups robert)" = 'PAM_SUCCESS 1' ]
	rbacctl user suspend bob
	[ "$(result gate-anyone robert)" = 'PAM_PERM_DENIED 1' ]
	[ "$(result gate-groups robert)" = 'PAM_PERM_DENIED 1' ]
	rbacctl user resume bob
	[ "$(result gate bob)" = 'PAM_SUCCESS 1' ]
	rbacctl revoke %devs host-user
	sed -i '/^robert:/d' /etc/passwd /etc/shadow
	rbacctl publish
}

@test "a group is one subject in every spelling: a revoke removes the roles of its members" {
	group_line files names rbac
	rbacctl assign %DEVS host-user
	run -0 rbacctl assign %Devs host-user
	says '%Devs is %devs here'
	[ "$(result gate pat)" = 'PAM_SUCCESS 1' ]
	rbacctl revoke %devs host-user
	[ "$(result gate pat)" = 'PAM_PERM_DENIED 1' ]
	run ! member pat host-user
	group_line files rbac
}

@test "passwd that does not answer makes nobody unknown" {
	# The source is there for the C library, and fails: no file for it to read.
	sed -i 's/^passwd:.*/passwd: names/' /etc/nsswitch.conf
	mv /etc/passwd /etc/passwd.away
	[ "$(result gate-unknown eve)" = 'PAM_AUTHINFO_UNAVAIL 1' ]
	run -0 decision account gate-onerr eve
	says 'why="passwd: system error (ENOENT)"'
	mv /etc/passwd.away /etc/passwd
	sed -i 's/^passwd:.*/passwd: files names/' /etc/nsswitch.conf
	[ "$(result gate-unknown eve)" = 'PAM_SUCCESS 1' ]
}

# The C library skips a source that it cannot ask. A user who brings that about by a limit of their
# own does not become unknown.
@test "unknown=ignore: a user whose limits starve a source of groups stays known" {
	local n
	cp /etc/pam.d/cron /tmp/cron.pam
	add_group team 2050
	printf 'mia 2050\n' >/etc/teams
	group_line files names rbac
	rbacctl assign %team host-user
	rbacctl user forget mia
	pam_file cron 'account required pam_rbac.so unknown=ignore' 'account required pam_permit.so'
	run -0 as mia account cron mia
	says PAM_PERM_DENIED
	for n in 6000 8000 10000; do
		log_begin
		run -0 as mia bash -c "ulimit -S -v $n && exec account cron mia"
		says PAM_AUTHINFO_UNAVAIL
		wait_for grep -qa 'denied user="mia"' "$LOG"
		logged 'why="group: out of memory .ENOMEM."'
	done
	run -0 as mia bash -c 'ulimit -S -v 100000 && exec account cron mia'
	says PAM_PERM_DENIED
	# Nobody has recorded eve or a group of hers. Where the sources have what they need, she
	# is left to the other modules.
	run -0 as eve bash -c 'ulimit -S -v 100000 && exec account cron eve'
	says PAM_SUCCESS
	mv /tmp/cron.pam /etc/pam.d/cron
	rbacctl revoke %team host-user
	group_line files rbac
}
