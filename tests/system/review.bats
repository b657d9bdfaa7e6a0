#!/usr/bin/env bats
# Reviews through the socket, by people who have no sudo and no group; tests/cmd has what is said
# (review.case).

load lib

setup_file() {
	add_people
	mkdir -p /etc/rbac/policy.d
	cat >/etc/rbac/rbac.conf <<-'EOF2'
		version = 1;
		host = "host:main";
		login = ( { services = [ "sshd" ]; roles = [ "lead", "reader" ]; } );
	EOF2
	cat >/etc/rbac/policy.d/site.conf <<-'EOF2'
		version = 1;
		kinds = { host = { }; };
		roles = {
		  lead   = { kind = "host"; bootstrap = true; assign_by = [ "lead" ]; };
		  reader = { kind = "host"; assign_by = [ "lead" ]; review_every = "30d";
		             unreviewed = "end"; };
		};
	EOF2
	quietly faketime '-40 days' rbacctl init --root host:main --admin alice
	group_line files rbac
	faketime '-40 days' rbacctl assign mia lead
	faketime '-40 days' rbacctl assign dave reader
	faketime '-40 days' rbacctl assign carl reader
	serve_up
}

number() { rbacctl list assignments | awk -v who="$1" '$2 == who && $3 == "reader" { print $1 }'; }

@test "review keep: by another person, not by who assigned it or holds it" {
	run -0 as alice rbacctl assign bob reader
	local id
	id=$(number bob)
	run -0 as alice rbacctl review --all
	[[ $output != *bob* ]]
	fails_with 3 as alice rbacctl review keep "$id"
	says 'you gave it'
	fails_with 3 as bob rbacctl review keep "$id"
	says 'a grant of your own'
	fails_with 3 as carl rbacctl review keep "$id"
	says 'carl may not review reader'
	run -0 as bob rbacctl review --all
	[ -z "$output" ]
	run -0 as mia rbacctl review reader
	says "rbacctl review revoke $id"
	run -0 as mia rbacctl review keep "$id"
	says "bob =reader at host:main reviewed id $id"
	run -0 as mia rbacctl review revoke "$id"
	run ! member bob reader
	fails_with 2 as mia rbacctl review keep "$id"
}

@test "review keep is refused for a person who logged in as somebody else" {
	if ! sh -c 'echo 1003 >/proc/self/loginuid' 2>/dev/null; then
		skip "this host lets nobody set a login uid"
	fi
	run -0 as alice rbacctl assign bob reader
	# shellcheck disable=SC2016 # $0 is the inner shell's
	fails_with 3 sh -c 'echo 1002 >/proc/self/loginuid; exec setpriv --reuid 1005 \
		--clear-groups rbacctl review keep "$0"' "$(number bob)"
	says 'a grant of your own'
	# shellcheck disable=SC2016
	fails_with 3 sh -c 'echo 1003 >/proc/self/loginuid; exec setpriv --reuid 1005 \
		--clear-groups rbacctl review keep "$0"' "$(number bob)"
	says 'carl logged in here and acts as mia'
	run -0 as alice rbacctl revoke bob reader
}

@test "a grant that nobody reviews ends in the view without a program; a reviewed one goes on" {
	run -0 member dave reader
	run -0 as mia rbacctl review keep "$(number carl)"
	run -0 rbacctl status
	says '1 due, 1 end within 14 days'
	kill "$(cat /tmp/serve.pid)"
	local before after
	before=$(date -u -d '+4 days -1 minute' +%FT%TZ)
	after=$(date -u -d '+4 days 1 minute' +%FT%TZ)
	run -0 rbacctl explain dave --service sshd --at "$before"
	run -1 rbacctl explain dave --service sshd --at "$after"
	says 'which nobody reviewed'
	run -0 rbacctl explain carl --service sshd --at "$after"
	run -0 faketime '+5 days' id -Gn dave
	[[ $output != *reader* ]]
	run -0 faketime '+5 days' id -Gn carl
	says reader
}
