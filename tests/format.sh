#!/bin/bash
# format.sh check|write: C as .clang-format has it, and no line over 100 columns; write formats C.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.." || exit 1

width=100

# The files whose lines are at most $width columns long, as patterns of find -path; a tab ends at
# the next multiple of 8. To add a kind of file, add its pattern.
narrow=(
	'*.[ch]' '*.sh' '*.bash' '*.bats' '*.py' '*.mk' ./Makefile ./.clang-format
	./.ci/run ./tests/system/host './tests/system/tools/*' './tests/link/*.forbidden'
	'*.conf' './conf/samples/*' './packaging/systemd/*' '*.spec' '*.case' '*.md' '*.[1-8]'
)

# What may be longer: "FILES REGEX", a pattern of the shell, and how such a line begins.
exceptions=(
	# What rbacctl prints, compared byte for byte; `make cmd-update` writes these lines.
	'./tests/cmd/cases/*.case [|!] '
	# One line is one command line: here with a value of a length that is tested.
	'./tests/cmd/cases/usage.case nobody[$] status --store=a+'
	# Likewise: a token of a fleet is one word, and so is a key.
	'./tests/cmd/cases/fleet.case root# fleet join '
	'./tests/cmd/cases/fleet_uids.case root# fleet join '
	'./tests/cmd/cases/fleet_leave.case root# init --fleet '
	'./tests/cmd/cases/fleet_keys.case root# fleet keys draft '
	# What is said of a wrong configuration, compared byte for byte.
	'./tests/policy/bad/*.case [|] '
	# One line is one request and its answer (tests/policy/README.md).
	'./tests/policy/cases/*.case (no|ok|bad|do|may|logins?|key|role|apply|refused) '
	# One row of a table is one line of Markdown.
	'*.md *[|]'
	# One row of a table or one item of a list is one line of mdoc(7).
	'*.[1-8] [.]It '
	# A URL has no place to break it.
	'* .*https?://[^ ]{40}'
)

mapfile -t c_files < <(find common nss_rbac pam_rbac rbac_follow rbacctl tests -name '*.[ch]')

check_c() {
	clang-format --dry-run -Werror "${c_files[@]}" || return 1
	echo "format: ${#c_files[@]} files as .clang-format has them"
}

narrow_files() {
	local pattern any=()
	for pattern in "${narrow[@]}"; do any+=(-o -path "$pattern"); done
	find . \( -name .git -o -path ./build \) -prune -o -type f \( "${any[@]:1}" \) -print
}

long_lines() {   # long_lines FILE: those without an exception, as FILE:NUMBER:LINE
	local e except=(-e '^$')
	for e in "${exceptions[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		if [[ $1 == ${e%% *} ]]; then except+=(-e "^[0-9]+:${e#* }"); fi
	done
	expand "$1" | grep -nE "^.{$((width + 1))}" | grep -vE "${except[@]}" | sed "s|^|${1#./}:|"
}

check_lines() {
	local files file found=''
	mapfile -t files < <(narrow_files)
	# wc -L counts columns as we do; only the files that it finds are read line by line.
	while read -r file; do
		found+=$(long_lines "$file" || true)$'\n'
	done < <(wc -L "${files[@]}" | awk -v width=$width '
		$1 > width && $2 != "total" { sub(/^ *[0-9]+ /, ""); print }')
	if grep . <<<"$found"; then
		echo "format: over $width columns (tests/format.sh has the exceptions)"
		return 1
	fi >&2
	echo "format: ${#files[@]} files with lines of at most $width columns"
}

case ${1-} in
check)
	bad=0
	check_c || bad=1
	check_lines || bad=1
	exit $bad
	;;
write) clang-format -i "${c_files[@]}" ;;
*) echo "usage: $0 check|write" >&2; exit 2 ;;
esac
