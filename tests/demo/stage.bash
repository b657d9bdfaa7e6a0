# How the demo shows a step, and the host it shows it on.  Runs on the disposable host.
# shellcheck shell=bash

# For people at a terminal; a log needs no colours.
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
output=

title() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }
tell() { printf '\n%s\n' "$*" | fold -s -w 100; }

fail() {
	printf '\ndemo: this did not go as told: %s\n' "$*" >&2
	exit 1
}

# shown COMMAND STATUS [TEXT]: shows COMMAND and runs it; it must end with STATUS and print TEXT.
shown() {
	local status=0
	printf '\n%s# %s%s\n' "$bold" "$1" "$plain"
	output=$(bash -c "$1" 2>&1) || status=$?
	if [ -n "$output" ]; then printf '%s\n' "$output"; fi
	if [ "$2" != 0 ]; then printf '[exit status %s]\n' "$status"; fi
	[ "$status" = "$2" ] || fail "exit status $status, expected $2: $1"
	[[ $output == *"${3-}"* ]] || fail "\"$3\" is not in the output of: $1"
}

# unseen TEXT: not in what was shown last.
unseen() { [[ $output != *"$1"* ]] || fail "\"$1\" is still there"; }

user_with_key() {   # user_with_key NAME UID
	printf '%s:x:%s:\n' "$1" "$2" >>/etc/group
	printf '%s:x:%s:%s::/home/%s:/bin/bash\n' "$1" "$2" "$2" "$1" >>/etc/passwd
	printf '%s:*:19000:0:99999:7:::\n' "$1" >>/etc/shadow
	install -d -m 700 -o "$2" -g "$2" "/home/$1" "/home/$1/.ssh"
	ssh-keygen -q -t ed25519 -N '' -C "$1@laptop" -f "/root/.ssh/$1"
	install -m 600 -o "$2" -g "$2" "/root/.ssh/$1.pub" "/home/$1/.ssh/authorized_keys"
}

listening() { grep -q 'Server listening' /var/log/sshd.log 2>/dev/null && [ -S /dev/log ]; }

stage_up() {
	local _
	install -d -m 700 /root/.ssh
	user_with_key alice 1001
	user_with_key bob 1002
	user_with_key carl 1003
	sed -i 's/^group:.*/group: files systemd/' /etc/nsswitch.conf
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/demo_host_key
	printf '%s\n' 'Port 2022' 'ListenAddress 127.0.0.1' 'HostKey /etc/ssh/demo_host_key' \
		'UsePAM yes' 'PrintMotd no' 'PasswordAuthentication no' \
		'KbdInteractiveAuthentication no' >/etc/ssh/demo_sshd_config
	# With this the command that is shown is what a user types: ssh bob@web1.
	printf '%s\n' 'Host web1' 'HostName 127.0.0.1' 'Port 2022' 'IdentityFile /root/.ssh/%r' \
		'IdentitiesOnly yes' 'BatchMode yes' 'HostKeyAlias web1' \
		'PreferredAuthentications publickey' >/root/.ssh/config
	printf 'web1 %s\n' "$(cat /etc/ssh/demo_host_key.pub)" >/root/.ssh/known_hosts
	catch_log /dev/log /var/log/auth.log &
	/usr/sbin/sshd -D -E /var/log/sshd.log -f /etc/ssh/demo_sshd_config &
	for _ in {1..200}; do
		if listening; then return; fi
		sleep 0.05
	done
	fail 'sshd does not come up'
}
