#!/bin/sh
# check.sh RBACCTL: the manuals are clean, and rbacctl(8) and --help say the same.
#
# - mandoc finds nothing from a warning on;
# - every verb of --help has its item in rbacctl(8), and the manual has no other;
# - the options of each verb in its item are those of its --help; every option is described once under OPTIONS;
# - the examples of rbac.conf(5) and the shipped policies are what `rbacctl check` calls sound;
# - the verbs and options in README.md exist.
set -eu

rbacctl=$(realpath "$1")
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail() { printf 'tests/docs: %s\n' "$*" >&2; failed=1; }

same() {   # same WHAT EXPECTED FOUND: two sorted files
	cmp -s "$2" "$3" && return
	fail "$1:"
	diff "$2" "$3" | sed -n 's/^< /  only in --help: /p; s/^> /  only in the manual: /p' >&2
}

lint() {
	for page in rbacctl/rbacctl.8 conf/rbac.conf.5 nss_rbac/nss_rbac.8 pam_rbac/pam_rbac.8; do
		[ -s "$page" ] || fail "$page is missing"
		mandoc -T lint -W warning "$page" >"$tmp/lint" 2>&1 || { cat "$tmp/lint" >&2; fail "$page: mandoc has warnings"; }
	done
}

# "VERB: OPTION" from the items of COMMANDS.
manual_options() {
	awk '
	/^\.Sh / { on = $2 == "COMMANDS" }
	!on { next }
	/^\.It Ic / { verb = $0; sub(/^\.It Ic /, "", verb); print verb ":"; verb = ""; next }
	/^\.It Xo/ { item = 1; verb = ""; next }
	/^\.Xc/ { item = 0 }
	item && /^\.Ic / { verb = $0; sub(/^\.Ic /, "", verb); print verb ":" }
	item { n = split($0, w, " "); for (i = 1; i < n; i++) if (w[i] ~ /^\.?Fl$/) print verb ": -" w[i + 1] }
	' rbacctl/rbacctl.8 | sort -u
}

help_verbs() { "$rbacctl" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)   *[^ ].*$/\1/p' | sed 's/ \{2,\}.*//'; }

help_options() {
	help_verbs | while read -r verb; do
		printf '%s:\n' "$verb"
		# shellcheck disable=SC2086 # a verb may be two words
		"$rbacctl" $verb --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | grep -vxE -e '--(etc|store|wait|help)' | sed "s/^/$verb: /"
	done | sort -u
}

verbs_and_options() {
	manual_options >"$tmp/manual"
	help_options >"$tmp/help"
	[ "$(wc -l <"$tmp/help")" -gt 40 ] || fail "too few verbs and options found in --help"
	same "verbs and their options" "$tmp/help" "$tmp/manual"

	{ sed -n 's/.*: //p' "$tmp/help"; printf '%s\n' --etc --store --wait --help --version; } | sort -u >"$tmp/options"
	awk '/^\.Sh / { on = $2 == "OPTIONS" } on && /^\.It Fl / {
		for (i = 2; i <= NF; i++) if ($i == "Fl") print "-" $(i + 1) }' rbacctl/rbacctl.8 | sort >"$tmp/manual"
	same "OPTIONS" "$tmp/options" "$tmp/manual"
	help_verbs >"$tmp/verbs"
}

example() {   # example N: the literal blocks of rbac.conf(5), in order
	awk -v n="$1" '/^\.Bd -literal/ { i++; on = 1; next } /^\.Ed/ { on = 0 } on && i == n' conf/rbac.conf.5 | sed 's/\\e/\\/g'
}

sound() {   # sound WHAT DIR
	"$rbacctl" check --elsewhere --etc "$2" >"$tmp/out" 2>&1 || { cat "$tmp/out" >&2; fail "$1 is not sound"; }
	if grep -q warning "$tmp/out"; then cat "$tmp/out" >&2; fail "$1 has warnings"; fi
}

examples() {
	mkdir -p "$tmp/a/policy.d" "$tmp/a/assignments.d" "$tmp/b/policy.d" "$tmp/c/policy.d"
	example 1 >"$tmp/a/rbac.conf"
	cp conf/policies/torque.conf "$tmp/a/policy.d/"
	example 3 >"$tmp/a/assignments.d/site.conf"
	sound "rbac.conf(5): EXAMPLES" "$tmp/a"
	printf 'version = 1;\nhost = "host:main";\nlogin = ( );\n' >"$tmp/b/rbac.conf"
	example 2 >"$tmp/b/policy.d/p.conf"
	sound "rbac.conf(5): the policy in EXAMPLES" "$tmp/b"

	cp conf/rbac.conf "$tmp/c/"
	for policy in conf/policies/*.conf; do
		rm -f "$tmp"/c/policy.d/*
		cp "$policy" "$tmp/c/policy.d/"
		sound "$policy" "$tmp/c"
	done
	cp conf/policies/torque.conf "$tmp/c/policy.d/"
	rm "$tmp/c/policy.d/unix.conf"
	mkdir "$tmp/c/assignments.d"
	cp conf/assignments.conf "$tmp/c/assignments.d/"
	sed -i 's|^host = .*|host = "space:main/web";|' "$tmp/c/rbac.conf"
	sound "conf/assignments.conf" "$tmp/c"

	awk '/^    version = 1;$/ { on = 1 } on && !/^    / { exit } on { print substr($0, 5) }' README.md >"$tmp/b/policy.d/p.conf"
	printf 'version = 1;\nhost = "host:main/web1";\nlogin = ( );\n' >"$tmp/b/rbac.conf"
	sound "README.md: the policy" "$tmp/b"
}

# shellcheck disable=SC2016
# Lines of code in README.md that begin with a prompt, and `rbacctl ...` in the text.
readme() {
	sed -n 's/^ *[$#] \(sudo \)\{0,1\}rbacctl \(.*\)$/\2/p; s/.*`rbacctl \([^`]*\)`.*/\1/p' README.md | sed 's/ *#.*//; s/ && rbacctl.*//' >"$tmp/readme"
	[ -s "$tmp/readme" ] || fail "no commands found in README.md"
	while read -r one two rest; do
		if grep -qx "$one $two" "$tmp/verbs"; then
			verb="$one $two"
		elif grep -qx "$one" "$tmp/verbs"; then
			verb=$one
		else
			fail "README.md: there is no rbacctl $one"
			continue
		fi
		# shellcheck disable=SC2086
		"$rbacctl" $verb --help >"$tmp/out"
		for word in $two $rest; do
			case $word in
			--*) grep -q "^  $word " "$tmp/out" || fail "README.md: rbacctl $verb has no $word" ;;
			esac
		done
	done <"$tmp/readme"
}

lint
verbs_and_options
examples
readme
[ "$failed" = 0 ] && echo "docs: manuals, --help and examples agree"
exit "$failed"
