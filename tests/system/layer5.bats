#!/usr/bin/env bats
# The page of Layer5, done with rbacctl as each of its persons.

load lib

ORG=organization:main/bob
WS=workspace:main/bob/ws
export ORG WS

setup_file() {
	add_people
	rbacctl init --policy layer5 --admin alice >/tmp/init.out 2>&1 || {
		cat /tmp/init.out
		return 1
	}
	group_line files rbac
}

@test "at boot: the provider admin, and nobody else" {
	run -0 rbacctl who provider-admin
	[ "${#lines[@]}" = 2 ]
	says alice
	fails_with 3 rbacctl revoke alice provider-admin --as alice
	says 'min = 1'
}

@test "a new user account gets an organization and a team, is owner and administrator of both" {
	run -0 rbacctl user add bob --as alice
	run -0 rbacctl scope show $ORG
	says 'owner bob, who holds organization-administrator'
	run -0 rbacctl can bob team.members --scope team:main/bob/bob
	says 'as its owner'
	fails_with 3 rbacctl user add carl --as bob
	run -0 rbacctl user add carl --as alice
	run -0 rbacctl user add dave --as alice
}

@test "a clash of names refuses the whole account" {
	run -0 rbacctl scope create organization:main/mia --as carl
	fails_with 3 rbacctl user add mia --as alice
	says 'the scope organization:main/mia, which exists already'
	fails_with 2 rbacctl user show mia
	run -0 rbacctl scope delete organization:main/mia --as carl
	run -0 rbacctl user add mia --as alice
}

@test "an administrator of an organization: by its owner alone, as many as the plan says" {
	fails_with 3 rbacctl assign carl organization-administrator --scope $ORG --as bob
	says 'max = 1'
	fails_with 3 rbacctl scope set $ORG --plan business --as bob
	run -0 rbacctl scope set $ORG --plan business --as alice
	run -0 rbacctl assign carl organization-administrator --scope $ORG --as bob
	fails_with 3 rbacctl assign dave organization-administrator --scope $ORG --as carl
	says 'needs ownership'
	fails_with 3 rbacctl assign dave organization-administrator --scope $ORG --as alice
	fails_with 3 rbacctl revoke carl organization-administrator --scope $ORG --as carl
	fails_with 3 rbacctl scope set $ORG --plan free --as alice
	says 'max = 1'
	fails_with 3 rbacctl revoke bob organization-administrator --scope $ORG --as bob
	says 'as its owner'
}

@test "a billing manager: by the owner, by hand; bills, and nothing else" {
	fails_with 3 rbacctl assign dave organization-billing-manager --scope $ORG --as carl
	run -0 rbacctl assign dave organization-billing-manager --scope $ORG --as bob
	run -0 rbacctl can dave billing.invoices --scope $ORG
	fails_with 1 rbacctl can dave organization.update --scope $ORG
	run -0 rbacctl revoke dave organization-billing-manager --scope $ORG --as bob
}

@test "a workspace: its creator owns it and administers it; the owner alone deletes" {
	fails_with 3 rbacctl scope create $WS --as dave
	run -0 rbacctl scope create $WS --as carl
	run -0 rbacctl scope show $WS
	says 'owner carl'
	for who in alice bob dave; do
		fails_with 3 rbacctl scope delete $WS --as $who
		says 'needs ownership'
	done
	fails_with 3 rbacctl scope delete $WS --as root
	says 'root with --force'
	run -0 rbacctl scope delete $WS --as carl --dry-run
	fails_with 3 rbacctl scope delete $ORG --as bob
	says '--recursive'
	fails_with 3 rbacctl scope delete $ORG --recursive --as bob
	says $WS
}

@test "who gives and takes the roles of a workspace" {
	run -0 rbacctl assign mia workspace-administrator --scope $WS --as bob
	run -0 rbacctl assign dave workspace-manager --scope $WS --as mia
	fails_with 3 rbacctl assign eve workspace-manager --scope $WS --as dave
	fails_with 3 rbacctl assign eve workspace-administrator --scope $WS --as mia
	run -0 rbacctl revoke dave workspace-manager --scope $WS --as bob
	run -0 rbacctl revoke mia workspace-administrator --scope $WS --as carl
	fails_with 1 rbacctl can carl organization.users --scope organization:main/dave
}

@test "a role that brings a Unix group: only its holders may assign it; can, who and assign agree" {
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
	sed -i -e 's|^  # extra = .*|  extra = ( { role = "workspace-manager"; GROUPS } );|' \
		-e 's|GROUPS|unix_groups = [ "docker" ];|' /etc/rbac/rbac.conf
	run -0 rbacctl apply
	fails_with 1 rbacctl can bob assign workspace-manager --scope $WS
	says 'it brings the Unix group docker'
	fails_with 3 rbacctl assign dave workspace-manager --scope $WS --as bob
	says 'may be worth root'
	run -0 rbacctl can carl assign workspace-manager --scope $WS
	run -0 rbacctl who --may-assign workspace-manager --scope $WS
	says carl
	[ "$(grep -c '^bob ' <<<"$output")" = 0 ]
	fails_with 1 rbacctl can eve assign workspace-manager --scope $WS
	says 'may   carl'
	run -0 rbacctl assign dave workspace-manager --scope $WS --as carl --dry-run
	run -0 rbacctl can root assign workspace-manager --scope $WS
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
}

@test "a team's roles: by the organization's administrators or the team's owner" {
	run -0 rbacctl scope create team:main/bob/ops --as carl
	run -0 rbacctl assign dave team-manager --scope team:main/bob/ops --as bob
	run -0 rbacctl can dave team.members --scope team:main/bob/ops
	fails_with 3 rbacctl scope delete team:main/bob/ops --as dave
	fails_with 3 rbacctl assign eve team-manager --scope team:main/bob/ops --as dave
	run -0 rbacctl assign mia team-administrator --scope team:main/bob/ops --as carl
	fails_with 3 rbacctl assign eve team-manager --scope team:main/bob/ops --as mia
	run -0 rbacctl revoke mia team-administrator --scope team:main/bob/ops --as bob
}

@test "a transfer: the role goes with it, or stays as an assignment; the old owner loses delete" {
	fails_with 3 rbacctl scope transfer $WS mia --as bob
	run -0 rbacctl scope transfer $WS mia --as carl
	fails_with 1 rbacctl can carl workspace.update --scope $WS
	run -0 rbacctl scope transfer $WS dave --as mia --keep-role
	run -0 rbacctl can mia workspace.update --scope $WS
	fails_with 3 rbacctl scope delete $WS --as mia
	run -0 rbacctl scope delete $WS --as dave
	fails_with 2 rbacctl scope show $WS
}

@test "a provider's admins: given and taken by one another, three at most by the provider's plan" {
	run -0 rbacctl assign bob provider-admin --as alice
	run -0 rbacctl assign carl provider-admin --as bob
	fails_with 3 rbacctl assign dave provider-admin --as carl
	says 'max = 3'
	fails_with 3 rbacctl assign dave provider-admin --as mia
	run -0 rbacctl revoke alice provider-admin --as carl
	fails_with 3 rbacctl assign alice provider-admin --as alice
	run -0 rbacctl assign alice provider-admin --as bob
}

@test "a suspended owner owns nothing that counts; the minimum holds, except for root's --force" {
	fails_with 3 rbacctl user suspend mia --as alice
	says 'min = 1'
	says '--force --as root'
	fails_with 3 rbacctl user suspend mia --force --as alice
	run -0 rbacctl user suspend mia --force --as root
	fails_with 3 rbacctl scope delete organization:main/mia --recursive --as mia
	says 'mia is suspended'
	run -0 rbacctl status
	run -0 rbacctl user resume mia --as alice
}

@test "status tells what will end, and what will be short" {
	run -0 rbacctl revoke carl provider-admin --as bob
	run -0 rbacctl assign dave provider-admin --for 2h --as bob
	run -0 rbacctl status
	says 'dave provider-admin at provider:main ends in'
	sed -i '/^carl:/d' /etc/passwd
	run -0 rbacctl status
	says 'carl: no such user in passwd'
	rbacctl publish   # or verify says that this host has changed since
}
