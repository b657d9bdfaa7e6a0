#!/usr/bin/env bats
# vsftpd and dovecot, with PAM as Debian sets them up: both run on through assign and revoke, and
# each login has the answer and the groups of that moment.

load lib

FTP=/srv/ftp/plan
ask() { python3 "$TOP/tests/system/tools/ask_server.py" "$@"; }

setup_file() {
	local s
	host_up
	sed -i 's/"sshd", "gate",/&"vsftpd", "dovecot",/' /etc/rbac/rbac.conf
	rbacctl apply
	for s in alice bob mia; do echo "$s:secret"; done | chpasswd -c SHA256
	for s in vsftpd dovecot; do sed -i '1i account required pam_rbac.so' /etc/pam.d/$s; done
	rbacctl assign bob host-user
	vsftpd_up
	dovecot_up
}

# The file is for developers. Where the packages are installed, they make the users ftp, dovecot and
# dovenull.
vsftpd_up() {
	add_group ftp 993
	printf 'ftp:x:993:993::/srv/ftp:/usr/sbin/nologin\n' >>/etc/passwd
	mkdir -p "${FTP%/*}" /run/vsftpd/empty
	echo 'the plan' >"$FTP"
	chgrp host-developer "$FTP"
	chmod 640 "$FTP"
	cat >/etc/vsftpd.conf <<-EOF
		listen=YES
		listen_address=127.0.0.1
		local_enable=YES
		pam_service_name=vsftpd
		delay_failed_login=0
		secure_chroot_dir=/run/vsftpd/empty
	EOF
	background vsftpd /etc/vsftpd.conf
	wait_for listens 21
}

# A mail folder for developers beside everybody's own.
dovecot_up() {
	local d=/srv/mail/team
	add_group dovecot 991
	add_group dovenull 992
	cat >>/etc/passwd <<-EOF
		dovecot:x:991:991::/usr/lib/dovecot:/usr/sbin/nologin
		dovenull:x:992:992::/nonexistent:/usr/sbin/nologin
	EOF
	mkdir -p $d/.plans/cur $d/.plans/new $d/.plans/tmp
	printf 'From: alice\nSubject: plan\n\nthe plan\n' >"$d/.plans/cur/1.mail:2,S"
	chgrp -R host-developer $d
	chmod -R u=rwX,g=rX,o= $d
	cat >/etc/dovecot/dovecot.conf <<-EOF
		protocols = imap
		listen = 127.0.0.1
		ssl = no
		disable_plaintext_auth = no
		auth_failure_delay = 0
		log_path = /var/log/dovecot
		passdb {
		  driver = pam
		  args = dovecot
		}
		userdb {
		  driver = passwd
		}
		mail_location = maildir:~/Maildir
		namespace own {
		  inbox = yes
		  separator = /
		}
		namespace team {
		  prefix = team/
		  separator = /
		  location = maildir:$d:CONTROL=~/team:INDEX=~/team
		  subscriptions = no
		}
	EOF
	background dovecot -F
	wait_for listens 143
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

@test "vsftpd: only the right role can fetch the file; without a role no login" {
	rbacctl assign alice host-developer
	run -0 ask ftp alice "$FTP"
	[ "$output" = 'the plan' ]
	fails_with 1 ask ftp bob "$FTP"
	says 'refused: 550'
	fails_with 1 ask ftp mia "$FTP"
	says 'refused: 530'
	rbacctl revoke alice host-developer
}

@test "vsftpd: the next login sees an assign and a revoke" {
	local _
	for _ in 1 2 3; do
		rbacctl assign bob host-developer
		run -0 ask ftp bob "$FTP"
		[ "$output" = 'the plan' ]
		rbacctl revoke bob host-developer
		fails_with 1 ask ftp bob "$FTP"
		says 'refused: 550'
	done
	rbacctl user suspend bob
	fails_with 1 ask ftp bob "$FTP"
	says 'refused: 530'
	rbacctl user resume bob
}

@test "dovecot: its running auth process gives the current decisions" {
	local _
	for _ in 1 2 3; do
		fails_with 77 doveadm auth test -x service=imap mia secret
		rbacctl assign mia host-user
		run -0 doveadm auth test -x service=imap mia secret
		rbacctl revoke mia host-user
	done
	fails_with 77 doveadm auth test -x service=imap mia secret
	fails_with 77 doveadm auth test -x service=imap bob wrong
}

@test "dovecot: only holders of a role can read its mail folder, before and after a change" {
	rbacctl assign alice host-developer
	run -0 ask imap alice team/plans
	[ "$output" = 'the plan' ]
	fails_with 1 ask imap bob team/plans
	rbacctl assign bob host-developer
	run -0 ask imap bob team/plans
	[ "$output" = 'the plan' ]
	rbacctl revoke bob host-developer
	fails_with 1 ask imap bob team/plans
	run ! ask imap mia INBOX
	says 'refused: '
}
