#!/bin/sh
# rpm.sh FOLDER [OPTION...]: build the RPM packages from what git has, in FOLDER. OPTIONs are
# rpmbuild's.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^VERSION *:= *//p' Makefile)
mkdir -p "$1/SOURCES"
out=$(realpath "$1")
shift
git ls-files -z --cached --others --exclude-standard |
	tar --null --no-recursion --transform "s|^|rbac-$version/|" -czf \
		"$out/SOURCES/rbac-$version.tar.gz" -T -
exec rpmbuild -ba --define "_topdir $out" "$@" packaging/rpm/rbac.spec
