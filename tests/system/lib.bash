# What the system tests share.  Each .bats file has a disposable host (tests/system/host) to itself.
# Its tests follow one another there, and each leaves a store, an audit chain and a view in which
# `rbacctl verify` finds no trouble.
# shellcheck shell=bash disable=SC2154 # status, output and stderr are set by bats

bats_require_minimum_version 1.5.0

STATE=/var/lib/rbac
VIEW=$STATE/view/view.mdb
LOG=/var/log/captured
export STATE VIEW LOG

teardown() {
	if [ -e "$STATE/store/data.mdb" ]; then
		rbacctl verify >/tmp/verify.out 2>&1 || { cat /tmp/verify.out; return 1; }
	fi
}

# ---- the people ----

add_group() {   # add_group NAME GID [MEMBERS]
	printf '%s:x:%s:%s\n' "$1" "$2" "${3-}" >>/etc/group
}

add_user() {   # add_user NAME UID [PRIMARY GID]
	local gid=${3-$2}
	[ -n "${3-}" ] || add_group "$1" "$2"
	printf '%s:x:%s:%s:%s:/home/%s:/bin/bash\n' "$1" "$2" "$gid" "$1" "$1" >>/etc/passwd
	printf '%s:*:19000:0:99999:7:::\n' "$1" >>/etc/shadow
	mkdir -p "/home/$1"
	chown "$2:$gid" "/home/$1"
}

add_people() {
	add_user alice 1001        # administrator
	add_user bob 1002
	add_user carl 1003
	add_user dave 1004
	add_user mia 1005
	add_user eve 1006          # never recorded in the store
	add_user pat 1007 2001     # devs is pat's primary group
	add_group devs 2001 dave
	sed -i '/^docker:/d' /etc/group
	add_group docker 2002
	add_group breakglass 2003 eve
}

# ---- the host's configuration ----

group_line() {   # group_line WORDS...: the group line of nsswitch.conf
	sed -i '/^group:/d; /^initgroups:/d' /etc/nsswitch.conf
	printf 'group: %s\n' "$*" >>/etc/nsswitch.conf
}

gate() {   # gate SERVICE [OPTIONS]: a service with nothing but our account stage
	printf 'account required pam_rbac.so%s\n' "${2:+ $2}" >"/etc/pam.d/$1"
}

pam_file() {   # pam_file SERVICE LINE...
	printf '%s\n' "${@:2}" >"/etc/pam.d/$1"
}

# "Mon-Sun 05:00-06:00", an hour that is not now.
another_hour() {
	local hour=$((10#$(date +%H)))
	printf 'Mon-Sun %02d:00-%02d:00' $(((hour + 6) % 24)) $(((hour + 6) % 24 + 1))
}

write_rbac_conf() {   # write_rbac_conf [LINE...]: more lines of the group `groups`
	local gates='"gate", "gate-quiet", "gate-debug", "gate-onerr", "gate-unknown"'
	local robots='"host-operator", "host-deployer"' all_day='Mon-Sun 00:00-24:00'
	local networks='"10.0.0.0/8", ".example.org"'
	mkdir -p /etc/rbac
	cat >/etc/rbac/rbac.conf <<-EOF
		version = 1;
		host = "host:main";
		login = (
		  { services = [ "sshd", $gates, "gate-exempt" ]; keys = [ "login.ssh" ]; },
		  { services = [ "sudo", "sudo-i" ]; keys = [ "login.sudo" ]; },
		  { services = [ "su", "su-l" ];     roles = [ "host-operator" ]; },
		  { services = [ "cron" ];           roles = [ $robots ]; },
		  { services = [ "gate-users" ];     users = [ "mia" ]; },
		  { services = [ "gate-groups" ];    groups = [ "devs" ]; },
		  { services = [ "gate-anyone" ];    anyone = true; },
		  { services = [ "gate-from" ];      anyone = true; from = [ $networks ]; },
		  { services = [ "gate-now" ];       anyone = true; hours = [ "$all_day" ]; },
		  { services = [ "gate-never" ];     anyone = true; hours = [ "$(another_hour)" ]; }
		);
		exempt = { users = [ "carl" ]; groups = [ "breakglass" ]; };
		groups = {
		  name = "%{role}";
		  extra = ( { role = "host-auditor"; unix_groups = [ "docker" ]; } );
		  $*
		};
	EOF
}

# A host with people, the unix policy applied, alice its operator, rbac in nsswitch.conf, and a gate
# for each kind of rule.
host_up() {
	local s
	add_people
	write_rbac_conf "$@"
	quietly rbacctl init --policy unix --admin alice
	group_line files rbac
	for s in gate gate-users gate-groups gate-anyone gate-from gate-now gate-never \
		gate-unnamed; do
		gate $s
	done
	gate gate-quiet quiet
	gate gate-debug debug
	gate gate-onerr onerr=ignore
	gate gate-unknown unknown=ignore
	gate gate-exempt 'exempt_user=dave exempt_group=breakglass,host-user'
	background catch_log /dev/log "$LOG"
	wait_for test -S /dev/log
}

# An sshd that could start here: doctor asks it what it goes by.
sshd_as_it_comes() {
	mkdir -p /etc/ssh
	echo 'UsePAM yes' >/etc/ssh/sshd_config
	ssh-keygen -A >/dev/null
}

# ---- small tools ----

# quietly COMMAND...: what it says is in /tmp/init.out, and is shown where it fails.
quietly() { "$@" >/tmp/init.out 2>&1 || { cat /tmp/init.out; return 1; }; }

# Bats waits for whoever holds a descriptor of its. The process is in $!.
background() {   # background COMMAND...
	(
		for fd in /proc/self/fd/*; do
			fd=${fd##*/}
			if [ "$fd" -gt 2 ]; then exec {fd}>&-; fi
		done
		exec "$@"
	) </dev/null >/dev/null 2>&1 &
}

wait_for() { wait_seconds 30 "$@"; }    # wait_for COMMAND...: until it succeeds
wait_long() { wait_seconds 60 "$@"; }   # the same for fleets, which are slower

wait_seconds() {   # wait_seconds N COMMAND...: N seconds, and the time that COMMAND itself takes
	local _tries=$(($1 * 20))   # a name that no COMMAND has for a variable of its own
	shift
	for ((; _tries > 0; _tries--)); do
		if "$@"; then return 0; fi
		sleep 0.05
	done
	echo "waited in vain for: $*"
	return 1
}

at_spool() {   # the folders of atd(8), empty
	mkdir -p /var/spool/cron/atjobs /var/spool/cron/atspool
	echo 0 >/var/spool/cron/atjobs/.SEQ
	chown daemon:daemon /var/spool/cron/atjobs /var/spool/cron/atspool \
		/var/spool/cron/atjobs/.SEQ
	chmod 1770 /var/spool/cron/atjobs /var/spool/cron/atspool
	: >/etc/at.deny
}

in_seconds() { date -u -d "+$1 seconds" +%Y-%m-%dT%H:%M:%SZ; }   # in_seconds N: RFC 3339

# until_past INSTANT: windows begin and end at whole seconds, and a test that waits for one does not
# count on the speed of this machine.
until_past() {
	while [ "$(date +%s)" -le "$(date -d "$1" +%s)" ]; do sleep 0.1; done
}

# killed_at CALL K COMMAND...: strace kills COMMAND as it enters the K-th CALL.
killed_at() {
	strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" "${@:3}"
}

as() {   # as USER COMMAND...: with the user's groups, as a login would set them
	local user=$1
	shift
	setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups --reset-env \
		env PATH="$PATH" "$@"
}

# The listener for people who are not root; its pid is in /tmp/serve.pid.
serve_up() {
	background bash -c 'exec rbacctl serve --listen 2>/tmp/serve.err'
	echo $! >/tmp/serve.pid
	wait_for listening
}

listening() { grep -q ' 00010000 .* /run/rbac/rbacctl.sock$' /proc/net/unix; }

gid_of() { getent group "$1" | cut -d: -f3; }

member() { id -Gn "$1" | tr ' ' '\n' | grep -qx "$2"; }

# These names and no others, in any order; the last line of what `id -Gn` said.
groups_are() {   # groups_are SAID NAME...
	local said=${1##*$'\n'}
	shift
	[ "$(tr ' ' '\n' <<<"$said" | sort)" = "$(printf '%s\n' "$@" | sort)" ] || {
		echo "groups: $said, expected: $*"
		return 1
	}
}

# Empty the log, once all that was sent so far has arrived in it.
log_begin() {
	local mark=mark-$RANDOM$RANDOM
	logger "$mark"
	wait_for grep -qa "$mark" "$LOG"
	: >"$LOG"
}

logged() { grep -aE "$1" "$LOG"; }

# The one line that the decision of "$@" leaves in the log.
decision() {
	log_begin
	"$@" >/dev/null 2>&1 || true
	wait_for grep -qa pam_rbac "$LOG"
	[ "$(grep -ac pam_rbac "$LOG")" = 1 ] || {
		echo "more than one line:"
		cat "$LOG"
		return 1
	}
	grep -a pam_rbac "$LOG"
}

fails_with() {   # fails_with STATUS COMMAND...
	local want=$1
	shift
	run "$@"
	[ "$status" = "$want" ] || {
		echo "exit status $status, expected $want: $*"
		echo "$output"
		return 1
	}
}

# refused_with STATUS ARGUMENTS...: rbacctl fails so, and says on stderr who speaks.
refused_with() {
	local want=$1
	shift
	run --separate-stderr rbacctl "$@"
	[ "$status" = "$want" ] || {
		echo "rbacctl $*: exit status $status, expected $want"
		echo "$output$stderr"
		return 1
	}
	[[ $stderr == rbacctl:* ]] || { echo "rbacctl $*: stderr is: $stderr"; return 1; }
}

says() {   # says TEXT: within $output of the last run
	[[ $output == *"$1"* ]] || {
		printf 'expected: %s\nsaid:     %s\n' "$1" "$output"
		return 1
	}
}

says_stderr() { [[ $stderr == *"$1"* ]] || { echo "stderr: $stderr"; return 1; }; }
