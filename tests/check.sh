#!/bin/bash
# check.sh: runs every stage of `make check`.  Each stage says what it is; all run, also after one
# has failed; the last line counts.
set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL   # this is no part of the make that called
logs=build/check
passed=0 failed=0 skipped=0 broken=()
export CI=true
if [ ! -e /proc/self ]; then
	echo 'tests/check.sh: /proc is not mounted here: mount -t proc proc /proc' >&2
	exit 1
fi
rm -rf $logs
mkdir -p $logs

# How many lines of a log are results in the form of cmocka or TAP.
count() { grep -aEc "$1" "$2" || true; }

# cmocka names a test that failed or was skipped where that happens, and all of them again after
# "N test(s), listed below:".
listed() {
	awk -v what="$1" '
	$1 == "[" && $2 == what && / listed below:$/ { n += $4 }
	END { print n + 0 }' "$2"
}

stage() {   # stage NAME TITLE COMMAND...
	local name=$1 title=$2 log=$logs/$1 status=0 cases good bad left began=$SECONDS
	shift 2
	printf '\n== %s\n' "$title"
	"$@" </dev/null 2>&1 | tee "$log" | quieter || status=${PIPESTATUS[0]}
	cases=$(sed -n 's/^\(policy\|command\) cases: \([0-9]*\) in .*/\2/p' "$log")
	left=$(count "$skip" "$log")
	good=$(($(count '^\[       OK \] |^ok ' "$log") + ${cases:-0} - left))
	bad=$(($(count '^not ok ' "$log") + $(listed FAILED "$log")))
	if [ "$status" = 0 ] && [ "$bad" = 0 ] && [ "$good" = 0 ]; then good=1; fi
	if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
	passed=$((passed + good)) failed=$((failed + bad))
	skipped=$((skipped + left + $(listed SKIPPED "$log")))
	if [ "$bad" != 0 ]; then broken+=("$name"); fi
	printf '   %s: %d passed, %d failed, %d s\n' "$name" "$good" "$bad" $((SECONDS - began))
	[ "$bad" = 0 ]
}

skip='^ok .* # skip'

# Hides what passes and shows what is skipped; the log has all of it.
quieter() {
	awk -v skip="$skip" '
	$0 ~ skip { print; next }
	/^\[( RUN| +OK|=+|-+|  PASSED )/ || /^ok |^1\.\./ { next }
	/^# tests\/system\// || /^  (CC|LINK) / { next }
	{ print }'
}

jobs=-j$(nproc)
# clang is here for its warnings, and nothing that it builds is run: no optimization, half the time.
clang='CC=clang WERROR=-Werror OPT=-O0'
warnings='WERROR=-Werror'
# Not with -Werror: what the sanitizers put in makes gcc guess at lengths.
asan='SAN=address,undefined'
tsan='SAN=thread'

# Half an hour is more than any stage takes, also on a busy machine: a stage that hangs fails.
run_make() { timeout --kill-after=10 1800 make --no-print-directory "$@"; }

# shellcheck disable=SC2086 # lists of assignments to variables of make
{
	if stage build-gcc 'build with gcc, warnings are errors' \
		run_make $jobs $warnings all-tests; then
		stage unit 'unit tests' run_make unit
		stage policy 'policy cases as data' run_make policy-cases
		stage cmd 'what commands print, as data' run_make cmd-cases
		stage random 'random policies against a plain evaluator' run_make policy-random
		stage link 'what the objects need and export; who includes whom' run_make link-check
		stage fault 'hosts, data, users and machines that misbehave' run_make fault-short
		stage memory 'unit tests, modules and commands under valgrind' run_make memory
		stage fuzz 'what fuzzing kept, replayed' run_make fuzz-replay
		stage system 'real glibc, PAM and sshd, on disposable hosts' run_make system
	fi
	stage builds 'build with other flags' run_make check-builds-short
	stage build-clang 'build with clang, warnings are errors' run_make $jobs $clang all-tests
	stage build-asan 'build with address and undefined-behaviour sanitizers' \
		run_make $jobs $asan all-units &&
		stage unit-asan 'unit tests under them' run_make $asan unit &&
		stage fault-asan 'hosts, data and users that misbehave, under them' \
			run_make $jobs $asan fault-watched
	stage build-tsan 'build with the thread sanitizer' run_make $jobs $tsan all-threads &&
		stage unit-tsan 'tests with threads under it' run_make $tsan unit-threads &&
		stage fault-tsan 'hosts with threads under it' run_make $jobs $tsan fault-watched
	stage format 'C as the formatter has it; no line over 100 columns' run_make format-check
	stage cppcheck 'cppcheck' tests/lint.sh c
	stage shellcheck 'shellcheck' tests/lint.sh shell
	stage mandoc 'manuals: mandoc' tests/lint.sh manuals
	stage docs 'manuals and --help say the same' run_make docs-check
}

printf '\n'
if [ ${#broken[@]} -gt 0 ]; then printf 'failed: %s (logs in %s/)\n' "${broken[*]}" "$logs"; fi
if [ $skipped -gt 0 ]; then printf 'left out: %d, see "skip" above\n' $skipped; fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
