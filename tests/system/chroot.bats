#!/usr/bin/env bats
# The tests' own hosts in a plain chroot, such as pbuilder's: there "/" is no mount.

load lib

PLAIN=/run/plain

setup_file() {
	local d
	mkdir -p $PLAIN/mnt $PLAIN/etc $PLAIN/usr
	for d in etc usr; do mount --bind "/$d" "$PLAIN/$d"; done
	for d in bin sbin lib lib32 lib64 libx32; do [ ! -L "/$d" ] || cp -a "/$d" $PLAIN/; done
	# As systemd does it: what is mounted in one namespace shows in the others.
	mount --make-rshared /
}

in_chroot() { chroot $PLAIN "$@"; }

@test "the root of a plain chroot cannot be made private by its name" {
	run ! in_chroot unshare --mount --propagation private true
}

@test "in a plain chroot the tests have their own namespace: no mount of theirs shows outside" {
	cat /proc/self/mountinfo >/tmp/before
	run -0 in_chroot alone \
		sh -c 'mount -n -t tmpfs rbac-test /mnt && : >/mnt/ours && echo /mnt/*'
	[ "$output" = /mnt/ours ]
	cat /proc/self/mountinfo >/tmp/after
	cmp /tmp/before /tmp/after
	[ -z "$(ls -A $PLAIN/mnt)" ]
}

@test "a command in that namespace runs in the chroot, in the same folder" {
	run -0 in_chroot alone sh -c 'pwd; echo /*'
	[ "${lines[0]}" = / ]
	[ "${lines[1]}" = "$(cd $PLAIN && echo *  | sed 's,^,/,; s, , /,g')" ]
	run -0 in_chroot env -C /usr alone pwd
	[ "$output" = /usr ]
}
