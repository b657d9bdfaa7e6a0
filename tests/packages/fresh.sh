#!/bin/bash
# fresh.sh DEBS BASE: the first section of README.md as it stands, with the packages in the folder
# DEBS, on a Debian 12 that debootstrap(8) has made: installed with apt, set up, logins by role over
# SSH, undone, purged; then /etc is compared, byte for byte, with what it was. BASE keeps what
# debootstrap made. Each check is a line, "ok ..." or "not ok ...". Needs root and the network.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

# ---- on that host ----

etc_now() {
	find /etc -mindepth 1 ! -name ld.so.cache -printf '%M %u:%g %p %l\n' | sort -k3
	find /etc -type f ! -name ld.so.cache -exec sha256sum {} + | sort -k2
}

said() {   # said STATUS WHAT LOG
	if [ "$1" = 0 ]; then echo "ok $2"; return; fi
	echo "not ok $2"
	sed 's/^/#   /' "$3"
	bad=1
}

step() {   # step HEADING WHAT: what README has below HEADING
	local status=0
	python3 "$top/tests/docs/recipe.py" "$top/README.md" "$1" >/tmp/step 2>&1 || status=$?
	said "$status" "$2" /tmp/step
}

people() {
	local user
	ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	for user in alice bob mia; do
		useradd -m -s /bin/bash "$user"
		install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"
		install -m 600 -o "$user" -g "$user" /root/.ssh/id_ed25519.pub \
			"/home/$user/.ssh/authorized_keys"
	done
	# Debian's own sshd_config; each connection has an sshd of its own.
	printf '%s\n' 'Host web1' 'BatchMode yes' 'StrictHostKeyChecking no' 'LogLevel ERROR' \
		'UserKnownHostsFile /dev/null' 'ProxyCommand /usr/sbin/sshd -i' >/root/.ssh/config
	echo web1 >/etc/hostname
	echo '127.0.0.1 localhost web1' >/etc/hosts
	# A container may not set login uids.
	sed -i 's/\brequired\(.*pam_loginuid\)/optional\1/' /etc/pam.d/*
}

inside() {
	bad=0
	cd /root/debs
	people
	etc_now >/tmp/before
	step Install 'fresh: apt installs the packages'
	step 'Roles and logins' 'fresh: init, setup, logins by role over SSH, as README has it'
	step Undo 'fresh: setup --undo'
	step Remove 'fresh: apt purges the packages'
	etc_now | diff /tmp/before - >/tmp/step || true
	[ ! -s /tmp/step ] && status=0 || status=1
	said "$status" 'fresh: /etc is byte for byte what it was' /tmp/step
	find / -xdev -name '*rbac*' ! -path '/proc/*' ! -path '/root/*' ! -path "$top/*" \
		! -path '/var/log/*' >/tmp/step || true
	[ ! -s /tmp/step ] && status=0 || status=1
	said "$status" 'fresh: no file has our name any more' /tmp/step
	exit $bad
}

# ---- before the chroot ----

mounts() {   # mounts BASE POINT: an overlay on it at POINT, so that it stays fresh
	mem=$2
	mount -t tmpfs rbac-fresh "$mem"
	mkdir "$mem/new" "$mem/work" "$mem/root"
	root=$mem/root
	mount -t overlay -o "lowerdir=$1,upperdir=$mem/new,workdir=$mem/work" rbac-fresh "$root"
	mount -t proc proc "$root/proc"
	mount -t tmpfs -o mode=0755 rbac-fresh "$root/run"
	mkdir -p "$root/run/sshd" "$root/run/lock" "$root$top"
	for d in null zero full random urandom tty; do
		[ -e "$root/dev/$d" ] || : >"$root/dev/$d"
		mount --bind "/dev/$d" "$root/dev/$d"
	done
	mount --bind "$top" "$root$top"
	mount -o remount,bind,ro "$root$top"
}

enter() {
	mounts "$2" "$3"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	# The administrator answers yes.
	printf '%s\n' 'APT::Get::Assume-Yes "true";' 'Acquire::http::Timeout "30";' \
		>"$root/root/apt.conf"
	mkdir -p "$root/root/debs" "$root/root/.ssh"
	cp "$1"/rbac_*.deb "$1"/libnss-rbac_*.deb "$1"/libpam-rbac_*.deb "$root/root/debs"
	hostname web1
	exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		USER=root LOGNAME=root LANG=C.UTF-8 APT_CONFIG=/root/apt.conf \
		DEBIAN_FRONTEND=noninteractive \
		"$top/tests/packages/fresh.sh" --inside
}

case ${1-} in
--inside) inside ;;
--enter) enter "$2" "$3" "$4" ;;
*)
	debs=$(realpath "$1") base=$2
	if [ ! -e "$base/.made" ]; then
		rm -rf "$base"
		mkdir -p "${base%/*}"
		debootstrap --include=openssh-server,python3-minimal bookworm "$base" >&2
		touch "$base/.made"
	fi
	point=$(mktemp -d)
	trap 'rmdir "$point"' EXIT
	"$top/build/gcc/tests/system/tools/alone" \
		unshare --uts --ipc --pid --fork --kill-child \
		"$top/tests/packages/fresh.sh" --enter "$debs" "$(realpath "$base")" "$point"
	;;
esac
