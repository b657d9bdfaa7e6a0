#!/usr/bin/env bats
# What `make install` puts where, and a host on which it is half there.

load lib

setup_file() { host_up; rbacctl assign bob host-user; }

lib_dir() { dirname "$(find /usr/lib -name libnss_rbac.so.2)"; }

@test "the modules are where the C library and libpam look, and belong to root" {
	local f
	for f in "$(lib_dir)/libnss_rbac.so.2" "$(lib_dir)/security/pam_rbac.so" \
		/usr/bin/rbacctl; do
		[ "$(stat -c %u:%g "$f")" = 0:0 ]
		[ $((0$(stat -c %a "$f") & 022)) = 0 ]
	done
	[ "$(lib_dir)" = "$(dirname "$(find /usr/lib -name libnss_compat.so.2 | head -n 1)")" ]
}

@test "manuals, policies and samples are there" {
	local f
	for f in man8/pam_rbac.8 man8/nss_rbac.8 man8/rbacctl.8 man5/rbac.conf.5; do
		[ -s "/usr/share/man/$f" ]
	done
	for f in unix torque layer5; do [ -s "/usr/share/rbac/policies/$f.conf" ]; done
	[ -s /usr/share/doc/rbac/README.md ]
}

@test "umask 077, sources in a path with blanks: all is installed with the modes that it needs" {
	local from='/tmp/so urces' dest='/tmp/de st' part
	mkdir -p "$from"
	tar -C "$TOP" --exclude=./build --exclude=./.git -cf - . | tar -C "$from" -xf -
	with_umask() {
		(umask 077; make -s -j2 -C "$from" "$1" OPT=-O0 DESTDIR="$dest")
	}
	run -0 with_umask install
	[[ $output != *warning* ]] || { echo "$output"; return 1; }
	[ -x "$dest/usr/bin/rbacctl" ]
	"$dest/usr/bin/rbacctl" --version
	# folders of install(1) that it makes on the way have the modes that others can pass
	run find "$dest" -mindepth 1 ! -type l ! -perm -a+r
	[ -z "$output" ] || { echo "$output"; return 1; }
	run find "$dest" -mindepth 1 -type d ! -perm 755
	[ -z "$output" ] || { echo "$output"; return 1; }
	run find "$dest" -type f ! -perm 644 ! -path '*/bin/*' ! -name '*.so*'
	[ -z "$output" ] || { echo "$output"; return 1; }
	for part in bin/rbacctl bin/rbac-follow; do
		[ "$(stat -c %a "$dest/usr/$part")" = 755 ]
	done
	rm -rf "$from" "$dest"
}

@test "DESTDIR, also with blanks, prefix and libdir are honoured; uninstall removes it all" {
	local dest='/tmp/de st'
	in_opt() {
		make -s -j2 -C "$TOP" B=/tmp/build "$1" DESTDIR="$dest" prefix=/opt/rbac \
			libdir=/opt/rbac/lib CPPFLAGS=-D_FORTIFY_SOURCE=3
	}
	run -0 in_opt install
	[[ $output != *warning* ]] || { echo "$output"; return 1; }
	[ -e "$dest/opt/rbac/lib/libnss_rbac.so.2" ]
	[ -e "$dest/opt/rbac/lib/security/pam_rbac.so" ]
	[ -x "$dest/opt/rbac/bin/rbacctl" ]
	[ "$(find "$dest" -type f -not -path "$dest/opt/rbac/*")" = \
		"$dest/etc/apparmor.d/abstractions/nameservice.d/rbac" ]
	run ! grep -rl "$dest" "$dest"
	mkdir "$dest/opt/rbac/bin/other"
	run -0 in_opt uninstall
	[ -z "$(find "$dest" ! -type d)" ]
	[ -z "$(find "$dest" -name '*rbac*' -not -path '*/opt/rbac' -not -path '*/opt/rbac/*')" ]
	[ -d "$dest/opt/rbac/bin/other" ]
}

@test "uninstall is refused while PAM names the module, and says where" {
	gate gate
	run -1 sh "$TOP/packaging/debian/libpam-rbac.prerm" remove
	says '/etc/pam.d/gate:1:account required pam_rbac.so'
	run -0 sh "$TOP/packaging/debian/libpam-rbac.prerm" upgrade 2.0
	run -1 sh "$TOP/packaging/debian/libpam-rbac.prerm" 0
	sed -i 's/^/# /' /etc/pam.d/gate*
	run -0 sh "$TOP/packaging/debian/libpam-rbac.prerm" remove
	sed -i 's/^# //' /etc/pam.d/gate*
}

@test "uninstall is refused for each way to name the module, and for no other" {
	local prerm=$TOP/packaging/debian/libpam-rbac.prerm line
	mkdir -p /tmp/aside /usr/lib/pam.d
	mv /etc/pam.d/gate* /tmp/aside
	run -0 sh "$prerm" remove
	for line in 'account required /usr/lib/security/pam_rbac.so quiet' \
		'-account [success=ok default=die] pam_rbac.so' 'session optional pam_rbac.so' \
		"$(printf 'account\trequired \\\n\tpam_rbac.so')"; do
		echo "$line" >/etc/pam.d/one
		run -1 sh "$prerm" remove
		says /etc/pam.d/one:
	done
	for line in '# account required pam_rbac.so' \
		'account required pam_unix.so # pam_rbac.so'; do
		echo "$line" >/etc/pam.d/one
		run -0 sh "$prerm" remove
	done
	rm /etc/pam.d/one
	echo 'account required pam_rbac.so' >/usr/lib/pam.d/vendor
	run -1 sh "$prerm" remove
	says /usr/lib/pam.d/vendor:1
	mv /usr/lib/pam.d/vendor '/opt/outside'
	for line in '@include /opt/outside' 'account include /opt/outside' \
		'account	substack	/opt/outside'; do
		echo "$line" >/etc/pam.d/one
		run -1 sh "$prerm" remove
		says /opt/outside:1
	done
	echo '# @include /opt/outside' >/etc/pam.d/one
	run -0 sh "$prerm" remove
	echo 'sshd account required pam_rbac.so' >/etc/pam.conf
	run -1 sh "$prerm" remove
	says /etc/pam.conf:1
	rm /etc/pam.d/one /etc/pam.conf /opt/outside
	mv /tmp/aside/gate* /etc/pam.d/
}

# Paths are fixed when an object is built; an object built for other paths is stale.
@test "make with another localstatedir builds the modules again; with the same one, nothing" {
	nss_for() {
		make -s -j2 -C "$TOP" B=/tmp/build modules prefix=/opt/rbac localstatedir="$1"
	}
	nss_for /srv/one
	grep -q /srv/one/lib/rbac /tmp/build/libnss_rbac.so.2
	nss_for /srv/two
	grep -q /srv/two/lib/rbac /tmp/build/libnss_rbac.so.2
	run ! grep -q /srv/one /tmp/build/libnss_rbac.so.2 /tmp/build/pam_rbac.so
	touch /tmp/after
	nss_for /srv/two
	[ -z "$(find /tmp/build -name '*.so*' -newer /tmp/after)" ]
}

@test "nsswitch.conf names rbac, and the module is missing: the host works" {
	mv "$(lib_dir)/libnss_rbac.so.2" /tmp/
	run -0 id bob
	[[ $output != *host-* ]]
	run -0 getent group devs
	fails_with 2 getent group host-user
	run -0 as bob id
	mv /tmp/libnss_rbac.so.2 \
		"$(dirname "$(find /usr/lib -name libnss_compat.so.2 | head -n 1)")/"
	member bob host-user
}

@test "a module file that is no library: the host works" {
	local at
	at=$(lib_dir)
	cp "$at/libnss_rbac.so.2" /tmp/
	echo nonsense >/tmp/nonsense
	mv /tmp/nonsense "$at/libnss_rbac.so.2"
	run -0 id bob
	fails_with 2 getent group host-user
	mv /tmp/libnss_rbac.so.2 "$at/"
	member bob host-user
}

@test "purged: configuration, state and modules gone, the host is what it was" {
	local at
	at=$(lib_dir)
	group_line files
	rm -rf "$at/libnss_rbac.so.2" "$at/security/pam_rbac.so" /usr/bin/rbacctl /etc/rbac \
		"${STATE:?}"/*
	run -0 id bob
	[ "$output" = "uid=1002(bob) gid=1002(bob) groups=1002(bob)" ]
}
