#!/usr/bin/env bats
# The page of Torque in real logins: alice, sam and mia have no sudo and no group, log in with ssh,
# do what the page says each of them may do, and are refused, with who may, what it says they may
# not. And a developer gets a role for four hours, when another person has approved.

load lib
load sshd

setup_file() {
	local user
	add_people
	add_user sam 1008
	quietly rbacctl init --policy torque --admin alice --host space:main/web
	cat >/etc/rbac/policy.d/prod.conf <<-'EOF2'
		version = 1;
		keys = ( { name = "prod.operate"; title = "Operate production"; } );
		keychains = { operate = [ "prod.operate" ]; };
		roles = {
		  prod-root = { kind = "space"; keychains = [ "operate" ];
		                assign_by = [ "space-admin" ]; request_by = [ "space-developer" ];
		                approve_by = [ "space-admin" ]; approval = "required";
		                max_for = "8h"; reason = "required"; end_sessions = true; };
		};
	EOF2
	rbacctl apply >/dev/null
	rbacctl scope create space:main/api
	rbacctl assign sam space-admin --scope space:main/web --as alice
	rbacctl assign mia space-developer --scope space:main/web --as sam
	rbacctl assign carl space-member --scope space:main/web --as sam
	group_line files rbac
	for user in alice sam mia carl; do new_key $user; done
	serve_up
	sshd_up
}

by() { login "$1" "rbacctl ${*:2}"; }   # by USER WORDS...: typed in a login of theirs

refused() {   # refused WHO-MAY USER WORDS...
	fails_with 3 by "${@:2}"
	says "  may   $1; root with --as root"
}

@test "they have no sudo, and no group but their own and those of their roles" {
	run -0 login alice
	groups_are "$output" alice account-admin space-admin space-developer space-member
	run -0 login sam
	groups_are "$output" sam space-admin space-developer space-member
	run -0 login mia
	groups_are "$output" mia space-developer space-member
	[ ! -e /etc/sudoers.d/rbac ]
	fails_with 1 login mia 'sudo -n true'
}

@test "alice, an account admin: admins, spaces, users and roles of every space" {
	run -0 by alice assign dave account-admin --scope account:main
	run -0 by alice revoke dave account-admin --scope account:main
	run -0 by alice scope create space:main/new
	run -0 by alice assign dave space-admin --scope space:main/new
	run -0 by alice scope delete space:main/new
	run -0 by alice assign dave space-member --scope space:main/api
	run -0 by alice revoke dave space-member --scope space:main/api
	run -0 by alice user add eve
	run -0 by alice user suspend eve
	run -0 by alice user resume eve
}

@test "sam, a space admin: users and roles of that space, and nowhere else" {
	run -0 by sam assign dave space-member
	run -0 by sam assign dave space-developer
	run -0 by sam revoke dave space-developer
	run -0 by sam revoke dave space-member
	refused alice sam assign dave space-member --scope space:main/api
	says 'sam has that at space:main/web only'
	refused alice sam scope create space:main/more
	refused alice sam assign sam account-admin --scope account:main
	refused alice sam user suspend carl
	refused alice sam scope delete space:main/api
}

@test "mia, a developer: nothing of that, and the page's own permissions" {
	refused 'alice, sam' mia assign dave space-member
	refused 'alice, sam' mia revoke carl space-member
	refused 'alice, sam' mia assign mia space-admin
	refused alice mia scope create space:main/more
	run -0 by mia can mia sandbox.launch
	run -0 by mia can mia environment.tags.manage
	fails_with 1 by mia can mia space.users.manage
	fails_with 3 by mia assign dave space-member --as root
	run -0 by mia whoami
	says space-developer
}

@test "a developer has prod-root for four hours, after another person's approval" {
	refused 'alice, mia, sam' carl request prod-root --for 4h --reason OPS-12
	fails_with 3 by sam assign mia prod-root --for 4h --reason OPS-12
	says 'rbacctl request prod-root'
	run -0 by mia request prod-root --for 4h --reason '"OPS-12 disk full"'
	says 'may approve   alice, sam'
	id=${output#request }
	id=${id%%:*}
	fails_with 3 by mia approve "$id"
	says "request $id is mia's"
	says 'may   alice, sam'
	refused 'alice, sam' carl approve "$id"
	run -0 login mia
	[[ $output != *prod-root* ]]
	run -0 by sam requests
	says "rbacctl approve $id"
	run -0 by sam approve "$id"
	says "request $id approved (1 of 1): mia +prod-root at space:main/web until"
	says '(in 4h)'
	run -0 login mia
	says prod-root
	run -0 by mia can mia prod.operate
	run -0 rbacctl explain mia --service sshd
	run -0 rbacctl can mia prod.operate --at "$(date -u -d '+4 hours -1 minute' +%FT%TZ)"
	fails_with 1 rbacctl can mia prod.operate --at "$(date -u -d '+4 hours' +%FT%TZ)"
	run -0 faketime '+3 hours 58 minutes' id -Gn mia
	says prod-root
	run -0 faketime '+4 hours' id -Gn mia
	[[ $output != *prod-root* ]]
}

there() { pgrep -f "^sleep $1\$" >/dev/null; }
gone() { ! there "$1"; }

stay() {   # stay USER NUMBER: a login that goes on
	LOGIN_SECONDS=300 login "$1" "sleep $2" </dev/null >/dev/null 2>&1 3>&- &
	wait_for there "$2"
}

ahead() { faketime '+4 hours' "$@"; }   # four hours after the approval, and some seconds

@test "it ends on time, with the sessions that needed it and no others" {
	stay mia 1001
	stay sam 1002
	run -0 rbacctl due
	there 1001
	run -0 ahead rbacctl due
	wait_for gone 1001
	there 1002
	pkill -f '^sleep 1002$'
	run -0 ahead id -Gn mia
	[[ $output != *prod-root* ]]
	# of what she has else nothing is lost
	[[ $output == *space-developer* ]]
	fails_with 1 ahead rbacctl can mia prod.operate
	run -0 ahead rbacctl explain mia --service sshd
}

# shellcheck disable=SC2030 # bats
@test "the log tells the whole story in one listing" {
	run -0 rbacctl log --role prod-root
	in_order 'request  by mia' \
		'mia ?prod-root at space:main/web for 14400 s by mia reason OPS-12 disk full' \
		'approve  by sam' \
		'approved (1 of 1): mia ?prod-root' \
		'mia +prod-root at space:main/web until' \
		'reason OPS-12 disk full request' \
		'tell mia: request' \
		'told mia: decided, prod-root at space:main/web' \
		'tell mia: prod-root at space:main/web has ended' \
		'ended of mia: sessions, prod-root at space:main/web: 1 session'
	[[ $output != *space-member* ]]
	run -0 by sam log
	says 'mia ?prod-root'
	run -0 by mia log
	says 'approved (1 of 1): mia ?prod-root'
	run -0 by carl log
	[[ $output != *prod-root* ]]
}

in_order() {   # in_order TEXT...: in $output, one behind the other
	# shellcheck disable=SC2030,SC2031 # the output of the test that calls it
	local rest=$output text
	for text in "$@"; do
		[[ $rest == *"$text"* ]] || {
			printf 'expected: %s\nin: %s\n' "$text" "$rest"
			return 1
		}
		rest=${rest#*"$text"}
	done
}

teardown_file() { pkill sleep || true; }
