#!/bin/bash
# check.sh BUILD: what each object needs, exports and calls is compared with the lists in this
# folder, and what each folder includes with docs/design.md.  One line for each statement, "ok" or
# "not ok".
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1
cd "$here/../.."
bad=0

statement() {   # statement TEXT WRONG: WRONG is empty when it holds
	if [ -z "$2" ]; then
		printf 'ok %s\n' "$1"
	else
		printf 'not ok %s\n' "$1"
		printf '%s\n' "$2" | sed 's/^/#   /'
		bad=1
	fi
}

words() { sed 's/#.*//; /^[[:space:]]*$/d; s/[[:space:]]*$//' "$1" | sort; }
needed() { readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort; }
symbols() {   # symbols OBJECT DEFINED: those that it defines (1), or needs from others (0)
	nm -D --format=posix "$1" | awk -v defined="$2" '
	{
		sub(/@.*/, "", $1)
		needed = $2 == "U" || $2 == "w" || $2 == "v"
		if (needed != defined) print $1
	}' | sort -u
}
exported() { symbols "$1" 1; }
called() { symbols "$1" 0; }

# check_object FILE NAME: against NAME.needed, NAME.exports and NAME.forbidden. Libraries of
# NAME.optional may be missing.
check_object() {
	local optional=/dev/null

	[ ! -e "$here/$2.optional" ] || optional=$here/$2.optional
	statement "$2 needs the libraries of its list and no others" \
		"$(diff <(words "$here/$2.needed") \
			<(needed "$1" | grep -vxFf <(words "$optional")) || true)"
	if [ -e "$here/$2.exports" ]; then
		statement "$2 exports the symbols of its list and no others" \
			"$(diff <(words "$here/$2.exports") <(exported "$1") || true)"
	fi
	if [ -e "$here/$2.forbidden" ]; then
		statement "$2 calls nothing that is forbidden there" \
			"$(called "$1" | grep -xEf <(words "$here/$2.forbidden") || true)"
	fi
	statement "$2 has no writable and executable memory, and binds at once" "$(hardening "$1")"
	statement "$2 has no library search path of its own" \
		"$(readelf -dW "$1" | grep -E 'RPATH|RUNPATH' || true)"
}

hardening() {
	readelf -lW "$1" | grep -E 'GNU_STACK.*RWE' || true
	readelf -lW "$1" | grep -q GNU_RELRO || echo 'no GNU_RELRO'
	readelf -dW "$1" | grep -qE 'BIND_NOW|FLAGS.*NOW' || echo 'not bound at once'
	readelf -dW "$1" | grep TEXTREL || true
}

# never_includes FOLDER PATTERN [BUT]: BUT is a pattern of the files of the folder that may.
never_includes() {
	local include='^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]'

	statement "$1 never includes $2${3:+, but for $3}" \
		"$(grep -rnE "$include($2)" "$1" --include='*.c' --include='*.h' |
			grep -vE "^(${3:-nothing}):" || true)"
}

# floors ROOM FLOOR...: the folders of ROOM, the lowest floor first, each with a folder or several.
# What is beside the folders is below them all.
floors() {
	local room=$1 below='' above='' floor folder all
	shift
	read -ra all <<<"$*"
	statement "each folder of $room has its floor" "$(
		diff <(printf '%s\n' "${all[@]}" | sort) \
			<(cd "$room" && printf '%s\n' */ | tr -d /) || true)"
	for floor in "$@"; do
		for folder in $floor; do
			above=$(printf '%s\n' "${all[@]}" |
				grep -vxF -e "$folder" ${below:+-e "$below"})
			never_includes "$room/$folder" "$room/(${above//$'\n'/|})/"
		done
		below+="${below:+$'\n'}${floor// /$'\n'}"
	done
	statement "the files beside the folders of $room include none of them" \
		"$(grep -nE "include \"$room/[a-z]+/" "$room"/*.[ch] || true)"
}

cmd_calls() {   # cmd_calls PATTERN: what objects of rbacctl/cmd call that begins so
	for object in "$build"/rbacctl/cmd/*.o; do
		nm -u "$object" | awk -v object="${object##*/}" -v pattern="^($1)" \
			'$2 ~ pattern { print object " calls " $2 }'
	done
}

check_object "$build/libnss_rbac.so.2" libnss_rbac
check_object "$build/pam_rbac.so" pam_rbac
check_object "$build/bin/rbacctl" rbacctl
check_object "$build/bin/rbac-follow" rbac-follow

never_includes common \
	'security/|nss\.h|lmdb\.h|libconfig|stdio\.h|syslog\.h|pthread\.h|pwd\.h|grp\.h'
never_includes common '(pam_rbac|nss_rbac|rbacctl)/'
never_includes nss_rbac \
	'security/|lmdb\.h|libconfig|stdio\.h|syslog\.h|pthread\.h|pwd\.h|(pam_rbac|rbacctl)/'
never_includes pam_rbac 'lmdb\.h|libconfig|stdio\.h|pthread\.h|(nss_rbac|rbacctl)/'
never_includes rbacctl/model 'lmdb\.h|libconfig'
above='store|view|access|change|cmd'
never_includes rbacctl/model "rbacctl/(config|host|fleet|carrier|$above)/"
never_includes rbacctl/config 'lmdb\.h|rbacctl/(host|fleet|carrier|store|view|access|change|cmd)/'
never_includes rbacctl/host "libconfig|lmdb\.h|rbacctl/(fleet|carrier|$above)/"
floors rbacctl/host 'nss pam sessions time' 'confirm people sshd' 'doctor edit etc'
never_includes rbacctl/fleet 'libconfig|lmdb\.h'
never_includes rbacctl/fleet 'rbacctl/(model|config|host|carrier|store|view|access|change|cmd)/'
never_includes rbacctl/carrier 'libconfig|lmdb\.h'
never_includes rbacctl/carrier 'rbacctl/(model|config|host|store|view|access|change|cmd)/'
never_includes rbacctl/store 'libconfig|rbacctl/(fleet|carrier|view|access|change|cmd)/'
never_includes rbacctl/view 'libconfig|rbacctl/(fleet|carrier|access|change|cmd)/'
never_includes rbacctl/access 'libconfig|lmdb\.h|rbacctl/(change|cmd)/'
# Questions are asked of a source (access/source.h): its two backends alone know the store and
# the view.
never_includes rbacctl/access 'rbacctl/(store|view)/' 'rbacctl/access/source_(store|view)\.[ch]'
never_includes rbacctl/change 'libconfig|lmdb\.h|rbacctl/cmd/'
# The folders of change/, the lowest first. change.h has what commands call; what only the folders
# share is in headers that nothing else includes.
floors rbacctl/change rules 'acts fleet' 'apply import request' commit undo open \
	'due init read take'
shared='internal|(acts/acts|apply/apply|commit/(commit|folders|left_out)|open/open|take/steps'
shared+='|request/(approve|notices|void)|rules/(from_file|limits|matches|on_authority|people'
shared+='|permission|review_rules|scopes|who_may))'
never_includes rbacctl "rbacctl/change/($shared)\.h" 'rbacctl/change/[a-z_/]*\.[ch]'
never_includes rbacctl/cmd 'libconfig|lmdb\.h|rbacctl/store/'
never_includes rbacctl/serve 'libconfig|lmdb\.h'
never_includes rbacctl/serve 'rbacctl/(model|config|host|store|view|access|change|cmd)/'
# rbac-follow alone speaks to the network, and believes nothing: it judges no sheet, and knows no
# store. Nothing else knows LDAP.
never_includes rbac_follow 'security/|lmdb\.h|rbacctl/fleet/(judge|keys|sign)\.h'
never_includes rbac_follow 'rbacctl/(model|config|host|store|view|access|change|cmd)/'
for folder in common nss_rbac pam_rbac rbacctl; do
	never_includes "$folder" '(ldap|lber)\.h|rbac_follow/'
done
never_includes rbacctl 'security/|nss\.h|(pam_rbac|nss_rbac)/'
bottom='buf lookup sorted plain_text command terminal table complain human_time invocation'
statement 'the bottom floor of rbacctl includes no folder' "$(
	for name in $bottom; do
		grep -nE 'include "rbacctl/([a-z]+/|options|verbs)' rbacctl/"$name".* || true
	done)"
statement 'no C file of the tree has more than 400 lines' "$(
	find . \( -name .git -o -path ./build \) -prune -o -name '*.[ch]' -exec wc -l {} + |
		awk '$2 != "total" && $1 > 400 { print $2, $1 }')"
statement 'rbacctl/cmd calls no function of the store' "$(cmd_calls 'store_[a-z]|mdb_')"
statement 'rbacctl/access prints nothing on stdout: it returns text' "$(
	grep -nE '\b(v?printf|puts|putchar|fputs|fwrite|fprintf) ?\(' rbacctl/access/*.[ch] ||
		true)"
pure='common/decide.c common/match.c common/subject.c common/wire.c common/name.c common/walk.c
	common/proof_of_absence.c common/crc32c.c'
# shellcheck disable=SC2086 # a list of files
statement 'the decision knows no clock, file or log' "$(
	grep -nE '\b(time|clock_gettime|gettimeofday|open|openat|fopen|syslog|getenv) ?\(' $pure ||
		true)"

statement 'what is private to the cache and to the pages stays in common' "$(
	grep -rnE 'include "common/(checked_page|view_slots)\.h"' nss_rbac pam_rbac rbacctl ||
		true)"
statement 'one place checks a page: nothing else defines page_open or page_node' "$(
	grep -rnE '\b(page_open|page_node)\(const' common --include='*.[ch]' |
		grep -v '^common/checked_page\.h' || true)"
statement 'one place makes the key of a gid or a uid: rbac_number_key() of common/wire.h' "$(
	grep -rnE '\(uint8_t\)\([a-z_]+ >> 24\)' common nss_rbac pam_rbac rbacctl \
		--include='*.[ch]' | grep -v '^common/wire\.h' || true)"

# What model/ and fleet/ may not call: whatever opens, reads, prints or asks the environment or the
# clock.
# snprintf is fine.
impure='f?open(at)?(64)?|fdopen|opendir|read(dir|link)?|p?write(v)?|[fl]?stat(at)?(64)?|access'
impure+='|(__)?v?[fd]?printf(_chk)?|f?put[cs]|putchar|perror|fwrite|getenv|secure_getenv|time'
impure+='|clock_gettime|gettimeofday|syslog'
calls_none() {   # calls_none FOLDER PATTERN
	for object in "$build/$1"/*.o; do
		nm -u --format=posix "$object" |
			awk -v of="${object#"$build"/}" '{ sub(/@.*/, "", $1); print $1, of }'
	done | grep -E "^($2) " || true
}
statement 'rbacctl/model opens, reads and prints nothing' \
	"$(calls_none rbacctl/model "$impure")"
statement 'rbacctl/fleet opens, reads and prints nothing, and has no clock' \
	"$(calls_none rbacctl/fleet "$impure")"
statement 'no two object files of rbacctl call each other' \
	"$("$here/circles.py" "$build")"
for room in host change; do
	statement "no two folders of rbacctl/$room call each other" \
		"$("$here/circles.py" --folders "$build" $room)"
done

exit $bad
