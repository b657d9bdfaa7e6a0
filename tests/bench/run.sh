#!/bin/bash
# run.sh BUILD USERS...: runs the bench in a mount namespace of its own, in which /etc, /var/lib
# and /dev are scratch.  It writes to nothing of this host but build/bench, where it keeps the data
# for the next run.
#   LINES_OF_BENCH=direct,glibc,...  only these sections
#   BENCH_QUICK=1                    fewer rounds
#   BENCH_STRICT=1                   fail over a bound
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

die() { printf 'tests/bench/run.sh: %s\n' "$*" >&2; exit 1; }

generate() {   # generate FOLDER USERS [crowd]
	local at=$data/$1
	if [ "$at/done" -nt "$build/tests/bench/generate" ]; then return; fi
	rm -rf "$at"
	mkdir -p "$at"
	"$build/tests/bench/generate" "$2" "$at" ${3+"$3"}
	if command -v makedb >/dev/null; then
		makedb --quiet -o "$at/group.db" "$at/group.txt" || rm -f "$at/group.db"
	fi
	rm -f "$at/group.txt"
	touch "$at/done"
}

# The paths of the folders must stay valid under what is mounted over /etc, /var/lib and /dev.
check_place() {
	case $1 in
	/etc/* | /var/lib/* | /dev/*) die "$1: build elsewhere" ;;
	esac
}

scratch_dev() {
	local d
	mkdir -p "$point/dev"
	mount -t tmpfs -o mode=0755 bench "$point/dev"
	for d in null zero full random urandom tty; do
		: >"$point/dev/$d"
		mount --bind "/dev/$d" "$point/dev/$d"
	done
	mkdir "$point/dev/shm"
	mount --move "$point/dev" /dev
}

scratch_etc() {
	local keep=$point/etc i m
	mkdir -p "$keep"
	mount -t tmpfs -o mode=0755 bench "$keep"
	cp -L /etc/localtime "$keep/" 2>/dev/null || true
	cp -r /etc/ld.so.conf /etc/ld.so.conf.d "$keep/" 2>/dev/null || true
	mkdir "$keep/lib"
	cp "$build/libnss_rbac.so.2" "$build/tests/bench/libnss_empty.so.2" \
		"$build/tests/bench/libnss_raw.so.2" "$keep/lib/"
	cp "$build/pam_rbac.so" "$keep/lib/"
	echo /etc/lib >"$keep/ld.so.new"
	cat "$keep/ld.so.conf" >>"$keep/ld.so.new" 2>/dev/null || true
	mv "$keep/ld.so.new" "$keep/ld.so.conf"
	awk -F: '$3 < 1000 || $3 == 65534' /etc/passwd >"$keep/passwd"
	awk -F: '$3 < 1000 || $3 == 65534' /etc/group >"$keep/group.small"
	for i in {0..49}; do
		printf 'u%07d:x:%d:65534::/:/bin/sh\n' "$i" $((100000 + i)) >>"$keep/passwd"
	done
	sed 's/:.*/:*:19000:0:99999:7:::/' "$keep/passwd" >"$keep/shadow"
	chmod 0640 "$keep/shadow"
	for m in rbac permit unix; do
		mkdir "$keep/pam-$m"
		printf 'account required pam_%s.so\n' "$m" >"$keep/pam-$m/bench"
	done
	echo 'account required /etc/lib/pam_rbac.so' >"$keep/pam-rbac/bench"
	mount --move "$keep" /etc
	ldconfig
}

inside() {
	point=$(mktemp -d)
	scratch_dev
	scratch_etc
	# Services that this host has would have no login rule in the worlds of the bench.
	if [ -d /usr/lib/pam.d ]; then mount -t tmpfs -o mode=0755 bench /usr/lib/pam.d; fi
	mount -t tmpfs -o mode=0755 bench /run
	mount -t tmpfs -o mode=0755 bench /var/lib
	mkdir -p /var/lib/rbac/view /var/lib/extrausers /var/lib/misc
	if [ -d /var/db ]; then mount --bind /var/lib/misc /var/db; fi
	rm -rf "$point"
	"$build/tests/bench/bench" "$data" "$build" "$@"
}

[ $# -ge 2 ] || die "usage: run.sh BUILD USERS..."
[ "$(id -u)" = 0 ] || die "needs root: it mounts, in a namespace of its own"
build=$(cd "$1" && pwd)
data=$top/build/bench   # not in $build: make looks for *.d there
shift
if [ "${RBAC_BENCH_INSIDE-}" ]; then
	inside "$@"
	exit
fi
check_place "$top"
mkdir -p "$data"
for users in "$@"; do generate "$users" "$users"; done
generate crowd 200000 crowd
export RBAC_BENCH_INSIDE=1
exec "$build/tests/system/tools/alone" "$top/tests/bench/run.sh" "$build" "$@"
