#!/bin/sh
# run.sh BUILD SECONDS RUNS JOBS HARNESS...: runs each harness for SECONDS, or for RUNS executions
# (0: as many as there is time for), from the seeds and from the inputs that are kept; then keeps
# the inputs that reach more code. An input that breaks something ends the run and stays in
# BUILD/found.
set -eu
build=$1 seconds=$2 runs=$3 jobs=$4
shift 4
mkdir -p "$build/found" tests/fuzz/corpus
# To record where each block was allocated takes a fifth of the time. Whoever finds an input runs it
# again with the record.
export ASAN_OPTIONS="malloc_context_size=0:max_malloc_fill_size=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
for harness in "$@"; do
	grown=$build/grown/$harness least=$build/least/$harness kept=tests/fuzz/corpus/$harness.pack
	case $harness in policy) longest=4096 ;; message) longest=1024 ;; *) longest=16384 ;; esac
	rm -rf "$build/seeds" "$least"
	mkdir -p "$build/seeds" "$grown" "$least"
	"$build/seed" "$build/seeds"
	[ ! -e "$kept" ] || "$build/${harness}_replay" --unpack "$kept" "$grown"
	set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len="$longest" \
		-artifact_prefix="$build/found/$harness-" -print_final_stats=1
	[ "$runs" = 0 ] || set -- "$@" -runs="$runs"
	[ "$jobs" -le 1 ] || set -- "$@" -fork="$jobs"
	[ ! -e "tests/fuzz/$harness.dict" ] || set -- "$@" -dict="tests/fuzz/$harness.dict"
	echo "== $harness"
	log=$build/$harness.log
	if ! "$build/${harness}_fuzz" "$@" "$grown" "$build/seeds/$harness" >"$log" 2>&1; then
		tail -n 40 "$log"
		exit 1
	fi
	grep -E 'number_of_executed_units|average_exec_per_sec' "$log" || tail -n 1 "$log"
	"$build/${harness}_fuzz" -merge=1 -max_len="$longest" \
		"$least" "$grown" "$build/seeds/$harness" >/dev/null 2>&1
	"$build/${harness}_replay" --pack "$kept" "$least"
done
