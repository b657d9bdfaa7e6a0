#!/usr/bin/env bats
# The page of Layer5, done with rbacctl as each of its persons: by root with --as, and as
# layer5-socket.bats, which is this file, by themselves through the socket.

load lib

ORG=organization:main/bob
WS=workspace:main/bob/ws
export ORG WS

setup_file() {
	add_people
	quietly rbacctl init --policy layer5 --admin alice
	group_line files rbac
	serve_up
}

by() {   # by USER ARGUMENTS...: rbacctl as that person
	local user=$1
	shift
	case $BATS_TEST_FILENAME in
	*-socket.bats) as "$user" rbacctl "$@" ;;
	*) rbacctl "$@" --as "$user" ;;
	esac
}

@test "at boot: the provider admin, and nobody else" {
	run -0 rbacctl who provider-admin
	[ "${#lines[@]}" = 2 ]
	says alice
	fails_with 3 by alice revoke alice provider-admin
	says 'min = 1'
}

@test "a new user account gets an organization and a team, is owner and administrator of both" {
	run -0 by alice user add bob
	run -0 rbacctl scope show $ORG
	says 'owner bob, who holds organization-administrator'
	run -0 rbacctl can bob team.members --scope team:main/bob/bob
	says 'as its owner'
	fails_with 3 by bob user add carl
	run -0 by alice user add carl
	run -0 by alice user add dave
}

@test "a clash of names refuses the whole account" {
	run -0 by carl scope create organization:main/mia
	fails_with 3 by alice user add mia
	says 'the scope organization:main/mia, which exists already'
	fails_with 2 rbacctl user show mia
	run -0 by carl scope delete organization:main/mia
	run -0 by alice user add mia
}

@test "an administrator of an organization: by its owner alone, as many as the plan says" {
	fails_with 3 by bob assign carl organization-administrator --scope $ORG
	says 'max = 1'
	fails_with 3 by bob scope set $ORG --plan business
	run -0 by alice scope set $ORG --plan business
	run -0 by bob assign carl organization-administrator --scope $ORG
	fails_with 3 by carl assign dave organization-administrator --scope $ORG
	says 'needs ownership'
	fails_with 3 by alice assign dave organization-administrator --scope $ORG
	fails_with 3 by carl revoke carl organization-administrator --scope $ORG
	fails_with 3 by alice scope set $ORG --plan free
	says 'max = 1'
	fails_with 3 by bob revoke bob organization-administrator --scope $ORG
	says 'as its owner'
}

@test "a billing manager: by the owner, by hand; bills, and nothing else" {
	fails_with 3 by carl assign dave organization-billing-manager --scope $ORG
	run -0 by bob assign dave organization-billing-manager --scope $ORG
	run -0 rbacctl can dave billing.invoices --scope $ORG
	fails_with 1 rbacctl can dave organization.update --scope $ORG
	run -0 by bob revoke dave organization-billing-manager --scope $ORG
}

@test "a workspace: its creator owns it and administers it; the owner alone deletes" {
	fails_with 3 by dave scope create $WS
	run -0 by carl scope create $WS
	run -0 rbacctl scope show $WS
	says 'owner carl'
	for who in alice bob dave; do
		fails_with 3 by $who scope delete $WS
		says 'needs ownership'
	done
	fails_with 3 rbacctl scope delete $WS --as root
	says 'root with --force'
	run -0 by carl scope delete $WS --dry-run
	fails_with 3 by bob scope delete $ORG
	says '--recursive'
	fails_with 3 by bob scope delete $ORG --recursive
	says $WS
}

@test "who assigns and revokes the roles of a workspace" {
	run -0 by bob assign mia workspace-administrator --scope $WS
	run -0 by mia assign dave workspace-manager --scope $WS
	fails_with 3 by dave assign eve workspace-manager --scope $WS
	fails_with 3 by mia assign eve workspace-administrator --scope $WS
	run -0 by bob revoke dave workspace-manager --scope $WS
	run -0 by carl revoke mia workspace-administrator --scope $WS
	fails_with 1 rbacctl can carl organization.users --scope organization:main/dave
}

@test "a role that brings a Unix group: only its holders may assign it; can, who and assign agree" {
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
	sed -i -e 's|^  # extra = .*|  extra = ( { role = "workspace-manager"; GROUPS } );|' \
		-e 's|GROUPS|unix_groups = [ "docker" ];|' /etc/rbac/rbac.conf
	run -0 rbacctl apply
	fails_with 1 rbacctl can bob assign workspace-manager --scope $WS
	says 'it brings the Unix group docker'
	fails_with 3 by bob assign dave workspace-manager --scope $WS
	says 'may be worth root'
	run -0 rbacctl can carl assign workspace-manager --scope $WS
	run -0 rbacctl who --may-assign workspace-manager --scope $WS
	says carl
	[ "$(grep -c '^bob ' <<<"$output")" = 0 ]
	fails_with 1 rbacctl can eve assign workspace-manager --scope $WS
	says 'may   carl'
	run -0 by carl assign dave workspace-manager --scope $WS --dry-run
	run -0 rbacctl can root assign workspace-manager --scope $WS
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
}

@test "a team's roles: by the organization's administrators or the team's owner" {
	run -0 by carl scope create team:main/bob/ops
	run -0 by bob assign dave team-manager --scope team:main/bob/ops
	run -0 rbacctl can dave team.members --scope team:main/bob/ops
	fails_with 3 by dave scope delete team:main/bob/ops
	fails_with 3 by dave assign eve team-manager --scope team:main/bob/ops
	run -0 by carl assign mia team-administrator --scope team:main/bob/ops
	fails_with 3 by mia assign eve team-manager --scope team:main/bob/ops
	run -0 by bob revoke mia team-administrator --scope team:main/bob/ops
}

@test "a transfer: the role goes with it, or stays as an assignment; the old owner loses delete" {
	fails_with 3 by bob scope transfer $WS mia
	run -0 by carl scope transfer $WS mia
	fails_with 1 rbacctl can carl workspace.update --scope $WS
	run -0 by mia scope transfer $WS dave --keep-role
	run -0 rbacctl can mia workspace.update --scope $WS
	fails_with 3 by mia scope delete $WS
	run -0 by dave scope delete $WS
	fails_with 2 rbacctl scope show $WS
}

@test "provider admins assign and revoke one another; the provider's plan allows three" {
	run -0 by alice assign bob provider-admin
	run -0 by bob assign carl provider-admin
	fails_with 3 by carl assign dave provider-admin
	says 'max = 3'
	fails_with 3 by mia assign dave provider-admin
	run -0 by carl revoke alice provider-admin
	fails_with 3 by alice assign alice provider-admin
	run -0 by bob assign alice provider-admin
}

@test "a suspended owner owns nothing that counts; the minimum holds, except for root's --force" {
	fails_with 3 by alice user suspend mia
	says 'min = 1'
	says '--force --as root'
	fails_with 3 by alice user suspend mia --force
	run -0 rbacctl user suspend mia --force --as root
	fails_with 3 by mia scope delete organization:main/mia --recursive
	says 'mia is suspended'
	run -0 rbacctl status
	run -0 by alice user resume mia
}

@test "status reports what ends soon, and which roles will have too few holders" {
	run -0 by bob revoke carl provider-admin
	run -0 by bob assign dave provider-admin --for 2h
	run -0 rbacctl status
	says 'dave provider-admin at provider:main ends in'
	sed -i '/^carl:/d' /etc/passwd
	run -0 rbacctl status
	says 'carl: no such user in passwd'
	rbacctl publish   # or verify says that this host has changed since
}
