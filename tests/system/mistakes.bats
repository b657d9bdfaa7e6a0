#!/usr/bin/env bats
# An administrator makes each of these mistakes on purpose. Nothing is lost, and each time rbacctl
# says what happened and what to type.

load lib

POLICY=/etc/rbac/policy.d/unix.conf

setup_file() {
	add_people
	mkdir -p /etc/rbac
	cat >/etc/rbac/rbac.conf <<-'EOF'
		version = 1;
		host = "host:main";
		login = (
		  { services = [ "sshd", "gate" ];   keys = [ "login.ssh" ]; },
		  { services = [ "sudo", "sudo-i" ]; keys = [ "login.sudo" ]; }
		);
	EOF
	rbacctl init --policy unix --admin alice
	group_line files rbac
	gate gate
	gate sshd
	rbacctl assign bob host-operator
	rbacctl assign mia host-developer
}

# Alice and bob administer, mia logs in, and the files are those that are applied.
setup() {
	rm -rf /tmp/etc
	cp -a /etc/rbac /tmp/etc
}

# The program says what libpam answers, and ends with 0 in any case.
gets_in() { [ "$(account gate "$1" 2>/dev/null)" = 'PAM_SUCCESS 1' ]; }

is_out() { [ "$(account gate "$1" 2>/dev/null)" = 'PAM_PERM_DENIED 1' ]; }

# After each of them: the same people get in, and nobody else does. Here the last status alone
# counts.
teardown() {
	local who
	rm -rf /etc/rbac
	cp -a /tmp/etc /etc/rbac
	rbacctl verify || return 1
	rbacctl diff || return 1
	for who in alice bob mia; do gets_in "$who" || { echo "$who is out"; return 1; }; done
	is_out dave || { echo "dave gets in"; return 1; }
	rbacctl can alice login.sudo
}

by_alice() { SUDO_UID=1001 rbacctl "$@"; }

@test "removes their own role" {
	run -3 by_alice revoke alice host-operator
	says 'refused: this would lock the administrators out'
	says 'you, alice, could not log in again'
	says 'if that is meant: rbacctl revoke alice host-operator --force'
	run -3 by_alice user suspend alice
	says 'you, alice, could not log in again'
}

@test "revokes the last administrator" {
	rbacctl revoke bob host-operator
	run -3 rbacctl revoke alice host-operator
	says 'would leave 0 holders of host-operator'
	says 'first give it to someone else:  rbacctl assign USER host-operator --scope host:main'
	# by force it is done, said, and can be reverted by root
	run -0 rbacctl user suspend alice --force
	says 'done because of --force:'
	says 'nobody is left who can log in by the rules'
	run -0 rbacctl log
	says 'with --force'
	run -0 rbacctl user resume alice
	rbacctl assign bob host-operator
}

@test "breaks a file in edit" {
	EDITOR='sed -i s/version/verzion/' run -1 rbacctl edit --yes
	says 'rbac.conf:1: error:'
	says 'stays as it was'
	cmp /etc/rbac/rbac.conf /tmp/etc/rbac.conf
}

@test "breaks a file in another editor" {
	sed -i '4s/.*/  roles = {{/' "$POLICY"
	run -1 rbacctl check
	says 'unix.conf:4: error:'
	run -1 rbacctl apply
	says 'unix.conf:4: error:'
	says 'nothing was changed'
}

@test "applies a policy that drops a role in use" {
	sed -i 's/host-developer/host-coder/g' "$POLICY"
	run -3 rbacctl apply
	says mia
	says host-developer
	says --drop
	run -3 rbacctl diff
	run -0 rbacctl apply --drop --dry-run
	says 'loses group host-developer (mia)'
	says 'loses key'
}

@test "drops the sshd rule" {
	sed -i 's/"sshd", //' /etc/rbac/rbac.conf
	run -3 rbacctl diff
	says 'lose sshd'
	says 'no login rule would name sshd any more'
	says 'if that is meant: rbacctl apply --force'
	run -3 rbacctl apply
	says 'no login rule would name sshd any more'
}

@test "locks everybody out on purpose, with --confirm" {
	sed -i 's/"sshd", "gate"/"sshd"/' /etc/rbac/rbac.conf
	run -0 rbacctl apply --force --confirm 3s
	says 'unless another login confirms it: rbacctl confirm'
	is_out alice
	run -3 rbacctl confirm
	says 'log in again'
	wait_for gets_in alice
	run -1 rbacctl confirm
	says 'no change is pending'
	run -0 rbacctl history
	says '  revert  '
}

@test "pulls the plug during apply" {
	local call k n=0
	for call in pwrite64 fdatasync rename; do
		for ((k = 1; k < 40; k++)); do
			sed -i '/^# change/d' "$POLICY"
			printf '# change %s %s\n' "$call" "$k" >>"$POLICY"
			killed_at "$call" $k rbacctl apply >/dev/null 2>&1 && break
			n=$((n + 1))
			gets_in alice
			rbacctl publish >/dev/null 2>&1
			run -0 rbacctl verify
			run -0 rbacctl apply
		done
	done
	echo "killed $n times"
	[ $n -ge 3 ]
	cp /tmp/etc/policy.d/unix.conf "$POLICY"
	rbacctl apply
}

@test "fills the disk" {
	mkdir /tmp/small
	mount -t tmpfs -o size=512k none /tmp/small
	rbacctl init --admin alice --store /tmp/small
	dd if=/dev/zero of=/tmp/small/ballast bs=1k 2>/dev/null || true
	run -4 rbacctl assign bob host-user --store /tmp/small
	says 'No space left on device'
	run ! rbacctl can bob login.ssh --store /tmp/small
	run -0 rbacctl can alice login.sudo --store /tmp/small
	rm /tmp/small/ballast
	run -0 rbacctl verify --store /tmp/small
	run -0 rbacctl assign bob host-user --store /tmp/small
	umount /tmp/small
}

@test "loses the store" {
	rm -r "$STATE/store"
	gets_in mia
	run rbacctl assign dave host-user
	says 'rbacctl init --from-view'
	run -0 rbacctl init --from-view
	run -0 rbacctl who host-developer
	says mia
}

@test "restores last week's" {
	rm -f /tmp/backup
	rbacctl backup /tmp/backup
	rbacctl assign dave host-user
	rbacctl revoke mia host-developer
	rbacctl assign pat host-deployer
	local gid
	gid=$(gid_of host-deployer)
	run -0 rbacctl restore /tmp/backup --dry-run
	says '2 users lose sshd (dave, pat)'
	run -0 rbacctl restore /tmp/backup
	says 'gains sshd (mia)'
	[ "$(gid_of host-deployer)" = "$gid" ]
	run -0 rbacctl log
	says restore
	# a file of the store that is put back by hand is not taken for the newest
	cp "$STATE/store/data.mdb" /tmp/old.mdb
	rbacctl assign dave host-user
	cp "$STATE/store/data.mdb" /tmp/new.mdb
	cp /tmp/old.mdb "$STATE/store/data.mdb"
	run -3 rbacctl revoke dave host-user
	says 'rbacctl publish --accept-older-store'
	cp /tmp/new.mdb "$STATE/store/data.mdb"
	rbacctl revoke dave host-user
}

as_it_was() {
	cp /tmp/good.mdb "$STATE/store/data.mdb"
	cp /tmp/good.view "$STATE/view/view.new"
	mv "$STATE/view/view.new" "$STATE/view/view.mdb"
}

@test "edits a row with a hex editor" {
	cp "$STATE/store/data.mdb" /tmp/good.mdb
	cp "$STATE/view/view.mdb" /tmp/good.view
	local at n=0 mended=0 places
	mapfile -t places < <(grep -abo host-developer /tmp/good.mdb | cut -d: -f1)
	# each place where the role of mia stands: her row, an index, the log, pages of the past
	for at in "${places[@]}"; do
		as_it_was
		printf auditor__ | dd of="$STATE/store/data.mdb" bs=1 seek=$((at + 5)) \
			conv=notrunc 2>/dev/null
		run rbacctl verify
		[ "$status" -ne 0 ] || continue
		says FAULT
		gets_in mia
		n=$((n + 1))
		if [[ $output != *'rbacctl verify --repair --as root'* ]]; then
			says 'rbacctl restore FILE --as root'
			continue
		fi
		run -0 rbacctl verify --repair --dry-run
		run -0 rbacctl verify --repair
		run -0 rbacctl verify
		gets_in mia
		mended=$((mended + 1))
		run -0 rbacctl log
		says 'verify --repair  by root'
	done
	echo "$n places, $mended mended"
	[ $mended -ge 2 ]
	# all of them: the log itself is changed, and does not say what is right
	as_it_was
	rbacctl backup /tmp/good.backup
	sed -i 's/host-developer/host-auditor__/g' "$STATE/store/data.mdb"
	run -1 rbacctl verify
	says 'and no change wrote it'
	says 'something else wrote to the store; the view stays in force'
	gets_in mia
	cp /tmp/good.mdb "$STATE/store/data.mdb"
}
