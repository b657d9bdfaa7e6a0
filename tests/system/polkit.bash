# A system bus and polkitd, for polkit.bats and recipes.bats.
# shellcheck shell=bash

# What the packages' own scripts do is done here.
system_user() {   # system_user NAME UID
	sed -i "/^$1:/d" /etc/passwd /etc/group
	add_group "$1" "$2"
	printf '%s:x:%s:%s::/nonexistent:/usr/sbin/nologin\n' "$1" "$2" "$2" >>/etc/passwd
}

bus_up() {
	system_user messagebus 994
	system_user polkitd 995
	mkdir -p /run/dbus
	[ -s /etc/machine-id ] || echo 0123456789abcdef0123456789abcdef >/etc/machine-id
	background dbus-daemon --system --nofork --nopidfile
	wait_for test -S /run/dbus/system_bus_socket
}

# polkitd reads its rules as its own user, and follows the folder of rules.
polkitd_up() {
	mkdir -p /etc/polkit-1/rules.d
	chown -R polkitd /etc/polkit-1/rules.d /usr/share/polkit-1/rules.d
	background /usr/lib/polkit-1/polkitd --no-debug
	wait_for pkcheck --action-id org.freedesktop.policykit.exec --process $$
}
