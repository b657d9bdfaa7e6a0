#!/bin/bash
# memory.sh BUILD [long]: the unit tests, and the real modules and rbacctl in the programs of
# tests/fault, run under valgrind.  No byte is read or written outside of its block, none is used
# before it is set, nothing is lost, and rbacctl leaves no descriptor open.
# Two programs run at a time, with one line for each. The short form leaves out what takes long
# and uses much the same memory again and again.
set -uo pipefail

build=$1 form=${2-short}
cd "$(dirname "$0")/.." || exit 1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export RBAC_VALGRIND=1
bad=0 running=0

# watch NAME SKIP PROGRAM [CASE]: children are watched too, except those whose names match SKIP.
watch() {
	local name=$1 skip=$2
	shift 2
	timeout 900 valgrind -q --vgdb=no --error-exitcode=99 --leak-check=full --track-fds=yes \
		--suppressions="$PWD/tests/valgrind.supp" \
		--trace-children=yes --trace-children-skip="$skip" \
		--log-file="$out/$name.%p.log" "$@" >"$out/$name" 2>&1 </dev/null
}

# valgrind names each open descriptor in one line. The next line says where the process opened it,
# or "inherited from parent".
left_open() {
	awk '/Open file descriptor/ { what = $0; next }
	what != "" { if (!/<inherited from parent>/) print what; what = "" }' "$1"
}

one() {   # one NAME SKIP PROGRAM [CASE]
	local name=$1 status=0 log left='' began=$SECONDS
	watch "$@" || status=$?
	if [ "$name" = commands ]; then
		for log in "$out/$name".*.log; do left+=$(left_open "$log"); done
	fi
	if [ "$status" = 0 ] && [ -z "$left" ]; then
		echo "ok $name under valgrind # $((SECONDS - began)) s"
		return 0
	fi
	{
		echo "not ok $name under valgrind: status $status"
		grep -vE '^\[( RUN| +OK)|^ok ' "$out/$name"
		cat "$out/$name".*.log | grep -vE -e 'FILE DESCRIPTORS|Open file descriptor' \
			-e 'inherited from parent|^==[0-9]*== $'
		printf '%s' "$left"
	} | head -n 200
	return 1
}

start() {
	if [ $running = 2 ]; then
		wait -n || bad=1
		running=$((running - 1))
	fi
	one "$@" &
	running=$((running + 1))
}

fault() {   # fault NAME PROGRAM CASE: what stands around the module is not watched
	start "$1" '*/rbacctl,*/sh,*/getent' "$build/tests/fault/$2" "$3"
}

# First what takes longest.
start commands '*/sh' "$build/tests/fault/user_commands" 'every command'
fault logins user_pam ''
fault loading host_strange 'loading'
fault buffers host_strange 'buffer'
fault descriptors host_odd 'descriptor'
fault another-user host_odd 'someone else'
fault chroot host_odd 'chroot'
fault no-views data_view 'as if absent'
fault cut-views data_view 'cut anywhere'

for program in "$build"/tests/unit/*/test_*; do
	[ -x "$program" ] || continue
	case $program in
	*failing_calls) continue ;;   # the allocator is its own
	*threads) continue ;;   # one at a time under valgrind: the thread sanitizer has them
	*/test_walk_damage | */test_walk | */test_import | */test_erase_old_tree | \
		*/test_update | */test_syntax | */test_flip | */test_load | */test_limits | \
		*/test_audit | */test_change | */test_publish | */test_command | \
		*/test_older_store | */test_healthy | */test_wide)
		[ "$form" = long ] || continue
		;;
	esac
	start "$(basename "$(dirname "$program")")-$(basename "$program")" '*/sh,*/bash' "$program"
done
while [ $running -gt 0 ]; do
	wait -n || bad=1
	running=$((running - 1))
done
exit $bad
