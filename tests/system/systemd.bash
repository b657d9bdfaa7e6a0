# A real systemd on the disposable host: process 1 of process, mount and cgroup namespaces of its
# own, with a /run of its own and nothing but the units a test asks for. It sees the host's /etc,
# /usr and /var.
# shellcheck shell=bash

# systemd_up: starts it, or returns 1 and says why that is not possible here.
systemd_up() {
	local cgroup=/tmp/cgroup
	[ -x /lib/systemd/systemd ] || { echo "no systemd is installed"; return 1; }
	mkdir -p "$cgroup"
	mount -t cgroup2 rbac-test "$cgroup" 2>/dev/null || { echo "no cgroup2 here"; return 1; }
	SYSTEMD_CGROUP=$cgroup/rbac-test.$$.$RANDOM
	mkdir "$SYSTEMD_CGROUP" 2>/dev/null || { echo "cgroup2 may not be changed here"; return 1; }
	only_our_units
	# The shell that becomes systemd waits for its folder of cgroups to be the root of its own.
	background bash -c "echo \$\$ >$SYSTEMD_CGROUP/cgroup.procs && exec unshare --cgroup \
		--pid --mount --propagation unchanged --fork --kill-child bash -c '
			mount -t proc proc /proc
			mount -t sysfs -o ro sysfs /sys
			mount -t cgroup2 cgroup /sys/fs/cgroup
			mount -t tmpfs -o mode=0755 run /run
			mkdir -p /run/systemd /run/lock /run/user
			exec env -i container=rbac-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
				/lib/systemd/systemd --unit=rbac-test.target --log-target=null'"
	unshare_pid=$!
	wait_for systemd_answers
}

systemd_answers() {
	SYSTEMD=$(pgrep -P "$unshare_pid") && [ "$(cat "/proc/$SYSTEMD/comm")" = systemd ] &&
		in_systemd systemctl is-active rbac-test.target >/dev/null 2>&1
}

# The units of this machine's packages would set kernel variables and devices.
only_our_units() {
	local units=/lib/systemd/system
	rm -rf $units/*.wants /etc/systemd/system/* /lib/systemd/system-generators/* \
		/etc/systemd/system-generators/* $units/systemd-journald-audit.socket
	cat >/etc/systemd/system/rbac-test.target <<-EOF
		[Unit]
		DefaultDependencies=no
	EOF
	for u in dev-hugepages dev-mqueue sys-fs-fuse-connections sys-kernel-config \
		sys-kernel-debug sys-kernel-tracing tmp; do
		ln -s /dev/null "/etc/systemd/system/$u.mount"
	done
}

# in_systemd COMMAND...: run it beside that systemd, as root.
in_systemd() {
	nsenter --target "$SYSTEMD" --mount --pid --cgroup --root --wd=/ -- "$@"
}

# in_systemd_as USER COMMAND...: the same as a person, without a login.
in_systemd_as() {
	local user=$1
	shift
	in_systemd setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
}

# setup_file() and the tests are processes of their own: what one has to know of the other.
systemd_save() {
	declare -p SYSTEMD SYSTEMD_CGROUP | sed 's/^declare --/declare -g/' >/tmp/systemd.env
}

# systemd_here: in setup(): the test is skipped where systemd_up() said into /tmp/no-systemd why.
systemd_here() {
	[ ! -s /tmp/no-systemd ] || skip "$(cat /tmp/no-systemd)"
	# shellcheck source=/dev/null
	. /tmp/systemd.env
}

systemd_down() {
	# shellcheck source=/dev/null
	[ ! -e /tmp/systemd.env ] || . /tmp/systemd.env
	[ -n "${SYSTEMD-}" ] || return 0
	kill -KILL "$SYSTEMD" 2>/dev/null || true
	wait_for empty_cgroups
	find "$SYSTEMD_CGROUP" -depth -type d -exec rmdir {} +
}

empty_cgroups() { grep -qx 'populated 0' "$SYSTEMD_CGROUP/cgroup.events"; }
