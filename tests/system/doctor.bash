# What doctor.bats and doctor_host.bats share: a good host, ways to break it, and a way back.
# shellcheck shell=bash disable=SC2154,SC2034 # set by bats; used there

PAM_SO=/usr/lib/$(uname -m)-linux-gnu/security/pam_rbac.so
NSS_SO=/usr/lib/$(uname -m)-linux-gnu/libnss_rbac.so.2
KEPT="etc/pam.d etc/nsswitch.conf etc/ssh etc/sudoers etc/sudoers.d etc/group etc/passwd etc/shadow
	etc/default/ssh etc/security/access.conf etc/rbac var/lib/rbac ${PAM_SO#/} ${NSS_SO#/}"

setup_file() {
	add_people
	quietly rbacctl init --policy unix --admin alice
	group_line files systemd rbac
	rbacctl assign bob host-developer
	rbacctl assign dave host-operator
	mkdir -p /etc/ssh
	printf 'UsePAM yes\n' >/etc/ssh/sshd_config
	ssh-keygen -A >/dev/null
	first sshd 'account required pam_rbac.so exempt_group=breakglass'
	first sudo 'account required pam_rbac.so'
	first sudo-i 'account required pam_rbac.so'
	# shellcheck disable=SC2086 # a list of files
	tar -C / -cf /tmp/good.tar $KEPT
	background catch_log /dev/log "$LOG"
	wait_for test -S /dev/log
}

first() {   # first SERVICE LINE: before the first account line of its file, or the first include
	sed -i "0,/^\(account\|@include common-account\)/s//$2\n&/" "/etc/pam.d/$1"
}

put_back() {
	umount /usr/sbin/sshd /usr/bin/systemctl 2>/dev/null || true
	[ ! -e /run/sshd.pid ] || kill "$(cat /run/sshd.pid)"
	rm -rf "$PAM_SO" "$NSS_SO" /etc/pam.d /etc/sudoers.d /etc/ssh /etc/rbac /var/lib/rbac/* \
		/etc/nscd.conf /usr/lib/pam.d/sshd /run/systemd/system /sys/module /sys/fs \
		/etc/apparmor.d/abstractions /etc/sssd /etc/systemd/system/rbac* \
		/etc/systemd/system/{rescue,multi-user,sockets}.target.wants \
		/etc/systemd/system/*ssh* /etc/pam.conf /etc/nsswitch.conf /usr/lib/pam.d.away
	ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime
	tar -C / -xpf /tmp/good.tar
}

ids() {   # ids [SEVERITY]: the ids of findings: trouble, note; all
	python3 -c 'import json, sys
for f in json.load(sys.stdin)["findings"]:
    if sys.argv[1] in ("", f["severity"]):
        print(f["id"], f["service"], "%s:%s" % (f["file"], f["line"]), f["effect"])' "${1-}"
}

# The next line of a table into LINE. One that ends with a backslash goes on with the next.
next_line() {
	local more
	IFS=$'\t' read -r line || return
	while [[ $line == *[[:space:]]\\ ]]; do
		IFS=$'\t' read -r more
		line="${line% \\} $more"
	done
}

# broken [DOCTOR...]: reads lines "ID | COMMANDS". Every line is tried; what is not as it says is
# told at the end. DOCTOR: the command that is asked, `rbacctl doctor` as root.
broken() { tell trouble 1 "$@"; }
noted() { tell note 0 "$@"; }   # the same, for notes on a host that has no trouble

tell() {   # tell SEVERITY STATUS [DOCTOR...]
	local doctor=("${@:3}")
	[ $# -gt 2 ] || doctor=(rbacctl doctor)
	local line id commands checked wrong=0 n=0
	while next_line; do
		id=${line%% |*} commands=${line#*|}
		[ -n "$id" ] || continue
		eval "$commands" >/tmp/break.out 2>&1 || { cat /tmp/break.out; wrong=1; }
		run --separate-stderr "${doctor[@]}" --json
		if [ "$status" != "$2" ] || ! ids "$1" <<<"$output" | grep -q "^$id "; then
			echo "expected $id:$commands"
			ids <<<"$output" || echo "$output"
			wrong=1
		fi
		# A monitor is told the same.
		checked=0
		[ $# -gt 2 ] || rbacctl status --check >/tmp/status.out 2>&1 || checked=$?
		if [ $# = 2 ] && [ "$checked" != "$2" ]; then
			echo "status --check ended with $checked:$commands"
			cat /tmp/status.out
			wrong=1
		fi
		# One line for each, and none is told twice.
		if [ "$(ids trouble <<<"$output" | cut -d' ' -f1,3 | sort | uniq -d)" ]; then
			echo "told twice:$commands"
			ids trouble <<<"$output"
			wrong=1
		fi
		put_back
		n=$((n + 1))
	done
	echo "$n hosts"
	return $wrong
}

good() {   # lines of COMMANDS: doctor, or the command $DOCTOR, says nothing
	local line commands wrong=0 n=0
	while next_line; do
		commands=$line
		[ -n "$commands" ] || continue
		eval "$commands" >/tmp/break.out 2>&1 || { cat /tmp/break.out; wrong=1; }
		# shellcheck disable=SC2086 # a command line
		run ${DOCTOR-rbacctl doctor}
		if [ "$status" != 0 ] || [ -n "$output" ]; then
			echo "expected silence: $commands"
			echo "$output"
			wrong=1
		fi
		put_back
		n=$((n + 1))
	done
	echo "$n good hosts"
	return $wrong
}

# break_file FILE COMMAND...: the file becomes what the command makes of it. It is replaced, since
# others have it mapped.
break_file() {
	"${@:2}" <"$1" >"$1.new"
	mv "$1.new" "$1"
}

# fake PROGRAM TEXT: it says more than it does. The program itself is /tmp/real.NAME.
fake() {
	local name=${1##*/}
	cp "$1" "/tmp/real.$name"
	# shellcheck disable=SC2016 # the shell of the fake expands it
	printf '#!/bin/sh\n"/tmp/real.%s" "$@"; r=$?; printf "%s"; exit $r\n' "$name" "$2" \
		>"/tmp/fake.$name"
	chmod 755 "/tmp/fake.$name" "/tmp/real.$name"
	mount --bind "/tmp/fake.$name" "$1"
}

# unit NAME COMMAND: a unit of systemd that starts sshd so.
unit() {
	printf '[Service]\nExecStart=%s\n[Install]\nWantedBy=multi-user.target\n' "$2" \
		>"/etc/systemd/system/$1"
}

enabled() {   # enabled NAME...: units
	mkdir -p /etc/systemd/system/multi-user.target.wants
	local name
	for name; do ln -sf "../$name" "/etc/systemd/system/multi-user.target.wants/$name"; done
}

# systemd_says NAME STATE: a systemd that has nothing but this unit, enabled.
systemd_says() {
	mkdir -p /run/systemd/system
	printf '#!/bin/sh\nprintf "Id=%s\\nActiveState=%s\\nResult=exit-code\\n%s\\n"\n' "$1" "$2" \
		UnitFileState=enabled >/tmp/fake.systemctl
	chmod 755 /tmp/fake.systemctl
	mount --bind /tmp/fake.systemctl /usr/bin/systemctl
}

of_32_bits() { { head -c 4; printf '\1'; tail -c +2; } }   # an ELF file says so in byte 4

also_su() {   # the rule of sudo opens su too, whose stack asks
	sed -i 's/"sudo", "sudo-i"/&, "su", "su-l"/' /etc/rbac/rbac.conf
	rbacctl apply
	first su 'account required pam_rbac.so'
}

# with_mount LINE COMMAND...: the command sees one more line in /proc/self/mountinfo. The disposable
# host has no file server.
with_mount() {
	{ cat /proc/self/mountinfo; echo "$1"; } >/tmp/mountinfo
	(
		mount --bind /tmp/mountinfo "/proc/$BASHPID/mountinfo"
		exec "${@:2}"
	)
}

pam() { printf '%b' "$2" >"/etc/pam.d/$1"; }   # pam SERVICE TEXT
GATE='account required pam_rbac.so\n'
REST='@include common-auth\n@include common-account\n@include common-session\n'

publish_enabled() {   # in another target than usual
	mkdir -p /etc/systemd/system/rescue.target.wants
	ln -s /usr/lib/systemd/system/rbac-publish.{path,service} \
		/etc/systemd/system/rescue.target.wants
}

mended() {   # lines of COMMANDS: what doctor prints as mend, carried out, leaves a good host
	local line commands wrong=0 n=0
	while next_line; do
		commands=$line
		[ -n "$commands" ] || continue
		eval "$commands" >/tmp/break.out 2>&1 || { cat /tmp/break.out; wrong=1; }
		run ! rbacctl doctor
		run python3 "$TOP/tests/system/tools/mend.py"
		if [ "$status" != 0 ]; then
			echo "not mended: $commands"
			echo "$output"
			wrong=1
		fi
		put_back
		n=$((n + 1))
	done
	echo "$n hosts"
	return $wrong
}
