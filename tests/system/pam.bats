#!/usr/bin/env bats
# The account stage: every result, every option, one line in the log for each decision.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-developer
}

judged() {   # judged SERVICE USER RESULT [OPTIONS of account]
	local service=$1 user=$2 result=$3
	shift 3
	fails_with 0 account "$@" "$service" "$user"
	says "$result"
}

denied_by_pamtester() { fails_with 1 pamtester "$1" "$2" acct_mgmt; says 'Permission denied'; }

@test "a rule matches: PAM_SUCCESS" {
	run -0 pamtester gate bob acct_mgmt
	judged gate bob PAM_SUCCESS
	run -0 decision account gate bob
	says 'allowed user="bob" service="gate" host="host:main" why="a rule matches"'
	says 'why="a rule matches" rule=1 at="rbac.conf:4"'
}

@test "no rule matches: PAM_PERM_DENIED, and the user is told that a role is missing" {
	rbacctl user add mia
	denied_by_pamtester gate mia
	says 'no role here allows it'
	run -0 decision account gate mia
	says 'denied user="mia" service="gate"'
	says 'why="no rule matches"'
}

@test "a service that no rule names: PAM_PERM_DENIED" {
	denied_by_pamtester gate-unnamed bob
	run -0 decision account gate-unnamed alice
	says 'why="no login rule names this service"'
}

@test "suspended: PAM_PERM_DENIED, whatever else" {
	rbacctl user suspend bob
	denied_by_pamtester gate bob
	says suspended
	judged gate-anyone bob PAM_PERM_DENIED
	judged gate-unknown bob PAM_PERM_DENIED
	run -0 decision account gate bob
	says 'why="suspended"'
	rbacctl user resume bob
	judged gate bob PAM_SUCCESS
}

@test "outside a role's window: PAM_PERM_DENIED" {
	rbacctl assign dave host-user --for 1s
	sleep 1.2
	denied_by_pamtester gate dave
	says 'has ended'
	run -0 decision account gate dave
	says 'why="the window is not open"'
}

@test "inside and outside the hours" {
	judged gate-now bob PAM_SUCCESS
	judged gate-never bob PAM_PERM_DENIED
	says 'not at this hour'
	run -0 decision account gate-never bob
	says 'why="not at this hour"'
}

@test "from: addresses and names that match the rule, others, and no remote host" {
	judged gate-from bob PAM_SUCCESS -h 10.1.2.3
	judged gate-from bob PAM_SUCCESS -h www.example.org
	judged gate-from bob PAM_PERM_DENIED -h 11.1.2.3
	says 'not from there'
	judged gate-from bob PAM_PERM_DENIED -h example.org.evil
	judged gate-from bob PAM_PERM_DENIED
	run -0 decision account -h 192.0.2.1 gate-from bob
	says 'rhost="192.0.2.1"'
}

@test "rules by user and by Unix group" {
	judged gate-users mia PAM_SUCCESS
	judged gate-users bob PAM_PERM_DENIED
	judged gate-groups dave PAM_SUCCESS
	judged gate-groups pat PAM_SUCCESS
	judged gate-groups bob PAM_PERM_DENIED
	run -0 decision account gate-groups dave
	says 'through=group gid=2001'
}

@test "a role through a Unix group allows the login" {
	rbacctl assign %devs host-user
	judged gate pat PAM_SUCCESS
	run -0 decision account gate pat
	says gid=2001
	rbacctl revoke %devs host-user
	judged gate pat PAM_PERM_DENIED
}

@test "an unknown user: PAM_PERM_DENIED" {
	denied_by_pamtester gate eve2
	run -0 decision account gate eve2
	says 'denied user="eve2"'
	says 'why="unknown user"'
	# Anyone is who has an account or is recorded: not every name that somebody types.
	judged gate-anyone eve PAM_SUCCESS
	judged gate-anyone eve2 PAM_PERM_DENIED
	judged gate-anyone "$(id -u eve)" PAM_PERM_DENIED
}

@test "unknown=ignore: PAM_IGNORE, which alone is a denial, and with another module has no effect" {
	judged gate-unknown pat PAM_PERM_DENIED
	pam_file gate-unknown 'account required pam_rbac.so unknown=ignore' \
		'account required pam_permit.so'
	judged gate-unknown pat PAM_SUCCESS
	judged gate-unknown mia PAM_PERM_DENIED
	run -0 decision account gate-unknown pat
	says 'ignored user="pat"'
	pam_file gate-unknown 'account required pam_rbac.so unknown=deny' \
		'account required pam_permit.so'
	judged gate-unknown pat PAM_PERM_DENIED
	gate gate-unknown unknown=ignore
}

@test "uid 0 passes, and that is logged" {
	run -0 pamtester gate root acct_mgmt
	run -0 decision account gate-unnamed root
	says 'allowed user="root"'
	says 'why="uid 0"'
}

@test "exempt in rbac.conf, by user and by group, and that is logged" {
	judged gate carl PAM_SUCCESS
	judged gate-unnamed eve PAM_SUCCESS
	run -0 decision account gate carl
	says 'why="exempt user (rbac.conf)"'
	run -0 decision account gate eve
	says 'why="exempt group (rbac.conf)"'
}

@test "exempt by an option, by user and by group; a role's group exempts nobody" {
	judged gate-exempt dave PAM_SUCCESS
	judged gate-exempt eve PAM_SUCCESS
	judged gate-exempt mia PAM_PERM_DENIED
	run -0 decision account gate-exempt dave
	says 'why="exempt_user"'
	run -0 decision account gate-exempt eve
	says 'why="exempt_group"'
	log_begin
	judged gate-exempt bob PAM_SUCCESS
	wait_for grep -qa 'why="a rule matches"' "$LOG"
	logged "a role's group exempts nobody: option=\"host-user\""
}

@test "no view: PAM_AUTHINFO_UNAVAIL, but not for root and an option's exempt users" {
	mv "$VIEW" /var/lib/rbac/aside
	fails_with 1 pamtester gate bob acct_mgmt
	says 'Authentication service cannot retrieve authentication info'
	says "can't be read now"
	judged gate bob PAM_AUTHINFO_UNAVAIL
	judged gate carl PAM_AUTHINFO_UNAVAIL
	judged gate-exempt dave PAM_SUCCESS
	judged gate-exempt eve PAM_SUCCESS
	judged gate root PAM_SUCCESS
	run -0 decision account gate bob
	says 'denied user="bob"'
	mv /var/lib/rbac/aside "$VIEW"
	judged gate bob PAM_SUCCESS
}

@test "no view and onerr=ignore: PAM_IGNORE; with a view, onerr=ignore changes nothing" {
	judged gate-onerr mia PAM_PERM_DENIED
	pam_file gate-onerr 'account required pam_rbac.so onerr=ignore' \
		'account required pam_permit.so'
	judged gate-onerr mia PAM_PERM_DENIED
	mv "$VIEW" /var/lib/rbac/aside
	judged gate-onerr mia PAM_SUCCESS
	run -0 decision account gate-onerr mia
	says 'ignored user="mia"'
	gate gate-onerr onerr=ignore
	judged gate-onerr mia PAM_PERM_DENIED
	mv /var/lib/rbac/aside "$VIEW"
}

@test "quiet: no message to the user; the log has the line" {
	run -0 --separate-stderr account gate-quiet mia
	[ "$output" = "PAM_PERM_DENIED 1" ]
	# shellcheck disable=SC2154 # set by run
	[ -z "$stderr" ]
	run -0 decision account gate-quiet mia
	says 'denied user="mia"'
}

@test "debug says more, at debug level" {
	log_begin
	judged gate-debug bob PAM_SUCCESS
	wait_for grep -qa 'allowed user="bob"' "$LOG"
	logged '^<87>.*judging uid 1002'
}

@test "an unknown option is logged and has no other effect" {
	gate gate-typo exempt_users=mia
	sed -i 's/"gate-anyone"/"gate-anyone", "gate-typo"/' /etc/rbac/rbac.conf
	log_begin
	judged gate-typo mia PAM_PERM_DENIED
	wait_for grep -qa 'denied user="mia"' "$LOG"
	logged 'unknown option.*exempt_users=mia'
	write_rbac_conf
}

@test "an option without effect is reported at each use: misspelt, no name, an unknown group" {
	gate gate 'exempt_user= onerr=ignroe exempt_group=nosuch,breakglass Quiet'
	for _ in 1 2; do
		log_begin
		judged gate mia PAM_PERM_DENIED
		wait_for grep -qa 'denied user="mia"' "$LOG"
		logged 'unknown option.*option="exempt_user="'
		logged 'unknown option.*option="onerr=ignroe"'
		logged 'unknown option.*option="Quiet"'
		logged 'without effect: exempt_group="nosuch" why="group: not found"'
		[ "$(grep -ac pam_rbac "$LOG")" = 5 ]
	done
	judged gate eve PAM_SUCCESS
	gate gate
}

@test "unlisted=ignore: a service without a rule is left to others; the suspended are denied" {
	pam_file gate-unnamed 'account required pam_rbac.so unlisted=ignore' \
		'account required pam_permit.so'
	judged gate-unnamed mia PAM_SUCCESS
	run -0 decision account gate-unnamed mia
	says 'ignored user="mia"'
	rbacctl user suspend bob
	judged gate-unnamed bob PAM_PERM_DENIED
	rbacctl user resume bob
	pam_file gate 'account required pam_rbac.so unlisted=ignore' \
		'account required pam_permit.so'
	judged gate mia PAM_PERM_DENIED
	gate gate
	gate gate-unnamed
}

# What the judged user can bring about decides nothing: whatever memory or descriptors they leave,
# a user who may not get in does not.
@test "onerr=ignore and unknown=ignore: no limit on memory or descriptors lets a denied user in" {
	local n
	pam_file gate-onerr 'account required pam_rbac.so onerr=ignore unknown=ignore' \
		'account required pam_permit.so'
	rbacctl user suspend bob
	for n in {2400..6400..40}; do
		run as bob bash -c "ulimit -S -v $n && account gate-onerr bob"
		[[ $output != *PAM_SUCCESS* && $output != *PAM_IGNORE* ]] || {
			echo "ulimit -v $n: $output"
			false
		}
	done
	run -0 as bob bash -c 'ulimit -S -v 100000; account gate-onerr bob'
	says PAM_PERM_DENIED
	for n in {3..9}; do
		# shellcheck disable=SC2016 # it is that shell's fd
		run as bob bash -c 'for fd in {3..20}; do eval "exec $fd>&-"; done
			ulimit -n '"$n"'; exec account gate-onerr bob'
		[[ $output != *PAM_SUCCESS* && $output != *PAM_IGNORE* ]] || {
			echo "ulimit -n $n: $output"
			false
		}
	done
	rbacctl user resume bob
	gate gate-onerr onerr=ignore
}

@test "a program without a conversation causes no second line in the log" {
	run -0 decision account -m gate mia
	says 'denied user="mia"'
	run -0 decision account -m gate-unnamed bob
	says 'denied user="bob"'
}

@test "a stack whose module is not there denies" {
	printf 'account required pam_rbac_not_there.so\n' >/etc/pam.d/gate-broken
	judged gate-broken bob PAM_
	[[ $output != *PAM_SUCCESS* ]]
}

@test "an auth stage that names the module by mistake is an error that PAM reports, not a crash" {
	printf 'auth required pam_rbac.so\n' >/etc/pam.d/gate-auth
	run pamtester gate-auth bob authenticate
	[ "$status" = 1 ]
}

@test "a session stage lets everybody in, whatever they hold" {
	printf 'session required pam_rbac.so\n' >/etc/pam.d/gate-session
	run -0 pamtester gate-session bob open_session
	run -0 pamtester gate-session mia open_session close_session
}

@test "names with odd bytes are refused, forge no line and crash nothing" {
	local name
	for name in $'bob\nallowed user="root"' $'bob\e[2J' 'bob"' "bob'" 'bob ' ' bob' '../bob' \
		'%devs' 'bob%s%n' $'b\xf6b' $'\xff' bob@example.org bo bobb \
		"$(printf 'a%.0s' {1..32})" "$(printf 'a%.0s' {1..33})" \
		"$(printf 'a%.0s' {1..5000})"; do
		run -0 decision account gate "$name"
		says denied
		[ "$(grep -c 'allowed' <<<"$output")" = 0 ] ||
			[[ $output == *'\x0aallowed user=\x22root\x22'* ]]
		[[ $output =~ ^[[:print:]]*$ ]]
	done
}

@test "a remote host with control characters is logged escaped, and matches nothing" {
	run -0 decision account -h $'10.0.0.1\n' gate-from bob
	says denied
	says 'rhost="10.0.0.1\x0a"'
	judged gate-from bob PAM_PERM_DENIED -h ''
	judged gate-from bob PAM_PERM_DENIED -h 10.0.0.1.evil
	judged gate-from bob PAM_PERM_DENIED -h 10.0.0
	judged gate-from bob PAM_PERM_DENIED -h "$(printf 'a%.0s' {1..5000})"
}

@test "pam_rbac and explain decide the same for every user and service" {
	local user service pam
	for user in alice bob carl dave mia eve pat nosuch; do
		for service in gate gate-users gate-groups gate-anyone gate-now gate-never \
			gate-unnamed; do
			pam=$(account "$service" "$user" 2>/dev/null)
			run rbacctl explain "$user" --service "$service"
			case $status-$pam in
			0-PAM_SUCCESS* | 1-PAM_PERM_DENIED*) ;;
			# explain does not know a user not on this host; "anyone" asks for no name.
			2-PAM_PERM_DENIED* | 2-PAM_SUCCESS*) [ "$user" = nosuch ] ;;
			*) echo "$user at $service: $pam, explain: $status $output"; false ;;
			esac
		done
	done
}
