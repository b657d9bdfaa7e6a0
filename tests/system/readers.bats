#!/usr/bin/env bats
# What a lookup and a login do to the process they run in: they leave no descriptor and write
# nothing, a warm lookup makes no system call, and nobody waits.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer
}

@test "no descriptor is open after a lookup" {
	run -0 descriptors bob host-developer
	[[ $output != *OPEN* ]]
	group_line rbac
	run -0 descriptors bob host-developer
	group_line files rbac
}

@test "the view is opened read-only, close-on-exec, no links, no waiting; its folder too; no more" {
	local user
	for user in root bob; do
		run -0 as $user strace -f -qq -e trace=open,openat,openat2,creat \
			-o /tmp/trace.$user getent group host-developer
		[ "$(grep -c "$STATE" /tmp/trace.$user)" = 2 ]
		grep "$STATE" /tmp/trace.$user |
			grep -Fq "\"$VIEW\", O_RDONLY|O_NOCTTY|O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC"
		grep "$STATE" /tmp/trace.$user |
			grep -Eq "\"${VIEW%/*}\", .*O_NOFOLLOW\|O_CLOEXEC\|O_PATH\|O_DIRECTORY"
	done
}

@test "a reader writes nothing, makes nothing, renames nothing in our folder" {
	local before
	before=$(find "$STATE" -printf '%p %s %T@ %C@\n' | sort)
	strace -f -qq -o /tmp/trace -e 'trace=file,write,pwrite64,ftruncate,flock,fcntl' id bob
	strace -f -qq -o /tmp/trace2 -e 'trace=file,write,pwrite64,ftruncate,flock,fcntl' \
		account gate bob
	for f in /tmp/trace /tmp/trace2; do
		run ! grep -E -e "$STATE.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)" -e flock \
			-e "(unlink|rename|mkdir|chmod|chown|link)[a-z0-9]*\(.*$STATE" $f
		run ! grep "$STATE/store" $f
	done
	[ "$(find "$STATE" -printf '%p %s %T@ %C@\n' | sort)" = "$before" ]
}

# Between the two getppid there are lookups alone: at most one newfstatat for each tick of the
# coarse clock.
@test "a warm lookup makes no system call; once a tick it looks at the path" {
	local calls ticks other
	run -0 strace -qq -o /tmp/trace warm bob host-developer
	[[ $output =~ ([0-9]+)\ lookups,\ ([0-9]+)\ ticks ]]
	[ "${BASH_REMATCH[1]}" = 400000 ]
	ticks=${BASH_REMATCH[2]}
	sed -n '/^getppid/,/^getppid/p' /tmp/trace | grep -v '^getppid' >/tmp/between || true
	calls=$(grep -c "^newfstatat(AT_FDCWD, \"$VIEW\"" /tmp/between || true)
	other=$(grep -vc "^newfstatat(AT_FDCWD, \"$VIEW\"" /tmp/between || true)
	echo "$calls looks at the path in $ticks ticks, $other other system calls"
	[ "$other" = 0 ]
	[ "$calls" -le $((ticks + 1)) ]
	[ "$calls" -ge 1 ]
}

@test "a process that is stopped in a lookup makes nobody wait" {
	local stopped=() _
	for _ in {1..20}; do
		background warm bob host-developer
		stopped+=($!)
	done
	sleep 0.2
	kill -STOP "${stopped[@]}"
	timeout 20 rbacctl assign mia host-developer
	member mia host-developer
	timeout 20 rbacctl revoke mia host-developer
	run ! member mia host-developer
	kill -KILL "${stopped[@]}"
	wait "${stopped[@]}" 2>/dev/null || true
}

@test "a lookup works with the standard descriptors closed, and with a single one to be had" {
	run -0 bash -c 'exec 0<&- 2>&-; id -nG bob'
	says host-developer
	# shellcheck disable=SC2016 # it is that shell's fd
	run -0 bash -c 'for fd in {3..20}; do eval "exec $fd>&-"; done
		ulimit -n 4; exec id -nG bob'
	says host-developer
}

@test "a lookup works in a chroot that has no view: nothing is found, nothing fails" {
	mkdir /tmp/jail
	mount --rbind / /tmp/jail
	mount -t tmpfs none /tmp/jail/var/lib/rbac
	run -0 chroot /tmp/jail id -nG bob
	[[ $output != *host-* ]]
	umount -R -l /tmp/jail
}

@test "one login is one line in the log, and the view is opened once by each module at most" {
	strace -f -qq -o /tmp/trace -e trace=openat account gate bob
	[ "$(grep -c "\"$VIEW\"" /tmp/trace)" -le 2 ]
	run -0 decision account gate bob
}
