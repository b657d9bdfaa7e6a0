#!/usr/bin/env bats
# doctor: names what is wrong with nsswitch.conf, modules, sshd, sudo, caches, view, store, people.

load lib
load doctor

@test "nsswitch.conf and the NSS module" {
	broken <<-'EOT'
		nss.not-listed | group_line files
		nss.not-listed | group_line files rbca
		nss.not-listed | sed -i '/^group/d' /etc/nsswitch.conf
		nss.not-listed | printf 'group: files rbac\ngroup: files\n' >/etc/nsswitch.conf
		nss.not-listed | sed -i '/^group/d' /etc/nsswitch.conf; printf 'group: files rbac' \
			>>/etc/nsswitch.conf
		nss.hidden | group_line files '[NOTFOUND=return]' rbac
		nss.hidden | group_line files systemd '[!SUCCESS=return]' rbac
		nss.initgroups-hidden | echo 'initgroups: files rbac' >>/etc/nsswitch.conf
		nss.initgroups-hidden | echo 'initgroups: files' >>/etc/nsswitch.conf
		nss.line-broken | group_line files '[NOTFOUND=contnue]' rbac
		nss.line-broken | group_line
		nss.line-broken | sed -i 's/^passwd:.*/passwd:/' /etc/nsswitch.conf
		nss.line-broken | sed -i 's/^shadow:.*/shadow:/' /etc/nsswitch.conf
		nss.hides-others | group_line rbac '[NOTFOUND=return]' files
		nss.order | rbacctl assign %devs host-user; group_line rbac files
		nss.conf-unreadable | rm /etc/nsswitch.conf
		nss.conf-unreadable | rm /etc/nsswitch.conf; mkdir /etc/nsswitch.conf
		nss.no-users | sed -i 's/^passwd:.*/passwd: sss/' /etc/nsswitch.conf
		nss.conf-unreadable | chmod 600 /etc/nsswitch.conf
		nss.conf-unreadable | chmod 700 /etc
		nss.conf-writable | chmod 755 /etc; chmod 666 /etc/nsswitch.conf
		nss.conf-writable | chown bob /etc/nsswitch.conf
		nss.hides-others | group_line files '[SUCCESS=continue]' rbac
		nss.hides-others | echo 'initgroups: rbac' >>/etc/nsswitch.conf
		nss.hides-others | echo 'initgroups: rbac files' >>/etc/nsswitch.conf
		nss.module-missing | rm "$NSS_SO"
		nss.module-mode | chmod 600 "$NSS_SO"
		nss.module-mode | chmod 664 "$NSS_SO"
		nss.module-broken | break_file "$NSS_SO" head -c 2000
		nss.module-broken | break_file "$NSS_SO" of_32_bits
		nss.module-broken | break_file "$NSS_SO" cat "${NSS_SO%rbac*}files.so.2"
		nss.module-broken | rm "$NSS_SO"; mkdir "$NSS_SO"
		nss.module-missing | rm "$NSS_SO"; ln -s /nowhere "$NSS_SO"
		nss.no-local-groups | group_line files, rbac
		nss.no-local-groups | group_line fils rbac
		nss.file-unreadable | chmod 600 /etc/passwd
		nss.file-unreadable | chmod 640 /etc/group
		nss.file-writable | chmod 666 /etc/group
		nss.file-writable | chown bob /etc/passwd
		nss.file-writable | chmod 666 /etc/shadow
		nss.groups-missing | group_line files sss '[UNAVAIL=return]' rbac
		nss.group-clash | echo 'host-operator:x:4711:mia' >>/etc/group
		nss.group-clash | echo 'rex:x:1020:2010000123::/:/bin/sh' >>/etc/passwd
	EOT
}

@test "sshd and sudo" {
	broken <<-'EOT'
		sshd.no-pam | echo 'UsePAM no' >/etc/ssh/sshd_config
		sshd.no-pam | mkdir -p /etc/ssh/sshd_config.d; echo 'UsePAM no' \
			>/etc/ssh/sshd_config.d/x.conf; printf 'Include \
			/etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n' >/etc/ssh/sshd_config
		sshd.allowgroups-missing | echo 'AllowGroups host-operatr' >>/etc/ssh/sshd_config
		sshd.no-pam | echo 'usepam=NO' >/etc/ssh/sshd_config
		sshd.no-pam | echo "SSHD_OPTS='-o UsePAM=no'" >/etc/default/ssh
		sshd.no-pam | echo 'UsePAM no' >/etc/ssh/other; echo 'SSHD_OPTS="-f \
			/etc/ssh/other"' >/etc/default/ssh
		sshd.no-pam | echo 'UsePAM no' >/etc/ssh/other; unit ssh.service '/usr/sbin/sshd \
			-D -f /etc/ssh/other'; enabled ssh.service
		sshd.no-pam | unit x-ssh.service '@/usr/sbin/sshd sshd "-oUsePAM no"'; enabled \
			x-ssh.service
		sshd.no-pam | mkdir /etc/systemd/system/ssh.service.d; printf \
			'[Service]\nEnvironment="SSHD_OPTS=-o UsePAM=no"\n' \
			>/etc/systemd/system/ssh.service.d/x.conf
		sshd.no-pam | unit ssh@.service '-/usr/sbin/sshd -if /etc/ssh/other'; mkdir \
			/etc/systemd/system/sockets.target.wants; ln -s \
			/lib/systemd/system/ssh.socket /etc/systemd/system/sockets.target.wants; \
			echo 'UsePAM no' >/etc/ssh/other
		sshd.no-pam | printf 'UsePAM no\nPort 2299\n' >/etc/ssh/other; mkdir -p \
			/run/sshd; /usr/sbin/sshd -f /etc/ssh/other; wait_for test -e \
			/run/sshd.pid
		sshd.no-pam | instance int 'UsePAM no'
		sshd.other-service | ln -s /usr/sbin/sshd /etc/ssh/sshd-b; unit sshd-b.service \
			/etc/ssh/sshd-b; enabled sshd-b.service
		sshd.other-service | fake /usr/sbin/sshd 'pamservicename cron\n'
		sshd.allowgroups-missing | echo 'AllowGroups breakglass host-user \
			host-operatr' >>/etc/ssh/sshd_config
		sshd.allowgroups-missing | printf 'Match Address 10.0.0.0/8\n AllowGroups \
			host-oprator\n' >>/etc/ssh/sshd_config
		sshd.allowgroups-missing | printf 'Match User=bob\n AllowGroups \
			host-oprator\n' >>/etc/ssh/sshd_config
		sshd.allowgroups-missing | printf 'Match User = bob\n AllowGroups \
			host-oprator\n' >>/etc/ssh/sshd_config
		sshd.allowgroups-missing | printf 'Match Group devs\n AllowGroups \
			host-oprator\n' >>/etc/ssh/sshd_config; sed -i '/^devs:/s/dave$//' \
			/etc/group
		sshd.allowgroups-missing | printf 'Match RDomain blue\n AllowGroups \
			host-oprator\n' >>/etc/ssh/sshd_config
		sshd.group-misspelt | echo 'DenyGroups host-auditr' >>/etc/ssh/sshd_config
		sshd.group-misspelt | printf 'Match Group !root,host-operatr\n PermitTTY no\n' \
			>>/etc/ssh/sshd_config
		sshd.holder-refused | echo 'AllowGroups breakglass' >>/etc/ssh/sshd_config
		sshd.holder-refused | echo 'DenyGroups host-*' >>/etc/ssh/sshd_config
		sshd.holder-refused | printf 'Match User *\n AllowUsers eve\n' \
			>>/etc/ssh/sshd_config
		sshd.holder-refused | sed -i 's,/bin/bash,/bin/nosuch,' /etc/passwd
		sshd.exempt-refused | echo 'AllowGroups host-user' >>/etc/ssh/sshd_config
		sshd.exempt-refused | echo 'DenyUsers e?e' >>/etc/ssh/sshd_config
		sshd.holder-refused | echo 'AllowGroups HOST-USER breakglass' \
			>>/etc/ssh/sshd_config
		sshd.no-pam | printf 'UsePAM no\nMatch LocalPort 2222\n PermitTTY no\n' \
			>/etc/ssh/sshd_config
		sshd.holder-refused | printf 'AllowGroups breakglass\nMatch LocalPort 2222\n \
			PermitTTY no\n' >>/etc/ssh/sshd_config
		sshd.file-writable | chmod 666 /etc/ssh/sshd_config
		sshd.file-writable | chmod 777 /etc/ssh
		sshd.file-writable | mkdir -p /etc/ssh/more; echo 'PermitTTY yes' \
			>/etc/ssh/more/x.conf; chmod 666 /etc/ssh/more/x.conf; sed -i '1i Include \
			/etc/ssh/more/*.conf' /etc/ssh/sshd_config
		sshd.config-broken | echo 'Usepam yess' >/etc/ssh/sshd_config
		sshd.config-broken | echo 'Nonsense yes' >>/etc/ssh/sshd_config
		sshd.config-broken | rm /etc/ssh/sshd_config
		sshd.use-dns | sed -i 's/keys = \[ "login.ssh" \];/& from = [ ".example.org" \
			];/' /etc/rbac/rbac.conf; rbacctl apply
		sshd.use-dns | sed -i 's/keys = \[ "login.ssh" \];/& from = [ "10.0.0.0\/8" ];/' \
			/etc/rbac/rbac.conf; rbacctl apply; echo 'UseDNS yes' \
			>>/etc/ssh/sshd_config
		sudo.no-account-stage | echo 'Defaults !pam_acct_mgmt' >/etc/sudoers.d/x
		sudo.no-account-stage | echo 'Defaults:mia env_reset, !pam_acct_mgmt' \
			>/etc/sudoers.d/x
		sudo.no-account-stage | printf 'User_Alias A = mia, bob\nDefaults:A env_reset, \
			!pam_acct_mgmt\nDefaults:mia pam_acct_mgmt\n' >/etc/sudoers.d/x
		sudo.no-account-stage | printf 'Host_Alias H = web1, web2\nDefaults@H \
			!pam_acct_mgmt\n' >/etc/sudoers.d/x
		sudo.no-account-stage | printf 'Defaults secure_path=/%0200d, \
			!pam_acct_mgmt\n' 1 >/etc/sudoers.d/x
		sudo.no-account-stage | seq -f 'Defaults:#%g lecture' 2000 2150 \
			>/etc/sudoers.d/x; echo 'Defaults !pam_acct_mgmt' >>/etc/sudoers.d/x
		sudo.file-writable | chmod o+w /etc/sudoers
		sudo.file-writable | echo '# nothing' >/etc/sudoers.d/x; chmod 664 \
			/etc/sudoers.d/x
		sudo.file-writable | chmod 777 /etc/sudoers.d
		sudo.group-misspelt | echo '%host-operatr ALL=(ALL) ALL' >/etc/sudoers.d/x
		sudo.no-invoker | echo 'Defaults !pam_ruser' >/etc/sudoers.d/x
		sudo.other-service | echo 'Defaults pam_service=login' >/etc/sudoers.d/x
		sudo.file-broken | echo 'Defaults' >/etc/sudoers.d/x; echo 'nonsense here' \
			>>/etc/sudoers.d/x
	EOT
	noted <<-'EOT'
		sudo.target-password | echo 'Defaults targetpw' >/etc/sudoers.d/x
		sudo.target-password | echo 'Defaults:mia rootpw' >/etc/sudoers.d/x
		sudo.group-source | echo 'Defaults group_source=static' >/etc/sudoers.d/x
	EOT
}

instance() {   # instance NAME LINE: sshd@NAME.service, whose configuration has the line
	unit sshd@.service '/usr/sbin/sshd -D -f /etc/ssh/conf_%i'
	mkdir -p /etc/systemd/system/multi-user.target.wants
	ln -s ../sshd@.service "/etc/systemd/system/multi-user.target.wants/sshd@$1.service"
	echo "$2" >"/etc/ssh/conf_$1"
}

# found_at PLACE: doctor has one finding of trouble, which is about that line.
found_at() {
	local said
	said=$(rbacctl doctor || true)
	if [[ $said != "trouble  $1  "* || $said == *$'\n'* ]]; then
		echo "expected $1: $said"
		return 1
	fi
	put_back
}

@test "a setting of sudoers is at the line that counts; a comment names no group" {
	echo 'Defaults pam_acct_mgmt # not !pam_acct_mgmt' >/etc/sudoers.d/x
	echo 'Defaults !pam_acct_mgmt' >/etc/sudoers.d/y
	found_at /etc/sudoers.d/y:1
	printf 'Defaults:mia !pam_acct_mgmt\nDefaults:bob pam_acct_mgmt\n' >/etc/sudoers.d/x
	found_at /etc/sudoers.d/x:1
	mkdir /etc/sudoers.d/more
	echo 'Defaults ! pam_acct_mgmt' >/etc/sudoers.d/more/web1
	echo '@include /etc/sudoers.d/more/%h' >>/etc/sudoers
	found_at /etc/sudoers.d/more/web1:1
	printf '# one\nroot ALL=ALL\nDefaults !pam_acct_mgmt\n' >/etc/ssh/sudoers
	echo 'Plugin sudoers_policy sudoers.so sudoers_file=/etc/ssh/sudoers' >/etc/sudo.conf
	found_at /etc/ssh/sudoers:3
	rm /etc/sudo.conf
	printf 'alice ALL=(ALL) ALL # as %%host-operatr\n#1004 ALL=/bin/ls\n' >/etc/sudoers.d/x
	run -0 rbacctl doctor
	[ -z "$output" ]
	put_back
	printf '#1004 ALL=/bin/ls\n#1004, %%host-operatr ALL=/bin/ls\n' >/etc/sudoers.d/x
	found_at /etc/sudoers.d/x:2
	echo 'sudoers: files sss' >>/etc/nsswitch.conf
	run -0 rbacctl doctor --json
	says 'sudo: rules and Defaults of sss (/etc/nsswitch.conf:8)'
	put_back
}

@test "view, store, files, people" {
	broken <<-'EOT'
		view.absent | rm "$VIEW"
		view.damaged | head -c 5000 "$VIEW" >/tmp/x; cp /tmp/x "$STATE/view/new"; mv \
			"$STATE/view/new" "$VIEW"
		view.untrusted | chmod g+w "$VIEW"
		view.untrusted | chown bob "$STATE/view"
		view.mode | chmod 600 "$VIEW"
		view.mode | chmod 700 "$STATE"
		view.mode | chmod 750 "$STATE/view"
		view.behind | cp -p "$VIEW" /tmp/old; rbacctl assign mia host-user; mv /tmp/old \
			"$VIEW"
		view.newer | mkdir "$STATE/whole"; newer_view "$VIEW" /tmp/new; cp /tmp/new \
			"$VIEW"
		view.policy-unreadable | stricter "$STATE" both
		view.untrusted | rm "$VIEW"; ln -s /tmp/x "$VIEW"
		view.zone-differs | sed -i 's/keys = \[ "login.ssh" \];/& hours = [ "Mon-Sun \
			00:00-24:00" ];/' /etc/rbac/rbac.conf; rbacctl apply; ln -sf \
			/usr/share/zoneinfo/Asia/Kolkata /etc/localtime
		view.group-differs | sed -i 's/^exempt.*/exempt = { users = [ ]; groups = [ \
			"breakglass" ]; };/' /etc/rbac/rbac.conf; rbacctl apply; sed -i \
			's/^breakglass:x:2003/breakglass:x:2993/' /etc/group
		view.group-differs | sed -i 's/^groups = {/& extra = ( { role = \
			"host-developer"; unix_groups = [ "docker" ]; } );/' \
			/etc/rbac/rbac.conf; rbacctl apply; sed -i 's/^docker:x:2002/docker:x:99/' \
			/etc/group
		view.host-scope-missing | rbacctl scope delete host:main --recursive --force --as \
			root
		system.unit-failed | systemd_says rbac-publish.service failed
		system.unit-stopped | systemd_says rbac-publish.path inactive
		system.clock | newer_view "$VIEW" /tmp/new 3600; cp /tmp/new "$VIEW"
		system.selinux | mkdir -p /sys/fs/selinux; echo 1 >/sys/fs/selinux/enforce; \
			context var_lib_t
		cache.sssd-rbac | group_line files sss rbac; mkdir /etc/sssd; printf \
			'[domain/x]\nid_provider = proxy\nproxy_lib_name = rbac\n' \
			>/etc/sssd/sssd.conf
		store.mode | chmod 777 "$STATE"
		store.mode | chown bob "$STATE"
		store.mode | chmod 666 "$STATE/store/data.mdb"
		store.mode | chown bob "$STATE/store/data.mdb"
		files.writable | chmod 777 /etc/rbac
		files.writable | chmod g+w /etc/rbac/policy.d/unix.conf
		files.writable | chown bob /etc/rbac/rbac.conf
		store.absent | rm -r "$STATE/store"
		store.older | cp -a "$STATE/store" /tmp/old-store; rbacctl assign mia \
			host-user; rm -r "$STATE/store"; mv /tmp/old-store "$STATE/store"
		store.lock | rm "$STATE/store/lock"; mkdir "$STATE/store/lock"
		store.lock | rm "$STATE/store/lock"; ln -s /tmp/x "$STATE/store/lock"
		store.lock | rm "$STATE/store/lock"; ln -s /dev/null "$STATE/store/lock"
		nss.extra-missing | sed -i 's/^groups = {/& extra = ( { role = \
			"host-developer"; unix_groups = [ "docker" ]; } );/' \
			/etc/rbac/rbac.conf; rbacctl apply; sed -i '/^docker:/d' /etc/group
		nss.extra-missing | sed -i 's/^groups = {/& extra = ( { role = \
			"host-developer"; unix_groups = [ "docker" ]; } );/' \
			/etc/rbac/rbac.conf; rbacctl apply; sed -i '/^docker:/d' /etc/group; \
			rbacctl publish
		pam.holder-denied | sed -i 's/^shadow:.*/shadow: sss/; $a shadow: sss' \
			/etc/nsswitch.conf
		store.unreadable | truncate -s 9000 "$STATE/store/data.mdb"
		store.mode | chmod 755 "$STATE/store"
		files.broken | rm -r /etc/rbac
		files.broken | ln -s /nowhere /etc/rbac/policy.d/more.conf
		files.broken | echo 'login = (' >>/etc/rbac/rbac.conf
		people.uid-changed | sed -i 's/^bob:x:1002:/bob:x:1902:/' /etc/passwd
		people.no-administrator | rbacctl user suspend alice --force; rbacctl user \
			suspend dave --force
		people.no-administrator | usermod -e 2001-01-01 alice; usermod -s \
			/usr/sbin/nologin dave
		exempt.group-missing | sed -i 's/^exempt.*/exempt = { users = [ ]; groups = [ \
			"nope" ]; };/' /etc/rbac/rbac.conf; rbacctl apply
		exempt.group-empty | sed -i 's/^exempt.*/exempt = { users = [ ]; groups = [ \
			"docker" ]; };/' /etc/rbac/rbac.conf; rbacctl apply
		exempt.user-missing | sed -i 's/^exempt.*/exempt = { users = [ "nope" ]; groups \
			= [ ]; };/' /etc/rbac/rbac.conf; rbacctl apply
	EOT
	noted <<-'EOT'
		files.differ | echo '# more' >>/etc/rbac/rbac.conf
		people.no-account | sed -i '/^bob:/d' /etc/passwd
		people.second-name | echo 'bob2:x:1002:1002::/:/bin/sh' >>/etc/passwd
		view.zone-differs | ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime
		view.group-gone | rbacctl assign %devs host-user; sed -i \
			's/^devs:x:2001/devs:x:2991/' /etc/group
		cache.sssd-groups | group_line files sss rbac; mkdir /etc/sssd; echo \
			'entry_cache_timeout = 600' >/etc/sssd/sssd.conf; rbacctl assign %devs \
			host-user
		system.unit-off | mkdir -p /run/systemd/system
		system.unit-off | mkdir -p /run/systemd/system; publish_enabled; ln -s /dev/null \
			/etc/systemd/system/rbac-publish.path
		system.apparmor | mkdir -p /sys/module/apparmor/parameters \
			/etc/apparmor.d/abstractions; echo Y \
			>/sys/module/apparmor/parameters/enabled; \
			: >/etc/apparmor.d/abstractions/nameservice
	EOT
	broken as bob rbacctl doctor <<-'EOT'
		view.unreadable | chgrp bob "$VIEW"; chmod 604 "$VIEW"
		view.mode | chmod 600 "$VIEW"
		view.mode | chmod 700 "$STATE"
		nss.conf-unreadable | chmod 600 /etc/nsswitch.conf
		sshd.no-pam | echo 'UsePAM no' >/etc/ssh/sshd_config
	EOT
	noted as bob rbacctl doctor <<-'EOT'
		pam.module-mode | chmod 600 "$PAM_SO"
	EOT
	DOCTOR='as bob rbacctl doctor' good <<-'EOT'
		chmod 600 /etc/pam.d/sshd /etc/pam.d/sudo /etc/pam.d/sudo-i
		chmod 600 /etc/pam.d/common-account /etc/ssh/sshd_config /etc/rbac/rbac.conf
	EOT
}

context() {   # context TYPE: of the view
	python3 -c 'import os, sys
os.setxattr(sys.argv[1], "security.selinux", b"system_u:object_r:%s:s0" % sys.argv[2].encode())' \
		"$VIEW" "$1"
}

@test "doctor finds no fault in other targets, sssd, another zone, a local file system" {
	good <<-'EOT'
		instance int 'UsePAM yes'
		mkdir -p /run/systemd/system; publish_enabled
		mkdir -p /sys/fs/selinux; echo 1 >/sys/fs/selinux/enforce; context sssd_public_t
		mkdir -p /sys/fs/selinux; echo 0 >/sys/fs/selinux/enforce; context var_lib_t
		group_line files sss rbac; mkdir /etc/sssd; printf 'cache_credentials = \
			true\nenumerate = true\nentry_negative_timeout = 15\n' \
			>/etc/sssd/sssd.conf
		ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime; rbacctl publish
	EOT
}

@test "file systems of the network, and how many groups NFS sends" {
	local at='900 1 0:99 /'
	broken with_mount "$at /var/lib/rbac rw - nfs4 server:/rbac rw,sec=krb5" rbacctl doctor \
		<<-'EOT'
		store.on-network | :
	EOT
	noted with_mount "$at /srv/home rw shared:1 - nfs4 server:/home rw,vers=4.2,sec=sys" \
		rbacctl doctor <<-'EOT'
		system.nfs-groups | for i in {1..15}; do add_group "team$i" $((3000 + i)) bob; done
	EOT
	for i in {1..15}; do add_group "team$i" $((3000 + i)) bob; done
	run with_mount "$at /srv/home rw - nfs server:/home rw,sec=krb5p" rbacctl doctor --json
	[[ $output != *system.nfs-groups* ]]
	run with_mount "$at /srv/home rw - ext4 /dev/x rw" rbacctl doctor --json
	[[ $output != *system.nfs-groups* ]]
	put_back
}

@test "a container that has another host's view is a good host" {
	mount --bind "$STATE/view" "$STATE/view"
	mount -o remount,bind,ro "$STATE/view"
	mv "$STATE/store" /tmp/store-elsewhere
	sed -i '/^alice:/d; /^dave:/d' /etc/passwd
	run rbacctl doctor
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
	run rbacctl doctor --json
	says "store: the view is another host's"
	umount "$STATE/view"
	# As a user namespace shows it that does not map root of the machine, which this host cannot
	# make: pam_rbac does not trust the view, and groups work.
	: >/tmp/overflow
	chown 65534 /tmp/overflow "$STATE/view" "$VIEW"
	mount --bind /tmp/overflow /proc/sys/kernel/overflowuid
	mount --bind "$STATE/view" "$STATE/view"
	run rbacctl doctor --json
	[ "$(ids trouble <<<"$output" | cut -d' ' -f1)" = view.untrusted ]
	says 'map root of the machine into this user namespace'
	sed -i /pam_rbac/d /etc/pam.d/*
	run rbacctl doctor --json
	[[ $(ids trouble <<<"$output") != *view.untrusted* ]]
	umount /proc/sys/kernel/overflowuid
	umount "$STATE/view"
	mv /tmp/store-elsewhere "$STATE/store"
	put_back
}

@test "doctor reports a cache of groups, and the old answers in it" {
	mkdir -p /run/nscd /var/cache/nscd
	printf '%s\n' 'enable-cache group yes' 'enable-cache passwd no' 'check-files group no' \
		>/etc/nscd.conf
	group_line files
	background nscd --foreground
	local nscd=$!
	wait_for test -S /run/nscd/socket
	run ! getent group host-auditor
	group_line files systemd rbac
	id bob
	id mia
	broken <<-'EOT'
		nss.groups-unseen | :
		nss.groups-missing | rbacctl assign mia host-user
		nss.groups-surplus | rbacctl revoke bob host-developer
		cache.nscd-groups | printf '\tenable-cache\tgroup\tyes\n' >/etc/nscd.conf
	EOT
	kill $nscd
	wait_for gone_from_socket
	background /usr/lib/unscd/usr/sbin/nscd -d
	wait_for test -S /run/nscd/socket
	wait_for getent group host-auditor
	broken <<-'EOT'
		cache.nscd-groups | rm -f /etc/nscd.conf
	EOT
	run rbacctl doctor
	says 'unscd runs, and keeps groups'
	echo 'enable-cache group no' >/etc/nscd.conf
	run -0 rbacctl doctor
	[ -z "$output" ]
	kill $!
	rm -rf /run/nscd /etc/nscd.conf
}

gone_from_socket() { ! pgrep -x nscd >/dev/null && rm -f /run/nscd/socket; }

@test "doctor changes nothing, and tells an ordinary user what it could not check" {
	cp -p "$VIEW" /tmp/old
	rbacctl assign mia host-user
	cp -p /tmp/old "$VIEW"
	run rbacctl doctor
	[ "$status" = 1 ]
	says 'the view is older than the store'
	cmp /tmp/old "$VIEW"
	put_back
	run as bob rbacctl doctor
	[ "$status" = 0 ]
	[ -z "$output" ]
	run as bob rbacctl doctor --json
	says 'only root can ask libpam about others'
	says 'store: only root may read it'
	group_line files
	run as bob rbacctl doctor
	[ "$status" = 1 ]
	put_back
}

@test "status sums up each service that calls pam_rbac; status --check exits with 1 on a fault" {
	run rbacctl status
	says 'sshd: on, login: off, sudo: on'
	says 'groups on'
	run -0 rbacctl status --check
	sed -i 's/required pam_rbac/optional pam_rbac/' /etc/pam.d/sshd
	first sudo 'account sufficient pam_unix.so'
	group_line files
	run rbacctl status
	[ "$status" = 0 ]
	says 'sshd: reached, denial ignored at /etc/pam.d/sshd:'
	says 'sudo: never reached: /etc/pam.d/sudo:'
	says 'groups hidden: /etc/nsswitch.conf:'
	fails_with 1 rbacctl status --check
	says 'fault'
	put_back
	echo 'UsePAM no' >/etc/ssh/sshd_config
	echo 'Defaults:mia !pam_acct_mgmt' >/etc/sudoers.d/x
	first sudo-i '@include nowhere'
	run rbacctl status
	says 'sshd: off: UsePAM no (/etc/ssh/sshd_config:1)'
	says 'sudo: off: Defaults:mia !pam_acct_mgmt (/etc/sudoers.d/x:1)'
	says 'sudo-i: denies everybody: libpam refuses /etc/pam.d/sudo-i'
	run rbacctl explain bob --service sshd
	says 'this service does not ask rbac: UsePAM no (/etc/ssh/sshd_config:1)'
	fails_with 1 rbacctl status --check
	put_back
}

@test "what doctor prints as mend fits the cause" {
	rm "$STATE/store/lock"
	ln -s /dev/null "$STATE/store/lock"
	run -1 rbacctl doctor
	[[ $output != *'chmod'* ]]
	put_back
	group_line files sss '[UNAVAIL=return]' rbac
	run -1 rbacctl doctor
	says 'remove the action in [ ] behind sss'
	put_back
	local at=${PAM_SO%/*}
	mount --bind "$at" "$at"
	mount -o remount,bind,noexec "$at"
	run -1 rbacctl doctor
	says "mount the file system of $PAM_SO without \"noexec\""
	umount "$at"
	ln -s /nowhere /etc/rbac/policy.d/more.conf
	run -1 rbacctl doctor --json
	[[ $output != *'only root may read /etc/rbac'* ]]
	put_back
}
