#!/bin/bash
# format.sh check|write: C as .clang-format has it.
set -euo pipefail
cd "$(dirname "$0")/.." || exit 1

mapfile -t files < <(find common nss_rbac pam_rbac rbacctl tests -name '*.[ch]')
case ${1-} in
check) clang-format --dry-run -Werror "${files[@]}" && echo "format: ${#files[@]} files as .clang-format has them" ;;
write) clang-format -i "${files[@]}" ;;
*) echo "usage: $0 check|write" >&2; exit 2 ;;
esac
