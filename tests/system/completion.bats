#!/usr/bin/env bats
# Completion in real shells. What fits where is in tests/cmd/cases/completion.case.

load lib

setup_file() {
	host_up
	rbacctl assign bob host-user
}

@test "bash: a verb, a role, a scope after its colon, an option" {
	bash_completes() {
		bash --norc --noprofile -c 'source /usr/share/bash-completion/completions/rbacctl
			COMP_LINE=$1 COMP_POINT=${#1}
			_rbacctl
			printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
	}
	run -0 bash_completes 'rbacctl assi'
	[ "$output" = assign ]
	run -0 bash_completes 'rbacctl assign bob host-dep'
	[ "$output" = host-deployer ]
	run -0 bash_completes 'rbacctl assign bob host-user --scope host:ma'
	[ "$output" = main ]
	run -0 bash_completes 'rbacctl assign bob host-user --rea'
	[ "$output" = --reason ]
	run -0 bash_completes 'rbacctl user '
	[[ $output == add*show* ]]
}

@test "bash: the first TAB loads it through bash-completion" {
	[ -e /usr/share/bash-completion/bash_completion ] || skip "no bash-completion here"
	run -0 bash --norc --noprofile -c 'source /usr/share/bash-completion/bash_completion
		_completion_loader rbacctl || [ $? = 124 ]
		complete -p rbacctl'
	[[ $output == *'-F _rbacctl rbacctl'* ]]
}

@test "fish: a verb with what it does, a role, a scope, a file" {
	command -v fish >/dev/null || skip "no fish here"
	completes() { HOME=/tmp fish -c "complete -C '$1'"; }
	run -0 completes 'rbacctl assi'
	[ "$output" = $'assign\tgive a role' ]
	run -0 completes 'rbacctl assign bob host-dep'
	[[ $output == host-deployer* ]]
	run -0 completes 'rbacctl assign bob host-user --scope host:'
	[ "$output" = host:main ]
	run -0 completes 'rbacctl import --csv /etc/host'
	[[ $output == */etc/hostname* ]]
}

@test "zsh: what TAB puts on the line" {
	command -v zsh >/dev/null || skip "no zsh here"
	cat >/tmp/zsh.test <<-'END'
		zmodload zsh/zpty
		zpty shell zsh -f -i
		type_and_read() {
			zpty -w -n shell "$1"
			local text all=
			for _ in {1..200}; do
				while zpty -r -t shell text; do all+=$text; done
				[[ $all == *$2* ]] && { print -r -- "found $2"; return 0; }
				sleep 0.1
			done
			print -r -- "not found: $2 in: ${(V)all}"
		}
		type_and_read $'PS1="ready> "; autoload -U compinit\n' 'ready> '
		type_and_read $'compinit -u -d /tmp/dump\n' 'ready> '
		type_and_read $'rbacctl assi\t' assign
		type_and_read $'bob host-dep\t' host-deployer
		type_and_read $'--scope host:\t' host:main
	END
	run -0 zsh -f /tmp/zsh.test
	[[ $output != *not\ found* ]] || { echo "$output"; return 1; }
}
