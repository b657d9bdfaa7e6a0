#!/usr/bin/env bats
# `rbacctl check` on a real host: settings that can never mean what they say, what apply would
# refuse, and how apply keeps the administrators from being locked out.

load lib

setup_file() {
	host_up
	rm -f /etc/pam.d/gate-unnamed
	for s in sshd sudo sudo-i su su-l cron; do
		[ -e /etc/pam.d/$s ] || echo 'account required pam_unix.so' >/etc/pam.d/$s
	done
	rm -f /etc/ssh/sshd_config
	cp /etc/rbac/rbac.conf /tmp/rbac.conf
}

setup() { cp /tmp/rbac.conf /etc/rbac/rbac.conf; }

# warns SED-EXPRESSION WORDS: rbac.conf changed so: exit status 1, and the words on stderr
warns() {
	sed -i "$1" /etc/rbac/rbac.conf
	run --separate-stderr rbacctl check
	[ "$status" = 1 ] || { echo "exit status $status"; echo "$output$stderr"; return 1; }
	[[ $stderr == *"$2"* ]] || { echo "expected: $2"; echo "stderr: $stderr"; return 1; }
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
}

# refuses WORDS: check says what apply would refuse, and apply refuses it; nothing changes
refuses() {
	local sum
	sum=$(sha256sum "$VIEW")
	run --separate-stderr rbacctl check
	[ "$status" = 1 ] || { echo "check: exit status $status"; echo "$output$stderr"; return 1; }
	[[ $stderr == *"apply would refuse this"*"$1"* ]] || {
		echo "expected: $1"
		echo "check: $stderr"
		return 1
	}
	run --separate-stderr rbacctl apply
	[ "$status" != 0 ] || { echo "applied"; return 1; }
	[[ $stderr == *"$1"* ]] || { echo "apply: $stderr"; return 1; }
	[ "$(sha256sum "$VIEW")" = "$sum" ]
}

in_file() {
	mkdir -p /etc/rbac/assignments.d
	printf 'version = 1;\n%s\n' "$*" >/etc/rbac/assignments.d/site.conf
}

@test "a sound configuration of a host as it should be: exit status 0, and nothing on stderr" {
	run --separate-stderr -0 rbacctl check
	[ -z "$stderr" ] || { echo "$stderr"; return 1; }
	says '/etc/rbac is sound: '
}

@test "a time zone that does not exist: an error with line and nearest name; apply refuses it" {
	local said='rbac.conf:3: error: zone: this host has no time zone "Europe/Berlni"'
	warns 's/^host = .*/&\nzone = "Europe\/Berlni";/' "$said (did you mean \"Europe/Berlin\"?)"
	sed -i 's/^host = .*/&\nzone = "Europe\/Berlni";/' /etc/rbac/rbac.conf
	fails_with 1 rbacctl apply
	says 'no time zone "Europe/Berlni"'
}

@test "check finds services without a PAM file, with capital letters, or without a rule" {
	warns 's/"sshd", /"sshd", "sshdd", /' \
		'rbac.conf:4: warning: login rule 1: services: "sshdd" has no file in /etc/pam.d or'
	warns 's/"sshd", /"sshd", "sshdd", /' '(did you mean "sshd"?)'
	warns 's/"sshd", /"SSHD", /' 'rbac.conf:4: error: login rule 1: services: "SSHD"'
	warns 's/"sshd", /"SSHD", /' 'PAM has no capital letters in the name of a service'
	warns 's/"sshd", /"SSHD", /' ', expected "sshd"'
	warns 's/"gate-from"/"gate"/' 'no rule names gate-from, whose PAM file names pam_rbac.so'
	fails_with 2 rbacctl explain bob --service SSHD
	says 'no capital letters'
}

@test "users and groups that do not exist, words of access.conf, hosts by name without UseDNS" {
	warns 's/\[ "mia" \]/[ "miaa" ]/' \
		'login rule 5: this host has no user "miaa" (did you mean "mia"?)'
	warns 's/groups = \[ "devs" \]/groups = [ "dves" ]/' \
		'this host has no Unix group "dves" (did you mean "devs"?)'
	warns 's/"10.0.0.0\/8"/"LOCAL"/' 'login rule 8: from: "LOCAL" is no remote host'
	echo 'UseDNS no' >/etc/ssh/sshd_config
	warns 's/"gate-from" \]/"gate-from", "sshd" ]/' 'sshd tells PAM addresses: set UseDNS yes'
	echo 'UseDNS yes' >/etc/ssh/sshd_config
	sed -i 's/"gate-from" \]/"gate-from", "sshd" ]/' /etc/rbac/rbac.conf
	run -0 rbacctl check
	rm /etc/ssh/sshd_config
}

@test "check reports what apply refuses: host scope, exclusive, missing scopes" {
	sed -i 's/^host = .*/host = "host:nowhere";/' /etc/rbac/rbac.conf
	refuses 'rbac.conf:2: the host'"'"'s scope host:nowhere does not exist'
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	in_file 'assignments = ( { user = "alice"; role = "host-auditor"; } );'
	refuses 'exclusive'
	in_file 'assignments = ( { user = "mia"; role = "host-user"; scope = "host:nowhere"; } );'
	refuses 'site.conf:2'
	rm -r /etc/rbac/assignments.d
	run -0 rbacctl check
}

@test "an ordinary user is told what was not checked" {
	run --separate-stderr -0 as bob rbacctl check
	[[ $stderr == *'note: only root can read the store'*'sudo rbacctl check'* ]] || {
		echo "$stderr"
		return 1
	}
}

@test "check --elsewhere ignores this host" {
	sed -i 's/\[ "mia" \]/[ "nobody-here" ]/; s/"sshd", /"sshd", "vsftpd-elsewhere", /' \
		/etc/rbac/rbac.conf
	run --separate-stderr -0 rbacctl check --elsewhere
	[ -z "$stderr" ] || { echo "$stderr"; return 1; }
}

@test "apply after which nobody can log in and act: refused, also --dry-run; --force is recorded" {
	sed -i -e 's/anyone = true/anyone = false/; s/"login.ssh"/"container.run"/' \
		-e 's/"gate-users" \]/"gate-users", "x" ]/' /etc/rbac/rbac.conf
	fails_with 3 rbacctl apply
	says 'nobody is left who can log in by the rules'
	fails_with 3 rbacctl apply --dry-run
	says 'nobody is left'
	fails_with 3 rbacctl diff
	says 'alice'
	says 'nobody is left'
	run -1 rbacctl check
	says 'apply would refuse this: this would lock the administrators out'
	run -0 rbacctl apply --force
	run -0 rbacctl log
	says 'with --force'
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
}

@test "apply refuses to remove the last login rule of a service that calls pam_rbac" {
	sed -i 's/"gate-from"/"gate"/' /etc/rbac/rbac.conf
	fails_with 3 rbacctl apply
	says 'no login rule would name gate-from any more'
	run -0 rbacctl apply --force
	# it has none now: the next apply takes nothing more away
	sed -i 's/"10.0.0.0\/8"/"10.0.0.0\/9"/' /etc/rbac/rbac.conf
	run -0 rbacctl apply
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
}

@test "a zone removed after apply: changes work, hours stay the same, assign reports it" {
	sed -i 's/^host = .*/&\nzone = "Asia\/Tokyo";/' /etc/rbac/rbac.conf
	run -0 rbacctl apply
	mv /usr/share/zoneinfo/Asia/Tokyo /tmp/Tokyo
	run --separate-stderr -0 rbacctl assign mia host-user
	[[ $stderr == *'no time zone "Asia/Tokyo"'*'offsets of the view in force'* ]] || {
		echo "$stderr"
		return 1
	}
	run -0 rbacctl publish
	# the view is what it should be, and verify says so
	run -0 rbacctl verify
	[[ $output == *'WARN   this host has no time zone "Asia/Tokyo"'* ]]
	mv /tmp/Tokyo /usr/share/zoneinfo/Asia/Tokyo
	run --separate-stderr -0 rbacctl revoke mia host-user
	[ -z "$stderr" ]
	run -0 rbacctl verify
	cp /tmp/rbac.conf /etc/rbac/rbac.conf
	run -0 rbacctl apply
}
