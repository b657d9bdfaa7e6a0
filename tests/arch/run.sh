#!/bin/bash
# run.sh [ARCHITECTURE...]: the unit tests of common, nss_rbac and pam_rbac, built for other
# machines and run here. The kernel runs i386, or qemu-user does where the kernel runs no 32-bit
# programs; qemu-user runs arm64 and s390x. tests/setup.sh arch installs what this needs. The last
# line counts.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL   # this is no part of the make that called
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(i386 arm64 s390x)
passed=0 failed=0 skipped=0 broken=()

make_() { make --no-print-directory "$@"; }

triplet() {
	case $1 in
	i386) echo i686-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	s390x) echo s390x-linux-gnu ;;
	*) return 1 ;;
	esac
}

# The dynamic loader of a machine. Its path is right on such a machine; here the loader lies with
# the compiler.
loader() {
	find "/usr/$1/lib" -maxdepth 1 \( -name 'ld-linux*.so.*' -o -name 'ld64.so.*' \) | head -n 1
}

emulator() {   # emulator ARCHITECTURE LOADER: nothing where the kernel does it
	case $1 in
	i386) "$2" --version >/dev/null 2>&1 || echo qemu-i386 ;;
	arm64) echo qemu-aarch64 ;;
	s390x) echo qemu-s390x ;;
	esac
}

count() { grep -aEc "$1" "$2" || true; }

# cmocka names a test that failed or was skipped where that happens, and all of them again after
# "N test(s), listed below:".
listed() {
	awk -v what="$1" '
	$1 == "[" && $2 == what && / listed below:$/ { n += $4 }
	END { print n + 0 }' "$2"
}

# What a 32-bit module asks of the C library has 64-bit inode numbers, sizes and times.
wide() {   # wide NAME BUILD
	local so narrow
	[ "$1" = i386 ] || return 0
	for so in "$2/libnss_rbac.so.2" "$2/pam_rbac.so"; do
		narrow=$(nm -D --undefined-only "$so" | sed 's/.* //; s/@.*//' |
			grep -xE -e 'f?stat|lstat|fstatat|__l?f?x?stat(at)?|f?stat64' \
				-e 'fstatat64|__fxstat(at)?64|time|clock_gettime|nanosleep' \
				-e 'open|openat|mmap|localtime(_r)?' | tr '\n' ' ')
		if [ -z "$narrow" ]; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			broken+=("$1:${so##*/}")
			printf 'not ok %s asks for what has 32 bits: %s\n' "${so##*/}" "$narrow"
		fi
	done
}

one() {   # one NAME: build and run for that architecture
	local name=$1 cc root libs ld ldflags qemu t log status bad
	if ! cc=$(triplet "$name"); then
		echo "no such architecture here: $name (i386, arm64, s390x)" >&2
		return 1
	fi
	root=$PWD/build/arch/$name
	ld=$(loader "$cc")
	libs=$(find "$root/usr/lib" "$root/lib" -maxdepth 1 -type d -name '*-linux-gnu' \
		-printf '%p:')/usr/$cc/lib
	qemu=$(emulator "$name" "$ld")
	if [ -n "$qemu" ]; then
		export RBAC_EMULATOR=$qemu   # the tests know then that it is slow
		# qemu must not look anything up in a folder of that machine's files. It does that
		# under a lock that a child of a process with threads may inherit locked (path() of
		# qemu 7.2).
		qemu+=' -L /'
	else
		unset RBAC_EMULATOR
	fi
	log=build/arch/$name.log
	: >"$log"
	printf '\n== %s: build, warnings are errors\n' "$name"
	ldflags="-L${libs//:/ -L} -Wl,-rpath-link,$libs -Wl,--disable-new-dtags,-rpath,$libs"
	local options=("CC=$cc-gcc" "WERROR=-Werror" "CPPFLAGS=-isystem $root/usr/include"
		"LDFLAGS=$ldflags -Wl,--dynamic-linker,$ld")
	make_ "-j$(nproc)" "${options[@]}" arch-units || return 1
	wide "$name" "build/$cc-gcc"
	printf '== %s: unit tests of the modules%s\n' "$name" "${qemu:+, by $qemu}"
	for t in $(make_ "${options[@]}" arch-list); do
		status=0
		# shellcheck disable=SC2086 # empty where there is none
		timeout --kill-after=10 1800 $qemu "$t" >"$log.one" 2>&1 </dev/null || status=$?
		cat "$log.one" >>"$log"
		bad=$(listed FAILED "$log.one")
		if [ $status != 0 ] && [ "$bad" = 0 ]; then bad=1; fi   # it broke off
		if [ $status != 0 ]; then
			grep -aEv '^\[( RUN|  +OK|=+|-+)' "$log.one"
			broken+=("$name:${t##*/}")
			printf 'not ok %s ended with status %d\n' "${t##*/}" $status
		fi
		passed=$((passed + $(count '^\[       OK \] ' "$log.one")))
		failed=$((failed + bad))
		skipped=$((skipped + $(listed SKIPPED "$log.one")))
	done
	rm -f "$log.one"
}

make_ arch-server || exit 1
# shellcheck disable=SC2016 # make expands it
RBAC_LMDB_SERVER=$PWD/$(make_ -s --eval 'where:;@echo $(LMDB_SERVER)' where)
export RBAC_LMDB_SERVER
mkdir -p build/arch
for name in "${names[@]}"; do
	one "$name" || { broken+=("$name"); failed=$((failed + 1)); }
done

printf '\n'
if [ ${#broken[@]} -gt 0 ]; then printf 'failed: %s (logs: build/arch/*.log)\n' "${broken[*]}"; fi
if [ $skipped -gt 0 ]; then
	printf 'left out by tests that an emulator or this machine cannot run: %d\n' $skipped
fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
