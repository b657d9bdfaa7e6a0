#!/bin/bash
# run.sh [short|NAME...]: builds the modules and rbacctl with other compilers and other flags;
# warnings are errors (tests/builds/README.md). One line for each build; the last line counts.
set -uo pipefail

cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL   # this is no part of the make that called
into=build/builds
passed=0 broken=()
flags=(CFLAGS=-std=gnu17 CFLAGS=-std=gnu2x CFLAGS=-flto=auto OPT=-O3 OPT=-Os
	CPPFLAGS=-D_FORTIFY_SOURCE=3)

# What is built is used: rbacctl says its version, each module is loaded.
works() {   # works BUILD
	"$1/bin/rbacctl" --version &&
		LD_PRELOAD="$PWD/$1/libnss_rbac.so.2 $PWD/$1/pam_rbac.so" /bin/true 2>&1 |
		{ ! grep .; }
}

build() {   # build NAME VARIABLE...: of make
	local name=$1 log=$into/$1.log
	shift
	if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then return; fi
	rm -rf "${into:?}/$name"
	mkdir -p "$into/$name"
	if { make --no-print-directory "-j$(nproc)" "B=$into/$name" WERROR=-Werror "$@" all &&
		works "$into/$name"; } >"$log" 2>&1 &&
		! grep -iq 'warning' "$log"; then   # the linker's warnings are not errors
		printf 'ok %s: %s\n' "$name" "$*"
		passed=$((passed + 1))
		rm -rf "${into:?}/$name"
	else
		printf 'not ok %s: %s\n' "$name" "$*"
		grep -v '^  \(CC\|LINK\|GEN\) ' "$log"
		broken+=("$name")
	fi
}

wanted=("$@")
if [ "${1-}" = short ]; then
	# All at once; `make check` builds with clang anyway.
	wanted=()
	build short-gcc CC=gcc OPT=-O3 'CFLAGS=-std=gnu2x -flto=auto' CPPFLAGS=-D_FORTIFY_SOURCE=3
else
	for cc in gcc clang; do
		for f in "${flags[@]}"; do
			name=${f#*=-}
			build "$cc-${name//[^A-Za-z0-9]/-}" "CC=$cc" "$f"
		done
		if [ "$(uname -m)" = x86_64 ]; then build "$cc-m64" "CC=$cc -m64"; fi
	done
fi

if [ ${#broken[@]} -gt 0 ]; then printf 'failed: %s (logs: %s/*.log)\n' "${broken[*]}" "$into"; fi
printf '%d passed, %d failed\n' "$passed" ${#broken[@]}
[ "$passed" -gt 0 ] && [ ${#broken[@]} = 0 ]
