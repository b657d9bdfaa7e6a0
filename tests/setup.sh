#!/bin/sh
# setup.sh [demo]: install with apt what building and testing need and is missing.  It starts nothing: what has a daemon
# (sshd, cron) is not installed but unpacked under build/, for the disposable hosts of tests/system/host.
set -eu

cd "$(dirname "$0")/.."

build='make gcc libc6-dev pkg-config liblmdb-dev libconfig-dev libsmartcols-dev libsodium-dev libpam0g-dev'
hosts='openssh-client sudo passwd login procps bsdutils util-linux mount libpam-modules libpam-runtime'
libraries='libwrap0 libcom-err2 libgssapi-krb5-2 libkrb5-3 libselinux1 libaudit1 libsystemd0'   # what sshd and cron link
tests='git libcmocka-dev pamtester bats strace binutils diffutils mandoc shellcheck cppcheck clang libclang-rt-14-dev'

say() { printf '%s\n' "$*"; }

missing() {
	for p in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || printf '%s ' "$p"
	done
}

if ! command -v apt-get >/dev/null; then
	say 'set-up: no apt-get here; docs/packaging.md and this script name what has to be there'
	exit 0
fi

# sudo is no daemon, but its package may replace a sudo-ldap: only what is missing is touched.
wanted="$build $hosts $libraries"
[ "${1-}" = demo ] || wanted="$wanted $tests"
# shellcheck disable=SC2086 # lists of words
packages=$(missing $wanted)
daemons=
[ -x /usr/sbin/sshd ] || [ -x build/daemons/usr/sbin/sshd ] || daemons="openssh-server openssh-sftp-server"
[ -x /usr/sbin/cron ] || [ -x build/daemons/usr/sbin/cron ] || daemons="$daemons cron cron-daemon-common"
[ -n "$packages$daemons" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	say "set-up: missing here: $packages$daemons" "(root installs them: sudo make setup)" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
tmp=
trap 'rm -rf "$log" ${tmp:+"$tmp"}' EXIT

apt() { apt-get -y -q -o Dpkg::Use-Pty=0 -o APT::Install-Recommends=false "$@" >"$log" 2>&1 </dev/null; }

apt_or_die() {
	apt "$@" && return
	cat "$log" >&2
	say "set-up: apt-get $1 failed" >&2
	exit 1
}

# Unpacked, not installed: no daemon is enabled on this machine, and none started.
unpack() {
	tmp=$(mktemp -d)
	chmod 755 "$tmp"
	into=$PWD/build/daemons
	# shellcheck disable=SC2086
	(cd "$tmp" && apt_or_die download $daemons)
	mkdir -p "$into"
	for deb in "$tmp"/*.deb; do dpkg -x "$deb" "$into"; done
	# The package's own script makes this file.
	[ -e "$into/etc/pam.d/sshd" ] || [ ! -x "$into/usr/sbin/sshd" ] || cp /etc/pam.d/other "$into/etc/pam.d/sshd"
}

# The lists are fetched only where they are too old or not there.
# shellcheck disable=SC2086
if [ -n "$packages" ]; then
	say "set-up: installing $packages"
	apt install $packages || { apt_or_die update; apt_or_die install $packages; }
fi
if [ -n "$daemons" ]; then
	say "set-up: unpacking $daemons under build/daemons (not installed)"
	apt-cache show openssh-server >/dev/null 2>&1 || apt_or_die update
	unpack
fi
