#!/usr/bin/env bats
# A fleet over a folder that is copied: an authority, this host as a member whose gate and groups
# follow it, and two more members beside it.

load lib
load fleet

CARRIER=/srv/carrier

member() { local m=$1; shift; rbacctl "$@" --etc "/srv/$m/etc" --store "/srv/$m/state"; }

# What any tool does: the folder arrives as a copy.
carry() {
	authority fleet push --to /srv/out
	rm -rf "$CARRIER.new"
	cp -a /srv/out "$CARRIER.new"
	rm -rf "$CARRIER"
	mv "$CARRIER.new" "$CARRIER"
}

setup_file() {
	add_people
	authority_up web db mail
	carry
	group_line files rbac
	gate gate
}

@test "a host without a store becomes a member, and takes the policy and its scopes" {
	fails_with 3 rbacctl fleet take "$CARRIER"
	says 'not a member of a fleet'
	run -0 rbacctl fleet join "$(enrol here space:main/web)"
	carry
	run -0 rbacctl fleet take "$CARRIER" --json
	[ "$(python3 -c 'import json, sys; f = json.load(sys.stdin)
print(f["taken"] > 0, f["taken"] == f["sheets"], f["attention"], f["change"] > 0)' \
		<<<"$output")" = 'True True False True' ]
	says 'alice +account-admin at account:main'
	run -0 rbacctl fleet status
	says 'member here of campus'
	local m
	for m in db mail; do
		mkdir "/srv/$m"
		run -0 member $m fleet join "$(enrol $m space:main/$m)"
		run -0 member $m fleet take "$CARRIER"
	done
	# What is of other scopes is not here.
	run -0 rbacctl list scopes
	[[ $output != *space:main/db* ]]
}

@test "a role given on the authority lets a user log in on one host, and a revoke ends that" {
	run ! pamtester gate bob acct_mgmt
	run -0 authority assign bob space-developer --scope space:main/web --as root
	carry
	run -0 rbacctl fleet take "$CARRIER"
	run -0 member db fleet take "$CARRIER"
	run -0 pamtester gate bob acct_mgmt
	run -0 id -Gn bob
	says space-developer
	fails_with 1 member db explain bob
	says DENIED
	run -0 authority revoke bob space-developer --scope space:main/web --as root
	cp -a "$CARRIER" /srv/before
	carry
	run -0 rbacctl fleet take "$CARRIER"
	run ! pamtester gate bob acct_mgmt
}

@test "an old folder from before the revoke is refused and reported; the login stays denied" {
	fails_with 1 rbacctl fleet take /srv/before
	says 'refused: space:main/web: it is older than what this host has taken'
	run ! pamtester gate bob acct_mgmt
	fails_with 1 rbacctl fleet status
	says 'it is older than what this host has taken'
	run -0 rbacctl fleet take "$CARRIER"
	run -0 rbacctl fleet status
}

@test "a new member refuses the old folder too" {
	mkdir /srv/late
	run -0 member late fleet join "$(enrol late space:main/web)"
	carry
	rm -rf "$CARRIER/sheets/space=main+web"
	cp -a '/srv/before/sheets/space=main+web' "$CARRIER/sheets"
	fails_with 1 member late fleet take "$CARRIER"
	says 'refused: space:main/web'
	run -0 member late list users
	[[ $output != *bob* ]]
}

@test "what the authority did not sign is refused: an altered head, another fleet's sheet" {
	carry
	local head="$CARRIER/sheets/space=main+web/head"
	printf '\377' | dd of="$head" bs=1 seek=40 conv=notrunc status=none
	fails_with 1 rbacctl fleet take "$CARRIER"
	says 'refused: space:main/web: its signature is wrong'
	mkdir -p /srv/forger/etc
	cp -a /srv/authority/etc/. /srv/forger/etc
	forger() { rbacctl "$@" --etc /srv/forger/etc --store /srv/forger/state; }
	forger init --root account:main --admin mia
	forger scope create space:main/web --as root
	forger assign bob space-developer --scope space:main/web --as root
	forger fleet init campus --as root
	forger fleet push --to /srv/forged
	fails_with 1 rbacctl fleet take /srv/forged
	says 'refused: space:main/web: it is of another fleet'
	run ! pamtester gate bob acct_mgmt
}

@test "without the folder logins go on, and a lost chunk is made again by the next push" {
	authority assign bob space-developer --scope space:main/web --as root
	carry
	run -0 rbacctl fleet take "$CARRIER"
	fails_with 1 rbacctl fleet take /srv/nowhere
	says 'waiting'
	run -0 pamtester gate bob acct_mgmt
	find /srv/out/sheets -type f ! -name head -delete
	carry
	rm -rf /srv/mail/state/store /srv/mail/state/view
	run -0 member mail fleet take "$CARRIER"
}

@test "a suspension arrives everywhere" {
	authority user suspend bob --as root
	carry
	run -0 rbacctl fleet take "$CARRIER"
	run ! pamtester gate bob acct_mgmt
	authority user resume bob --as root
	carry
	run -0 rbacctl fleet take "$CARRIER"
	run -0 pamtester gate bob acct_mgmt
}

@test "take with a clock set back: changes arrive, nothing that ended counts again; reported" {
	local until
	until=$(in_seconds 3)
	authority assign carl space-developer --scope space:main/web --until "$until" --as root
	carry
	run -0 rbacctl fleet take "$CARRIER"
	until_past "$until"
	rbacctl publish
	run ! pamtester gate carl acct_mgmt
	background faketime '-1 hour' rbacctl fleet take "$CARRIER" --watch
	echo $! >/tmp/watch.pid
	authority assign dave space-developer --scope space:main/web --as root
	carry
	wait_for pamtester gate dave acct_mgmt
	run ! faketime '-1 hour' pamtester gate carl acct_mgmt
	fails_with 1 rbacctl fleet status
	says 'the clock of this host is '
	pkill -P "$(cat /tmp/watch.pid)"   # faketime waits for it
	authority revoke dave space-developer --scope space:main/web --as root
	carry
	run -0 rbacctl fleet take "$CARRIER"
	run -0 rbacctl fleet status
}

@test "take --watch without a free inotify watch checks the folder regularly" {
	local call
	for call in inotify_init1:error=EMFILE inotify_add_watch:error=ENOSPC; do
		background strace -f -qq -o /dev/null -e "trace=${call%%:*}" -e "inject=$call" \
			rbacctl fleet take "$CARRIER" --watch
		echo $! >/tmp/watch.pid
		authority assign dave space-developer --scope space:main/web --as root
		carry
		wait_for pamtester gate dave acct_mgmt
		authority revoke dave space-developer --scope space:main/web --as root
		carry
		wait_for not pamtester gate dave acct_mgmt
		pkill -P "$(cat /tmp/watch.pid)"   # strace would let it go on
		wait_for gone "$(cat /tmp/watch.pid)"
	done
}

gone() { ! kill -0 "$1" 2>/dev/null; }

not() { ! "$@"; }

@test "a local group with the name of a role's stops no revocation" {
	add_group space-developer 4242 eve
	authority revoke bob space-developer --scope space:main/web --as root
	carry
	fails_with 1 rbacctl fleet take "$CARRIER"
	says 'left out: the group space-developer'
	run ! pamtester gate bob acct_mgmt
	groupdel space-developer
	run -0 rbacctl publish
	run -0 rbacctl fleet take "$CARRIER"
}

@test "only root can read the keys; a key that others can read is not used" {
	[ "$(stat -c '%a %U' /srv/authority/state/fleet/authority.key)" = '600 root' ]
	[ "$(stat -c '%a %U' /srv/authority/state/fleet)" = '700 root' ]
	[ "$(stat -c '%a %U' "$STATE/fleet/token")" = '600 root' ]
	chmod 640 /srv/authority/state/fleet/authority.key
	fails_with 4 authority fleet push --to /srv/out
	chmod 600 /srv/authority/state/fleet/authority.key
	run -0 authority fleet push --to /srv/out
}

@test "a push that is killed at any write leaves a folder that members can take" {
	local n
	authority assign mia space-developer --scope space:main/web --as root
	for n in {1..12}; do
		killed_at rename "$n" rbacctl fleet push --to /srv/out \
			--etc /srv/authority/etc --store /srv/authority/state || true
		run rbacctl fleet take /srv/out
		[ "$status" -le 1 ]
	done
	run -0 authority fleet push --to /srv/out
	run -0 rbacctl fleet take /srv/out
	run -0 pamtester gate mia acct_mgmt
}

@test "two pushes into one folder at a time: both succeed, and the folder is whole" {
	local first
	strace -f -qq -o /dev/null -e trace=rename -e inject=rename:delay_enter=100000 \
		rbacctl fleet push --to /srv/both --etc /srv/authority/etc \
		--store /srv/authority/state 3>&- &
	first=$!
	wait_for test -e /srv/both/keys
	run -0 authority fleet push --to /srv/both
	wait $first
	run -0 rbacctl fleet take /srv/both
}

@test "a new key of the authority: members take it, and nothing that the old one signs" {
	run -0 authority fleet keys
	says 'version 1, signed by 1 of 1 root keys'
	cp -a /srv/authority /srv/stolen
	run -0 authority fleet keys new --as root
	says 'fleet keys 2'
	carry
	run -0 rbacctl fleet take "$CARRIER"
	run -0 rbacctl fleet status
	[[ $output != *refused* ]]
	# Who has the old key signs a grant with it.
	run -0 rbacctl assign eve space-developer --scope space:main/web --as root \
		--etc /srv/stolen/etc --store /srv/stolen/state
	run -0 rbacctl fleet push --to /srv/forged --etc /srv/stolen/etc --store /srv/stolen/state
	cp "$CARRIER"/keys/* /srv/forged/keys
	fails_with 1 rbacctl fleet take /srv/forged
	says 'the key that signed it has ended'
	run ! pamtester gate eve acct_mgmt
}

@test "two of three root keys sign: one is not enough, an offline host signs without a store" {
	local n pub
	for n in 1 2; do
		run -0 rbacctl fleet keys root /srv/root$n.key
		pub=$(grep -o '[0-9a-f]\{64\}' <<<"$output")
		fails_with 3 rbacctl fleet keys root /srv/root$n.key
		echo "add-root $pub" >>/srv/words
	done
	# shellcheck disable=SC2046 # words
	run -0 authority fleet keys draft /srv/draft $(cat /srv/words) threshold 2
	says 'rbacctl fleet keys sign /srv/draft KEYFILE'
	run -0 rbacctl fleet keys sign /srv/draft /srv/authority/state/fleet/root.key
	fails_with 3 authority fleet keys take /srv/draft --as root
	says 'too few root keys have signed it'
	fails_with 2 rbacctl fleet keys sign /srv/draft /srv/authority/state/fleet/root.key
	run -0 rbacctl fleet keys sign /srv/draft /srv/root1.key
	run -0 authority fleet keys take /srv/draft --as root
	run -0 authority fleet keys
	says 'signed by 2 of 3 root keys'
	# From now on one key changes nothing.
	fails_with 3 authority fleet keys new --as root
	says 'too few root keys have signed it'
	carry
	run -0 rbacctl fleet take "$CARRIER"
	run -0 rbacctl fleet keys
	says 'version 3'
	fails_with 2 authority fleet keys draft /srv/none threshold 4
	fails_with 2 authority fleet keys draft /srv/none end 0000000000000000
}

@test "a standby with a backup takes over: members follow it, and refuse the old authority" {
	local standby='--etc /srv/standby/etc --store /srv/standby/state'
	mkdir -p /srv/standby
	run -0 authority backup /srv/backup
	# shellcheck disable=SC2086 # words
	{
		run -0 rbacctl restore /srv/backup $standby
		run -0 rbacctl fleet keys draft /srv/over take-over $standby
		run -0 rbacctl fleet keys sign /srv/over /srv/root1.key
		run -0 rbacctl fleet keys sign /srv/over /srv/root2.key
		run -0 rbacctl fleet keys take /srv/over --as root $standby
		says 'taken over by this host'
		run -0 rbacctl assign dave space-developer --scope space:main/web --as root $standby
		run -0 rbacctl fleet push --to /srv/out $standby
	}
	run ! pamtester gate dave acct_mgmt
	rm -rf "$CARRIER"
	cp -a /srv/out "$CARRIER"
	run -0 rbacctl fleet take "$CARRIER"
	run -0 pamtester gate dave acct_mgmt
	run -0 rbacctl fleet status
	says 'term 2'
	# The old one comes back, and does not know yet.
	fails_with 3 authority fleet push --to /srv/out
	says 'another host is the authority now'
	run -0 authority assign eve space-developer --scope space:main/web --as root
	run -0 authority fleet push --to /srv/older
	fails_with 1 rbacctl fleet take /srv/older
	says 'refused: space:main/web'
	run ! pamtester gate eve acct_mgmt
	# A member that was away for two lists takes one after the other.
	run -0 member mail fleet take "$CARRIER"
	run -0 member mail fleet keys
	says 'version 4'
}

@test "two authorities of one term are a fork, and it is shown" {
	rm -rf /srv/twin
	cp -a /srv/standby /srv/twin
	local one='--etc /srv/standby/etc --store /srv/standby/state'
	local two='--etc /srv/twin/etc --store /srv/twin/state'
	# shellcheck disable=SC2086 # words
	{
		run -0 rbacctl revoke dave space-developer --scope space:main/web --as root $one
		run -0 rbacctl assign eve space-developer --scope space:main/web --as root $two
		run -0 rbacctl fleet push --to /srv/out $one
		run -0 rbacctl fleet push --to /srv/twin-out $two
	}
	run -0 rbacctl fleet take /srv/out
	fails_with 1 rbacctl fleet take /srv/twin-out
	says 'refused: space:main/web: a fork'
	run ! pamtester gate eve acct_mgmt
	fails_with 1 rbacctl fleet status
	says 'a fork'
}
