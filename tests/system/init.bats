#!/usr/bin/env bats
# Starting a host: what init makes, what it refuses, and that an init that fails leaves nothing.

load lib

setup_file() { add_people; }

setup() { rm -rf /etc/rbac/* "${STATE:?}"/*; }   # the folders themselves are mounts

# Neither a file nor a folder of ours, in /etc/rbac or beside the store.
nothing_left() {
	[ -z "$(find /etc/rbac "$STATE" -mindepth 1)" ] || {
		find /etc/rbac "$STATE"
		return 1
	}
}

# policy_with OP [MORE]: a policy of two kinds, with OP among the settings of its role op.
policy_with() {
	mkdir -p /etc/rbac/policy.d
	cat >/etc/rbac/policy.d/site.conf <<-EOF
		version = 1;
		kinds = {
		  site = { };
		  host = { parent = "site"; create_by = [ "op" ]; delete_by = [ "op" ]; };
		};
		users = { add_by = [ "op" ]; suspend_by = [ "op" ]; forget_by = [ "op" ]; };
		keys = ( { name = "run"; } );
		keychains = { all = [ "run" ]; };
		roles = {
		  op   = { kind = "site"; keychains = [ "all" ]; assign_by = [ "op" ]; $1 };
		  guest = { kind = "host"; assign_by = [ "op" ]; };
		};
	EOF
}

conf_with() {   # conf_with HOST [LINE...]
	mkdir -p /etc/rbac
	cat >/etc/rbac/rbac.conf <<-EOF
		version = 1;
		host = $1;
		login = ( { services = [ "sshd" ]; keys = [ "run" ]; } );
	EOF
	shift
	printf '%s\n' "$@" >>/etc/rbac/rbac.conf
}

@test "init makes the root scope above the host; its administrator can log in" {
	run -0 rbacctl init --policy torque --admin alice --host space:acme/web
	says 'scope +account:acme'
	says 'alice +account-admin at account:acme'
	says 'log in here by role: alice (sshd sudo sudo-i)'
	run -0 rbacctl explain alice --service sshd
}

@test "a host outside the root scope is refused: nobody could log in" {
	fails_with 2 rbacctl init --policy torque --admin alice --root account:one \
		--host space:two/web
	says 'does not lie in --root account:one'
	nothing_left
}

@test "init refuses without --admin, and with an unknown user" {
	fails_with 2 rbacctl init --policy unix
	says '--admin USER'
	fails_with 2 rbacctl init --policy unix --admin nosuch
	says 'passwd knows no such user'
	nothing_left
}

@test "a policy that does not exist, or is not sound" {
	fails_with 2 rbacctl init --policy nosuch --admin alice
	says 'shipped are unix, torque and layer5'
	printf 'version = 1;\nroles = { a = { kind = "nowhere"; }; };\n' >/tmp/bad.conf
	fails_with 2 rbacctl init --policy /tmp/bad.conf --admin alice
	says 'bad.conf:2: error'
	nothing_left
}

@test "init keeps existing files, and removes its own files if it fails" {
	mkdir -p /etc/rbac
	printf 'version = 1;\nhost = "host:nowhere/else";\nlogin = ( );\n' >/etc/rbac/rbac.conf
	fails_with 2 rbacctl init --policy unix --admin alice
	says 'rbac.conf:2'
	[ "$(find /etc/rbac "$STATE" -mindepth 1)" = /etc/rbac/rbac.conf ]
	rm /etc/rbac/rbac.conf
	mkdir -p "$STATE/view/view.mdb.new/in-the-way"
	fails_with 4 rbacctl init --policy unix --admin alice
	says 'removed /etc/rbac/policy.d/unix.conf again'
	says 'removed /etc/rbac/rbac.conf again'
	rm -r "${STATE:?}/view"
	nothing_left
}

@test "a second init is refused" {
	run -0 rbacctl init --policy unix --admin alice
	fails_with 3 rbacctl init --policy unix --admin bob
	says 'has a policy already'
	fails_with 1 rbacctl can bob login.ssh
}

@test "umask 077: everybody can read the view and what else they should" {
	write_rbac_conf
	(umask 077; rbacctl init --policy unix --admin alice)
	[ "$(stat -c %a "$VIEW" "$STATE/view" "$STATE/store" | tr '\n' ' ')" = "644 755 700 " ]
	group_line files rbac
	run -0 as alice id -nG
	says host-operator
	run -0 as bob rbacctl explain alice --service sudo
}

@test "the view is the only file of its folder; a view at an older path is removed" {
	rbacctl init --policy unix --admin alice
	: >"$STATE/view.mdb"
	rbacctl assign bob host-user
	[ ! -e "$STATE/view.mdb" ]
	[ "$(ls -A "$STATE/view")" = view.mdb ]
}

@test "init uses the host, groups and policy that /etc/rbac already has" {
	policy_with 'bootstrap = true; gid = 70001;'
	conf_with '"host:north/web1"' \
		'groups = { name = "r-%{role}"; gid_min = 70000; gid_max = 79999; };'
	before=$(sha256sum /etc/rbac/rbac.conf /etc/rbac/policy.d/site.conf)
	run -0 rbacctl check
	run -0 rbacctl init --admin alice
	says 'kept  /etc/rbac/rbac.conf'
	says 'scope +site:north'
	says 'scope +host:north/web1'
	says 'alice +op at site:north'
	[[ $output != *:main* ]]
	[ "$(sha256sum /etc/rbac/rbac.conf /etc/rbac/policy.d/site.conf)" = "$before" ]
	[ "$(find /etc/rbac -type f | wc -l)" = 2 ]
	[ "$(rbacctl scope list | grep -c :)" = 2 ]
	run -0 rbacctl diff
	says 'no difference'
	group_line files rbac
	[ "$(getent group r-op | cut -d: -f3)" = 70001 ]
	run -0 rbacctl explain alice --service sshd
}

@test "init for a host with several scopes, or with any" {
	policy_with 'bootstrap = true;'
	conf_with '[ "host:north/web1", "host:south/web1" ]'
	run -0 rbacctl init --admin alice
	for scope in site:north site:south host:north/web1 host:south/web1; do
		says "scope +$scope"
	done
	rm -rf "${STATE:?}"/*
	conf_with '"any"'
	run -0 rbacctl init --admin alice --root site:east
	says 'scope +site:east'
	[ "$(rbacctl scope list | grep -c :)" = 1 ]
	rm -rf "${STATE:?}"/*
	run -0 rbacctl init --admin alice
	says 'scope +site:main'
}

@test "a policy without rbac.conf gets one; a rbac.conf without a policy takes --policy" {
	policy_with 'bootstrap = true;'
	run -0 rbacctl init --admin alice --host host:main/web1
	says 'wrote /etc/rbac/rbac.conf'
	grep -q '^host = "host:main/web1";' /etc/rbac/rbac.conf
	rm -rf /etc/rbac/* "${STATE:?}"/*
	write_rbac_conf
	fails_with 2 rbacctl init --admin alice
	says '--policy is missing'
	run -0 rbacctl init --policy unix --admin alice
	says 'kept  /etc/rbac/rbac.conf'
	says 'wrote /etc/rbac/policy.d/unix.conf'
}

@test "a second policy is not mixed into one that is there: 3, and nothing is left" {
	policy_with 'bootstrap = true;'
	conf_with '"host:north/web1"'
	fails_with 3 rbacctl init --policy unix --admin alice
	says 'policy.d/site.conf is there already'
	[ -z "$(find "$STATE" -mindepth 1)" ]
	[ ! -e /etc/rbac/policy.d/unix.conf ]
	cp /etc/rbac/policy.d/site.conf /tmp/other.conf
	echo '# more' >>/tmp/other.conf
	mv /tmp/other.conf /tmp/site.conf
	fails_with 3 rbacctl init --policy /tmp/site.conf --admin alice
	says 'it is not the file of --policy'
	# The very file that is there is no second one: an init that was interrupted has left it.
	run -0 rbacctl init --policy /etc/rbac/policy.d/site.conf --admin alice
}

@test "an option that contradicts rbac.conf: 2, and nothing is left" {
	policy_with 'bootstrap = true;'
	conf_with '"host:north/web1"'
	fails_with 2 rbacctl init --admin alice --host host:south/web1
	says 'rbac.conf:2 says that this host is host:north/web1'
	fails_with 2 rbacctl init --admin alice --root site:south
	says 'does not lie in --root site:south'
	[ -z "$(find "$STATE" -mindepth 1)" ]
	run -0 rbacctl init --admin alice --host host:north/web1 --root site:north
}

@test "no bootstrap role in the policy: refused with the line to add, unless files assign a role" {
	policy_with ''
	fails_with 3 rbacctl init --admin alice
	says 'bootstrap = true;'
	says 'op (site.conf:10)'
	[ "$(find /etc/rbac "$STATE" -type f)" = /etc/rbac/policy.d/site.conf ]
	sed -i '10s/keychains/bootstrap = true; keychains/' /etc/rbac/policy.d/site.conf
	run -0 rbacctl init --admin alice
	# Only who is marked for it gets sudo.
	grep -q '"sudo", "sudo-i" \]; roles = \[ "op" \]' /etc/rbac/rbac.conf
	rm -rf /etc/rbac/* "${STATE:?}"/*
	policy_with ''
	mkdir -p /etc/rbac/assignments.d
	echo 'version = 1; assignments = ( { user = "bob"; role = "op"; scope = "site:main"; } );' \
		>/etc/rbac/assignments.d/a.conf
	run -0 rbacctl init
	says 'bob +op at site:main'
	run ! grep '"sudo"' /etc/rbac/rbac.conf
	run -0 rbacctl verify
}

@test "a bootstrap role that no scope of this host can hold is told" {
	policy_with 'bootstrap = true;'
	sed -i 's/op   = { kind = "site"/op   = { kind = "host"/' /etc/rbac/policy.d/site.conf
	run -0 rbacctl init --admin alice
	says 'op is marked bootstrap, but neither'
}

@test "root is no administrator by role: 3, with the reason" {
	fails_with 3 rbacctl init --policy unix --admin root
	says 'root needs no role'
	printf 'toor:x:0:0::/root:/bin/sh\n' >>/etc/passwd
	fails_with 3 rbacctl init --policy unix --admin toor
	sed -i '/^toor:/d' /etc/passwd
	nothing_left
}

@test "login rules go by the keys of the policy" {
	run -0 rbacctl init --policy unix --admin alice
	grep -q '"sshd" \]; keys = \[ "login.ssh" \]' /etc/rbac/rbac.conf
	grep -q '"sudo", "sudo-i" \]; keys = \[ "login.sudo" \]' /etc/rbac/rbac.conf
	rbacctl assign bob host-user
	rbacctl assign carl host-auditor --as root
	run -0 rbacctl explain bob --service sshd
	fails_with 1 rbacctl explain bob --service sudo
	fails_with 1 rbacctl explain bob --service login
	run -0 rbacctl explain carl --service sudo
	run -0 rbacctl check
}

@test "sudo accepts the sudoers lines of unix.conf; they allow only the commands they name" {
	rbacctl init --policy unix --admin alice
	group_line files rbac
	cat >/etc/pam.d/sudo <<-EOF
		account required pam_rbac.so
		auth required pam_permit.so
		session required pam_permit.so
	EOF
	sed -n '/sudoers\.d/,/^#$/s/^#       //p' /etc/rbac/policy.d/unix.conf >/etc/sudoers.d/rbac
	[ "$(grep -c '^%host-' /etc/sudoers.d/rbac)" = 3 ]
	chmod 440 /etc/sudoers.d/rbac
	run -0 visudo -cf /etc/sudoers.d/rbac
	rbacctl assign carl host-auditor --as root
	rbacctl assign bob host-user
	run -0 sudo -l -U carl
	says '/usr/bin/rbacctl log'
	run -0 as carl sudo -n rbacctl log
	says 'carl +host-auditor'
	run -0 as carl sudo -n rbacctl log --verify
	run -0 as carl sudo -n rbacctl list assignments
	fails_with 1 as carl sudo -n rbacctl assign carl host-operator --as root
	fails_with 1 as bob sudo -n rbacctl log
}

@test "umask 077: everybody can read /etc/rbac and ask" {
	(umask 077; rbacctl init --policy unix --admin alice)
	[ "$(stat -c %a /etc/rbac/policy.d /etc/rbac/policy.d/unix.conf /etc/rbac/rbac.conf |
		tr '\n' ' ')" = "755 644 644 " ]
	run -0 as bob rbacctl check
	run -0 as bob rbacctl can alice login.sudo
	mkdir -m 755 /tmp/new
	(
		umask 077
		rbacctl init --policy unix --admin alice --etc /tmp/new/etc --store /tmp/new/state
	)
	[ "$(stat -c %a /tmp/new/etc /tmp/new/state | tr '\n' ' ')" = "755 755 " ]
	run -0 as bob rbacctl can alice login.sudo --store /tmp/new/state
	run -0 rbacctl verify --store /tmp/new/state
}

@test "a refused init also removes its folders" {
	rm -rf /tmp/new
	mkdir /tmp/new
	sed 's/bootstrap = true;//; s/min = 1;//' /usr/share/rbac/policies/unix.conf >/tmp/none.conf
	fails_with 3 rbacctl init --policy /tmp/none.conf --admin alice --etc /tmp/new/etc \
		--store /tmp/new/state
	[ -z "$(ls -A /tmp/new)" ]
	# Refused late, by the rules: a group of this host has the name of a role.
	add_group host-user 4001
	fails_with 3 rbacctl init --policy unix --admin alice --etc /tmp/new/etc \
		--store /tmp/new/state
	[ -z "$(ls -A /tmp/new)" ]
	sed -i '/^host-user:/d' /etc/group
}

@test "killed anywhere, init can be done again" {
	local call k n=0
	for call in mkdir link rename fsync fdatasync pwrite64; do
		for ((k = 1; k < 30; k++)); do
			killed_at "$call" $k rbacctl init --policy unix --admin alice \
				>/dev/null 2>&1 && break
			n=$((n + 1))
			[ -z "$(rbacctl log 2>/dev/null)" ] || break   # it was done
			run rbacctl init --policy unix --admin alice
			[ "$status" = 0 ] || { echo "killed at $call $k: $output"; false; }
			rm -rf /etc/rbac/* "${STATE:?}"/*
		done
		rm -rf /etc/rbac/* "${STATE:?}"/*
	done
	[ $n -ge 8 ]
}

@test "of two init at once one is done, the other refused" {
	local a b
	rbacctl init --policy unix --admin alice >/tmp/a 2>&1 & a=$!
	rbacctl init --policy unix --admin bob >/tmp/b 2>&1 & b=$!
	wait $a && a=0 || a=$?
	wait $b && b=0 || b=$?
	[ $((a + b)) = 3 ] || { cat /tmp/a /tmp/b; false; }
	[ "$(rbacctl list users | grep -cE 'alice|bob')" = 1 ]
}
