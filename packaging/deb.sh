#!/bin/sh
# deb.sh FOLDER [OPTION...]: build the Debian packages from what git has, in FOLDER, and leave them
# there. OPTIONs are dpkg-buildpackage's; -us -uc are given. Needs no root.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^VERSION *:= *//p' Makefile)
mkdir -p "$1"
out=$(realpath "$1")
shift
rm -rf "$out/rbac-$version"
mkdir "$out/rbac-$version"
# What git tracks, as it lies here; without git all but the build.
if git rev-parse --git-dir >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard
else
	find . -path ./build -prune -o ! -type d -print0
fi | tar --null --no-recursion -cf - -T - | tar -C "$out/rbac-$version" -xf -
cd "$out/rbac-$version"
mv packaging/debian debian
exec dpkg-buildpackage -us -uc "$@"
