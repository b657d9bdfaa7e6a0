#!/usr/bin/env bats
# The pages of docs/recipes, run as they stand: alice is the administrator, bob, eve and sam are
# users, and `ssh USER@web1` reaches an sshd with /etc/ssh/sshd_config.

load lib
load polkit

setup_file() {
	local user
	add_user alice 1001
	add_user bob 1002
	add_user eve 1003
	add_user sam 1004
	add_group breakglass 2003 sam
	rbacctl init --policy unix --admin alice >/tmp/init.out
	group_line files rbac
	mkdir -p /etc/ssh/sshd_config.d /root/.ssh
	ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key <<<y >/dev/null
	for user in alice bob eve sam; do
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
	sed -i '0,/^account/s//account required pam_rbac.so exempt_group=breakglass\naccount/' \
		/etc/pam.d/sshd
}

page() {
	HOME=/root run python3 "$TOP/tests/docs/recipe.py" "$TOP/docs/recipes/$1.md"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}

@test "SSH for one role" { page ssh; }
@test "sudo for one role" { page sudo; }
@test "break-glass" { page break-glass; }
@test "a contractor for two weeks" { page contractor; }
@test "on call for twelve hours" { page on-call; }
@test "AllowGroups and Match Group" { page allow-groups; }
@test "SFTP with chroot by role" { page sftp; }
@test "docker for developers" { page docker; }
@test "one host in several scopes" { page scopes; }
@test "NFS and GIDs" { page nfs; }
@test "cron and service accounts" { page cron; }
@test "LDAP or AD groups" { page directory; }
@test "access.conf and HBAC" { page access; }
@test "monitoring" { page monitoring; }

@test "polkit by role" {
	bus_up
	polkitd_up
	page polkit
}

@test "many hosts with git" { page git; }

@test "each page is run here, and the list of pages names it" {
	local f
	for f in "$TOP"/docs/recipes/*.md; do
		f=$(basename "$f" .md)
		[ "$f" != README ] || continue
		grep -q "page $f\( \|$\|;\)" "$BATS_TEST_FILENAME" ||
			{ echo "$f is not run"; return 1; }
		grep -q "($f.md)" "$TOP/docs/recipes/README.md" ||
			{ echo "$f is not listed"; return 1; }
	done
}
