#!/bin/sh
# run.sh BUILD SECONDS RUNS JOBS HARNESS...: each harness for so long, or for so many executions (0: as many as there is time for), from
# the seeds and what is kept; then keep what is worth it. An input that breaks something ends the run and stays in BUILD/found.
set -eu
build=$1 seconds=$2 runs=$3 jobs=$4
shift 4
mkdir -p "$build/found" tests/fuzz/corpus
# Where a block was allocated is a fifth of the time; it is asked for again, with the input that was found.
export ASAN_OPTIONS="malloc_context_size=0:max_malloc_fill_size=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
for harness in "$@"; do
	grown=$build/grown/$harness least=$build/least/$harness kept=tests/fuzz/corpus/$harness.pack
	case $harness in policy) longest=4096 ;; *) longest=16384 ;; esac
	rm -rf "$build/seeds" "$least"
	mkdir -p "$build/seeds" "$grown" "$least"
	"$build/seed" "$build/seeds"
	[ ! -e "$kept" ] || "$build/${harness}_replay" --unpack "$kept" "$grown"
	set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len="$longest" -artifact_prefix="$build/found/$harness-" -print_final_stats=1
	[ "$runs" = 0 ] || set -- "$@" -runs="$runs"
	[ "$jobs" -le 1 ] || set -- "$@" -fork="$jobs"
	[ ! -e "tests/fuzz/$harness.dict" ] || set -- "$@" -dict="tests/fuzz/$harness.dict"
	echo "== $harness"
	"$build/${harness}_fuzz" "$@" "$grown" "$build/seeds/$harness" >"$build/$harness.log" 2>&1 || { tail -n 40 "$build/$harness.log"; exit 1; }
	grep -E 'number_of_executed_units|average_exec_per_sec' "$build/$harness.log" || tail -n 1 "$build/$harness.log"
	"$build/${harness}_fuzz" -merge=1 -max_len="$longest" "$least" "$grown" "$build/seeds/$harness" >/dev/null 2>&1
	"$build/${harness}_replay" --pack "$kept" "$least"
done
