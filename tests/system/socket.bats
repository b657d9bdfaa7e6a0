#!/usr/bin/env bats
# The socket of `rbacctl serve`: who may ask, what passes, and peers that behave badly. Nobody's
# request is lost to them, and the listener lives on.

load lib

setup_file() {
	add_people
	add_user daemon2 201
	quietly rbacctl init --policy torque --admin alice --host space:main/web
	group_line files rbac
	rbacctl assign mia space-admin --scope space:main/web
	rbacctl assign bob space-developer --scope space:main/web
	head -c 16384 /dev/zero | tr '\0' x >/tmp/long
	serve_up
}

# A listener that has counted nobody's changes yet.
serve_anew() {
	kill "$(cat /tmp/serve.pid)"
	wait_for not_running "$(cat /tmp/serve.pid)"
	serve_up
}

not_running() { ! kill -0 "$1" 2>/dev/null; }

# One after the other in the place of one that waited: a change that is made, and reverted.
works() {
	run -0 as mia rbacctl assign dave space-member --scope space:main/web
	run -0 as mia rbacctl revoke dave space-member --scope space:main/web
	kill -0 "$(cat /tmp/serve.pid)"
}

# begin_peers USER WORDS...: peer(1) in the background; its pid is in $peers.
begin_peers() {
	local user=$1
	shift
	background setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups peer "$@"
	peers=$!
}

bytes() {   # bytes WORD...: a request of a terminal of 80 columns, into /tmp/bytes
	printf 'rbac\x01\x00\x50\x00' >/tmp/bytes
	printf '%s\0' "$@" >>/tmp/bytes
}

@test "the folder and the socket are root's, for everybody to connect" {
	run -0 stat -c '%U %a %F' /run/rbac /run/rbac/rbacctl.sock
	[ "${lines[0]}" = "root 755 directory" ]
	[ "${lines[1]}" = "root 666 socket" ]
	fails_with 3 rbacctl serve --listen
	says 'another listener has /run/rbac/rbacctl.sock'
	fails_with 3 as bob rbacctl serve --listen
	fails_with 4 rbacctl serve
	says 'rbacctl serve --listen'
}

@test "through the socket each user acts with their own rights, and the log has the user" {
	run -0 as mia rbacctl assign dave space-member --scope space:main/web --reason OPS-1
	says 'dave: +space-member at space:main/web'
	says 'by mia'
	run -0 rbacctl log
	says 'assign  by mia  (mia (uid 1005)'
	run -0 as mia rbacctl revoke dave space-member
	fails_with 3 as bob rbacctl assign dave space-member
	says 'bob may not assign space-member'
	run -0 as mia rbacctl scope set space:main/web --plan '' --dry-run || true
	run -0 as alice rbacctl scope create space:main/new
	run -0 as alice rbacctl scope delete space:main/new
}

@test "log and list assignments show a user their own rows, and roles that they may assign" {
	run -0 as bob rbacctl list assignments
	says bob
	[[ $output != *alice* && $output != *mia* ]]
	run -0 as mia rbacctl list assignments
	says bob
	[[ $output != *account-admin* ]]
	run -0 as eve rbacctl log
	[ "$output" = 'rbacctl: nothing in the log matches that you may see' ]
	run -0 as bob rbacctl log
	says 'bob +space-developer at space:main/web'
	[[ $output != *'dave +space-member'* && $output != *bootstrap* ]]
	run -0 as mia rbacctl log --json
	says '"verb": "assign"'
	fails_with 3 as mia rbacctl log --verify
}

@test "refused: root, the overflow uid, an unknown uid, a system account, and who is suspended" {
	fails_with 3 peer ask log
	says 'root does not use the socket'
	fails_with 3 setpriv --reuid 65534 --clear-groups peer ask log
	says 'another user namespace'
	fails_with 3 setpriv --reuid 4242 --clear-groups peer ask log
	says 'passwd has no user with uid 4242'
	fails_with 3 as daemon2 rbacctl log
	says 'daemon2 is a system account'
	run -0 as alice rbacctl user suspend bob
	fails_with 3 as bob rbacctl log
	says 'bob is suspended'
	run -0 as alice rbacctl user resume bob
	run -0 as bob rbacctl log
}

@test "refused: a uid other than the recorded one" {
	cp /etc/passwd /tmp/passwd
	sed -i 's/^bob:x:1002:/bob:x:1902:/' /etc/passwd
	fails_with 3 setpriv --reuid 1902 --clear-groups rbacctl log
	says 'bob has another uid than the recorded one'
	fails_with 3 setpriv --reuid 1002 --clear-groups peer ask log
	says 'no user with uid 1002'
	cp /tmp/passwd /etc/passwd
}

@test "a system account may use the socket if rbac.conf allows it" {
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
	echo 'serve = { system_accounts = true; };' >>/etc/rbac/rbac.conf
	run -0 rbacctl apply
	run -0 as daemon2 rbacctl log
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
	fails_with 3 as daemon2 rbacctl log
}

@test "the socket refuses every verb that is not listed" {
	local verb before
	serve_anew
	before=$(rbacctl log | tail -5)
	for verb in init check diff apply import 'scope show space:main/web' 'scope list' \
		'user rename bob rob' 'user rebind --all' 'user forget bob' 'user show bob' \
		'list users' matrix graph 'who space-admin'; do
		# shellcheck disable=SC2086 # words
		fails_with 3 as alice peer ask $verb
		says 'does not go through the socket'
	done
	for verb in 'can bob cost.view' 'explain bob' status verify publish serve; do
		# shellcheck disable=SC2086 # words
		fails_with 3 as mia peer ask $verb
		says 'does not go through the socket'
	done
	fails_with 2 as alice peer ask nonsense
	fails_with 2 as alice peer ask --json
	fails_with 2 as alice peer ask ''
	[ "$(rbacctl log | tail -5)" = "$before" ]
}

@test "options for root are refused" {
	serve_anew
	fails_with 3 as alice peer ask assign dave space-member --as root
	says 'refused: --as is not taken through the socket'
	fails_with 3 as alice peer ask assign dave space-member --etc /tmp
	fails_with 3 as alice peer ask --store /tmp assign dave space-member
	fails_with 3 as alice peer ask assign nosuch space-member --force
	fails_with 3 as alice peer ask assign nosuch space-member --forc
	fails_with 2 as alice peer ask assign dave space-member --drop
	fails_with 2 as alice peer ask assign ../../tmp/x space-member
	run -0 rbacctl list assignments
	[[ $output != *dave* && $output != *nosuch* ]]
}

@test "a malformed message: exit status 2, and nothing runs" {
	serve_anew
	bytes assign dave space-member
	run -0 as alice peer raw /tmp/bytes
	run -0 as alice rbacctl revoke dave space-member
	sed -i 's/rbac/rbax/' /tmp/bytes
	fails_with 2 as alice peer raw /tmp/bytes
	printf 'rbac' >/tmp/bytes
	fails_with 2 as alice peer raw /tmp/bytes
	for width in 1 19 1001 65535; do
		fails_with 2 as alice peer width $width assign dave space-member
		says 'width'
	done
	run -0 as alice peer width 20 log
	# 16 KiB, of which 8 are the head, and one byte more.
	bytes log "$(head -c $((16384 - 8 - 4 - 1)) /tmp/long)"
	[ "$(stat -c %s /tmp/bytes)" = 16384 ]
	fails_with 2 as alice peer raw /tmp/bytes
	says 'one word too many'
	bytes log "$(head -c $((16384 - 8 - 4)) /tmp/long)"
	fails_with 2 as alice peer raw /tmp/bytes
	says 'longer than 16 KiB'
	# shellcheck disable=SC2046 # 65 words
	bytes $(seq 65)
	fails_with 2 as alice peer raw /tmp/bytes
	says 'more than 64'
	run -0 rbacctl list assignments
	[[ $output != *dave* ]]
	works
}

@test "descriptors that are sent along are dropped; credentials of others do not count" {
	run -0 as mia peer descriptors log
	fails_with 3 peer claim 1002 1001 assign dave space-member
	says 'bob may not'
	fails_with 3 peer pass 1002 1001 assign dave space-member
	says 'bob may not'
	run -0 peer pass 1005 1002 assign dave space-member
	says 'by mia'
	run -0 as mia rbacctl revoke dave space-member
}

@test "a peer that exits before it is read, and one that does not read: the change is made" {
	run -0 as mia peer vanish assign dave space-member
	wait_for holds dave space-member
	run -0 as mia rbacctl revoke dave space-member
	begin_peers mia deaf assign dave space-member
	wait_for holds dave space-member
	run -0 as mia rbacctl revoke dave space-member
	kill "$peers"
	works
}

holds() { rbacctl list assignments | grep -q "$1 .*$2"; }

@test "a reason of one line is accepted, and other text is refused" {
	fails_with 2 as mia rbacctl assign dave space-member --reason "$(printf 'a\033[31mb')"
	fails_with 2 as mia rbacctl assign dave space-member --reason "$(printf 'a\nb')"
	fails_with 2 as mia rbacctl assign dave space-member --reason "$(printf 'a\u202eb')"
	run -0 as mia rbacctl assign dave space-member --reason "$(head -c 512 /tmp/long)"
	run -0 as mia rbacctl revoke dave space-member
	fails_with 2 as mia rbacctl assign dave space-member --reason "$(head -c 513 /tmp/long)"
}

childless() { ! pgrep -P "$(cat /tmp/serve.pid)" >/dev/null; }

@test "a silent connection starts no process" {
	serve_anew
	begin_peers eve again 4   # four are there at any time
	works
	wait_for childless
	kill "$peers"
}

@test "200 silent peers of one user keep nobody waiting" {
	serve_anew
	begin_peers eve silent 200
	works
	kill "$peers"
	works
}

@test "200 peers that come again whenever they are sent away keep nobody out" {
	begin_peers eve again 200
	works
	works
	kill "$peers"
	works
}

@test "a flood of connections that are closed at once keeps nobody out" {
	serve_anew
	begin_peers eve flood
	works
	works
	kill "$peers"
	works
}

@test "twenty refusals at once, then one a second; a refusal takes no lock" {
	serve_anew
	local i
	exec {lock}>>"$STATE/store/lock"
	flock "$lock"
	for i in {1..20}; do
		run as carl rbacctl assign dave space-admin --scope space:main/web
		[ "$status" = 3 ] || break
	done
	[ "$i" -ge 15 ]
	for i in {1..20}; do
		run as carl rbacctl assign dave space-admin --scope space:main/web
		if [ "$status" = 4 ]; then break; fi
	done
	says 'try again in'
	run -0 as carl rbacctl log
	fails_with 4 as mia rbacctl assign dave space-member
	says 'busy: another change is being made'
	exec {lock}>&-
	works
}

@test "without a listener the socket file is ignored, and a new listener replaces it" {
	kill "$(cat /tmp/serve.pid)"
	wait_for not_running "$(cat /tmp/serve.pid)"
	fails_with 4 as mia rbacctl assign dave space-member
	says 'only root can read the store'
	serve_up
	works
}

@test "a listener or a folder that is not root's gets nothing" {
	kill "$(cat /tmp/serve.pid)"
	wait_for not_running "$(cat /tmp/serve.pid)"
	rm /run/rbac/rbacctl.sock
	chmod 777 /run/rbac
	begin_peers eve listen
	wait_for listening
	chmod 666 /run/rbac/rbacctl.sock
	fails_with 4 as mia rbacctl assign dave space-member
	says 'nothing was sent'
	chmod 755 /run/rbac
	fails_with 4 as mia rbacctl assign dave space-member
	says 'nothing was sent'
	kill "$peers"
	rm -f /run/rbac/rbacctl.sock
	chmod 777 /run/rbac
	fails_with 4 rbacctl serve --listen
	says 'expected a folder that root owns'
	chmod 755 /run/rbac
	serve_up
	works
}

@test "a socket from systemd is served, and one of another kind is not" {
	kill "$(cat /tmp/serve.pid)"
	wait_for not_running "$(cat /tmp/serve.pid)"
	rm /run/rbac/rbacctl.sock
	background systemd-socket-activate --seqpacket -l /run/rbac/rbacctl.sock rbacctl serve
	echo $! >/tmp/serve.pid
	wait_for test -S /run/rbac/rbacctl.sock
	chmod 666 /run/rbac/rbacctl.sock
	works
	works
}

@test "the listener is killed at any instant: each change that was reported is made" {
	local i round said
	for round in {1..12}; do
		kill -9 "$(cat /tmp/serve.pid)" 2>/dev/null || true
		rm -f /run/rbac/rbacctl.sock
		serve_up
		as mia rbacctl assign dave space-member --scope space:main/web >/tmp/said 2>&1 &
		i=$!
		sleep "0.00$((round % 4))$round"
		pkill -9 -P "$(cat /tmp/serve.pid)" || true
		kill -9 "$(cat /tmp/serve.pid)"
		said=0
		wait "$i" || said=$?
		run -0 rbacctl verify
		if [ "$said" = 0 ]; then holds dave space-member; fi
		if holds dave space-member; then
			run -0 rbacctl revoke dave space-member --scope space:main/web
		fi
	done
	rm -f /run/rbac/rbacctl.sock
	serve_up
	works
}

passes() {   # passes VERB: by the contract of the socket; `list` for assignments alone
	case $1 in
	assign | revoke | scope\ create | scope\ delete | scope\ transfer | scope\ set | \
		user\ add | user\ suspend | user\ resume | request | requests | approve | \
		deny | cancel | review | review\ * | sessions | log) ;;
	*) return 1 ;;
	esac
}

@test "of all verbs only those of the list pass through the socket" {
	serve_anew
	local verb users=(alice mia bob carl dave eve) n=0 before
	before=$(rbacctl log --head)
	while read -r verb; do
		passes "$verb" || {
			[ "$verb" != list ] || verb='list roles'
			# shellcheck disable=SC2086 # words
			fails_with 3 as "${users[$((n++ / 15))]}" peer ask $verb
			says 'does not go through the socket'
		}
	done < <(rbacctl --help | sed -n 's/^  \([a-z]*\( [a-z-]*\)\?\)  .*/\1/p')
	[ "$n" -ge 45 ]
	[ "$(rbacctl log --head)" = "$before" ]
}

@test "a path and an option for root are refused with each of these verbs" {
	serve_anew
	local verb users=(alice mia bob carl dave eve) n=0 option before
	local options=('--as root' '--as mia' '--etc /tmp' '--store /tmp' --force --drop)
	before=$(rbacctl log --head)
	for verb in 'assign dave space-member' 'revoke bob space-developer' \
		'scope create space:main/n' 'user suspend bob' 'request space-member --for 1h' \
		'approve 1' 'deny 1' 'cancel 1' 'review' 'sessions eve' 'requests' 'log' \
		'list assignments'; do
		for option in "${options[@]}"; do
			# shellcheck disable=SC2086 # words
			run as "${users[$((n++ % 6))]}" peer ask $verb $option
			[[ $status == [23] ]] || { echo "$verb $option: $status"; return 1; }
		done
	done
	[ "$(rbacctl log --head)" = "$before" ]
}

@test "an answer longer than 4 MiB ends there, and says so" {
	serve_anew
	python3 -c "
import datetime, os
begin = datetime.datetime(2100, 1, 1)
for i in range(9000):
    at = [(begin + datetime.timedelta(hours=h)).isoformat() + 'Z' for h in (2 * i, 2 * i + 1)]
    print('carl,space-developer,space:main/web', at[0], at[1], 'x' * 500, sep=',')
" >/tmp/many.csv
	run -0 rbacctl import --csv /tmp/many.csv
	local status=0
	as alice rbacctl list assignments >/tmp/out 2>/tmp/err || status=$?
	[ "$status" = 4 ]
	grep 'the answer is longer than 4 MiB, and ends here' /tmp/err
	[ "$(stat -c %s /tmp/out)" -le 4194304 ]
	[ "$(stat -c %s /tmp/out)" -gt 4000000 ]
	run -0 as alice rbacctl requests
}

@test "without a listener a refusal names the way without sudo" {
	kill "$(cat /tmp/serve.pid)"
	wait_for not_running "$(cat /tmp/serve.pid)"
	run -4 as mia rbacctl assign dave space-member --scope space:main/web
	[[ $output == *'(without sudo: rbacctl(8), WITHOUT ROOT)'* ]]
	run -4 as mia rbacctl history   # which the socket does not take
	[[ $output == *'sudo rbacctl history' ]]
	serve_up
	works
}
