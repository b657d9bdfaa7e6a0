#!/usr/bin/env bats
# `rbacctl serve` and what surrounds it: which socket a command goes to, and when an answer is
# written.

load lib

setup_file() {
	add_people
	quietly rbacctl init --policy torque --admin alice --host space:main/web
	group_line files rbac
	rbacctl assign mia space-admin --scope space:main/web
	serve_up
}

# ---- which socket ----

# traced_as USER VARIABLE=VALUE... rbacctl WORD...: what it connects to is in /tmp/connects.
traced_as() {
	strace -f -qq -o /tmp/connects -e trace=connect setpriv --reuid "$1" \
		--regid "$(id -g "$1")" --init-groups env -i "${@:2}"
}

# The same with every word of the programs and libraries that could be the name of a variable, but
# for those of WITHOUT: its value is the path of eve's socket.
with_all_variables() {   # with_all_variables USER WITHOUT WORD...
	local v
	local -a set=()
	while read -r v; do set+=("$v=/tmp/eve.sock"); done < <(variables | grep -vxE "$2")
	[ "${#set[@]}" -gt 50 ]
	traced_as "$1" "${set[@]}" "$(command -v rbacctl)" "${@:3}"
}

variables() {
	local rbacctl
	rbacctl=$(command -v rbacctl)
	{
		printf '%s\n' RBAC_SOCKET RBACCTL_SOCKET RBAC_SOCK RBAC_PATH
		ldd "$rbacctl" | sed -n 's|.*=> \(/[^ ]*\) .*|\1|p' | cat - <(echo "$rbacctl") |
			xargs grep -ahoE '\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\b'
	} | grep -E '^.{3,40}$' | sort -u
}

connected_to() { grep -o 'sun_path="[^"]*"' /tmp/connects | sort -u; }

@test "no environment variable selects another socket" {
	begin_eve
	with_all_variables mia 'RBAC_STORE|RBAC_ETC' assign dave space-member
	run -0 connected_to
	says 'sun_path="/run/rbac/rbacctl.sock"'
	[[ $output != *eve* ]]
	holds dave space-member
	eve_was_not_asked
}

@test "RBAC_STORE and RBAC_ETC are the folders that somebody works on: no socket is asked" {
	local variable
	begin_eve
	for variable in RBAC_STORE RBAC_ETC; do
		run traced_as mia "$variable=/tmp/eve.sock" rbacctl revoke dave space-member
		[ "$status" != 0 ]
		run connected_to
		[[ $output != *rbacctl.sock* && $output != *eve* ]]
		holds dave space-member
	done
	eve_was_not_asked
}

@test "no variable sends root's command to a socket" {
	begin_eve
	with_all_variables root 'RBAC_STORE|RBAC_ETC|SUDO_UID|DOAS_USER|PKEXEC_UID' \
		revoke dave space-member
	run connected_to
	[[ $output != *rbacctl.sock* && $output != *eve* ]]
	run ! holds dave space-member
	eve_was_not_asked
}

holds() { rbacctl list assignments | grep -q "$1 .*$2"; }

# eve listens at a path of her own; who connects to it makes /tmp/eve.asked.
begin_eve() {
	rm -f /tmp/eve.asked
	[ ! -e /tmp/eve.sock ] || return 0
	background python3 -c "
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.bind('/tmp/eve.new')
os.chmod('/tmp/eve.new', 0o666)
s.listen()
os.rename('/tmp/eve.new', '/tmp/eve.sock')
while True:
    s.accept()
    open('/tmp/eve.asked', 'w')"
	wait_for test -S /tmp/eve.sock
}

eve_was_not_asked() { [ ! -e /tmp/eve.asked ]; }

# ---- when the answer is written ----

# A listener whose calls are in /tmp/calls.
serve_traced() {
	kill "$(cat /tmp/serve.pid)"
	wait_for not_running "$(cat /tmp/serve.pid)"
	background strace -f -y -qq -o /tmp/calls \
		-e trace=flock,close,sendmsg,sendto,write,pwrite64,writev rbacctl serve --listen
	wait_for listening
	pgrep -P $! >/tmp/serve.pid
}

not_running() { ! kill -0 "$1" 2>/dev/null; }

# From the calls: how often the lock of the store was taken, and how many messages went to a peer,
# which is descriptor 3 of a child. Fails where one went while the child had the lock.
lock_and_answers() {
	awk '
		{ pid = $1 }
		/flock\([0-9]+<[^>]*\/store\/lock>, LOCK_EX(\|LOCK_NB)?\) = 0/ {
			held[pid] = 1; locked++
		}
		/flock\([0-9]+<[^>]*\/store\/lock>, LOCK_UN\) = 0/ { held[pid] = 0 }
		/close\([0-9]+<[^>]*\/store\/lock>\)/ { held[pid] = 0 }
		/(sendmsg|sendto|write|pwrite64|writev)\(3<(socket|UNIX)/ {
			written++
			if (held[pid]) { print "with the lock: " $0; bad = 1 }
		}
		END { print "locked " locked + 0 ", written " written + 0; exit bad }' /tmp/calls
}

@test "nothing is written to a peer while the store's lock is held" {
	serve_traced
	run -0 as mia rbacctl assign dave space-member
	run -0 as mia rbacctl revoke dave space-member
	fails_with 3 as bob rbacctl assign dave space-admin
	run -0 as mia rbacctl list assignments
	kill "$(cat /tmp/serve.pid)"
	wait_for not_running "$(cat /tmp/serve.pid)"
	run -0 lock_and_answers
	[[ $output =~ locked\ ([0-9]+),\ written\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" = 2 ]
	[ "${BASH_REMATCH[2]}" -ge 8 ]   # the text and the status of each
	serve_up
}
