#!/usr/bin/env bats
# What AppArmor's and systemd's own tools say of the files for them. SELinux: tests/packages.

load lib

setup_file() { host_up; }

@test "apparmor_parser: a profile with <abstractions/nameservice> may read and map the view" {
	command -v apparmor_parser >/dev/null || skip "no AppArmor here"
	[ -e /etc/apparmor.d/abstractions/nameservice ] || skip "no abstractions here"
	printf '%s\n' 'include <tunables/global>' 'profile rbac-test /bin/rbac-test {' \
		'include <abstractions/nameservice>' '}' >/tmp/profile
	run -0 apparmor_parser -QTK --base /etc/apparmor.d -p /tmp/profile
	[[ $output == */var/lib/rbac/view/view.mdb\ mr,* ]]
	[[ $output == */var/lib/rbac/view/\ r,* ]]
	run -0 apparmor_parser -QTK --base /etc/apparmor.d /tmp/profile
}

@test "systemd: no unit is exposed more than 3.0, by systemd-analyze" {
	command -v systemd-analyze >/dev/null || skip "no systemd here"
	for unit in /usr/lib/systemd/system/rbac-*.service; do
		run -0 systemd-analyze security --offline=true --threshold=30 --no-pager "$unit"
		run -0 systemd-analyze verify --man=no "$unit"
	done
}
