#!/usr/bin/env bats
# What administrators get wrong, and what goes wrong under them: the exit status, the message, and
# that nothing was changed.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer
}

setup() { before=$(everything); }

# What a command that failed must have left alone.
everything() {
	rbacctl list assignments
	rbacctl list scopes
	rbacctl log | tail -n 1
	sha256sum "$VIEW" /etc/rbac/rbac.conf /etc/rbac/policy.d/*
}

# refuses STATUS ARGUMENTS...: and nothing changed.
refuses() {
	refused_with "$@" || return 1
	shift
	[ "$(everything)" = "$before" ] || { echo "rbacctl $*: something changed"; return 1; }
}

verbs() { rbacctl --help | sed -n 's/^  \([a-z]*\( [a-z]*\)\?\)  .*/\1/p'; }

@test "every verb has --help, and so has rbacctl" {
	local verb n=0
	run -0 rbacctl --help
	while read -r verb; do
		# shellcheck disable=SC2086 # two words are two arguments
		run -0 rbacctl $verb --help
		says "usage: rbacctl $verb"
		n=$((n + 1))
	done < <(verbs)
	[ $n -ge 25 ]
	run -0 rbacctl --version
}

@test "a wrong option or too many arguments: every verb exits with 2" {
	local verb
	while read -r verb; do
		# shellcheck disable=SC2086
		refuses 2 $verb --no-such-option
		[ "$verb" != setup ] || continue   # it takes as many services as there are
		# shellcheck disable=SC2086
		refuses 2 $verb a b c d e f
	done < <(verbs)
}

@test "no verb, an unknown, an incomplete or a misspelt verb: exit status 2" {
	fails_with 2 rbacctl
	refuses 2 asign bob host-user
	says_stderr 'did you mean "assign"'
	refuses 2 scope
	refuses 2 user frobnicate bob
	refuses 2 ''
}

@test "a missing argument or option: exit status 2" {
	refuses 2 assign
	refuses 2 assign bob
	refuses 2 assign bob host-user --scope
	refuses 2 revoke bob
	refuses 2 user suspend
	refuses 2 who
	refuses 2 can bob
	refuses 2 explain
	refuses 2 list
}

@test "a name that does not exist: exit status 2, never the answer \"no\"" {
	refuses 2 assign bob no-such-role
	refuses 2 assign bob host-user --scope host:elsewhere
	refuses 2 assign bob host-user --scope nonsense
	refuses 2 revoke bob no-such-role
	refuses 2 can bob no.such.key
	refuses 2 can bob login.ssh --scope host:elsewhere
	refuses 2 can bob assign no-such-role
	refuses 2 who no-such-role
	refuses 2 who --key no.such.key
	refuses 2 who --may-assign no-such-role
	refuses 2 list nonsense
	refuses 2 user show nobody-knows
}

@test "assign refuses a user or group that this host does not know, without --force" {
	run rbacctl assign nosuchuser host-user
	[ "$status" = 2 ] || [ "$status" = 3 ]
	run rbacctl assign %nosuchgroup host-user
	[ "$status" = 2 ] || [ "$status" = 3 ]
	[ "$(everything)" = "$before" ]
	run -0 rbacctl assign nosuchuser host-user --force
	run -0 rbacctl user forget nosuchuser
}

@test "names with control characters are refused, and printed in an escaped form" {
	local name
	for name in '' ' ' 'a b' $'a\nb' $'a\tb' $'\e[31m' 'a:b' 'a,b' '../a' '-a' '%' '%%devs' \
		$'\xff\xfe' "$(printf 'a%.0s' {1..33})" "$(printf 'a%.0s' {1..5000})"; do
		run --separate-stderr rbacctl assign "$name" host-user
		[ "$status" = 2 ] || [ "$status" = 3 ] || { echo "name $name: $status"; false; }
		[ "$(everything)" = "$before" ]
		run rbacctl assign bob "$name"
		[ "$status" = 2 ] || [ "$status" = 3 ]
		run rbacctl assign bob host-user --scope "$name"
		[ "$status" = 2 ] || [ "$status" = 3 ]
		[ "$(everything)" = "$before" ]
	done
}

@test "times that are not valid, or end before they begin: exit status 2" {
	refuses 2 assign bob host-user --until yesterday
	refuses 2 assign bob host-user --until someday
	refuses 2 assign bob host-user --until 2026-13-01
	refuses 2 assign bob host-user --for 8
	refuses 2 assign bob host-user --for -8h
	refuses 2 assign bob host-user --for 99999999999999999999h
	refuses 2 assign bob host-user --for 8h --until 2090-01-01
	refuses 2 assign bob host-user --until 2020-01-01
	refuses 2 explain bob --at nonsense
}

@test "a user without the right is refused with 3; the message has the rule and who may" {
	refuses 3 assign mia host-user --as bob
	says_stderr 'unix.conf:'
	says_stderr alice
	refuses 3 assign mia host-auditor --as alice
	refuses 3 revoke alice host-operator --as bob
	refuses 3 revoke alice host-operator
	refuses 3 user suspend alice --as bob
}

@test "without root: questions are answered, changes are refused with what would help" {
	run -0 as bob rbacctl can bob login.ssh
	fails_with 1 as bob rbacctl can bob login.sudo
	run -0 as bob rbacctl explain bob --service sshd
	run -0 as bob rbacctl list roles
	run as bob rbacctl assign bob host-operator
	[ "$status" = 3 ] || [ "$status" = 4 ]
	says rbacctl:
	says sudo
	run ! as bob rbacctl list assignments
	run ! as bob rbacctl log
	[ "$(everything)" = "$before" ]
}

@test "can, explain: 0 yes, 1 no" {
	run -0 rbacctl can bob login.ssh
	fails_with 1 rbacctl can bob login.sudo
	run -0 rbacctl explain bob --service sshd
	says ALLOWED
	fails_with 1 rbacctl explain bob --service sudo
	says DENIED
}

@test "a configuration with errors: check reports each by file and line, apply changes nothing" {
	cp -r /etc/rbac /tmp/etc-rbac
	sed -i 's/keys = \[ "login.ssh" \]/keys = [ "login.shh" ]/' /etc/rbac/rbac.conf
	sed -i 's/roles = \[ "host-operator" \]/rolls = [ "host-operator" ]/' /etc/rbac/rbac.conf
	fails_with 1 rbacctl check
	says 'rbac.conf:4'
	says 'login.ssh'
	says 'rbac.conf:6'
	says 'roles'
	run ! rbacctl apply
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	echo 'version = 1; login = (' >/etc/rbac/rbac.conf
	fails_with 1 rbacctl check
	run ! rbacctl apply
	rm /etc/rbac/rbac.conf
	run ! rbacctl apply
	chmod 000 /etc/rbac/policy.d/unix.conf
	rm -rf /etc/rbac
	cp -r /tmp/etc-rbac /etc/rbac
	run -1 rbacctl check
	says 'no rule names gate-unnamed'   # no mistake, but what this host is there to try
	[ "$(everything)" = "$before" ]
}

@test "changes use the applied policy, not the files in /etc" {
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
	echo broken >/etc/rbac/rbac.conf
	run -0 rbacctl assign mia host-user
	run -0 rbacctl revoke mia host-user
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
}

@test "an error says what would help" {
	refuses 2 assign bob host-user --store ''
	refuses 2 check --etc ''
	refuses 2 user show %devs
	says_stderr 'rbacctl list assignments'
	mkdir -p /tmp/half
	run --separate-stderr -1 rbacctl check --etc /tmp/half
	says_stderr 'rbac.conf: error: missing'
	cp /etc/rbac/rbac.conf /tmp/half
	run --separate-stderr -1 rbacctl check --etc /tmp/half
	says_stderr '/tmp/half/policy.d has no NAME.conf'
	local verb
	for verb in verify log 'list assignments' publish; do
		# shellcheck disable=SC2086
		refuses 4 $verb --store /tmp/nowhere
		says_stderr 'rbacctl init'
		# shellcheck disable=SC2086
		fails_with 4 as bob rbacctl $verb
		says 'sudo rbacctl'
	done
}

@test "a store that root cannot read: exit status 4; status works; both say what would help" {
	chmod 0770 "$STATE/store"
	run --separate-stderr -4 rbacctl assign mia host-user
	says_stderr 'chmod it to 0700'
	run -0 rbacctl status
	says 'chmod it to 0700'
	chmod 0700 "$STATE/store"
	cp "$STATE/store/data.mdb" /tmp/data.mdb
	dd if=/dev/zero of="$STATE/store/data.mdb" bs=4096 count=2 conv=notrunc 2>/dev/null
	run --separate-stderr -4 rbacctl apply
	says_stderr 'restore the folder from a backup'
	run -0 rbacctl status
	says 'restore the folder from a backup'
	[ "$(account gate bob)" = "PAM_SUCCESS 1" ]
	cp /tmp/data.mdb "$STATE/store/data.mdb"
	[ "$(everything)" = "$before" ]
}

@test "a missing view of an existing store is made by publish, not by init" {
	rm "$VIEW"
	fails_with 4 as bob rbacctl explain bob
	says 'rbacctl publish'
	run -0 rbacctl publish
}

@test "init a second time is refused: 3" {
	refuses 3 init --policy torque --admin alice
}

@test "without a store each command suggests init" {
	local verb
	for verb in 'assign bob host-user' 'list roles' 'explain bob' status verify publish; do
		# shellcheck disable=SC2086
		fails_with 4 rbacctl --store /tmp/nowhere $verb ||
			fails_with 4 rbacctl $verb --store /tmp/nowhere
		says rbacctl:
	done
}

@test "output that cannot be written is an error, not a success" {
	fails_with 4 bash -c 'rbacctl list roles >/dev/full'
	fails_with 4 bash -c 'rbacctl --help >/dev/full'
}

@test "a full disk: exit status 4, no partial change; the next change works when there is room" {
	mkdir /tmp/small
	mount -t tmpfs -o size=512k none /tmp/small
	rbacctl init --policy unix --admin alice --store /tmp/small
	dd if=/dev/zero of=/tmp/small/ballast bs=1k 2>/dev/null || true
	fails_with 4 rbacctl assign bob host-user --store /tmp/small
	says rbacctl:
	run ! rbacctl can bob login.ssh --store /tmp/small
	run -0 rbacctl can alice login.sudo --store /tmp/small
	rm /tmp/small/ballast
	run -0 rbacctl verify --store /tmp/small
	run -0 rbacctl assign bob host-user --store /tmp/small
	run -0 rbacctl verify --store /tmp/small
	umount /tmp/small
}

@test "a read-only state folder: 4, and nothing changes" {
	mount -o remount,ro "$STATE"
	run rbacctl assign mia host-user
	mount -o remount,rw "$STATE"
	[ "$status" = 4 ]
	says rbacctl:
	[ "$(everything)" = "$before" ]
}

# Each kind of call that makes a change last.
@test "killed anywhere in a change: the old state or the new one; the next command repairs it" {
	local call k n=0
	for call in pwrite64 writev fdatasync fsync rename unlink ftruncate; do
		for ((k = 1; k < 60; k++)); do
			killed_at "$call" $k rbacctl assign mia host-user >/dev/null 2>&1 && break
			n=$((n + 1))
			[ -n "$(account gate mia 2>/dev/null)" ]
			rbacctl publish >/dev/null 2>&1
			run -0 rbacctl verify
			[ ! -e "$VIEW.new" ]
			rbacctl revoke mia host-user >/dev/null 2>&1 || true
			rbacctl verify >/dev/null
		done
		rbacctl revoke mia host-user >/dev/null 2>&1 || true
	done
	echo "killed $n times"
	[ $n -ge 5 ]
}

@test "any system call that fails: exit status 4 and no change, or a change in effect" {
	local call error k
	for call in pwrite64:ENOSPC pwrite64:EIO fdatasync:EIO fsync:EIO rename:EIO \
		rename:ENOSPC; do
		error=${call#*:} call=${call%:*}
		for ((k = 1; k < 40; k++)); do
			run strace -f -qq -o /dev/null -e trace="$call" \
				-e "inject=$call:error=$error:when=$k" rbacctl assign mia host-user
			[ "$status" = 0 ] && break
			[ "$status" = 4 ] || { echo "$call $error $k: $status $output"; false; }
			rbacctl publish >/dev/null 2>&1
			run -0 rbacctl verify
			rbacctl revoke mia host-user >/dev/null 2>&1 || true
		done
		rbacctl revoke mia host-user >/dev/null 2>&1 || true
	done
}

@test "import names a hundred wrong lines, and counts the others" {
	local n
	for n in 100 101; do
		for ((i = 1; i <= n; i++)); do echo "nobody$i,host-user"; done >/tmp/wrong.csv
		run rbacctl import --csv /tmp/wrong.csv
		[ "$status" = 3 ]
		[ "$(grep -c '^wrong.csv:' <<<"$output")" = 100 ]
		says "$n errors; nothing was imported"
		[ "$(grep -c '^rbacctl: \.\.\. and 1 more$' <<<"$output")" = $((n - 100)) ]
	done
}

@test "each change is one line of the system's log, with the hash that log --head prints" {
	local change hash
	log_begin
	rbacctl assign carl host-user --reason 'a "quote"'
	read -r change hash < <(rbacctl log --head)
	wait_for grep -qa "change=$change head=$hash" "$LOG"
	run -0 logged 'rbacctl.*: change='
	[ "${#lines[@]}" = 1 ]
	says 'actor="root" person="root (uid 0)'
	says 'verb="assign" text="carl +host-user at host:main'
	says 'a \"quote\"'
	# What is only tried, refused, or done in a store elsewhere, is not there.
	log_begin
	rbacctl revoke carl host-user --dry-run
	fails_with 3 rbacctl revoke carl host-user --as bob
	rbacctl --store /tmp/elsewhere --etc /tmp/elsewhere-etc init --policy unix --admin alice
	logger all-sent
	wait_for grep -qa all-sent "$LOG"
	run ! logged 'rbacctl.*: change='
	rbacctl revoke carl host-user
	wait_for logged 'verb="revoke" text="carl -host-user'
}

@test "sessions that cannot be listed: the change is made, and the message says so" {
	rbacctl assign carl host-user
	fails_with 4 strace -f -qq -o /dev/null -e trace=openat -P /proc \
		-e inject=openat:error=ENOMEM rbacctl revoke carl host-user
	says 'is made, but open sessions cannot be listed'
	run rbacctl who host-user --json
	[[ $output != *carl* ]]
}
