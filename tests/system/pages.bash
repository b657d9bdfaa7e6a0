# Pages of docs whose commands are run as they stand: recipes.bats and readme.bats.
# shellcheck shell=bash disable=SC2154 # set by bats

# `ssh USER@web1` reaches an sshd with /etc/ssh/sshd_config, for each USER.
ssh_up() {   # ssh_up USER...
	local user
	mkdir -p /etc/ssh/sshd_config.d /root/.ssh
	ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key <<<y >/dev/null
	for user in "$@"; do
		install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"
		install -m 600 -o "$user" -g "$user" /root/.ssh/id_ed25519.pub \
			"/home/$user/.ssh/authorized_keys"
	done
	printf '%s\n' 'Include /etc/ssh/sshd_config.d/*.conf' 'UsePAM yes' 'UseDNS no' \
		'PasswordAuthentication no' 'KbdInteractiveAuthentication no' \
		'Subsystem sftp internal-sftp' >/etc/ssh/sshd_config
	# Each connection has an sshd of its own, which reads the configuration as it is then.
	printf '%s\n' 'Host web1' 'BatchMode yes' 'StrictHostKeyChecking no' 'LogLevel ERROR' \
		'UserKnownHostsFile /dev/null' 'ProxyCommand /usr/sbin/sshd -i' >/root/.ssh/config
}

page() {   # page FILE [HEADING...]
	HOME=/root run python3 "$TOP/tests/docs/recipe.py" "$TOP/$1" "${@:2}"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}
