#!/bin/sh
# run.sh BUILD SECONDS JOBS HARNESS...: each harness for so long, from the seeds and what is kept; then keep what is worth it.
# An input that breaks something ends the run and stays in BUILD/found.
set -eu
build=$1 seconds=$2 jobs=$3
shift 3
mkdir -p "$build/found" tests/fuzz/corpus
for harness in "$@"; do
	grown=$build/grown/$harness least=$build/least/$harness kept=tests/fuzz/corpus/$harness.pack
	rm -rf "$build/seeds" "$least"
	mkdir -p "$build/seeds" "$grown" "$least"
	"$build/seed" "$build/seeds"
	[ ! -e "$kept" ] || "$build/${harness}_replay" --unpack "$kept" "$grown"
	set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -artifact_prefix="$build/found/$harness-" -print_final_stats=1
	[ "$jobs" -le 1 ] || set -- "$@" -fork="$jobs"
	[ ! -e "tests/fuzz/$harness.dict" ] || set -- "$@" -dict="tests/fuzz/$harness.dict"
	echo "== $harness, $seconds s"
	"$build/${harness}_fuzz" "$@" "$grown" "$build/seeds/$harness" >"$build/$harness.log" 2>&1 || { tail -n 40 "$build/$harness.log"; exit 1; }
	grep -E 'number_of_executed_units|average_exec_per_sec' "$build/$harness.log" || tail -n 1 "$build/$harness.log"
	"$build/${harness}_fuzz" -merge=1 -max_len=16384 "$least" "$grown" "$build/seeds/$harness" >/dev/null 2>&1
	"$build/${harness}_replay" --pack "$kept" "$least"
done
