#!/usr/bin/env bats
# What a terminal gets and a pipe does not: color, and a line of progress; on a real pseudo terminal
# (script(1)).

load lib

ESC=$'\033'

setup_file() {
	host_up
	rbacctl assign bob host-user >/dev/null
}

# on_terminal COMMAND...: what it writes on a terminal of its own, and its exit status.
on_terminal() {
	local words
	printf -v words '%q ' "$@"
	env "${TERMINAL_ENV[@]}" script -qec "$words" /dev/null </dev/null
}

colored() { [[ $output == *"${ESC}["[13]* ]] || { printf '%q\n' "$output"; return 1; }; }
plain() { [[ $output != *"${ESC}["[0-9]* ]] || { printf '%q\n' "$output"; return 1; }; }

setup() { TERMINAL_ENV=(TERM=xterm NO_COLOR=); }

@test "explain: ALLOWED and DENIED stand out; a pipe, NO_COLOR and a dumb terminal get plain text" {
	run -0 on_terminal rbacctl explain bob --service sshd
	says "${ESC}[32mALLOWED${ESC}[0m  bob, sshd"
	run -1 on_terminal rbacctl explain dave --service sshd
	says "${ESC}[1;31mDENIED ${ESC}[0m  dave, sshd"
	run -0 on_terminal sh -c 'rbacctl explain bob --service sshd | cat'
	plain
	says 'ALLOWED  bob'
	TERMINAL_ENV=(TERM=xterm NO_COLOR=1)
	run -0 on_terminal rbacctl explain bob --service sshd
	plain
	says 'ALLOWED  bob'
	TERMINAL_ENV=(TERM=dumb)
	run -0 on_terminal rbacctl explain bob --service sshd
	plain
	TERMINAL_ENV=(-u TERM)
	run -0 on_terminal rbacctl explain bob --service sshd
	plain
}

@test "the heads of tables stand out, and what status warns of; not in JSON" {
	run -0 on_terminal rbacctl list roles
	says "${ESC}[1mROLE"
	run -0 on_terminal rbacctl list roles --json
	plain
	[ "$(jq -r .schema <<<"$output")" = 1 ]
	run -0 rbacctl list roles
	plain
	printf '# changed\n' >>/etc/rbac/rbac.conf
	run on_terminal rbacctl status
	colored
	run rbacctl status
	plain
	sed -i '$d' /etc/rbac/rbac.conf
}

@test "doctor: trouble stands out" {
	sed -i 's/ rbac//' /etc/nsswitch.conf
	run -1 on_terminal rbacctl doctor
	says "${ESC}[1;31mtrouble${ESC}[0m  "
	run -1 rbacctl doctor
	plain
	says 'trouble  '
	group_line files rbac
}

@test "verify and export show progress on a terminal, and remove it; a pipe gets none" {
	run -0 on_terminal rbacctl verify
	says 'verify: the journal'
	says "${ESC}[32msound${ESC}[0m: store, indexes"
	[[ $output == *$'\r'"${ESC}[K"* ]]
	run -0 sh -c 'rbacctl verify 2>&1'
	plain
	[[ $output != *'verify: '* ]]
	run -0 on_terminal rbacctl export --to /tmp/saved1
	says 'export: assignments.csv'
	run -0 sh -c 'rbacctl export --to /tmp/saved2 2>&1'
	[[ $output != *'export: '* ]]
	TERMINAL_ENV=(TERM=dumb)
	run -0 on_terminal rbacctl verify
	[[ $output != *'verify: '* ]]
}
