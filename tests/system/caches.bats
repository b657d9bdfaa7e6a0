#!/usr/bin/env bats
# nscd and unscd in front of the modules: their answers are as old as they are configured to let
# them be, and no older; the gate does not ask them which roles there are. nss_rbac(8), CAVEATS,
# says the same.

load lib

# nscd looks through its cache every so many seconds, however short the time that it may keep a
# group.
PRUNE=15

setup_file() {
	host_up
	rbacctl assign %devs host-deployer   # dave is in devs by /etc/group, pat by passwd
	mkdir -p /run/nscd /var/cache/nscd
}

teardown() {
	kill "$CACHE"
	wait "$CACHE" 2>/dev/null || true
	rm -f /run/nscd/socket
	! rbacctl list assignments | grep -q bob || rbacctl revoke bob host-developer
	rbacctl verify
}

cache() {   # cache no|SECONDS PROGRAM...: in front, and how long it keeps a group
	local db cached=yes
	if [ "$1" = no ]; then cached=no; fi
	{
		echo "enable-cache group $cached"
		echo "positive-time-to-live group ${1/no/1}"
		echo "negative-time-to-live group ${1/no/1}"
		for db in passwd hosts; do echo "enable-cache $db no"; done
	} >/etc/nscd.conf
	shift
	background "$@"
	CACHE=$!
	wait_for test -S /run/nscd/socket
	run -0 strace -qq -e trace=connect id bob
	says '"/var/run/nscd/socket"}, 110) = 0'
}

NSCD=(nscd --foreground)
UNSCD=(/usr/lib/unscd/usr/sbin/nscd -d)

listed() { getent group "$2" | cut -d: -f4 | tr , '\n' | grep -qx "$1"; }

has() { member "$1" "$2" && listed "$1" "$2"; }
has_not() { ! member "$1" "$2" && ! listed "$1" "$2"; }

gate_says() { [ "$(account gate "$1" 2>/dev/null)" = "$2 1" ]; }

# Right after each change, and COMMAND after it.
each_time() {   # each_time COMMAND...
	local _
	for _ in {1..5}; do
		rbacctl assign bob host-developer
		"$@" has bob host-developer
		rbacctl revoke bob host-developer
		"$@" has_not bob host-developer
	done
}

forget_then() { nscd -i group && "$@"; }

# The cache's answer may be the old one for a while; the gate's is not.
after_a_while() {   # after_a_while SECONDS
	local began bound=$(($1 + 10))   # a busy machine is given ten more
	has_not bob host-developer
	rbacctl assign bob host-developer
	gate_says bob PAM_SUCCESS
	began=$SECONDS
	until has bob host-developer; do [ $((SECONDS - began)) -le $bound ]; sleep 0.3; done
	rbacctl revoke bob host-developer
	gate_says bob PAM_PERM_DENIED
	began=$SECONDS
	until has_not bob host-developer; do [ $((SECONDS - began)) -le $bound ]; sleep 0.3; done
}

@test "nscd without a cache of groups changes no answer" {
	cache no "${NSCD[@]}"
	each_time eval
	member dave host-deployer
	member pat host-deployer
}

@test "nscd with a cache of groups: right answers at once after nscd -i group" {
	cache 600 "${NSCD[@]}"
	each_time forget_then
}

@test "nscd with a cache of groups: right after the cache time; pam_rbac at once" {
	cache 2 "${NSCD[@]}"
	after_a_while $((2 + PRUNE))
}

@test "nscd asks without the primary group: its roles count only for pam_rbac" {
	cache 600 "${NSCD[@]}"
	member dave host-deployer
	run ! member pat host-deployer
	gate_says dave PAM_SUCCESS
	gate_says pat PAM_SUCCESS
}

# Not tested: unscd -i. unscd drops a request whose sender has gone by the time it reads, and the
# sender does not wait.
@test "unscd: right after the cache time; pam_rbac at once; primary groups count" {
	cache 2 "${UNSCD[@]}"
	after_a_while 2
	member dave host-deployer
	member pat host-deployer
}
