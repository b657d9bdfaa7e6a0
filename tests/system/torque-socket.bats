#!/usr/bin/env bats
# The page of Torque, done with rbacctl as each of its persons: each acting through sudo, and as
# torque-socket.bats, which is this file, without it through the socket.

load lib

setup_file() {
	add_people
	quietly rbacctl init --policy torque --admin alice --host space:main/web
	group_line files rbac
	rbacctl scope create space:main/api --as alice
	rbacctl assign mia space-admin --scope space:main/web --as alice
	rbacctl assign bob space-developer --scope space:main/web --as mia
	rbacctl assign carl space-member --scope space:main/web --as mia
	printf 'ALL ALL=(root) NOPASSWD: /usr/bin/rbacctl\n' >/etc/sudoers.d/rbac
	chmod 440 /etc/sudoers.d/rbac
	pam_file sudo 'account sufficient pam_permit.so' 'auth sufficient pam_permit.so' \
		'session required pam_permit.so'
	if through_socket; then
		rm /etc/sudoers.d/rbac
		serve_up
	fi
}

through_socket() { [[ $BATS_TEST_FILENAME == *-socket.bats ]]; }

by() {   # by USER ARGUMENTS...: rbacctl as that person would type it
	local user=$1 sudo=(sudo -n)
	shift
	if through_socket; then sudo=(); fi
	as "$user" "${sudo[@]}" /usr/bin/rbacctl "$@"
}

@test "the matrix has the 17 rows of the page in their order, then the five of its prose" {
	if through_socket; then skip "nobody of the page does it"; fi
	run -0 env LC_ALL=C rbacctl matrix
	[ "${#lines[@]}" = 23 ]
	[[ ${lines[1]} == "Add / Remove Cloud Accounts "* ]]
	[[ ${lines[17]} == "Manage blueprint tags "* ]]
	[[ ${lines[18]} == "Browse the blueprint catalogue "* ]]
	# Dots: account-admin has all 22; the others 3 + 4 + 2 + 2 in the rows of table and prose.
	[ "$(grep -o ' x' <<<"$output" | wc -l)" = $((22 + 11 + 4 + 3)) ]
	for row in 'Launch sandboxes' 'View cost data'; do
		[ "$(grep "^$row" <<<"$output" | grep -o ' x' | wc -l)" = 4 ]
	done
	for row in 'Setup blueprint repositories' 'Manage space users & roles' 'Manage space tags' \
		'Manage space policies'; do
		[ "$(grep "^$row" <<<"$output" | grep -o ' x' | wc -l)" = 2 ]
	done
}

@test "the matrix as a page: one table, every title escaped, nothing left open" {
	if through_socket; then skip "nobody of the page does it"; fi
	run -0 rbacctl matrix --html
	says '<!DOCTYPE html>'
	says 'Manage space users &amp; roles'
	[ "$(grep -o '<tr>' <<<"$output" | wc -l)" = "$(grep -o '</tr>' <<<"$output" | wc -l)" ]
	[ "$(grep -o '<td' <<<"$output" | wc -l)" = $((22 * 4)) ]
	fails_with 2 rbacctl matrix --html --json
}

@test "the graph is one digraph with every role, scope and user, and its quotes pair up" {
	if through_socket; then skip "nobody of the page does it"; fi
	run -0 rbacctl graph
	[[ ${lines[0]} == 'digraph rbac {' && ${lines[-1]} == '}' ]]
	for node in 'r space-admin' 's space:main/api' 'u carl' 'k cost.view' 'c launching'; do
		says "\"$node\""
	done
	says '"u carl" -> "r space-member" [label="at space:main/web"]'
	[ $(($(grep -o '"' <<<"$output" | wc -l) % 2)) = 0 ]
}

@test "an account admin: every act of the page, in every space" {
	run -0 by alice assign dave account-admin --scope account:main
	run -0 by dave revoke alice account-admin --scope account:main --dry-run
	run -0 by dave scope create space:main/new
	run -0 by dave assign eve space-admin --scope space:main/new
	run -0 by dave scope delete space:main/new
	run -0 by alice user suspend carl
	run -0 by alice user resume carl
	run -0 by alice revoke dave account-admin --scope account:main
	run -0 rbacctl can alice space.tags.manage --scope space:main/api
	says 'space-admin < account-admin at account:main'
}

@test "a space admin: users and roles of that space, and nowhere else" {
	run -0 by mia assign dave space-member --scope space:main/web
	run -0 by mia revoke dave space-member --scope space:main/web
	fails_with 3 by mia assign dave space-member --scope space:main/api
	says 'needs key space.users.manage there; mia has that at space:main/web only'
	says 'may   alice; root with --as root'
	fails_with 3 by mia scope create space:main/more
	says 'key space.create'
	fails_with 3 by mia assign dave account-admin --scope account:main
	fails_with 3 by mia user suspend carl
	fails_with 3 by mia scope delete space:main/web
}

@test "developers and members: nothing of that, and the page's own permissions" {
	local who
	for who in bob carl; do
		fails_with 3 by $who assign dave space-member --scope space:main/web
		fails_with 3 by $who revoke carl space-member --scope space:main/web
		run -0 rbacctl can $who sandbox.launch
		run -0 rbacctl can $who cost.view
		run -0 rbacctl can $who catalog.browse
		fails_with 1 rbacctl can $who space.users.manage
	done
	run -0 rbacctl can bob environment.tags.manage
	fails_with 1 rbacctl can carl environment.tags.manage
	fails_with 1 rbacctl can carl sandbox.launch --scope space:main/api
	fails_with 2 rbacctl can carl sandbox.lunch
	says 'did you mean "sandbox.launch"'
}

@test "the person counts, not the uid: sudo alone gives no authority; --as root does, recorded" {
	if through_socket; then skip "nobody of the page does it"; fi
	fails_with 3 by carl assign carl space-admin
	run -0 by carl assign dave space-member --as root
	run rbacctl log
	says 'by root  (carl (uid 1003) as root; SUDO_UID 1003 (carl), real uid 0 (root))'
	run -0 rbacctl revoke dave space-member
	fails_with 3 as carl /usr/bin/rbacctl assign carl space-admin --as root
}

@test "groups: a role brings its own and those it includes" {
	member carl space-member
	member mia space-admin && member mia space-developer && member mia space-member
	member alice account-admin && member alice space-member
	[ "$(getent group space-member | cut -d: -f4)" = alice,bob,carl,mia ]
}

@test "who, who may, and when" {
	run -0 rbacctl who space-member
	for name in alice bob carl mia; do says "$name"; done
	run -0 rbacctl who --key space.tags.manage
	says mia
	[[ $output != *carl* ]]
	run -0 rbacctl who --may-assign space-admin --scope space:main/api
	says alice
	[[ $output != *mia* ]]
	run -0 rbacctl assign dave space-member --from 2027-01-01T00:00:00Z \
		--until 2027-02-01T00:00:00Z
	fails_with 1 rbacctl can dave sandbox.launch
	run -0 rbacctl can dave sandbox.launch --at 2027-01-01T00:00:00Z
	run -0 rbacctl can dave sandbox.launch --at 2027-01-31T23:59:59Z
	fails_with 1 rbacctl can dave sandbox.launch --at 2027-02-01T00:00:00Z
	run -0 rbacctl who space-member --at 2027-01-15 --json
	says '"who": "dave"'
	run -0 rbacctl revoke dave space-member
}

@test "explain a refusal: the smallest change that would allow it, who may make it, and it does" {
	fails_with 1 rbacctl explain dave --service sshd
	says 'mend   rbacctl assign dave space-member --scope space:main/web '
	says ' (alice or mia may)'
	run -0 by mia assign dave space-member --scope space:main/web --for 1h
	run -0 rbacctl explain dave --service sshd
	says 'assigned by mia'
	run -0 by mia revoke dave space-member --scope space:main/web
	fails_with 1 rbacctl explain bob --service sudo
	says 'mend   rbacctl assign bob account-admin'
}

@test "import: all or nothing, every bad line named" {
	printf '%s\n' 'dave,space-member,space:main/api' 'eve,space-membr' 'nosuch,space-member' \
		'dave,space-admin,,,2001-01-01' >/tmp/in.csv
	fails_with 3 rbacctl import --csv /tmp/in.csv
	says 'in.csv:2'
	says 'in.csv:3'
	says 'in.csv:4'
	fails_with 1 rbacctl can dave sandbox.launch --scope space:main/api
	printf '%s\n' 'user,role,scope,from,until' 'dave,space-member,space:main/api' \
		'eve,space-member,,,' >/tmp/in.csv
	run -0 rbacctl import --csv /tmp/in.csv
	says '2 assignments made'
	run -0 rbacctl import --csv /tmp/in.csv
	says '0 assignments made'
	run -0 rbacctl can eve sandbox.launch
	through_socket || fails_with 3 by carl import --csv /tmp/in.csv
}

@test "a policy that drops what is in use needs a decision; a rename keeps gid and holders" {
	if through_socket; then skip "nobody of the page does it"; fi
	local gid policy=/etc/rbac/policy.d/torque.conf
	gid=$(gid_of space-member)
	cp $policy /tmp/torque.conf
	sed -i 's/space-member/space-guest/g' $policy
	fails_with 1 rbacctl apply
	says 'rbac.conf'
	says 'no role "space-member"'
	sed -i 's/space-member/space-guest/g' /etc/rbac/rbac.conf
	fails_with 3 rbacctl diff
	fails_with 3 rbacctl apply
	says 'carl loses space-member at space:main/web: the role is gone'
	sed -i 's/^  space-guest = {/  space-guest = { renamed_from = "space-member";/' $policy
	run -0 rbacctl apply
	[ "$(gid_of space-guest)" = "$gid" ]
	member carl space-guest
	run -2 getent group space-member
	# Back again: the gid is no longer what a name gives by itself, and has to be said.
	cp /tmp/torque.conf $policy
	sed -i 's/^  space-member = {/  space-member = { renamed_from = "space-guest";/' $policy
	sed -i 's/space-guest/space-member/g' /etc/rbac/rbac.conf
	fails_with 3 rbacctl apply
	says "gid = $gid;"
	sed -i "s/^  space-member = {/  space-member = { gid = $gid;/" $policy
	run -0 rbacctl apply
	[ "$(gid_of space-member)" = "$gid" ]
	member carl space-member
}
