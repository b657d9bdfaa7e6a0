#!/bin/bash
# run.sh BUILD [NAME...]: the system tests, each file on a disposable host of its own. Two more
# run at once than there are processors, as each of them waits for something most of the time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1
shift
cd "$here/../.."

names=("$@")
if [ ${#names[@]} = 0 ]; then
	for f in "$here"/*.bats; do names+=("$(basename "$f" .bats)"); done
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

one() {   # one NAME: its output is shown when it is complete, so that two do not mix
	local status=0 began=$SECONDS
	timeout 1200 "$here/host" "$build" bats --tap "tests/system/$1.bats" \
		>"$out/$1" 2>&1 </dev/null || status=$?
	{
		printf '# tests/system/%s.bats: %d s\n' "$1" $((SECONDS - began))
		cat "$out/$1"
		# A file that broke off has fewer results than it announced; only the exit status of
		# bats says so.
		if [ "$status" != 0 ] && ! grep -q '^not ok' "$out/$1"; then
			printf 'not ok %s.bats ended with status %s\n' "$1" "$status"
		fi
	} >"$out/$1.done"
	cat "$out/$1.done"
	return "$status"
}

bad=0 running=0 most=$(($(nproc) + 2))
for name in "${names[@]}"; do
	if [ $running = $most ]; then
		wait -n || bad=1
		running=$((running - 1))
	fi
	one "$name" &
	running=$((running + 1))
done
while [ $running -gt 0 ]; do
	wait -n || bad=1
	running=$((running - 1))
done
exit $bad
