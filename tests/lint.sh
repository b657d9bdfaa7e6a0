#!/bin/bash
# lint.sh [c|shell|manuals]...: cppcheck, shellcheck, mandoc; without a word, all of them.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# What cppcheck found in a file stands under build/ until that file changes.
lint_c() {
	mkdir -p build/cppcheck
	cppcheck --cppcheck-build-dir=build/cppcheck \
		"--enable=warning,performance,portability" --inline-suppr --error-exitcode=1 \
		--quiet --std=c11 -I . "-j$(nproc)" --suppressions-list=tests/cppcheck.suppress \
		'-DRBAC_VIEW_PATH="/"' '-DRBAC_STATE_DIR="/"' '-DRBAC_ETC_DIR="/"' \
		'-DRBAC_DATA_DIR="/"' '-DRBAC_VERSION="0"' \
		common nss_rbac pam_rbac rbac_follow rbacctl
}

lint_shell() {
	local files
	mapfile -t files < <(
		grep -rlE '^#!/(usr/)?bin/(env )?(ba)?sh' tests .ci packaging 2>/dev/null)
	shellcheck -x "${files[@]}" && shellcheck -x -s bash tests/system/*.bash tests/system/*.bats
}

lint_manuals() {
	local page bad=0
	for page in */*.[1-8]; do
		if mandoc -T lint -W warning "$page"; then
			echo "ok $page"
		else
			echo "not ok $page"
			bad=1
		fi
	done
	return $bad
}

[ $# -gt 0 ] || set -- c shell manuals
for what; do "lint_$what" || exit 1; done
