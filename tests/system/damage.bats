#!/usr/bin/env bats
# Whatever lies where the view should be: lookups answer as if rbac were not there, the gate denies,
# nothing hangs.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer
	cp "$VIEW" /var/lib/rbac/whole
	id mia >/tmp/id-mia
	pam_file gate-onerr 'account required pam_rbac.so onerr=ignore' \
		'account required pam_permit.so'
}

# The view as it should be comes back from the store, by any command of root's.
teardown() {
	if [ ! -d "$STATE" ]; then
		mkdir "$STATE"
		mount --move /var/lib/elsewhere "$STATE"
	fi
	rm -rf "$VIEW"
	rbacctl publish
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	rbacctl verify
}

gone() {   # no role can be seen, and nothing else is missing
	fails_with 2 timeout 10 getent group host-developer
	fails_with 2 timeout 10 getent group 2035367306
	fails_with 0 timeout 10 getent group devs
	fails_with 0 timeout 10 id bob
	[[ $output != *host-* ]]
	fails_with 0 timeout 10 getent group
	[[ $output != *host-* ]]
	[ "$(timeout 10 id mia)" = "$(cat /tmp/id-mia)" ]
	fails_with 0 timeout 10 account gate bob
	says PAM_AUTHINFO_UNAVAIL
	fails_with 0 timeout 10 account gate root
	says PAM_SUCCESS
	# With onerr=ignore other modules decide: that lookups of groups fail as well is the same
	# trouble.
	fails_with 0 timeout 10 account gate-onerr bob
	says PAM_SUCCESS
	fails_with 0 as bob timeout 10 id
}

put() {   # put FILE: as the view
	chmod 644 "$1"
	mv -T "$1" "$VIEW"
}

@test "missing" { rm "$VIEW"; gone; }

@test "the folder missing" {
	mkdir /var/lib/elsewhere
	mount --move "$STATE" /var/lib/elsewhere
	rmdir "$STATE"
	gone
}

@test "empty" { : >/var/lib/rbac/new; put /var/lib/rbac/new; gone; }

@test "truncated, at every kind of place" {
	local n size
	size=$(stat -c %s /var/lib/rbac/whole)
	for n in 1 16 4095 4096 4097 8191 8192 8193 12288 $((size - 4096)) $((size - 1)); do
		head -c "$n" /var/lib/rbac/whole >/var/lib/rbac/new
		put /var/lib/rbac/new
		gone || { echo "cut to $n bytes"; false; }
	done
}

@test "text, zeros, noise" {
	echo 'not a view' >/var/lib/rbac/new; put /var/lib/rbac/new; gone
	head -c 65536 /dev/zero >/var/lib/rbac/new; put /var/lib/rbac/new; gone
	head -c 65536 /dev/urandom >/var/lib/rbac/new; put /var/lib/rbac/new; gone
}

@test "another LMDB file: the store itself" {
	cp "$STATE/store/data.mdb" /var/lib/rbac/new
	put /var/lib/rbac/new
	gone
}

@test "of a newer version" {
	newer_view /var/lib/rbac/whole /var/lib/rbac/new
	put /var/lib/rbac/new
	gone
}

@test "a folder that others can write: an old view put back after a revoke is not trusted" {
	rbacctl assign mia host-developer
	chmod 0777 "$STATE/view"
	as mia mv "$VIEW" "$STATE/view/old"
	# The next command mends the folder and says so; somebody opens it again.
	run -0 rbacctl revoke mia host-developer
	says "$STATE/view: somebody else owned it or could write to it"
	[ "$(stat -c %a "$STATE/view")" = 755 ]
	chmod 0777 "$STATE/view"
	as mia mv -f "$STATE/view/old" "$VIEW"
	run -0 account gate mia
	says PAM_AUTHINFO_UNAVAIL
	run ! member mia host-developer
	fails_with 1 rbacctl verify
	says 'wrong type, owner or mode'
	rbacctl publish
	rbacctl verify
	run -0 account gate mia
	says PAM_PERM_DENIED
}

# A user who may write in the folder of both can put folders of root's in their places: copies of
# the store and of the view that somebody made there, and what root undoes.
@test "a folder above that others could write: the store is not used, nothing is undone" {
	mkdir "$STATE/setup"
	echo '/etc/group' >"$STATE/setup/0000.path"
	printf 'touch /tmp/undone' >"$STATE/setup/0000.undo"
	local how
	for how in 'chmod 777' 'chmod 775' 'chown mia'; do
		$how "$STATE"
		for command in 'assign eve host-user' 'publish' 'verify' 'list assignments'; do
			# shellcheck disable=SC2086 # words
			run rbacctl $command
			[ "$status" = 4 ]
			says "$STATE"
		done
		run rbacctl doctor
		says "other users than root have access to $STATE"
		run rbacctl setup --undo
		[ "$status" = 4 ]
		[ ! -e /tmp/undone ]
		chown root "$STATE"
		chmod 755 "$STATE"
	done
	chown mia "$STATE/setup/0000.undo"
	run rbacctl setup --undo
	[ "$status" = 4 ]
	says "$STATE/setup/0000.undo belongs to uid 1005"
	[ ! -e /tmp/undone ]
	chown root "$STATE/setup/0000.undo"
	run -0 rbacctl setup --undo
	[ -e /tmp/undone ]
}

@test "writable by the group or by everybody, or not root's" {
	chmod 664 "$VIEW"; gone
	chmod 646 "$VIEW"; gone
	chmod 666 "$VIEW"; gone
	chmod 644 "$VIEW"; chown bob "$VIEW"; gone
}

@test "a symlink, even to a good view" {
	ln -s whole "$STATE/new"
	mv -T "$STATE/new" "$VIEW"
	gone
}

@test "a FIFO: no reader blocks" { rm "$VIEW"; mkfifo -m 644 "$VIEW"; gone; }

@test "a folder" { rm "$VIEW"; mkdir "$VIEW"; gone; rmdir "$VIEW"; }

@test "a device, a socket" {
	rm "$VIEW"
	mknod "$VIEW" c 1 3 2>/dev/null && gone
	rm -f "$VIEW"
	background catch_log "$VIEW" /dev/null
	wait_for test -S "$VIEW"
	chmod 644 "$VIEW"
	gone
	kill $!
}

@test "a process uses a view that it has mapped only until it checks the file again" {
	local answer
	coproc OLD { exec watch bob host-developer; }
	echo >&"${OLD[1]}"
	read -r -t 10 answer <&"${OLD[0]}"
	[ "$answer" = in ]
	: >/var/lib/rbac/new
	put /var/lib/rbac/new
	sleep 0.1
	echo >&"${OLD[1]}"
	read -r -t 10 answer <&"${OLD[0]}"
	[ "$answer" = out ]
	rm "$VIEW"
	rbacctl publish
	echo >&"${OLD[1]}"
	read -r -t 10 answer <&"${OLD[0]}"
	[ "$answer" = in ]
	kill "$OLD_PID"
}

@test "a changed byte anywhere lets nobody in who may not log in, and causes no crash" {
	local size at
	size=$(stat -c %s /var/lib/rbac/whole)
	for ((at = 0; at < size; at += 97)); do
		turn_byte /var/lib/rbac/whole /var/lib/rbac/new "$at"
		put /var/lib/rbac/new
		run -0 account gate mia
		[[ $output == *PAM_PERM_DENIED* || $output == *PAM_AUTHINFO_UNAVAIL* ]] || {
			echo "byte $at: $output"
			false
		}
		run -0 id bob
		run account gate bob
		[ "$status" = 0 ]
	done
}

@test "disk space for one more view: publish works; less: the old view stays" {
	local size
	mkdir -p /tmp/small
	mount -t tmpfs -o size=8m,mode=755 small /tmp/small
	cp -a "$STATE/." /tmp/small/
	mount --bind /tmp/small "$STATE"
	size=$(stat -c %s "$VIEW")
	leave $((size + size / 2))
	rbacctl publish
	[ ! -e "$VIEW.new" ] && [ ! -e "$VIEW.new.compact" ]
	rbacctl verify
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	leave 8192
	run rbacctl publish
	[ "$status" = 4 ]
	[[ $output == *"No space left on device"* ]]
	[ ! -e "$VIEW.new" ] && [ ! -e "$VIEW.new.compact" ]
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	umount "$STATE"
	umount /tmp/small
}

leave() {   # leave BYTES: of the small file system, no more are free
	local free
	rm -f /tmp/small/filler
	free=$(($(stat -f -c '%a * %S' /tmp/small)))
	head -c $((free - $1)) /dev/zero >/tmp/small/filler
}

# What is mapped is read to the end of the file's size, and what is gone there is SIGBUS.
@test "rbacctl names a truncated file: the NSS module" {
	local module
	module=$(find /usr/lib -name libnss_rbac.so.2)
	head -c 8192 "$module" >/tmp/short
	cp -p "$module" /tmp/module
	install -m 644 /tmp/short "$module.new"
	mv "$module.new" "$module"
	run timeout 10 rbacctl explain bob
	local said=$output was=$status
	run timeout 10 rbacctl explain bob --json
	mv /tmp/module "$module"
	echo "$said"
	[ "$was" = 4 ]
	[ "$status" = 4 ]
	[[ $said == "rbacctl: $module was truncated"* ]]
	[[ $output == '{"error":"'*"$module was truncated"* ]]
	run -0 timeout 10 rbacctl explain bob
}
