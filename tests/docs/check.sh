#!/bin/sh
# check.sh RBACCTL: the manuals are clean, and rbacctl(8) and --help say the same.
#
# - mandoc finds nothing from a warning on;
# - every verb of --help has its item in rbacctl(8), and the manual has no other;
# - the options of each verb in its item are those of its --help; each has one item under OPTIONS;
# - the examples of rbac.conf(5) and the shipped policies are what `rbacctl check` calls sound;
# - the verbs and options of every command line in the messages of the sources, the manuals, docs,
#   samples and policies exist;
# - the options of pam_rbac.so are those that pam_rbac(8) names;
# - no message has a command line that is not made by rbacctl/command.c.
set -eu

rbacctl=$(realpath "$1")
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
pages='rbacctl/rbacctl.8 conf/rbac.conf.5 nss_rbac/nss_rbac.8 pam_rbac/pam_rbac.8 docs/rbac.7
rbac_follow/rbac-follow.8'

fail() { printf 'tests/docs: %s\n' "$*" >&2; failed=1; }

same() {   # same WHAT EXPECTED FOUND: two sorted files
	cmp -s "$2" "$3" && return
	fail "$1:"
	diff "$2" "$3" | sed -n 's/^< /  only in --help: /p; s/^> /  only in the manual: /p' >&2
}

lint() {
	for page in $pages; do
		[ -s "$page" ] || fail "$page is missing"
		if ! mandoc -T lint -W warning "$page" >"$tmp/lint" 2>&1; then
			cat "$tmp/lint" >&2
			fail "$page: mandoc has warnings"
		fi
	done
}

pam_options() {
	sed -n 's/^\t\t{ "\([a-z_]*\)[="].*RBAC_OPTION_.*/\1/p' common/gate_option.h | sort \
		>"$tmp/known"
	sed -n 's/^\.\(It\|Op\) Cm \([a-z_]*\)\( .*\)*$/\2/p' pam_rbac/pam_rbac.8 | sort -u \
		>"$tmp/written"
	[ -s "$tmp/known" ] || fail 'common/gate_option.h: no option was found'
	diff "$tmp/known" "$tmp/written" >&2 ||
		fail 'pam_rbac(8) and common/gate_option.h differ in their options'
}

# Pages of Debian's packages that ours refer to, each looked for there when it was added.
system_pages='access.conf 5
at 1
auditd 8
bash 1
cpio 1
cron 8
crontab 1
cvtsudoers 1
doas 1
dot 1
flock 1
getent 1
getgrnam 3
getgrouplist 3
getpwnam 3
ldap.conf 5
login 1
login.defs 5
nscd 8
nsswitch.conf 5
open 2
pam 8
pam-auth-update 8
pam.conf 5
pam_access 8
pam_systemd 8
passwd 5
pkexec 1
saslauthd 8
sh 1
slapd 8
slapd.conf 5
ssh 1
sshd 8
sshd_config 5
sssd 8
su 1
subgid 5
sudo 8
sudoers 5
systemd 1
systemd-logind 8
systemd-logind.service 8
systemd-run 1
tar 1
unix 7
unscd 8
utmp 5
vi 1
visudo 8'

# Each cross reference is to a page of ours, or to one of the system's that is known to exist.
cross_references() {
	ours=$(for page in $pages; do basename "$page" | sed 's/\.\([0-9]\)$/ \1/'; done)
	for page in $pages; do
		sed -n 's/^\.Xr \([^ ]*\) \([0-9]\).*/\1 \2/p' "$page" | sort -u |
			while read -r name; do
				printf '%s\n%s\n' "$ours" "$system_pages" | grep -qxF "$name" ||
					echo "$page: .Xr $name: neither ours nor in system_pages"
			done
	done >"$tmp/dangling"
	[ -s "$tmp/dangling" ] || return 0
	cat "$tmp/dangling" >&2
	fail "cross references to pages that are not there"
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
	item {
		n = split($0, w, " ")
		for (i = 1; i < n; i++) if (w[i] ~ /^\.?Fl$/) print verb ": -" w[i + 1]
	}
	' rbacctl/rbacctl.8 | sort -u
}

help_verbs() {
	"$rbacctl" --help | sed -nE -e 's/^  ([a-z][a-z -]*[a-z])  +[^ ].*$/\1/p' \
		-e 's/^  ([a-z -]{15}) [^ ].*$/\1/p' |
		sed 's/ \{2,\}.*//'
}

help_options() {
	help_verbs | while read -r verb; do
		printf '%s:\n' "$verb"
		# shellcheck disable=SC2086 # a verb may be two words
		"$rbacctl" $verb --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' |
			grep -vxE -e '--(etc|store|wait|help|version)' | sed "s/^/$verb: /"
	done | sort -u
}

verbs_and_options() {
	manual_options >"$tmp/manual"
	help_options >"$tmp/help"
	[ "$(wc -l <"$tmp/help")" -gt 40 ] || fail "too few verbs and options found in --help"
	same "verbs and their options" "$tmp/help" "$tmp/manual"

	{
		sed -n 's/.*: //p' "$tmp/help"
		printf '%s\n' --etc --store --wait --help --version
	} | sort -u >"$tmp/options"
	awk '/^\.Sh / { on = $2 == "OPTIONS" }
	on && /^\.It Fl / { for (i = 2; i <= NF; i++) if ($i == "Fl") print "-" $(i + 1) }
	' rbacctl/rbacctl.8 | sort >"$tmp/manual"
	same "OPTIONS" "$tmp/options" "$tmp/manual"
	help_verbs >"$tmp/verbs"
}

example() {   # example N: the literal blocks of rbac.conf(5), in order
	awk -v n="$1" '
	/^\.Bd -literal/ { i++; on = 1; next }
	/^\.Ed/ { on = 0 }
	on && i == n' conf/rbac.conf.5 | sed 's/\\e/\\/g'
}

sound() {   # sound WHAT DIR
	if ! "$rbacctl" check --elsewhere --etc "$2" >"$tmp/out" 2>&1; then
		cat "$tmp/out" >&2
		fail "$1 is not sound"
	fi
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

	awk '/^    version = 1;$/ { on = 1 }
	on && !/^    / { exit }
	on { print substr($0, 5) }' README.md >"$tmp/b/policy.d/p.conf"
	printf 'version = 1;\nhost = "host:main/web1";\nlogin = ( );\n' >"$tmp/b/rbac.conf"
	sound "README.md: the policy" "$tmp/b"
}

# ---- command lines everywhere else ----

# shellcheck disable=SC2016 # backquotes of text, not of the shell
# Prints FILE<tab>what follows "rbacctl" in a command line.  In prose a verb of English follows
# "rbacctl"; only what is marked as code counts.
command_lines() {
	grep -rnoE '"[^"]*rbacctl [a-z][^"]*"' rbacctl pam_rbac nss_rbac common --include='*.c' |
		grep -vE 'this rbacctl |#include|^rbacctl/cmd/completion\.c:' |
		sed -E 's/^([^:]*):[0-9]*:"[^"]*rbacctl /\1\t/; s/(\\n|["`),;:]).*//'
	for page in $pages; do
		sed -nE "s|^\.(Ql\|Dl) (sudo )?rbacctl ([a-z].*)|$page\t\3|p" "$page" |
			sed -E 's/ [,;.:]$//; s/ No .*//'
	done
	for page in README.md SECURITY.md docs/*.md; do
		sed -nE -e 's/^ *[$#] (sudo )?rbacctl ([a-z].*)$/\2/p' \
			-e 's/.*`(sudo )?rbacctl ([a-z][^`]*)`.*/\2/p' "$page" |
			sed "s|^|$page\t|; s/ *#.*//; s/ && .*//"
	done
	grep -rnoE '(`|or: |/usr/s?bin/|ExecStart=[^ ]*)rbacctl [a-z][^`,)]*' \
		conf/policies conf/rbac.conf conf/assignments.conf conf/samples packaging |
		sed -E 's/^([^:]*):[0-9]*:.*rbacctl /\1\t/'
}

# check_line WHERE WORD...: a command line as a shell would split it.
check_line() {
	where=$1
	shift
	case $1 in (help) return ;; esac
	if grep -qx "$1 ${2-}" "$tmp/verbs"; then
		verb="$1 $2"
	elif grep -qx "$1" "$tmp/verbs"; then
		verb=$1
	else
		fail "$where: there is no rbacctl $1"
		return
	fi
	# shellcheck disable=SC2086
	"$rbacctl" $verb --help >"$tmp/out"
	for word; do
		case $word in
		--*)
			grep -q "^  ${word%%=*} " "$tmp/out" ||
				fail "$where: rbacctl $verb has no $word"
			;;
		esac
	done
}

commands_everywhere() {
	command_lines | sed 's/[[:space:]]*$//' | sort -u >"$tmp/lines"
	[ "$(wc -l <"$tmp/lines")" -gt 60 ] ||
		fail "too few command lines found in sources, manuals and docs"
	for place in rbacctl/cmd/ rbacctl/change/ pam_rbac/report.c conf/rbac.conf.5 README.md \
		conf/policies/ packaging/; do
		grep -q "^$place" "$tmp/lines" || fail "no command line found in $place"
	done
	set -f
	while IFS='	' read -r where line; do
		case $line in (*'^('*) continue ;; esac   # a pattern of sudoers
		# shellcheck disable=SC2086
		check_line "$where" $line
	done <"$tmp/lines"
	set +f
}

# COMMAND() makes each command in a message.  Help, the usage, the file that init writes and the
# scripts of shells are no messages.
no_stray_commands() {
	{
		grep -rnE '"[^"]+rbacctl [a-z]' rbacctl --include='*.c' |
			grep -v 'this rbacctl ' |
			grep -vE 'rbacctl/(command|config/new_conf|cmd/completion)\.c:'
		# The string may stand on the line after the call's name.
		find rbacctl -name '*.c' -exec awk '
			FNR == 1 { before = "" }
			!/(COMMAND(_AT)?|command_(line|at))\(/ &&
				before !~ /(COMMAND|command_line)\($/ &&
				before !~ /(COMMAND_AT|command_at)\([^"]*,$/ &&
				/"rbacctl [a-z]/ { print FILENAME ":" FNR ":" $0 }
			{ before = $0 }' {} + | grep -vE 'rbacctl/(command|cmd/completion)\.c:'
	} >"$tmp/stray" || true
	if [ -s "$tmp/stray" ]; then
		cat "$tmp/stray" >&2
		fail "these commands are not made by COMMAND()"
	fi
}

# What the hints for other programs' words name (rbacctl/verb_hints.c) exists.
hints() {
	sed -nE 's/^\t\{ "[^"]*", "([^"]*)" \},$/\1/p' rbacctl/verb_hints.c | sort -u >"$tmp/hints"
	[ "$(wc -l <"$tmp/hints")" -gt 20 ] || fail "too few hints found in verb_hints.c"
	while read -r line; do
		case $line in (--version) continue ;; esac
		# shellcheck disable=SC2086
		check_line rbacctl/verb_hints.c $line
	done <"$tmp/hints"
}

# packaged_by SPEC UNIT: one of its packages has the unit.
packaged_by() {
	sed -n 's|^%{_unitdir}/||p' "$1" | while read -r pattern; do
		# shellcheck disable=SC2254 # a pattern
		case $2 in ($pattern) echo found ;; esac
	done | grep -q found
}

# The spec of the RPM packages has no other way to know the units.
units_of_the_spec() {
	spec=packaging/rpm/rbac.spec
	for unit in packaging/systemd/*; do
		grep -q "^%[gs].* ${unit##*/}\( \|$\)" $spec ||
			fail "$spec does not name ${unit##*/} among its units"
		packaged_by $spec "${unit##*/}" || fail "no package of $spec has ${unit##*/}"
	done
}

# A condition is judged once, when its unit starts: what it asks for has to be mounted by then.
mounts_of_units() {
	for unit in packaging/systemd/*; do
		if grep -q '^ConditionPathExists=@STATE@' "$unit"; then
			grep -q '^RequiresMountsFor=@STATE@' "$unit" ||
				fail "$unit asks for a path that may not be mounted when it starts"
		fi
	done
}

lint
pam_options
units_of_the_spec
mounts_of_units
cross_references
verbs_and_options
examples
commands_everywhere
hints
no_stray_commands
[ "$failed" = 0 ] && echo "docs: manuals, --help and examples agree"
exit "$failed"
