#!/usr/bin/env bats
# Roles as groups, through the C library and the programs people use.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer
}

@test "getent finds a role's group by its name and by its number" {
	run -0 getent group host-operator
	[[ $output =~ ^host-operator:x:([0-9]+):alice$ ]]
	run -0 getent group "${BASH_REMATCH[1]}"
	says host-operator:x:
	says :alice
}

@test "the group of an included role lists the holders of the including role" {
	run -0 getent group host-user
	[ "$(cut -d: -f4 <<<"$output")" = alice,bob ]
}

@test "an unprivileged user sees the same" {
	[ "$(as bob getent group host-user)" = "$(getent group host-user)" ]
	[ "$(as eve id bob)" = "$(id bob)" ]
	[ "$(as eve getent group)" = "$(getent group)" ]
}

@test "id and groups show someone's own roles and nobody else's" {
	member bob host-developer
	member bob host-user
	run ! member bob host-operator
	run ! member carl host-user
	run -0 groups bob
	says host-developer
	[ "$(id -G bob | tr ' ' '\n' | sort | uniq -d)" = "" ]
}

@test "an unknown name or GID is not found; so is one that is only similar" {
	fails_with 2 getent group host-operato
	fails_with 2 getent group host-operators
	fails_with 2 getent group HOST-OPERATOR
	fails_with 2 getent group 2139999999
	fails_with 2 getent group 2010000000
	fails_with 2 getent group 2140000000
	fails_with 2 getent group ''
}

@test "getent group lists each group once" {
	run -0 getent group
	[ "$(grep -c '^host-' <<<"$output")" = 5 ]
	[ -z "$(cut -d: -f1 <<<"$output" | sort | uniq -d)" ]
}

@test "a login has the groups, and may use what belongs to them" {
	local dir
	dir=$(mktemp -d)
	chmod 755 "$dir"
	echo secret >"$dir/file"
	chgrp host-developer "$dir/file"
	chmod 640 "$dir/file"
	[ "$(stat -c %G "$dir/file")" = host-developer ]
	[ "$(as bob cat "$dir/file")" = secret ]
	run ! as alice cat "$dir/file"
	run ! as carl cat "$dir/file"
	[ "$(find "$dir" -group host-developer)" = "$dir/file" ]
	[ "$(find "$dir" -group "$(gid_of host-developer)")" = "$dir/file" ]
}

@test "sg and newgrp change to a role's group, for who holds it" {
	[ "$(as bob sg host-developer 'id -gn')" = host-developer ]
	[ "$(echo 'id -gn' | as bob newgrp host-developer | tail -n 1)" = host-developer ]
	run as carl sg host-developer 'id -gn' </dev/null
	[[ $output != *host-developer$'\n'* && ${lines[-1]} != host-developer ]]
}

@test "a role of a Unix group counts for all its members, also by primary group" {
	rbacctl assign %devs host-deployer
	member dave host-deployer
	member pat host-deployer
	member dave host-user
	run ! member bob host-deployer
	rbacctl revoke %devs host-deployer
	run ! member dave host-deployer
	run ! member pat host-deployer
}

@test "an extra Unix group comes with the role, and goes with it" {
	run ! member mia docker
	rbacctl assign mia host-auditor
	member mia docker
	[ "$(gid_of docker)" = 2002 ]
	rbacctl revoke mia host-auditor
	run ! member mia docker
}

@test "with [SUCCESS=merge] an extra group lists its members from both sources" {
	group_line 'files [SUCCESS=merge] rbac'
	sed -i 's/^docker:.*/docker:x:2002:carl/' /etc/group
	rbacctl assign mia host-auditor
	run -0 getent group docker
	says carl
	says mia
	member mia docker
	member carl docker
	run -0 getent group host-auditor
	says mia
	fails_with 2 getent group no-such-group
	rbacctl revoke mia host-auditor
	sed -i 's/^docker:.*/docker:x:2002:/' /etc/group
	group_line files rbac
}

@test "an initgroups line needs [SUCCESS=continue], and works with it" {
	printf 'initgroups: files [SUCCESS=continue] rbac\n' >>/etc/nsswitch.conf
	member bob host-developer
	usermod -a -G devs bob
	member bob devs
	member bob host-developer
	gpasswd -d bob devs >/dev/null
	group_line files rbac
}

@test "rbac before files causes no error" {
	group_line rbac files
	member bob host-developer
	member bob bob
	[ "$(gid_of devs)" = 2001 ]
	group_line files rbac
}

@test "a line with systemd before rbac has the roles too" {
	group_line files systemd rbac
	member bob host-developer
	group_line files rbac
}

@test "suspended users have no roles, and have them again after" {
	rbacctl user suspend bob
	run ! member bob host-developer
	run getent group host-developer
	[[ $output != *bob* ]]
	rbacctl user resume bob
	member bob host-developer
}

@test "members = false: groups are named, nobody is listed, and everybody has their own" {
	write_rbac_conf 'members = false;'
	rbacctl apply
	[ "$(getent group host-user | cut -d: -f4)" = "" ]
	member bob host-user
	write_rbac_conf
	rbacctl apply
}

@test "enumerate = false: groups are found when asked for, and not listed" {
	write_rbac_conf 'enumerate = false;'
	rbacctl apply
	run -0 getent group
	[[ $output != *host-* ]]
	run -0 getent group host-user
	member bob host-user
	write_rbac_conf
	rbacctl apply
}

@test "five hundred members fit, whatever buffer a program begins with" {
	local n
	{
		echo 'version = 1; assignments = ('
		for ((n = 1; n < 500; n++)); do
			printf '{ user = "load%d"; role = "host-user"; },\n' $n
		done
		echo '{ user = "load500"; role = "host-user"; } );'
	} >/tmp/many.conf
	for ((n = 1; n <= 500; n++)); do
		printf 'load%d:x:%d:65534::/:/bin/false\n' $n $((5000 + n))
	done >>/etc/passwd
	mkdir -p /etc/rbac/assignments.d
	cp /tmp/many.conf /etc/rbac/assignments.d/
	rbacctl apply
	run -0 getent group host-user
	[ "$(cut -d: -f4 <<<"$output" | tr , '\n' | grep -c '^load')" = 500 ]
	member load500 host-user
	[ "$(as bob getent group | grep -c '^host-user:')" = 1 ]
	rm /etc/rbac/assignments.d/many.conf
	rbacctl apply
	run ! member load500 host-user
	sed -i '/^load/d' /etc/passwd
	rbacctl publish
}

@test "another user with a recorded name gets no role of the recorded user" {
	sed -i 's/^bob:x:1002:/bob:x:4002:/' /etc/passwd
	rbacctl publish
	fails_with 0 account gate bob
	says PAM_PERM_DENIED
	sed -i 's/^bob:x:4002:/bob:x:1002:/' /etc/passwd
	rbacctl publish
	fails_with 0 account gate bob
	says PAM_SUCCESS
}

# What nss_rbac(8) says cannot be mended.
@test "usermod and adduser on a role's group change nothing, and gpasswd refuses" {
	run -0 usermod -aG host-user mia
	run adduser mia host-user
	run ! gpasswd -a mia host-user
	says 'does not exist in /etc/group'
	run ! grep host-user /etc/group
	run ! member mia host-user
}

@test "the ustar format has no room for the gid of a role; GNU tar's own and pax have" {
	local format
	: >/tmp/role-file
	chgrp host-user /tmp/role-file
	run ! tar --format=ustar -cf /tmp/role.tar -C /tmp role-file
	says '2097151'
	for format in gnu pax; do
		tar --format=$format -cf /tmp/role.tar -C /tmp role-file
		run -0 tar -tv --numeric-owner -f /tmp/role.tar
		says "/$(gid_of host-user) "
	done
}

# ---- whoever has a role through a Unix group ----

@test "members through a Unix group are listed with the others, primary group included" {
	rbacctl assign %devs host-deployer
	run -0 getent group host-deployer
	groups_are "$(cut -d: -f4 <<<"$output" | tr , ' ')" dave pat
	member dave host-deployer
	member pat host-deployer
	run -0 rbacctl list groups
	[[ $(grep '^host-deployer ' <<<"$output") == *"dave pat"* ]]
	run -0 rbacctl who host-deployer
	says dave
	says pat
	says '%devs'
	rbacctl user add dave --force 2>/dev/null || true
	rbacctl user suspend dave --force
	run -0 getent group host-deployer
	groups_are "$(cut -d: -f4 <<<"$output" | tr , ' ')" pat
	rbacctl user resume dave
	rbacctl revoke %devs host-deployer
}

@test "a change of /etc/group is seen at the next publish, and verify names it until then" {
	rbacctl assign %devs host-deployer
	sed -i 's/^devs:x:2001:dave/devs:x:2001:dave,eve/' /etc/group
	fails_with 1 rbacctl verify
	says 'the Unix group devs, its gid or its members differs'
	says 'group host-deployer and its members differs'
	says 'rbacctl publish'
	rbacctl publish
	run -0 rbacctl verify
	run -0 getent group host-deployer
	groups_are "$(cut -d: -f4 <<<"$output" | tr , ' ')" dave eve pat
	sed -i 's/^devs:x:2001:dave,eve/devs:x:2001:dave/' /etc/group
	rbacctl revoke %devs host-deployer
}

@test "an account that was absent at publish gets nothing when somebody makes it again" {
	rbacctl assign mia host-deployer
	member mia host-deployer
	sed -i '/^mia:/d' /etc/passwd
	rbacctl publish
	# As useradd -u 1999 mia does; nobody has published yet.
	printf 'mia:x:1999:65534::/:/bin/false\n' >>/etc/passwd
	run ! member mia host-deployer
	run rbacctl explain mia
	says 'had no account of that name when the view was published'
	says 'until rbacctl publish'
	sed -i 's/^mia:x:1999:65534/mia:x:1005:1005/' /etc/passwd
	rbacctl publish
	member mia host-deployer
	rbacctl revoke mia host-deployer
}
