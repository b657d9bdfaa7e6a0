#!/bin/bash
# run.sh [STEP...]: the Debian packages: built as an ordinary user, built again under other
# circumstances, built for i386, judged by lintian, installed on disposable hosts, and on a fresh
# Debian 12, by README. Steps: build, again, cross, lint, hosts, fresh; all by default. The last
# line counts.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL   # this is no part of the make that called
top=$PWD
work=$top/build/packages
steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(build again cross lint hosts fresh)
passed=0 failed=0

say() {   # say STATUS WHAT [LOG]
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
		printf 'ok %s\n' "$2"
		return
	fi
	failed=$((failed + 1))
	printf 'not ok %s\n' "$2"
	[ -z "${3-}" ] || tail -n 40 "$3" | sed 's/^/#   /'
}

# as_user USER WORDS: with an environment of its own.
as_user() {
	setpriv --reuid="$1" --regid="$1" --clear-groups --inh-caps=-all \
		env -i PATH="$PATH" HOME=/nonexistent "${@:2}"
}

# The sources as FOLDER/src, and they are USER's.
sources() {
	rm -rf "$1"
	mkdir -p "$1/src"
	git ls-files -z --cached --others --exclude-standard |
		tar --null --no-recursion -cf - -T - | tar -C "$1/src" -xf -
	chown -R "$2:$2" "$1"
}

build() {
	sources "$work/first" 65534
	as_user 65534 DEB_BUILD_OPTIONS=parallel=2 "$work/first/src/packaging/deb.sh" \
		"$work/first/out" >"$work/first.log" 2>&1
	say $? "packages are built by an ordinary user, and the tests that need no root run" \
		"$work/first.log"
	grep -q 'command cases: .* 0 files differ' "$work/first.log"
	say $? "the build runs the command cases"
}

# The first build had: user 65534, umask 022, no zone, make -j2.
again() {
	local deb status=0 far=/var/tmp/rbac-again.$$/a-much-longer-path
	sources "$far" 1234
	(umask 002; as_user 1234 TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 \
		DEB_BUILD_OPTIONS="parallel=1 nocheck" \
		"$far/src/packaging/deb.sh" "$far/out" -b) >"$work/again.log" 2>&1
	say $? "packages are built elsewhere" "$work/again.log"
	for deb in "$work"/first/out/*.deb; do
		cmp "$deb" "$far/out/$(basename "$deb")" >>"$work/again.log" 2>&1 || status=1
	done
	say $status "another path, user, umask, zone and -j give the same bytes" "$work/again.log"
	rm -rf "${far%/*}"
}

# -d: the libraries of i386 need not be installed for the check of build dependencies.
cross() {
	if [ ! -e /usr/lib/i386-linux-gnu/libpam.so ]; then
		echo 'ok a cross build for i386 # skip libpam0g-dev:i386 is not installed:' \
			'dpkg --add-architecture i386, apt-get update,' \
			'apt-get install libpam0g-dev:i386'
		return
	fi
	sources "$work/cross" 65534
	as_user 65534 DEB_BUILD_OPTIONS=parallel=2 "$work/cross/src/packaging/deb.sh" \
		"$work/cross/out" -b -d -ai386 -Pcross,nocheck >"$work/cross.log" 2>&1
	say $? "a cross build for i386 succeeds" "$work/cross.log"
	[ "$(grep -c -- '-c common/wire.c' "$work/cross.log")" = 1 ]
	say $? "a cross build compiles each file once" "$work/cross.log"
	[ "$(dpkg-deb -f "$work"/cross/out/libpam-rbac_*_i386.deb Architecture)" = i386 ]
	say $? "the package is for i386"
	dpkg-deb --fsys-tarfile "$work"/cross/out/libpam-rbac_*_i386.deb |
		tar -xO --wildcards '*/pam_rbac.so' | od -An -tx1 -j4 -N1 | grep -q 01
	say $? "and so is the module in it"
}

lint() {
	as_user 65534 lintian --pedantic --fail-on error,warning \
		"$work"/first/out/rbac_*_amd64.changes >"$work/lint.log" 2>&1
	say $? "lintian --pedantic finds no error and no warning" "$work/lint.log"
}

hosts() {   # a host for each file
	local file out status
	for file in tests/packages/*.bats; do
		out=$work/$(basename "$file").log status=0
		RBAC_BARE=1 tests/system/host build/gcc env "PACKAGES=$work" bats --tap \
			"$file" >"$out" 2>&1 || status=$?
		grep -E '^(ok|not ok|#)' "$out"
		passed=$((passed + $(grep -c '^ok' "$out")))
		failed=$((failed + $(grep -c '^not ok' "$out")))
		[ "$status" = 0 ] || grep -q '^not ok' "$out" ||
			say "$status" "the host ran to its end" "$out"
	done
}

fresh() {   # needs the network
	local status=0 out=$work/fresh.log
	if ! command -v debootstrap >/dev/null; then
		echo 'ok a fresh Debian 12 # skip debootstrap is not installed'
		return
	fi
	tests/packages/fresh.sh "$work/first/out" "$work/debian12" >"$out" 2>&1 || status=$?
	grep -E '^(ok|not ok|#)' "$out"
	passed=$((passed + $(grep -c '^ok' "$out")))
	failed=$((failed + $(grep -c '^not ok' "$out")))
	[ "$status" = 0 ] || grep -q '^not ok' "$out" ||
		say "$status" "the fresh host ran to its end" "$out"
}

[ "$(id -u)" = 0 ] || { echo "tests/packages: needs root, for other users and hosts" >&2; exit 1; }
mkdir -p "$work"
for step in "${steps[@]}"; do "$step"; done
printf 'packages: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
