#!/bin/sh
# setup.sh [demo|soak|arch|packages|audit]: install with apt what is needed to build and to test,
# and is missing.
# It starts nothing: a package with a daemon (sshd, cron, dovecot ...) is not installed but
# unpacked under build/, for the disposable hosts of tests/system/host.
# demo: only what `make demo` needs; soak: Go and a JDK as well, 950 MB;
# arch: compilers for other machines, an emulator, and the libraries of those machines, unpacked
# under build/arch; audit: qemu for tests/audit, with auditd and a kernel unpacked under build.
set -eu

cd "$(dirname "$0")/.."

build='make gcc libc6-dev pkg-config libaudit-dev
	liblmdb-dev libconfig-dev libsmartcols-dev libsodium-dev
	libjansson-dev libpam0g-dev libldap-dev libsasl2-dev'
# What make demo-fleet needs beside.
fleet='ldap-utils openssl libltdl7 libsasl2-2 libnsl2 libtirpc3'
hosts='openssh-client sudo passwd login procps bsdutils util-linux mount libpam-modules
	libpam-runtime'
# What sshd and cron link.
libraries='libwrap0 libcom-err2 libgssapi-krb5-2 libkrb5-3 libselinux1 libaudit1 libsystemd0'
tests='git jq tmux libcmocka-dev pamtester bats strace psmisc binutils diffutils mandoc shellcheck
	cppcheck
	clang clang-format libclang-rt-14-dev
	valgrind python3 perl-base fakeroot faketime ldap-utils openssl
	bash-completion fish zsh apparmor systemd ansible-core'
# What tests/packages needs.
packages='debhelper debootstrap dh-nss lintian rpm pkgconf systemd selinux-utils semodule-utils
	setools selinux-policy-default policycoreutils'
# What the other daemons link: atd, vsftpd, nscd, dovecot; polkitd and dbus-daemon; slapd; krb5kdc.
more_libraries='libcap2 libssl3 libaudit1 libapparmor1 libbz2-1.0 libexttextcat-2.0-0 libicu72
	liblua5.4-0 liblz4-1 libstemmer0d libtirpc3 libunwind8 libzstd1 libduktape207 libexpat1
	libglib2.0-0 libpolkit-agent-1-0 libpolkit-gobject-1-0 libcap-ng0 libdbus-1-3
	libltdl7 libsasl2-2 libnsl2 libss2 libk5crypto3 libkrb5support0'
# What tests/audit needs; the kernel and auditd are unpacked only.
machine='qemu-system-x86 seabios busybox-static cpio libauparse0 libcap-ng0'
compilers='golang-go default-jdk-headless'
cross='gcc-i686-linux-gnu gcc-aarch64-linux-gnu gcc-s390x-linux-gnu
	libc6-dev-i386-cross libc6-dev-arm64-cross libc6-dev-s390x-cross
	qemu-user'
# Of the other machines; what the compilers bring of the C library will do.
foreign='libcmocka0 libcmocka-dev liblmdb0 liblmdb-dev libpam0g libpam0g-dev libaudit1 libcap-ng0'
architectures='i386 arm64 s390x'
mode=${1-}
unscd=/usr/lib/unscd   # its files have the names of nscd's

say() { printf '%s\n' "$*"; }

missing() {
	for p in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed ||
			printf '%s ' "$p"
	done
}

if ! command -v apt-get >/dev/null; then
	say 'set-up: no apt-get here; docs/packaging.md and this script name what has to be there'
	exit 0
fi

# sudo is no daemon, but its package may replace a sudo-ldap: only what is missing is touched.
wanted="$build $hosts $libraries $fleet"
[ "$mode" = demo ] || wanted="$wanted $tests $more_libraries"
[ "$mode" != soak ] || wanted="$wanted $compilers"
[ "$mode" != arch ] || wanted="$build libcmocka-dev $cross"
[ "$mode" != audit ] || wanted="$build $machine"
[ "$mode" != packages ] || wanted="$wanted $packages gcc-i686-linux-gnu"
# shellcheck disable=SC2086 # lists of words
packages=$(missing $wanted)
daemons=
daemon() {   # daemon FILE PACKAGE...: it is in these packages
	if [ -e "$1" ] || [ -e "build/daemons$1" ]; then return; fi
	shift
	daemons="$daemons $*"
}
if [ "$mode" = audit ]; then
	daemon /sbin/auditd auditd
	if [ -z "$(find /boot build/daemons/boot -name 'vmlinuz-*-cloud-amd64' 2>/dev/null)" ]; then
		daemons="$daemons $(apt-cache depends linux-image-cloud-amd64 |
			sed -n 's/.*Depends: \(linux-image-\)/\1/p')"
	fi
elif [ "$mode" != arch ]; then
	daemon /usr/sbin/sshd openssh-server openssh-sftp-server
	daemon /usr/sbin/cron cron cron-daemon-common
	daemon /usr/sbin/slapd slapd
fi
if [ "$mode" != demo ] && [ "$mode" != arch ] && [ "$mode" != audit ]; then
	daemon /usr/sbin/atd at
	daemon /usr/sbin/vsftpd vsftpd
	daemon /usr/sbin/dovecot dovecot-core
	daemon /usr/lib/dovecot/imap dovecot-imapd
	daemon /usr/bin/dbus-daemon dbus-daemon
	daemon /usr/share/dbus-1/system.conf dbus-system-bus-common
	daemon /usr/lib/polkit-1/polkitd polkitd
	daemon /usr/bin/pkexec pkexec
	daemon /usr/sbin/nscd nscd
	daemon $unscd/usr/sbin/nscd unscd
	daemon /usr/sbin/krb5kdc krb5-kdc libkdb5-10 libkadm5srv-mit12 libgssrpc4 libverto1 \
		libverto-libev1 libev4
	daemon /usr/sbin/kadmin.local krb5-admin-server
	daemon /usr/bin/kinit krb5-user libkadm5clnt-mit12
	daemon "/usr/lib/$(gcc -print-multiarch 2>/dev/null)/sasl2/libgssapiv2.so" \
		libsasl2-modules-gssapi-mit
fi
absent=
if [ "$mode" = arch ]; then
	for a in $architectures; do
		[ -e "build/arch/$a/usr/include/cmocka.h" ] || absent="$absent $a"
	done
fi
[ -n "$packages$daemons$absent" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	say "set-up: missing here: $packages$daemons$absent" \
		"(root installs them: sudo make setup)" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
tmp=
trap 'rm -rf "$log" ${tmp:+"$tmp"}' EXIT

apt() {
	apt-get -y -q -o Dpkg::Use-Pty=0 -o APT::Install-Recommends=false \
		"$@" >"$log" 2>&1 </dev/null
}

apt_or_die() {
	apt "$@" && return
	cat "$log" >&2
	say "set-up: apt-get $* failed" >&2
	exit 1
}

# Unpacked, not installed: no daemon is enabled on this machine, and none started.
unpack() {
	tmp=$(mktemp -d)
	chmod 755 "$tmp"
	into=$PWD/build/daemons
	# shellcheck disable=SC2086
	(
		cd "$tmp" || exit
		apt download $daemons || { apt_or_die update; apt_or_die download $daemons; }
	)
	mkdir -p "$into"
	for deb in "$tmp"/*.deb; do
		case $deb in
		*/unscd_*) mkdir -p "$into$unscd" && dpkg -x "$deb" "$into$unscd" ;;
		*) dpkg -x "$deb" "$into" ;;
		esac
	done
	# The package's own script makes this file.
	if [ -x "$into/usr/sbin/sshd" ] && [ ! -e "$into/etc/pam.d/sshd" ]; then
		cp /etc/pam.d/other "$into/etc/pam.d/sshd"
	fi
}

# The libraries of machine $1. apt gets lists of its own for it, because dpkg --add-architecture
# would change this machine.
unpack_foreign() {
	tmp=$(mktemp -d)
	chmod 755 "$tmp"
	mkdir -p "$tmp/lists/partial" "$tmp/cache/archives/partial" "$tmp/state"
	: >"$tmp/status"
	set -- "$1" -o "APT::Architecture=$1" -o "APT::Architectures::=$1" \
		-o "Dir::State=$tmp/state" -o "Dir::State::Lists=$tmp/lists" \
		-o "Dir::State::status=$tmp/status" -o "Dir::Cache=$tmp/cache"
	a=$1
	shift
	# apt leaves out a list that does not match its signature, for example while a mirror
	# changes; the other lists may do.
	apt "$@" update || say "set-up: some of apt's lists for $a are left out"
	# shellcheck disable=SC2086
	(cd "$tmp" && apt_or_die "$@" download $foreign)
	mkdir -p "build/arch/$a.new"
	for deb in "$tmp"/*.deb; do dpkg -x "$deb" "build/arch/$a.new"; done
	# What would be found at / on that machine.
	find "build/arch/$a.new" -type l | while read -r link; do
		case $(readlink "$link") in
		/*) ln -sf "$PWD/build/arch/$a$(readlink "$link")" "$link" ;;
		esac
	done
	rm -rf "build/arch/$a" "$tmp"
	mv "build/arch/$a.new" "build/arch/$a"
}

# The lists are fetched only where they are too old or not there.
# shellcheck disable=SC2086
if [ -n "$packages" ]; then
	say "set-up: installing $packages"
	apt install $packages || { apt_or_die update; apt_or_die install $packages; }
fi
if [ -n "$daemons" ]; then
	say "set-up: unpacking $daemons under build/daemons (not installed)"
	unpack
fi
for a in $absent; do
	say "set-up: unpacking libraries of $a under build/arch (not installed)"
	unpack_foreign "$a"
done
