#!/usr/bin/env bats
# doctor: silent on good hosts; names what is wrong with PAM stacks.

load lib
load doctor

@test "doctor finds nothing on sound hosts with unusual configurations" {
	good <<-'EOT'
		:
		pam sshd "@include common-auth\n$GATE@include common-account\n"
		pam sshd "auth required pam_permit.so\n-account   [success=ok \
			new_authtok_reqd=ok ignore=ignore default=die] pam_rbac.so\n@include \
			common-account\n"
		pam sshd "account required \\\\\n  pam_rbac.so # the gate\n@include \
			common-account\n"
		pam sshd "account requisite $PAM_SO quiet\n@include common-account\n"
		pam rbac-gate "$GATE"; pam sshd "account include rbac-gate\n@include \
			common-account\n"
		pam rbac-gate "$GATE"; pam sshd "account substack rbac-gate\n@include \
			common-account\n"
		pam rbac-gate "$GATE"; pam sshd "@include rbac-gate\n@include common-account\n"
		mv /etc/pam.d/sshd /usr/lib/pam.d/sshd
		first common-account 'account required pam_rbac.so unlisted=ignore'; pam sshd \
			"$REST"; pam sudo "$REST"; pam sudo-i "$REST"
		pam sshd "account required pam_nologin.so\naccount required \
			pam_access.so\n$GATE@include common-account\n"
		pam sshd "account sufficient pam_succeed_if.so uid < 500 quiet\n$GATE@include \
			common-account\n"
		pam sshd "account [success=1 default=ignore] pam_succeed_if.so service in \
			crond:atd\n$GATE@include common-account\n"
		pam sshd "$GATE$GATE@include common-account\n"
		pam sshd "account required pam_permit.so\naccount required pam_unix.so\n$GATE"
		pam sshd "ACCOUNT Required pam_rbac.so\naccount required pam_permit.so\n"
		mv /etc/pam.d/sudo /etc/pam.d/sudo-ac; ln -s sudo-ac /etc/pam.d/sudo
		mv /etc/pam.d/sudo /etc/pam.d/sudo-ac; ln -s /etc/pam.d/sudo-ac /etc/pam.d/sudo
		rm /etc/pam.d/sshd; pam other "$GATE@include common-account\n"
		group_line files '[SUCCESS=merge]' systemd '[SUCCESS=merge]' rbac
		printf 'group: files\ngroup: files rbac\n' >/etc/nsswitch.conf
		group_line files '[UNAVAIL=return]' rbac; echo 'initgroups: files \
			[SUCCESS=continue] rbac' >>/etc/nsswitch.conf
		group_line rbac files
		group_line 'files # rbac # last'
		printf 'Include /etc/ssh/more.conf\n' >/etc/ssh/sshd_config; echo 'UsePAM yes' \
			>/etc/ssh/more.conf
		printf 'UsePAM yes\nAllowGroups host-* breakglass\n' >/etc/ssh/sshd_config
		echo 'Defaults env_reset, !lecture, group_source=adaptive' >/etc/sudoers.d/x
		echo 'AllowGroups host-user wheel breakglass' >>/etc/ssh/sshd_config
		printf 'AllowUsers alice eve *@10.*\nDenyUsers root\nDenyGroups \
			host-auditor\n' >>/etc/ssh/sshd_config
		printf 'Match Group host-user,!host-operator\n PermitTTY no\nMatch Address \
			10.0.0.0/8\n AllowGroups host-operator\nMatch all\n ForceCommand \
			/bin/true\n' >>/etc/ssh/sshd_config
		printf 'UsePAM yes\nUsePAM no\nAuthenticationMethods publickey\n' \
			>/etc/ssh/sshd_config
		rm /etc/ssh/ssh_host_*
		rmdir /run/sshd
		mkdir -p /run/sshd; echo 'SSHD_OPTS="-D -p 2222"' >/etc/default/ssh
		printf 'Defaults !pam_acct_mgmt\n' >/etc/sudoers.d/x; echo 'Defaults \
			pam_acct_mgmt' >/etc/sudoers.d/y
		echo 'Defaults@otherhost !pam_acct_mgmt' >/etc/sudoers.d/x
		echo 'Defaults badpass_message="a, !pam_acct_mgmt", !pam_rhost' >/etc/sudoers.d/x
		echo 'Defaults !pam_acct_mgmt' >/etc/sudoers.d/x.dpkg-old
		printf '%%admin ALL=ALL\n%%operator2 ALL=ALL\n%%host-user ALL=/bin/ls\n' \
			>/etc/sudoers.d/x
		printf '\tenable-cache\tgroup\tyes\n' >/etc/nscd.conf
		rbacctl user suspend bob
		sed -i 's/^exempt.*/exempt = { users = [ "carl" ]; groups = [ "breakglass" ]; \
			};/' /etc/rbac/rbac.conf; rbacctl apply
		rbacctl assign %devs host-user
		: >/etc/nologin; rbacctl publish; rm /etc/nologin
		sed -i 's/pam_rbac.so/& unknown=ignore/' /etc/pam.d/sshd
		also_su; first su "account sufficient pam_rootok.so\naccount required pam_rbac.so"
		also_su; first su 'account sufficient pam_succeed_if.so uid = 0 use_uid quiet'
		pam sshd "account sufficient pam_listfile.so item=user sense=allow \
			file=/etc/admins onerr=fail\n$GATE$REST"
		pam sshd "account required pam_nologin.so\n${GATE}account include \
			password-auth\n"; pam password-auth "account required \
			pam_unix.so\naccount sufficient pam_localuser.so\naccount \
			[default=bad success=ok user_unknown=ignore] \
			pam_debug.so\naccount required pam_permit.so\n"
		sed -i 's/pam_rbac.so/pam_rbac.so\t/; s/account required/\tAccount\tREQUIRED/' \
			/etc/pam.d/sudo
		sed -i "s,pam_rbac.so,$PAM_SO," /etc/pam.d/sshd
		sed -i 's/required pam_rbac/[success=ok default=99] pam_rbac/' /etc/pam.d/sshd
		mkdir -p /opt/rbac; mv "$NSS_SO" /opt/rbac; echo /opt/rbac \
			>/etc/ld.so.conf.d/rbac.conf; ldconfig
		rm /etc/ld.so.conf.d/rbac.conf; ldconfig; chmod 755 "$NSS_SO" "$PAM_SO"
		chmod 1777 /etc/pam.d
		chmod 600 /etc/pam.d/sshd /etc/pam.d/sudo; chmod 700 /etc/rbac
		first sudo 'account sufficient pam_rootok.so'
		printf 'sshd account required pam_deny.so\n' >/etc/pam.conf
		echo 'session optional pam_rbac.so end=login' >>/etc/pam.d/sshd
		pam sshd "account [success=1 default=ignore] pam_rbac.so \
			exempt_group=breakglass\naccount requisite pam_deny.so\naccount \
			required pam_unix.so\n"
		pam x 'account sufficient pam_rbac.so\naccount required pam_deny.so\n'; pam \
			sshd "account substack x\naccount required pam_unix.so\n"
		unit ssh.service '/usr/sbin/sshd -D -f /etc/ssh/other'; enabled ssh.service; \
			echo 'UsePAM yes' >/etc/ssh/other; echo 'UsePAM no' \
			>/etc/ssh/sshd_config
		unit sshd-old.service '/usr/sbin/sshd -D -f /etc/ssh/other'; echo 'UsePAM no' \
			>/etc/ssh/other
		fake /usr/sbin/sshd 'pamservicename sshd\n'
		systemd_says rbac-publish.service inactive; publish_enabled
		systemd_says rbac-publish.path active; publish_enabled
		sed -i 's/exempt_group=breakglass/&,docker/' /etc/pam.d/sshd
		printf 'UsePAM yes\nMatch LocalPort 2222\n PermitTTY no\n' >/etc/ssh/sshd_config
		first sshd '-account optional pam_krb5.so'; first sshd 'account sufficient \
			pam_cap.so'
		mv /etc/nsswitch.conf /etc/ssh/nss; ln -s ssh/nss /etc/nsswitch.conf
		group_line files sss '[NOTFOUND=continue UNAVAIL=continue]' rbac
		pam common-account "account [success=2 default=ignore] \
			pam_systemd_home.so\naccount [success=1 new_authtok_reqd=done \
			default=ignore] pam_unix.so\naccount requisite \
			pam_deny.so\naccount required pam_permit.so\n"
		ln -s /dev/null /etc/pam.d/masked; echo '@include masked' >>/etc/pam.d/sshd
		pam sshd "auth required pam_permit.so\n${GATE}account include other\n"
		cp /etc/pam.d/sshd /etc/pam.d/sshd.rpmnew; cp /etc/pam.d/sudo /etc/pam.d/sudo~
	EOT
}

@test "PAM: a denial that does not count, or is never asked for" {
	broken <<-'EOT'
		pam.gate-ignored | sed -i 's/required pam_rbac/optional pam_rbac/' /etc/pam.d/sshd
		pam.gate-ignored | sed -i 's/required pam_rbac/sufficient pam_rbac/' /etc/pam.d/sshd
		pam.gate-ignored | sed -i 's/required pam_rbac/[success=ok default=ignore] \
			pam_rbac/' /etc/pam.d/sshd
		pam.gate-ignored | sed -i 's/required pam_rbac/[default=2 success=ok] pam_rbac/' \
			/etc/pam.d/sudo
		pam.gate-ignored | pam sshd "account [success=ok default=1] \
			pam_rbac.so\naccount required pam_deny.so\naccount required \
			pam_permit.so\n"
		pam.gate-ignored | pam sshd "${GATE}account [success=reset default=ignore] \
			pam_permit.so\naccount required pam_permit.so\n"
		pam.gate-not-reached | first sshd 'account sufficient pam_unix.so'
		pam.gate-not-reached | first sshd 'account sufficient pam_permit.so'
		pam.gate-not-reached | first sshd 'account sufficient pam_localuser.so'
		pam.gate-not-reached | first sshd 'account sufficient pam_rootok.so'
		pam.gate-not-reached | first sshd 'account sufficient pam_succeed_if.so uid = 0 \
			use_uid'
		pam.gate-not-reached | cp "${PAM_SO%rbac.so}permit.so" "${PAM_SO%rbac.so}sss.so"; \
			first sshd 'account sufficient pam_sss.so'
		pam.gate-skipped-expired | first sshd 'account [default=bad success=ok \
			user_unknown=ignore] pam_sss.so'
		pam.gate-not-reached | first sshd 'account [success=1 default=ignore] pam_unix.so'
		pam.gate-not-reached | first sshd 'account sufficient pam_succeed_if.so uid >= 1000'
		pam.gate-not-reached | pam x 'account sufficient pam_permit.so\n'; pam sshd \
			"account include x\n$GATE"
		pam.gate-not-reached | pam sshd "account sufficient pam_unix.so\naccount \
			required pam_deny.so\n$GATE"
		pam.gate-skipped-expired | pam sshd "@include common-account\n$GATE"
		pam.gate-off | sed -i '/pam_rbac/d' /etc/pam.d/sshd
		pam.gate-off | sed -i 's/^account required pam_rbac/#&/' /etc/pam.d/sshd
		pam.gate-off | sed -i 's/^account required pam_rbac/#&/' /etc/pam.d/sudo
		pam.gate-off | sed -i '/pam_rbac/d' /etc/pam.d/sudo-i
		pam.gate-off | rm /etc/pam.d/sshd
		pam.gate-off | cp /etc/pam.d/sshd /usr/lib/pam.d/sshd; pam sshd "$REST"
		pam.wrong-stage | sed -i 's/^account required pam_rbac/auth required pam_rbac/' \
			/etc/pam.d/sshd
		pam.gate-off | sed -i 's/^account required pam_rbac/session optional \
			pam_rbac/' /etc/pam.d/sudo
		pam.gate-off | sed -i 's/"sudo-i"/"sudo_i"/' /etc/rbac/rbac.conf; rbacctl apply \
			--force; sed -i 's/pam_rbac.so/& unlisted=ignore/' /etc/pam.d/sudo-i
		pam.line-broken | sed -i 's/^account required pam_rbac/acount required \
			pam_rbac/' /etc/pam.d/sshd
		pam.module-broken | break_file "$PAM_SO" cat "${PAM_SO%rbac.so}permit.so"
		pam.module-broken | cp "${PAM_SO%rbac.so}permit.so" /opt/pam_rbac.so; sed -i \
			's,pam_rbac,/opt/&,' /etc/pam.d/sshd
		pam.gate-not-reached | first sshd 'account [default=1] pam_echo.so'
		pam.gate-not-reached | pam common-account "account sufficient \
			pam_localuser.so\naccount required pam_unix.so\n$GATE"; pam sshd \
			"$REST"; pam sudo "$REST"
		pam.session-late | printf 'session optional pam_systemd.so\nsession optional \
			pam_rbac.so end=exact\n' >>/etc/pam.d/sshd
		pam.denial-ignored | first sshd 'account sufficient pam_access.so'
	EOT
}

@test "PAM: everybody is denied" {
	broken <<-'EOT'
		pam.module-missing | sed -i 's/pam_rbac/pam_rbca/' /etc/pam.d/sshd
		pam.module-missing | sed -i 's/pam_rbac.so/pam_rbac/' /etc/pam.d/sudo
		pam.module-missing | sed -i 's/pam_rbac.so/pam_rbac.so\r/' /etc/pam.d/sudo
		pam.module-missing | sed -i 's,pam_rbac.so,/opt/rbac/pam_rbac.so,' /etc/pam.d/sshd
		pam.module-missing | rm "$PAM_SO"
		pam.module-broken | : >"$PAM_SO"
		pam.module-broken | rm "$PAM_SO"; mkdir "$PAM_SO"
		pam.module-broken | break_file "$PAM_SO" head -c 3000
		pam.module-broken | break_file "$PAM_SO" of_32_bits
		pam.everyone-denied | first sshd 'account required pam_missing.so'
		pam.everyone-denied | first sshd 'account required pam_deny.so'
		pam.everyone-denied | first sshd 'account requird pam_unix.so'
		pam.everyone-denied | first sshd 'account include nowhere'
		pam.everyone-denied | sed -i 's/required pam_rbac/[success=99 default=die] \
			pam_rbac/' /etc/pam.d/sshd
		pam.everyone-denied | sed -i 's/required pam_rbac/[success=ok DEFAULT=die] \
			pam_rbac/' /etc/pam.d/sshd
		pam.everyone-denied | pam common-account "account [success=end default=ignore] \
			pam_unix.so\n${GATE}"; pam sshd "$REST"
		pam.everyone-denied | first sshd 'account [default=done] pam_warn.so'
		pam.everyone-denied | pam sshd "$GATE$REST-account required pam_krb5.so\n"
		pam.file-refused | first sshd '@include nowhere'
		pam.file-refused | sed -i 's/$/\r/' /etc/pam.d/sshd
		pam.line-broken | sed -i "1i # $(printf %05000d 1)" /etc/pam.d/sshd
		pam.line-broken | sed -i 's/^@include common-auth/@inlcude common-auth/' \
			/etc/pam.d/sshd
		pam.file-missing | rm /etc/pam.d/sshd /etc/pam.d/other
		pam.file-missing | mv /etc/pam.d /etc/ssh/pam.d; printf 'sshd account required \
			pam_permit.so\n' >/etc/pam.conf
		pam.exempt-denied | first sshd 'account required pam_rbac.so quiet'
		pam.file-refused | printf 'account required pam_unix.so \\\n' >>/etc/pam.d/sshd
		pam.file-refused | pam x '@include x\n'; first sshd '@include x'
		pam.service-unruled | pam vsftpd "$GATE@include common-account\n"
		pam.gate-through-include | first common-account 'account required pam_rbac.so'
		pam.holder-denied | echo '-:ALL:ALL' >/etc/security/access.conf; first sshd \
			'account required pam_access.so'
		pam.exempt-denied | echo '-:eve:ALL' >/etc/security/access.conf; first sshd \
			'account required pam_access.so'
	EOT
}

@test "PAM: options, and who may write the files" {
	broken <<-'EOT'
		pam.option-unknown | sed -i 's/exempt_group=/exemptgroup=/' /etc/pam.d/sshd
		pam.option-unknown | sed -i 's/pam_rbac.so/& onerror=ignore/' /etc/pam.d/sudo
		pam.option-unknown | sed -i '/^account/s/pam_rbac.so/& end=exact/' /etc/pam.d/sudo
		pam.option-unknown | sed -i 's/pam_rbac.so/& quiet=1/' /etc/pam.d/sudo
		pam.exempt-group-missing | sed -i 's/breakglass/breakglas/' /etc/pam.d/sshd
		pam.exempt-group-is-role | sed -i 's/breakglass/host-operator/' /etc/pam.d/sshd
		pam.exempt-group-empty | sed -i 's/^\(breakglass:.*:\)eve/\1/' /etc/group
		pam.exempt-group-empty | sed -i 's,^\(eve:.*:\)/bin/bash,\1/usr/sbin/nologin,' \
			/etc/passwd
		pam.exempt-user-missing | sed -i 's/exempt_group=breakglass/exempt_user=carol/' \
			/etc/pam.d/sshd
		pam.file-writable | chmod o+w /etc/pam.d/sshd
		pam.file-writable | chown bob /etc/pam.d/common-account
		pam.file-writable | chmod 777 /etc/pam.d
		pam.module-mode | chmod g+w "$PAM_SO"
		pam.module-mode | chown bob "$PAM_SO"
		pam.module-mode | chmod 000 "$PAM_SO"
		pam.module-mode | chmod 777 "${PAM_SO%/*}"
	EOT
	chmod 755 "${PAM_SO%/*}"
	noted <<-'EOT'
		pam.module-mode | chmod 600 "$PAM_SO"
		pam.unknown-ignore | sed -i 's/pam_rbac.so/& unknown=ignore/' /etc/pam.d/sudo
		pam.onerr-ignore | sed -i 's/pam_rbac.so/& onerr=ignore/' /etc/pam.d/sudo
		pam.onerr-ignore | sed -i 's/required pam_rbac/[success=ok authinfo_unavail=ignore \
			default=bad] pam_rbac/' /etc/pam.d/sudo
	EOT
}

@test "a line that several services include is one finding, which names them all" {
	pam common-account "account sufficient pam_localuser.so\naccount required \
		pam_unix.so\n$GATE"
	pam sshd "$REST"
	pam sudo "$REST"
	run -1 rbacctl doctor
	[ "${#lines[@]}" = 1 ]
	[[ $output =~ ' '(sudo, )?sshd, ]] && [[ $output == *sudo,* || $output == *' sudo:'* ]]
	says 'before the first account line of /etc/pam.d/common-account'
	pam common-account "account [success=end default=ignore] pam_unix.so\n$GATE"
	run -1 rbacctl doctor
	says ': an action is not known: nobody gets in '
	[ "$(grep -c everyone-denied <<<"$(rbacctl doctor --json)")" = 1 ]
	put_back
	first sshd 'account [default=done] pam_warn.so'
	run -1 rbacctl doctor
	says '/etc/pam.d/sshd:7  sshd: this line ends the stack, and no line before it says yes'
	put_back
	pam sshd "$GATE$REST-account required pam_krb5.so\n"
	run -1 rbacctl doctor
	says 'there is no such module'
	[[ $output != *'looks like pam_rbac.so'* ]]
	put_back
}

@test "a finding has file, line, includes and the users it lets in; text and JSON agree" {
	pam deep "account sufficient pam_permit.so\n"
	pam x "account include deep\n"
	pam sshd "account include x\n$GATE"
	run rbacctl doctor --json
	[ "$status" = 1 ]
	python3 - "$output" <<-'EOP'
		import json, sys
		said = json.loads(sys.argv[1])
		assert said["schema"] == 1 and said["host"] == "web1" and not said["ok"], said
		assert said["generation"] >= 1 and "nss:nsswitch.conf" in said["checked"]
		(f,) = [f for f in said["findings"] if f["severity"] == "trouble"]
		assert f["id"] == "pam.gate-not-reached" and f["area"] == "pam", f
		assert (f["file"], f["line"], f["service"]) == ("/etc/pam.d/deep", 1, "sshd"), f
		assert f["via"] == ["/etc/pam.d/sshd:1", "/etc/pam.d/x:1"], f
		passed = dict(roleless="pass", holder="pass", root="pass", exempt="pass")
		assert f["effect"] == passed, f
		assert f["found"] == "account sufficient pam_permit.so", f
	EOP
	run rbacctl doctor
	[ "${#lines[@]}" = 1 ]
	says 'trouble  /etc/pam.d/deep:1  sshd: pam_rbac.so (/etc/pam.d/sshd:2) is not asked'
	put_back
}


@test "each command that doctor suggests repairs its finding, and keeps the line's options" {
	mended <<-'EOT'
		sed -i 's/required pam_rbac/sufficient pam_rbac/' /etc/pam.d/sshd
		pam x 'account optional pam_rbac.so\n'; pam sshd "account include \
			x\n@include common-account\n"
		first sshd 'account sufficient pam_unix.so'
		pam sshd "@include common-account\naccount required pam_rbac.so quiet\n"
		sed -i 's/^account required pam_rbac/auth required pam_rbac/' /etc/pam.d/sshd
		sed -i 's/^account required pam_rbac/acount required pam_rbac/' /etc/pam.d/sshd
		sed -i 's/^account required pam_rbac/#&/' /etc/pam.d/sshd
		pam sshd 'auth required pam_permit.so\n'
		rm /etc/pam.d/sshd
		sed -i 's/pam_rbac/pam_rbca/' /etc/pam.d/sshd
		sed -i 's,pam_rbac.so,/lib/security/$ISA/pam_rbac.so,' /etc/pam.d/sshd
		sed -i 's/exempt_group=/Exempt_groups=/' /etc/pam.d/sshd
		sed -i 's/$/\r/' /etc/pam.d/sshd
		sed -i 's/required pam_rbac/[default=die pam_rbac/' /etc/pam.d/sshd
		first sshd 'account required pam_rbac.so quiet'
		pam sshd "account [success=ok default=1] pam_rbac.so\naccount required \
			pam_deny.so\naccount required pam_permit.so\n"
		group_line files '[NOTFOUND=return]' rbac
		echo 'initgroups: files' >>/etc/nsswitch.conf
		sed -i '/^group/d' /etc/nsswitch.conf; printf 'group: files rbac' \
			>>/etc/nsswitch.conf
		echo 'UsePAM no' >/etc/ssh/sshd_config
		chmod 600 /etc/nsswitch.conf; chmod 666 "$VIEW"; chmod 755 "$STATE/store"
		add_group sneaky 2010000123 carl
	EOT
	sed -i 's/required pam_rbac/optional pam_rbac/' /etc/pam.d/sshd
	python3 "$TOP/tests/system/tools/mend.py"
	grep -x 'account required pam_rbac.so exempt_group=breakglass' /etc/pam.d/sshd
	put_back
}

@test "that libpam is asked about the exempt is no use of the exemption" {
	mkdir -p /run/rbac
	background catch_log /run/rbac/exempt.sock /tmp/uses
	wait_for test -S /run/rbac/exempt.sock
	log_begin
	run -0 rbacctl doctor
	logger asked
	wait_for grep -qa asked "$LOG"
	[ ! -s /tmp/uses ]
	# priority 81 is authpriv.alert: an exemption was used
	run ! grep -a '^<81>' "$LOG"
	grep -qa '^<86>.*user="alice"' "$LOG"
	run -0 pamtester sshd eve acct_mgmt
	wait_for test -s /tmp/uses
	wait_for grep -qa '^<81>.*user="eve"' "$LOG"
}
