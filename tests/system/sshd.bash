# A real sshd on the loopback, and logins by key.
# shellcheck shell=bash

new_key() {
	install -d -m 700 -o "$1" -g "$(id -g "$1")" "/home/$1/.ssh"
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "/tmp/key-$1"
	install -m 600 -o "$1" -g "$(id -g "$1")" "/tmp/key-$1.pub" "/home/$1/.ssh/authorized_keys"
}

start_sshd() {
	: >/var/log/sshd
	background /usr/sbin/sshd -D -E /var/log/sshd -f /etc/ssh/test_config
	wait_for grep -q 'Server listening' /var/log/sshd
}

# sshd as Debian sets it up, with one line more in its PAM file, as the README says.
sshd_up() {   # sshd_up [LINE...]: with these lines in its configuration
	sed -i '0,/^account/s//account required pam_rbac.so\naccount/' /etc/pam.d/sshd
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/test_host_key
	echo "[127.0.0.1]:2022 $(cat /etc/ssh/test_host_key.pub)" >/tmp/known_hosts
	cat >/etc/ssh/test_config <<-EOF
		Port 2022
		ListenAddress 127.0.0.1
		HostKey /etc/ssh/test_host_key
		PidFile /run/sshd.pid
		UsePAM yes
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		UseDNS no
	EOF
	[ $# = 0 ] || printf '%s\n' "$@" >>/etc/ssh/test_config
	start_sshd
}

login() {   # login USER [COMMAND]
	timeout "${LOGIN_SECONDS-20}" ssh -n -F none -p 2022 -i "/tmp/key-$1" \
		-o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile=/tmp/known_hosts \
		-o LogLevel=INFO -o PreferredAuthentications=publickey \
		"$1@127.0.0.1" "${2-id -nG}"
}
