#!/usr/bin/env bats
# The units under a real systemd: what they start, when, and that their sandbox lets them work.

load lib
load systemd

setup_file() {
	host_up || return 1
	systemd_up >/tmp/no-systemd || { systemd_down; return 0; }
	rm /tmp/no-systemd
	systemd_save
}

teardown_file() { systemd_down; }

setup() { systemd_here; }

quietly() { "$@" >/dev/null 2>&1; }
active() { in_systemd systemctl is-active --quiet "$1"; }
ended() { ! active "$1" && [ "$(in_systemd systemctl show -P Job "$1")" = "" ]; }
another_run() {   # another_run BEFORE: of rbac-apply.service
	[ "$(in_systemd systemctl show -P InvocationID rbac-apply.service)" != "$1" ]
}
result_of() { in_systemd systemctl show -P Result "$1"; }
has_role() { id -nG "$1" | grep -qw "$2"; }

@test "publish, as at boot: the unit's sandbox lets it write the view" {
	local before
	before=$(stat -c %i "$VIEW")
	run -0 in_systemd systemctl start rbac-publish.service
	rm "$VIEW"
	run -0 in_systemd systemctl start rbac-publish.service
	[ "$(result_of rbac-publish.service)" = success ]
	[ -e "$VIEW" ]
	[ "$(stat -c '%U %a' "$VIEW")" = "root 644" ]
	[ "$(stat -c %i "$VIEW")" != "$before" ]
}

@test "rbac-publish.path: an account that is made later has its role without a command" {
	run -0 in_systemd systemctl start rbac-publish.path
	run -0 rbacctl assign zoe host-operator --force
	add_user zoe 1050
	wait_for has_role zoe host-operator
	wait_for ended rbac-publish.service
	[ "$(result_of rbac-publish.service)" = success ]
}

@test "fifty new accounts in a row do not stop rbac-publish.path" {
	local i
	for i in {1..50}; do add_user "many$i" $((3000 + i)); done
	run -0 rbacctl assign yan host-operator --force
	wait_for ended rbac-publish.service
	add_user yan 1051
	wait_for has_role yan host-operator
	active rbac-publish.path
}

@test "rbac-publish.timer waits for its time" {
	run -0 in_systemd systemctl start rbac-publish.timer
	run -0 in_systemd systemctl show -P NextElapseUSecMonotonic rbac-publish.timer
	[ "$output" != infinity ]
	[ "$output" != 0 ]
}

@test "rbac-apply.path: what is written to /etc/rbac is applied; a mistake fails the unit alone" {
	run -0 in_systemd systemctl start rbac-apply.path
	sed -i '/"gate-users"/s/"mia"/"mia", "zoe"/' /etc/rbac/rbac.conf
	wait_for quietly rbacctl explain zoe --service gate-users
	wait_for ended rbac-apply.service
	[ "$(result_of rbac-apply.service)" = success ]
	cp /etc/rbac/rbac.conf /tmp/good.conf
	echo 'nonsense' >>/etc/rbac/rbac.conf
	wait_for in_systemd systemctl is-failed --quiet rbac-apply.service
	run -0 rbacctl explain zoe --service gate-users
	cat /tmp/good.conf >/etc/rbac/rbac.conf
	wait_for in_systemd systemctl is-active --quiet rbac-apply.path
	wait_for ended rbac-apply.service
	wait_for test "$(result_of rbac-apply.service)" = success
}

@test "rbac-apply.path: a file that is renamed into place counts, as an editor or git leaves it" {
	local file
	[ -d /etc/rbac/assignments.d ]
	for file in rbac.conf policy.d/unix.conf assignments.d/people.conf host.conf; do
		wait_for ended rbac-apply.service
		case $file in
		assignments.d/*) echo 'version = 1; assignments = ();' >/etc/new-file ;;
		host.conf) cat >/etc/new-file <<-EOF
			version = 1;
			login = ( { services = [ "gate-new" ]; users = [ "zoe" ]; } );
		EOF
		;;
		*) { cat "/etc/rbac/$file"; echo "# more"; } >/etc/new-file ;;
		esac
		wait_for ended rbac-apply.service
		before=$(in_systemd systemctl show -P InvocationID rbac-apply.service)
		mv /etc/new-file "/etc/rbac/$file"
		wait_for another_run "$before"
	done
	wait_for quietly rbacctl explain zoe --service gate-new
	rm /etc/rbac/host.conf
	wait_for ended rbac-apply.service
	run -0 in_systemd systemctl stop rbac-apply.path
	run -0 rbacctl apply
}

@test "rbacctl.socket: a person without rights on the host makes a change" {
	run -0 in_systemd systemctl start rbacctl.socket
	[ "$(in_systemd systemctl show -P Accept rbacctl.socket)" = no ]
	run ! active rbacctl.service
	run -0 in_systemd_as alice rbacctl assign bob host-user
	active rbacctl.service
	run -0 has_role bob host-user
	fails_with 3 in_systemd_as bob rbacctl assign eve host-operator
	run -0 in_systemd_as alice rbacctl revoke bob host-user
}

@test "the listener is killed thirty times: the socket starts it again each time" {
	local i
	for i in {1..30}; do
		run -0 in_systemd systemctl kill --signal=KILL rbacctl.service
		wait_for ended rbacctl.service
		run -0 in_systemd_as alice rbacctl requests
	done
	active rbacctl.socket
}

taken() { [ ! -e /var/lib/rbac-follow/inbox/changed ]; }

@test "rbac-take.path keeps running if the host has left its fleet and rbac-follow still runs" {
	mkdir -p /var/lib/rbac-follow/inbox "$STATE/fleet"
	: >"$STATE/fleet/token"   # the path unit starts on members alone
	run -0 in_systemd systemctl start rbac-take.path
	rm -r "$STATE/fleet"
	: >/var/lib/rbac-follow/inbox/changed
	wait_for taken
	wait_for ended rbac-take.service
	active rbac-take.path
	: >/var/lib/rbac-follow/inbox/changed
	wait_for taken
	active rbac-take.path
	run -0 in_systemd systemctl stop rbac-take.path
	in_systemd systemctl reset-failed rbac-take.service
}

@test "a stop of the socket lets a command finish that has begun; its user is told" {
	run -0 in_systemd systemctl start rbacctl.socket
	run -0 in_systemd_as alice rbacctl requests
	background flock --close "$STATE/store/lock" sleep 60
	local holder=$! asked
	wait_for locked
	in_systemd_as alice rbacctl assign bob host-user >/tmp/said 2>&1 &
	asked=$!
	wait_for waits_for_lock
	run -0 in_systemd systemctl stop --no-block rbacctl.socket
	wait_for deactivating
	kill "$holder"
	wait "$asked"
	grep -q 'bob: +host-user' /tmp/said
	wait_for ended rbacctl.service
	run -0 in_systemd systemctl start rbacctl.socket
	run -0 in_systemd_as alice rbacctl revoke bob host-user
}

deactivating() {
	[ "$(in_systemd systemctl show -P ActiveState rbacctl.service)" = deactivating ]
}
locked() { ! flock -n "$STATE/store/lock" true; }
waits_for_lock() { grep -q -- '-> FLOCK' /proc/locks; }

@test "rbac-due.service sends notices; its timer waits for its time" {
	run -0 in_systemd systemctl start rbac-due.timer rbac-due.service
	[ "$(result_of rbac-due.service)" = success ]
	run -0 in_systemd systemctl show -P NextElapseUSecMonotonic rbac-due.timer
	[ "$output" != infinity ]
}

is_gone() { ! active "$1"; }
lost_role() { ! has_role "$1" "$2"; }

@test "a change that nobody confirms is reverted by a timer of systemd" {
	run -0 in_systemd rbacctl assign dave host-user --confirm 4s
	active rbac-confirm.timer
	has_role dave host-user
	wait_for lost_role dave host-user
	run ! active rbac-confirm.timer
	run -0 rbacctl history
	[[ ${lines[-1]} == *"  revert  "* ]]
}

@test "a change that another login confirms stays, and its timer is gone" {
	run -0 in_systemd rbacctl assign dave host-user --confirm 10m
	active rbac-confirm.timer
	run -0 in_systemd systemd-run --quiet /usr/bin/rbacctl confirm
	wait_for is_gone rbac-confirm.timer
	run -1 rbacctl confirm
	has_role dave host-user
	run -0 rbacctl revoke dave host-user
}

@test "an unconfirmed setup is undone at boot, in the unit's sandbox" {
	local before
	before=$(sha256sum /etc/nsswitch.conf)
	sed -i 's/ rbac$//' /etc/nsswitch.conf
	run -0 in_systemd rbacctl setup --yes --confirm 6s
	grep -q '^group:.* rbac' /etc/nsswitch.conf
	run -0 in_systemd systemctl stop rbac-confirm-setup.timer
	until_past "$(in_seconds 6)"
	run -0 in_systemd systemctl start rbac-unconfirmed.service
	[ "$(result_of rbac-unconfirmed.service)" = success ]
	run ! grep -q '^group:.* rbac' /etc/nsswitch.conf
	group_line files rbac
	[ "$before" = "$(sha256sum /etc/nsswitch.conf)" ]
}

# floods WORDS...: eve's peer(1) beside that systemd, for some changes of alice's
flood() {
	background nsenter --target "$SYSTEMD" --mount --pid --cgroup --root --wd=/ -- \
		setpriv --reuid eve --regid "$(id -g eve)" --clear-groups peer "$@"
	local pid=$! i
	sleep 0.5
	for i in 1 2 3; do
		run -0 in_systemd_as alice rbacctl assign bob host-user
		run -0 in_systemd_as alice rbacctl revoke bob host-user
		sleep 1   # a second gives one change back
	done
	pkill -KILL -P "$pid"   # nsenter waits for it
	wait "$pid" || true
}

@test "floods of silent, returning and closing peers: nobody's change is lost, the unit goes on" {
	local before
	run -0 in_systemd systemctl start rbacctl.socket
	before=$(in_systemd systemctl show -P NRestarts rbacctl.service)
	flood silent 200
	flood again 200
	flood flood
	active rbacctl.socket
	active rbacctl.service
	run -0 in_systemd systemctl show -P NRestarts rbacctl.service
	[ "$output" = "$before" ]
}

exempt_mode() { in_systemd stat -c '%U %a' /run/rbac/exempt.sock; }

@test "exempt.sock is for root alone; a datagram that starts the listener is recorded" {
	run -0 in_systemd systemctl stop rbacctl.socket
	run -0 in_systemd systemctl start rbacctl.socket
	active rbacctl-exempt.socket
	[ "$(exempt_mode)" = "root 600" ]
	run ! active rbacctl.service
	run -0 in_systemd python3 -c "
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(b'rbacx\\1carl\\0sshd\\0far.example\\0', '/run/rbac/exempt.sock')"
	wait_for recorded 'carl was let in by sshd from far.example'
	active rbacctl.service
	run -0 in_systemd_as alice rbacctl requests
	run -0 in_systemd systemctl stop rbacctl.socket
	run ! active rbacctl-exempt.socket
}

recorded() { rbacctl log | grep -q "exempt [0-9]*: $1"; }
