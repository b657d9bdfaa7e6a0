#!/usr/bin/env bats
# Programs that live long, in the languages they are written in: each sees what is assigned and
# revoked without a restart. Go and Java only where they are installed (tests/setup.sh soak installs
# them).

load lib

TOOLS=$TOP/tests/system/tools

setup_file() { host_up; }

# COMMAND answers each line with a line, "in" or "out".
follows() {   # follows COMMAND...
	local i said
	coproc OLD { exec "$@"; }
	for i in {1..20}; do
		asked out "$i"
		rbacctl assign bob host-developer >/dev/null
		asked in "$i"
		rbacctl revoke bob host-developer >/dev/null
	done
	asked out end
	finish
}

ask() {   # the answer is in $said
	echo >&"${OLD[1]}"
	read -r -t 20 said <&"${OLD[0]}"
}

asked() {   # asked EXPECTED ROUND
	ask
	[ "$said" = "$1" ] || { echo "round $2: $said, expected $1"; return 1; }
}

finish() {
	local end=${OLD[1]} pid=$OLD_PID   # bash forgets both when the process ends
	exec {end}>&-
	wait "$pid"
}

@test "python: os.getgrouplist and grp" { follows python3 "$TOOLS/watch.py" bob host-developer; }

@test "perl: getgrnam and getgrgid" { follows perl "$TOOLS/watch.pl" bob host-developer; }

build_go() {   # build_go CGO_ENABLED
	command -v go >/dev/null || skip 'no Go here (tests/setup.sh soak)'
	HOME=/tmp CGO_ENABLED=$1 GO111MODULE=off GOCACHE=/tmp/go \
		go build -o "/tmp/watch-$1" "$TOOLS/watch.go"
}

@test "Go with cgo: os/user, from many goroutines" {
	build_go 1
	follows /tmp/watch-1 bob host-developer
}

# What nss_rbac(8) says of such programs: they do not call the C library.
@test "Go without cgo: reads /etc/group and knows no role" {
	build_go 0
	rbacctl assign bob host-developer
	[ "$(echo | /tmp/watch-0 bob host-developer)" = none ]
	[ "$(echo | /tmp/watch-0 dave devs)" = in ]
	rbacctl revoke bob host-developer
}

# A role of its own, in a policy file of its own, for Java has no call for the members of a group.
java_role() {
	cat >/etc/rbac/policy.d/java.conf <<-EOF
		version = 1;
		roles = {
		  host-javanese = { kind = "host"; keychains = [ "login" ]; assign_by = [ ]; };
		};
	EOF
	rbacctl apply
}

@test "Java: names of groups come and go, the groups of the process are those it began with" {
	local said gid
	command -v javac >/dev/null || skip 'no JDK here (tests/setup.sh soak)'
	javac -d /tmp "$TOOLS/Watch.java"
	java_role
	gid=$(gid_of host-javanese)
	rm /etc/rbac/policy.d/java.conf
	rbacctl apply
	install -g "$gid" -m 644 /dev/null /tmp/file

	coproc OLD { exec java -cp /tmp Watch host-javanese /tmp/file; }
	ask
	[[ $said == "none $gid "* ]]
	java_role
	ask
	[[ $said == 'found host-javanese '* ]]
	rm /etc/rbac/policy.d/java.conf
	rbacctl apply
	ask
	[[ $said == "none $gid "* ]]
	finish

	rbacctl assign bob host-developer
	gid=$(gid_of host-developer)
	coproc OLD { as bob java -cp /tmp Watch host-developer /tmp/file; }
	ask
	[[ $said == *[\ \[]"$gid"[],]* ]]
	rbacctl revoke bob host-developer
	ask
	[[ $said == *[\ \[]"$gid"[],]* ]]
	finish
	run -0 as bob java -cp /tmp Watch host-developer /tmp/file <<<''
	[[ $output == found* && $output != *[\ \[]"$gid"[],]* ]]
}
