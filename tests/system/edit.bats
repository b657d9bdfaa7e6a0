#!/usr/bin/env bats
# rbacctl edit: a copy in an editor, checked before it takes the place of the file.

load lib

setup_file() {
	add_people
	mkdir /tmp/site
	cat >/tmp/site/policy.conf <<-'EOF'
		version = 1;
		kinds = { site = { }; };
		keys = ( { name = "run"; } );
		keychains = { all = [ "run" ]; };
		roles = {
		  op    = { kind = "site"; keychains = [ "all" ]; assign_by = [ "op" ];
		            bootstrap = true; };
		  guest = { kind = "site"; keychains = [ "all" ]; assign_by = [ "op" ]; };
		};
	EOF
	cat >/tmp/site/rbac.conf <<-'EOF'
		version = 1;
		host = "site:main";
		login = ( { services = [ "sshd" ]; keys = [ "run" ]; } );
	EOF
}

setup() {
	rm -rf /etc/rbac/* /etc/rbac/.[!.]* "${STATE:?}"/*
	mkdir -p /etc/rbac/policy.d
	cp /tmp/site/policy.conf /etc/rbac/policy.d/site.conf
	cp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	rbacctl init --admin alice >/dev/null
	unset VISUAL
}

leftovers() { find /etc/rbac -name '.edit-*'; }

applied() { rbacctl check >/dev/null 2>&1 || :; rbacctl diff | grep -q 'no difference'; }

# on_terminal ANSWERS ARGUMENT...: rbacctl edit on a terminal of its own.
on_terminal() {
	local answers=$1
	shift
	run script -qec "rbacctl edit $*" /dev/null <<<"$answers"
}

@test "edit applies a file without errors, and leaves no temp file" {
	EDITOR='sed -i s/sshd/login/' run -0 rbacctl edit --yes
	says 'wrote /etc/rbac/rbac.conf'
	says 'applied: change 2'
	says 'effect'
	grep -q login /etc/rbac/rbac.conf
	applied
	[ "$(stat -c '%U %a' /etc/rbac/rbac.conf)" = 'root 644' ]
	[ -z "$(leftovers)" ]
}

@test "VISUAL before EDITOR; a name alone; a new file" {
	VISUAL='sed -i s/guest/visitor/' EDITOR=false run -0 rbacctl edit site.conf --yes
	grep -q visitor /etc/rbac/policy.d/site.conf
	cat >/tmp/ed <<-'EOF'
		#!/bin/sh
		echo 'version = 1; roles = { more = { kind = "site"; }; };' >"$1"
	EOF
	chmod +x /tmp/ed
	EDITOR=/tmp/ed run -0 rbacctl edit policy.d/more.conf --yes
	run -0 rbacctl list roles
	says more
	applied
}

@test "a file with errors is named by line, and never put in place" {
	EDITOR='sed -i s/host/hast/' run -1 rbacctl edit --yes
	says 'rbac.conf:2: error'
	says 'stays as it was'
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	applied
	[ -z "$(leftovers)" ]
	EDITOR='sed -i s/version.*/{{/' run -1 rbacctl edit policy.d/site.conf --yes
	cmp /tmp/site/policy.conf /etc/rbac/policy.d/site.conf
}

@test "edit without a terminal and without --yes changes nothing" {
	EDITOR='sed -i s/sshd/login/' run -3 rbacctl edit </dev/null
	says '--yes'
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	EDITOR='sed -i s/host/hast/' run -1 rbacctl edit </dev/null
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
}

@test "on a terminal: edit again, discard, apply" {
	cat >/tmp/ed <<-'EOF'
		#!/bin/sh
		# The first time it breaks the file, the second time it mends it.
		if grep -q hast "$1"; then sed -i 's/hast/host/; s/sshd/login/' "$1"
		else sed -i s/host/hast/ "$1"; fi
	EOF
	chmod +x /tmp/ed
	export EDITOR=/tmp/ed
	on_terminal $'d'
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	on_terminal $'e\nd'
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	on_terminal $'e\na'
	says 'applied: change 2'
	grep -q login /etc/rbac/rbac.conf
	applied
}

@test "an editor that fails, or changes nothing, changes nothing" {
	EDITOR=false run -4 rbacctl edit --yes
	says 'ended with status 1'
	EDITOR=true run -0 rbacctl edit --yes
	says unchanged
	EDITOR=/no/such/editor run -4 rbacctl edit --yes
	EDITOR=true run -0 rbacctl edit policy.d/none.conf --yes
	[ ! -e /etc/rbac/policy.d/none.conf ]
	EDITOR='rm' run -2 rbacctl edit --yes
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	[ -z "$(leftovers)" ]
}

@test "edit does not write a file that apply refuses" {
	rbacctl assign bob guest
	EDITOR='sed -i /guest/d' run -3 rbacctl edit site.conf --yes
	cmp /tmp/site/policy.conf /etc/rbac/policy.d/site.conf
	mkdir /etc/rbac/tests.d
	echo 'alice may sshd' >/etc/rbac/tests.d/a.test
	EDITOR='sed -i s/sshd/login/' run -3 rbacctl edit --yes
	says 'a.test:1'
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	EDITOR='sed -i s/alice/bob/' run -0 rbacctl edit a.test --yes
	EDITOR='sed -i s/may/can/' run -1 rbacctl edit a.test --yes
	grep -q 'bob may' /etc/rbac/tests.d/a.test
}

@test "two edits exclude each other" {
	mkfifo /tmp/gate
	EDITOR='cat /tmp/gate #' background rbacctl edit --yes
	local first=$!
	wait_for test -e /etc/rbac/.edit-rbac.conf
	EDITOR=true run -4 rbacctl edit site.conf --yes
	says busy
	: >/tmp/gate
	wait "$first"
	rm /tmp/gate
	EDITOR=true run -0 rbacctl edit site.conf --yes
}

@test "edit does not overwrite a file that somebody else has changed meanwhile" {
	cat >/tmp/ed <<-'EOF'
		#!/bin/sh
		sed -i s/sshd/login/ "$1"
		echo '# by somebody else' >>/etc/rbac/rbac.conf
	EOF
	chmod +x /tmp/ed
	EDITOR=/tmp/ed run -3 rbacctl edit --yes
	says 'somebody else has changed'
	tail -1 /etc/rbac/rbac.conf | grep -q 'by somebody else'
	grep -q login /etc/rbac/.edit-rbac.conf.kept
}

@test "killed in the editor: the old file, and the text is kept" {
	cat >/tmp/ed <<-'EOF'
		#!/bin/sh
		sed -i s/sshd/login/ "$1"
		kill -9 "$(cut -d ' ' -f 4 /proc/$PPID/stat)"   # a shell is between
	EOF
	chmod +x /tmp/ed
	EDITOR=/tmp/ed run rbacctl edit --yes
	cmp /tmp/site/rbac.conf /etc/rbac/rbac.conf
	EDITOR=true run -0 rbacctl edit --yes
	says 'kept in'
	grep -q login /etc/rbac/.edit-rbac.conf.kept
	rbacctl check >/dev/null || :
	applied
}

@test "only files of the configuration" {
	local name
	for name in nope.conf ../passwd /etc/passwd policy.d/x policy.d/.x.conf policy.d/a/b.conf \
		tests.d/x.conf; do
		EDITOR=true run -2 rbacctl edit "$name" --yes
		says 'expected'
	done
}

@test "no terminal and no editor that is named: refused, vi is not started" {
	fails_with 3 env -u VISUAL -u EDITOR timeout 20 rbacctl edit </dev/null
	says 'there is no terminal to edit on'
	run -0 rbacctl check
}
