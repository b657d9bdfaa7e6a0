#!/usr/bin/env bats
# The pages of docs/recipes, run as they stand: alice is the administrator, bob, eve and sam are
# users, and `ssh USER@web1` reaches an sshd with /etc/ssh/sshd_config.

load lib
load polkit
load pages

setup_file() {
	add_user alice 1001
	add_user bob 1002
	add_user eve 1003
	add_user sam 1004
	add_group breakglass 2003 sam
	rbacctl init --policy unix --admin alice >/tmp/init.out
	group_line files rbac
	ssh_up alice bob eve sam
	sed -i '0,/^account/s//account required pam_rbac.so exempt_group=breakglass\naccount/' \
		/etc/pam.d/sshd
}

@test "SSH for one role" { page docs/recipes/ssh.md; }
@test "sudo for one role" { page docs/recipes/sudo.md; }
@test "break-glass" { page docs/recipes/break-glass.md; }
@test "a contractor for two weeks" { page docs/recipes/contractor.md; }
@test "on call for twelve hours" { page docs/recipes/on-call.md; }
@test "AllowGroups and Match Group" { page docs/recipes/allow-groups.md; }
@test "SFTP with chroot by role" { page docs/recipes/sftp.md; }
@test "docker for developers" { page docs/recipes/docker.md; }
@test "one host in several scopes" { page docs/recipes/scopes.md; }
@test "NFS and GIDs" { page docs/recipes/nfs.md; }
@test "cron and service accounts" { page docs/recipes/cron.md; }
@test "LDAP or AD groups" { page docs/recipes/directory.md; }
@test "access.conf and HBAC" { page docs/recipes/access.md; }
@test "Ansible" { page docs/recipes/ansible.md; }
@test "monitoring" { page docs/recipes/monitoring.md; }

@test "polkit by role" {
	bus_up
	polkitd_up
	page docs/recipes/polkit.md
}

@test "many hosts with git" { page docs/recipes/git.md; }

@test "each page is run here, and the list of pages names it" {
	local f
	for f in "$TOP"/docs/recipes/*.md; do
		f=$(basename "$f" .md)
		[ "$f" != README ] || continue
		grep -q "page docs/recipes/$f.md" "$BATS_TEST_FILENAME" ||
			{ echo "$f is not run"; return 1; }
		grep -q "($f.md)" "$TOP/docs/recipes/README.md" ||
			{ echo "$f is not listed"; return 1; }
	done
}
