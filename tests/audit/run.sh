#!/bin/bash
# run.sh BUILD: rbacctl and auditd on a kernel in qemu. Prints the events, and checks them.
set -euo pipefail

cd "$(dirname "$0")/../.."
build=$1
unpacked=build/daemons
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root

# What is installed, or what setup.sh unpacked.
found() {
	local f
	for f in "$@" "${@/#/$unpacked}"; do
		if [ -e "$f" ]; then
			echo "$f"
			return
		fi
	done
	echo "check-audit: none of these is here: $* (tests/setup.sh audit)" >&2
	return 1
}

put() {   # put FILE PATH: with the libraries that it needs
	local library
	install -D -m 755 "$1" "$root$2"
	while read -r library; do
		install -D -m 755 "$library" "$root$library"
	done < <(ldd "$1" | grep -o '/[^ ]*')
}

make_disk() {
	mkdir -p "$root"/{bin,proc,sys,dev,tmp,run,etc/rbac,etc/audit,var/log/audit,var/lib/rbac}
	ln -s ../run "$root/var/run"
	install -m 755 "$(found /bin/busybox)" "$root/bin/busybox"
	put "$build/bin/rbacctl" /usr/bin/rbacctl
	put "$(found /sbin/auditd)" /sbin/auditd
	install -m 755 tests/audit/guest.sh "$root/init"
	install -m 644 tests/audit/policy.conf "$root/policy.conf"
	printf '%s:x:%d:100::/:/bin/sh\n' root 0 alice 1001 bob 1002 >"$root/etc/passwd"
	printf 'root:x:0:\nusers:x:100:\ndevs:x:5000:bob\nops team:x:5001:\n' >"$root/etc/group"
	printf 'passwd: files\ngroup: files\n' >"$root/etc/nsswitch.conf"
	cat >"$root/etc/audit/auditd.conf" <<-'EOF'
		log_file = /var/log/audit/audit.log
		log_format = RAW
		flush = NONE
		space_left = 2
		admin_space_left = 1
		space_left_action = IGNORE
		admin_space_left_action = IGNORE
		disk_full_action = IGNORE
		disk_error_action = IGNORE
	EOF
	chmod 640 "$root/etc/audit/auditd.conf"
	(cd "$root" && find . | cpio -o -H newc --quiet) >"$tmp/disk"
}

start() {
	local kernel
	kernel=$(find /boot "$unpacked/boot" -name 'vmlinuz-*-cloud-amd64' 2>/dev/null | tail -n 1)
	timeout -s KILL 300 qemu-system-x86_64 -accel tcg -cpu max -m 512 -nographic -nodefaults \
		-no-reboot -serial stdio -kernel "$kernel" -initrd "$tmp/disk" \
		-append 'console=ttyS0 audit=1 quiet panic=-1' </dev/null | tr -d '\r' >"$tmp/said"
	sed -n '/^=== audit.log/,/^=== end/p' "$tmp/said" |
		grep -E '^type=(ROLE_ASSIGN|ROLE_REMOVE) ' >"$tmp/events" || true
	cat "$tmp/events"
}

failed=0
is() {   # is WHAT COUNT PATTERN: of the events
	local n
	n=$(grep -Ec -- "$3" "$tmp/events" || true)
	if [ "$n" = "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1: $n lines, not $2, have $3"
		failed=1
	fi
}

# NAME as hex digits, as audit writes what somebody else may have chosen.
hex() { printf '%s' "$1" | od -An -tx1 | tr -d ' \n' | tr a-f A-F; }

make_disk
start
if grep -q FAILED "$tmp/said" || [ ! -s "$tmp/events" ]; then
	cat "$tmp/said"
	echo 'not ok the machine did its work'
	exit 1
fi

# Each field, and nothing of a dry run. The kernel adds what is before msg='.
sender='pid=[0-9]+ uid=0 auid=4294967295 ses=4294967295( subj=[^ ]+)?'
libaudit='exe="/usr/bin/rbacctl" hostname=\? addr=\? terminal=[^ ]+ res=success'
event() {   # event TYPE FIELDS CHANGE: the pattern of one
	printf '^type=%s msg=audit\\([0-9.]+:[0-9]+\\): %s msg=.' "$1" "$sender"
	printf '%s scope="top:main" actor="root" change=%s %s.$' "$2" "$3" "$libaudit"
}
is 'the first administrator' 1 "$(event ROLE_ASSIGN 'op=init acct="alice" new-role=admin' 1)"
is 'a role is given' 1 "$(event ROLE_ASSIGN 'op=assign acct="bob" new-role=helper' 2)"
is 'a group with a blank in its name is hex digits' 1 \
	"$(event ROLE_ASSIGN "op=assign grp=$(hex 'ops team') new-role=helper" 3)"
is 'a role is given to a group' 1 "$(event ROLE_ASSIGN 'op=assign grp="devs" new-role=helper' 4)"
is 'who creates a scope owns it' 1 \
	'ROLE_ASSIGN .*op=scope-create acct="bob" new-role=owner scope="low:main/x"'
is 'an owner changes: one goes' 1 'ROLE_REMOVE .*op=scope-transfer acct="bob" old-role=owner'
is 'an owner changes: one comes' 1 'ROLE_ASSIGN .*op=scope-transfer acct="alice" new-role=owner'
is 'an import' 1 "$(event ROLE_ASSIGN 'op=import acct="alice" new-role=helper' 7)"
is 'a role is taken away, and the dry run says nothing' 1 \
	"$(event ROLE_REMOVE 'op=revoke acct="bob" old-role=helper' 8)"
is 'a rollback gives' 1 "$(event ROLE_ASSIGN 'op=rollback acct="bob" new-role=helper' 9)"
is 'a rollback takes away' 4 'ROLE_REMOVE .*op=rollback .*change=9 '
is 'the login and the person who acts in it' 1 \
	'ASSIGN .* auid=1001 ses=[0-9]+ .*grp="devs" new-role=helper .*actor="alice" change=10 '
is 'nothing else' 15 .

# What ausearch makes of it: names as they are, and no field that it cannot read.
ausearch=$(found /sbin/ausearch)
"$ausearch" -if "$tmp/events" -m ROLE_ASSIGN,ROLE_REMOVE -i >"$tmp/read" 2>&1 || true
mv "$tmp/read" "$tmp/events"
is 'ausearch reads all of them' 15 '^type=ROLE_(ASSIGN|REMOVE) .* (acct|grp)='
is 'ausearch reads the group with a blank' 2 'grp=ops team (new|old)-role=helper'
is 'ausearch reads users without quotes' 3 'acct=bob new-role='
exit $failed
