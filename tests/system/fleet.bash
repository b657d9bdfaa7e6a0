# An authority of a fleet in /srv/authority, with the policy of torque.
# shellcheck shell=bash

authority() { rbacctl "$@" --etc /srv/authority/etc --store /srv/authority/state; }

# authority_up SPACE...: alice administers it, these spaces are there, and the fleet campus begins.
# FLEET_EVERY: how often it signs anew.
authority_up() {
	local s
	mkdir -p /srv/authority/etc/policy.d
	cp "$TOP/conf/policies/torque.conf" /srv/authority/etc/policy.d
	cat >/srv/authority/etc/rbac.conf <<-'EOT'
		version = 1;
		host = "account:main";
		login = ( { services = [ "gate" ]; roles = [ "space-developer" ]; },
		          { services = [ "sudo", "sudo-i" ]; roles = [ "account-admin" ]; } );
	EOT
	authority init --root account:main --admin alice
	for s; do authority scope create "space:main/$s" --as root; done
	authority fleet init campus --as root ${FLEET_EVERY:+--every "$FLEET_EVERY"}
}

# enrol HOST SCOPE: its token.
enrol() { authority fleet enrol "$1" --scope "$2" --as root | grep -o 'rbacfleet1[^ ]*'; }
