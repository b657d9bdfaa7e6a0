#!/bin/sh
# rpm.sh FOLDER [OPTION...]: build the RPM packages from what git has, in FOLDER. OPTIONs are
# rpmbuild's. Where rpm is not what installs packages (Debian), its database has none of those that
# are needed, and there are no macros of systemd: nothing is asked of the one, and the others are
# given.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^VERSION *:= *//p' Makefile)
mkdir -p "$1/SOURCES"
out=$(realpath "$1")
shift
git ls-files -z --cached --others --exclude-standard |
	tar --null --no-recursion --transform "s|^|rbac-$version/|" -czf \
		"$out/SOURCES/rbac-$version.tar.gz" -T -
if ! rpm -q --quiet rpm 2>/dev/null; then
	set -- --nodeps --define '_unitdir /usr/lib/systemd/system' \
		--define '_tmpfilesdir /usr/lib/tmpfiles.d' \
		--define '_sysusersdir /usr/lib/sysusers.d' --define 'systemd_post() %{nil}' \
		--define 'systemd_preun() %{nil}' \
		--define 'systemd_postun_with_restart() %{nil}' \
		--define 'sysusers_create_compat() %{nil}' "$@"
fi
exec rpmbuild -ba --define "_topdir $out" "$@" packaging/rpm/rbac.spec
