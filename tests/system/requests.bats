#!/usr/bin/env bats
# A role on request, through the socket, by people who have no sudo and no group; tests/cmd has what
# is said (requests.case).

load lib

setup_file() {
	add_people
	mkdir -p /etc/rbac/policy.d
	cat >/etc/rbac/rbac.conf <<-'EOF2'
		version = 1;
		host = "host:main";
		login = ( { services = [ "sshd" ]; roles = [ "developer", "lead" ]; } );
	EOF2
	cat >/etc/rbac/policy.d/site.conf <<-'EOF2'
		version = 1;
		kinds = { host = { }; };
		roles = {
		  lead      = { kind = "host"; bootstrap = true; assign_by = [ "lead" ]; };
		  developer = { kind = "host"; assign_by = [ "lead" ]; };
		  prod-root = { kind = "host"; assign_by = [ "lead" ];
		                request_by = [ "developer" ]; approval = "required";
		                max_for = "8h"; reason = "required"; };
		};
	EOF2
	quietly rbacctl init --root host:main --admin alice
	group_line files rbac
	rbacctl assign mia lead
	rbacctl assign bob developer
	serve_up
}

# ask USER: a request for prod-root; its number is in $id.
ask() {
	run -0 as "$1" rbacctl request prod-root --for 4h --reason OPS-12
	id=${output#request }
	id=${id%%:*}
}

wait_for_end() { wait_for test ! -e "/proc/$1"; }

@test "a request: approved by another person, held for its time, revoked early" {
	ask bob
	says 'may approve   alice, mia'
	fails_with 3 as bob rbacctl approve "$id"
	says "request $id is bob's"
	fails_with 3 as carl rbacctl approve "$id"
	run -0 as alice rbacctl requests
	says "rbacctl approve $id"
	run -0 as carl rbacctl requests
	[ -z "$output" ]
	run -0 as alice rbacctl approve "$id" --for 2h
	says 'bob +prod-root at host:main until'
	member bob prod-root
	run -0 as bob rbacctl log
	says "request $id approved (1 of 1): bob ?prod-root"
	run -0 as bob rbacctl revoke bob prod-root
	run ! member bob prod-root
}

@test "a request is in the store, and nothing of it is in the view, which everybody may read" {
	local number
	run -0 as bob rbacctl request prod-root --for 4h --reason OPS-unheard-of
	number=${output#request }
	grep -qa OPS-unheard-of "$STATE/store/data.mdb"
	run -1 grep -a OPS-unheard-of "$STATE/view/view.mdb"
	run -0 as bob rbacctl cancel "${number%%:*}"
}

@test "a command of a peer has the surroundings that serve fixes, and no descriptor but its own" {
	local lock child
	kill "$(cat /tmp/serve.pid)"
	wait_for_end "$(cat /tmp/serve.pid)"
	background sh -c 'umask 0; cd /tmp; exec rbacctl serve --listen 7>/tmp/leak'
	echo $! >/tmp/serve.pid
	wait_for listening
	exec {lock}>>"$STATE/store/lock"
	flock "$lock"
	background setpriv --reuid mia --regid "$(id -g mia)" --clear-groups \
		rbacctl assign carl developer
	wait_for pgrep -P "$(cat /tmp/serve.pid)"
	child=$(pgrep -P "$(cat /tmp/serve.pid)")
	grep -qx $'Umask:\t0077' "/proc/$child/status"
	[ "$(readlink "/proc/$child/cwd")" = / ]
	run -0 readlink "/proc/$child"/fd/*
	says "$STATE/store/lock"
	[[ $output != */tmp/leak* ]]
	exec {lock}>&-
	wait_for_end "$child"
	rbacctl list assignments | grep -q '^ *[0-9]* carl  *developer'
	rbacctl revoke carl developer
}

@test "serve runs no program of notify; due does" {
	sed -i '$ a notify = { exec = "/etc/rbac/notify"; };' /etc/rbac/rbac.conf
	printf '#!/bin/sh\n: >/tmp/notified\n' >/etc/rbac/notify
	chmod 755 /etc/rbac/notify
	rbacctl apply
	ask bob
	run -0 as alice rbacctl deny "$id"
	[ ! -e /tmp/notified ]
	run -0 rbacctl due
	[ -e /tmp/notified ]
}

@test "whoami: what the store has comes by the socket; the groups of the shell are compared" {
	ask bob
	run -0 as bob rbacctl whoami
	says 'developer at host:main, given by root'
	says "your request $id is pending: prod-root at host:main"
	says "(rbacctl cancel $id)"
	says 'this shell lacks' && return 1
	run -0 as mia rbacctl whoami
	says "you may approve: request $id"
	# a shell from before the approval, and one from before the revocation
	local old=(setpriv --reuid bob --regid "$(id -g bob)" --groups "$(gid_of developer)")
	run -0 as mia rbacctl approve "$id"
	run -0 "${old[@]}" rbacctl whoami
	says 'prod-root at host:main until'
	says "request $id, approved by mia"
	says 'this shell lacks the group prod-root: log in again'
	run -0 as bob rbacctl revoke bob prod-root
	run -0 "${old[@]:0:6}" "$(gid_of developer),$(gid_of prod-root)" rbacctl whoami
	says 'this shell still has, until it ends: prod-root'
	says 'rbacctl request prod-root --scope host:main --for 4h --reason WHY'
	run -0 "${old[@]:0:6}" "$(gid_of prod-root)" rbacctl whoami --json
	[ "$(jq -c '[.user, .uid, .state, .waiting, .roles[0].by]' <<<"$output")" = \
		'["bob",1002,"active",[],"root"]' ]
	[ "$(jq -c '[.lacks, .keeps]' <<<"$output")" = '[["developer"],["prod-root"]]' ]
	# without the listener: what the view has
	kill "$(cat /tmp/serve.pid)"
	wait_for_end "$(cat /tmp/serve.pid)"
	run -0 as bob rbacctl whoami
	says 'developer at host:main'
	says 'given by' && return 1
	run -0 as bob rbacctl whoami --json
	[ "$(jq -c '[.waiting, .asked, .roles[0].by]' <<<"$output")" = '[null,null,null]' ]
	serve_up
}

@test "two approvers at once: one grant" {
	ask bob
	as alice rbacctl approve "$id" >/tmp/one 2>&1 &
	as mia rbacctl approve "$id" >/tmp/two 2>&1 &
	wait
	cat /tmp/one /tmp/two
	[ "$(cat /tmp/one /tmp/two | grep -c 'approved (1 of 1)')" = 1 ]
	[ "$(cat /tmp/one /tmp/two | grep -c "request $id is approved since")" = 1 ]
	[ "$(rbacctl list assignments | grep -c 'bob .*prod-root')" = 1 ]
	run -0 as bob rbacctl revoke bob prod-root
}

@test "a person who logged in as somebody else does not count as a second approver" {
	if ! sh -c 'echo 1003 >/proc/self/loginuid' 2>/dev/null; then
		skip "this host lets nobody set a login uid"
	fi
	ask bob
	# shellcheck disable=SC2016 # $0 is the inner shell's
	fails_with 3 sh -c 'echo 1002 >/proc/self/loginuid; exec setpriv --reuid 1001 \
		--clear-groups rbacctl approve "$0"' "$id"
	says "request $id is bob's, and bob logged in here and acts as alice"
	run -0 as alice rbacctl approve "$id"
	run -0 as bob rbacctl revoke bob prod-root
}

@test "an approver who left, was suspended or lost the right does not approve" {
	ask bob
	run -0 rbacctl user suspend mia
	fails_with 3 as mia rbacctl approve "$id"
	run -0 rbacctl user resume mia
	run -0 rbacctl revoke mia lead
	fails_with 3 as mia rbacctl approve "$id"
	run -0 rbacctl assign mia lead
	run -0 as mia rbacctl deny "$id" --reason 'not today'
	fails_with 3 as mia rbacctl approve "$id"
	says "request $id is denied"
}

@test "five at once: one more is refused, with the number; assign is refused, and root may" {
	local i
	for i in 1 2 3 4 5; do
		sed -i "s/^};$/  extra$i = { kind = \"host\"; assign_by = [ \"lead\" ]; \
request_by = [ \"developer\" ]; approval = \"required\"; };\n};/" /etc/rbac/policy.d/site.conf
	done
	run -0 rbacctl apply
	for i in 1 2 3 4 5; do
		run -0 as bob rbacctl request extra$i --for 1h --reason OPS-13
	done
	fails_with 3 as bob rbacctl request prod-root --for 1h --reason OPS-13
	says '5 of your requests are pending, and the limit is 5'
	fails_with 3 as alice rbacctl assign bob extra1
	says 'rbacctl request extra1'
	run -0 rbacctl assign bob extra1 --for 1h --as root
}

# Nobody makes a second person of themselves. The roles are asked for at a space, whose owner may
# approve; carl is in devs, which holds lead there.
second_persons() {
	cat >/etc/rbac/policy.d/space.conf <<-'EOF2'
		version = 1;
		kinds = { space = { parent = "host"; owner = "keeper"; create_by = [ "lead" ]; }; };
		roles = {
		  keeper = { kind = "space"; includes = [ "coder" ]; };
		  coder  = { kind = "space"; assign_by = [ "lead" ]; };
		  chief  = { kind = "space"; assign_by = [ "lead" ]; includes = [ "judge" ]; };
		  judge  = { kind = "space"; assign_by = [ "lead" ]; };
		  power  = { kind = "space"; assign_by = [ "lead", "judge" ];
		             request_by = [ "coder", "judge" ];
		             approve_by = [ "owner", "judge" ]; approval = "required"; };
		};
	EOF2
	rbacctl apply >/dev/null
	rbacctl scope create space:main/web --owner bob
	rbacctl assign %devs judge --scope space:main/web
	rbacctl assign eve chief --scope space:main/web
	add_user bobby 1002 1002
}

# cannot WORDS...: by the socket, and as root who was somebody else before, in each of the ways.
cannot() {   # cannot USER UID NUMBER
	fails_with 3 as "$1" rbacctl approve "$3"
	says "request $3 is"
	fails_with 3 env SUDO_UID="$2" rbacctl approve "$3"
	fails_with 3 env SUDO_UID="$2" rbacctl approve "$3" --as root
	says "request $3 is"
	fails_with 3 env DOAS_USER="$1" rbacctl approve "$3" --as root
	fails_with 3 rbacctl approve "$3" --as "$1"
	says "request $3 is"
}

@test "self-approval, by the socket and as root: owner, group, inclusion, asker, second name" {
	local id
	for id in $(rbacctl requests | awk 'NR > 1 { print $1 }'); do rbacctl cancel "$id"; done
	second_persons
	# bob owns the space, and approves others there.
	run -0 as bob rbacctl request power --scope space:main/web --for 1h --reason OPS-20
	id=${output#request }
	id=${id%%:*}
	cannot bob 1002 "$id"
	# Another name of bob's, which is no other person.
	run ! env SUDO_UID=1002 SUDO_USER=bobby rbacctl approve "$id" --as root
	fails_with 3 rbacctl approve "$id" --as bobby
	run -0 as bob rbacctl cancel "$id"
	# dave is in devs, which may approve.
	run -0 as dave rbacctl request power --scope space:main/web --for 1h --reason OPS-21
	id=${output#request }
	id=${id%%:*}
	cannot dave 1004 "$id"
	run -0 as dave rbacctl cancel "$id"
	# eve has it by inclusion, and asks for carl: neither approves.
	run -0 as eve rbacctl request power --scope space:main/web --for 1h --reason OPS-22 \
		--user carl
	id=${output#request }
	id=${id%%:*}
	cannot eve 1006 "$id"
	cannot carl 1003 "$id"
	run -0 rbacctl list assignments
	[[ $output != *power* ]]
	# And another person does.
	run -0 as dave rbacctl approve "$id"
	says 'carl +power at space:main/web'
	run -0 as carl rbacctl revoke carl power --scope space:main/web
}

@test "two people at once for one more than there is: one grant" {
	local one two
	sed -i 's/approval = "required"; };$/approval = "required"; max = 1; };/' \
		/etc/rbac/policy.d/space.conf
	run -0 rbacctl apply
	run -0 as bob rbacctl request power --scope space:main/web --for 1h --reason OPS-23
	one=${output#request }
	run -0 as dave rbacctl request power --scope space:main/web --for 1h --reason OPS-24
	two=${output#request }
	as eve rbacctl approve "${one%%:*}" >/tmp/one 2>&1 &
	as bob rbacctl approve "${two%%:*}" >/tmp/two 2>&1 &
	wait
	cat /tmp/one /tmp/two
	[ "$(cat /tmp/one /tmp/two | grep -c 'approved (1 of 1)')" = 1 ]
	[ "$(cat /tmp/one /tmp/two | grep -c 'max = 1')" = 1 ]
	[ "$(rbacctl list assignments | grep -c ' power ')" = 1 ]
}

@test "200 at once on the host: one more is refused, with the number" {
	local i k n
	for i in {1..41}; do
		add_user "many$i" $((3000 + i))
		echo "many$i,developer,host:main,,,"
	done >/tmp/many.csv
	rbacctl import --csv /tmp/many.csv >/dev/null
	n=$(($(rbacctl requests | wc -l) - 1))
	for i in {1..40}; do
		for k in 1 2 3 4 5; do
			((n++ < 200)) || break 2
			rbacctl request extra$k --for 1h --reason OPS-30 --as "many$i" >/dev/null
		done
	done
	fails_with 3 rbacctl request extra1 --for 1h --reason OPS-30 --as many41
	says '200 requests are pending on this host, and the limit is 200'
}
