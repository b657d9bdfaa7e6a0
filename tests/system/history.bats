#!/usr/bin/env bats
# The history of a host as an administrator looks at it: log, history, show, diff A B, --as-of,
# rollback, log --prune, prune; wrong arguments included.

load lib

# Changes: 1 init, then these.
setup_file() {
	host_up
	rbacctl assign bob host-developer --reason 'ticket 7'
	rbacctl assign mia host-user
	rbacctl revoke mia host-user
	rbacctl assign mia host-developer
}

last() { rbacctl log --head | cut -d' ' -f1; }

# said STATUS TEXT WORDS...: rbacctl WORDS ends with STATUS and says TEXT.
said() {
	local want=$1 text=$2
	shift 2
	run rbacctl "$@"
	[ "$status" = "$want" ] || {
		echo "rbacctl $*: $status, expected $want: $output"
		return 1
	}
	says "$text"
}

in_by_gate() { [ "$(account gate "$1" 2>/dev/null)" = "PAM_SUCCESS 1" ]; }

@test "history: a line for each change" {
	run -0 rbacctl history
	[ "$(grep -c '^ *[0-9]' <<<"$output")" = "$(last)" ]
	says assign
	run -0 rbacctl history --json
	[ "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["history"][-1]["verb"])' \
		<<<"$output")" = assign ]
	said 2 'one word too many' history 4
	said 2 '' history --since yesterday
	run as bob rbacctl history
	[ "$status" = 4 ]
	says 'only root can read the store: sudo rbacctl history'
}

@test "show N: what one change did" {
	local n
	n=$(last)
	said 0 'mia +host-developer at host:main' show "$n"
	said 0 'mia -host-user at host:main' show $((n - 1))
	said 2 'N is missing' show
	said 2 "there is no change $((n + 1)): the last one is $n" show $((n + 1))
	said 2 'there is no change 0' show 0
	said 2 'no number of a change' show latest
	said 2 'no number of a change' show -- -1
	said 2 'no number of a change' show 99999999999999999999
}

@test "diff A B: what differs between two changes, either way" {
	local n
	n=$(last)
	run -0 rbacctl diff $((n - 2)) "$n"
	says 'mia +host-developer'
	says 'mia -host-user'
	run -0 rbacctl diff "$n" $((n - 2))
	says 'mia -host-developer'
	said 0 '' diff "$n" "$n"
	[ -z "$output" ]
	said 2 'there is no change 999' diff 1 999
	said 2 'no number of a change' diff 1 x
	said 2 'one word too many' diff 1 2 3
}

@test "who, can, explain and list ask the store as it was" {
	local n
	n=$(last)
	run -0 rbacctl who host-user --as-of $((n - 2))
	grep -q '^mia  *role host-user at host:main' <<<"$output"
	said 1 no can mia login.ssh --as-of 1
	said 0 yes can mia login.ssh --as-of "$n"
	run ! rbacctl explain mia --service gate --as-of 1
	run -0 rbacctl explain mia --service gate --as-of "$n"
	says ALLOWED
	said 0 "as of change $n" list users --as-of "$n"
	said 2 'the store knows what it was at the changes from 1 to' who host-user --as-of 0
	said 2 'the store knows what it was at the changes from 1 to' who host-user --as-of 999
	said 2 'expected the number of a change, or a time' who host-user --as-of someday
	run -0 rbacctl list assignments --as-of 3
	grep -q '^ *3 mia  *host-user ' <<<"$output"
	run -0 rbacctl list assignments --as-of 4
	[[ $output != *mia* ]]
	run -0 rbacctl list assignments --as-of 1
	[[ $output != *bob* ]]
	run as bob rbacctl who host-user --as-of 1
	[ "$status" = 4 ]
}

@test "temp files of a killed --as-of are removed; those in use are not" {
	cp "$VIEW" "$STATE/store/as-of.99999.mdb"
	cp "$VIEW" "$STATE/store/as-of.99998.mdb"
	exec 7<"$STATE/store/as-of.99998.mdb"
	flock -x 7
	run -0 rbacctl who host-user --as-of 1
	[ ! -e "$STATE/store/as-of.99999.mdb" ]
	[ -e "$STATE/store/as-of.99998.mdb" ]
	exec 7<&-
	run -0 rbacctl who host-user --as-of 1
	run ! ls "$STATE"/store/as-of.*
}

@test "log: filters, and the options that they refuse" {
	run -0 rbacctl log --user bob
	says 'bob +host-developer at host:main reason ticket 7'
	[[ $output != *mia* ]]
	run -0 rbacctl log --role host-user --since 'today 00:00'
	says 'mia -host-user'
	run -0 rbacctl log --by root --change 3
	says 'mia +host-user'
	run -0 rbacctl log --until '2020-01-01'
	[ "$output" = 'rbacctl: nothing in the log matches' ]
	said 2 'there is no change 999' log --change 999
	said 2 'expected the number of a change' log --change x
	said 2 'expected a local time' log --since never
	said 2 'goes only with --prune' log --dry-run
	run -0 rbacctl log --head
	[[ $output =~ ^[0-9]+\ [0-9a-f]{64}$ ]]
}

@test "rollback N: with --dry-run, done, and rolled back itself" {
	local n
	n=$(last)
	in_by_gate mia
	said 0 'loses group host-developer (mia)' rollback $((n - 1)) --dry-run
	[ "$(last)" = "$n" ]
	run -0 rbacctl rollback $((n - 1))
	says 'mia -host-developer at host:main'
	says 'loses'
	run ! in_by_gate mia
	said 0 'nothing to do' rollback $((n + 1))
	run -0 rbacctl rollback "$n"
	in_by_gate mia
	said 2 'there is no change 999' rollback 999
	said 2 'cannot go back to change 0' rollback 0
	said 2 'no number of a change' rollback yesterday
	said 2 'N is missing' rollback
	run -3 rbacctl rollback 2 --as alice
	says 'refused: only root rolls back: rbacctl rollback 2 --as root'
}

@test "rollback to a time when nobody could act is refused like any change" {
	rbacctl user suspend alice --force
	local n
	n=$(last)
	rbacctl user resume alice
	run -3 rbacctl rollback "$n"
	says 'refused: this would lock the administrators out'
	says "if that is meant: rbacctl rollback $n --force"
	run -0 rbacctl can alice login.sudo
}

@test "prune: ended and superseded assignments" {
	said 0 'nothing to do' prune
	rbacctl assign dave host-user --for 1s
	rbacctl assign carl host-user --for 1h
	rbacctl assign carl host-user
	sleep 2
	run -0 rbacctl prune --dry-run
	says 'dave -host-user at host:main'
	says '1 ended, 1 superseded'
	run -0 rbacctl list assignments
	says dave
	run -0 rbacctl prune
	run -0 rbacctl list assignments
	[[ $output != *dave* ]]
	run -0 rbacctl can carl login.ssh
	run -0 rbacctl log --user dave
	says 'ended'
	said 2 'one word too many' prune dave
	run as bob rbacctl prune
	[ "$status" = 4 ]
}

@test "log --prune reports what it removed; the rest verifies" {
	local n
	n=$(last)
	said 2 "there is no change $((n + 1))" log --prune $((n + 1))
	said 2 'expected the number of a change, or a time' log --prune old
	said 2 'does not go with --prune' log --prune 3 --user bob
	run -3 rbacctl log --prune 3 --as alice
	run -0 rbacctl log --prune $((n - 2)) --dry-run
	[ ! -e "$STATE/store/log.key" ]
	run -0 rbacctl log --prune $((n - 2))
	says 'signed by the new key'
	[ "$(stat -c %a:%u "$STATE/store/log.key")" = 600:0 ]
	run -0 rbacctl verify
	says "log pruned up to change $((n - 3))"
	said 0 "the log begins with change $((n - 2))" log
	said 0 "the log begins with change $((n - 2))" history
	said 2 'was pruned from the log' log --change 2
	said 2 'were pruned from the log' show 2
	said 2 'were pruned from the log' diff 1 "$n"
	said 2 'were pruned from the log' rollback 2
	said 2 'were pruned from the log' who host-user --as-of 2
	run -0 rbacctl rollback $((n - 3)) --dry-run
	run -0 rbacctl who host-user --as-of $((n - 3))
	# who keeps the head elsewhere sees a log that was written anew
	run -0 rbacctl log --verify
	says 'the chain holds'
	rm "$STATE/store/log.key"
	run -0 rbacctl verify
	says 'that key is not on this host'
}
