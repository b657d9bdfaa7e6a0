#!/bin/bash
# fleet.sh BUILD: shows a fleet on a disposable host (tests/system/host): an authority, a real slapd
# and three hosts, of which one is this one, with a real sshd. It runs every command as it shows it.
# Where a step fails, the demo ends with an error.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [ "${1-}" != --inside ]; then
	exec "$top/tests/system/host" "$1" "$top/tests/demo/fleet.sh" --inside </dev/null
fi

# shellcheck source=tests/demo/stage.bash
source "$top/tests/demo/stage.bash"
# shellcheck source=tests/demo/fleet_stage.bash
source "$top/tests/demo/fleet_stage.bash"

title 'One role store for many hosts, on a directory that nobody has to trust'
tell 'This is a private copy of this machine. It has an authority (/srv/authority), a slapd with' \
     'TLS, and three hosts: web1, which is this one, with an sshd; db1 and mail1 in folders.'
stage_up
fleet_stage_up

title '1. The authority: a fleet, its hosts, its directory'
shown  'authority fleet init campus' 0 'campus authority'
shown  'authority fleet enrol web1 --scope space:main/web' 0 'fleet join rbacfleet1.'
keep_token web1
shown  'authority fleet enrol db1 --scope space:main/db | head -1' 0 'member +db1'
keep_token db1
shown  'authority fleet enrol mail1 --scope space:main/mail | head -1' 0 'member +mail1'
keep_token mail1
fleet_passwords

title '2. The hosts join, and follow'
shown  "rbacctl fleet join \$(cat /srv/web1.token)" 0 'member of the fleet campus'
shown  'rbacctl fleet check' 0 'this host cannot read other sheets'
follow web1 /etc/rbac /var/lib/rbac
join_other db1
join_other mail1
wait_until 'test -e /var/lib/rbac/view/view.mdb'
wait_until 'rbacctl fleet status >/dev/null'
gate_up
shown  'rbacctl fleet status' 0 'connected'
shown  'ssh bob@web1 id' 255 'no role here allows it'

title '3. A role is given on the authority: ssh opens on one host'
began=$(now_ms)
shown  'authority assign bob space-developer --scope space:main/web' 0 'sent to the directory in'
wait_until 'rbacctl list assignments | grep -q bob'
took "$began"
shown  'ssh bob@web1 id' 0 '(space-developer)'
shown  'authority who --fleet bob' 0 'web1'

title '4. A member gives nothing itself'
shown  'rbacctl assign carl space-developer' 3 'roles are given on its authority'

title '5. The role is revoked: ssh closes'
began=$(now_ms)
shown  'authority revoke bob space-developer --scope space:main/web' 0 'sent to the directory in'
wait_until '! rbacctl list assignments | grep -q bob'
took "$began"
shown  'ssh bob@web1 id' 255 'no role here allows it'

title '6. The directory is stopped: logins go on'
shown  'authority assign alice space-developer --scope space:main/web' 0 'sent to the directory in'
wait_until 'id -Gn alice | grep -q space-developer'
directory_stop demo
shown  'ssh alice@web1 id' 0 '(space-developer)'
shown  'authority assign carl space-developer --scope space:main/web' 0 'queued'
directory_start demo 3891
wait_until 'grep -q ^connected /var/lib/rbac-follow/status'
shown  'authority fleet push' 0 'the directory:'
wait_until 'rbacctl list assignments | grep -q carl'
shown  'ssh carl@web1 id' 0 '(space-developer)'

title '7. Somebody who controls the directory writes a sheet of his own'
forge_sheet
wait_until 'rbacctl fleet status | grep -q refused'
shown  'rbacctl fleet status' 1 'refused: space:main/web'
shown  'ssh bob@web1 id' 255 'no role here allows it'
tell 'What bob had before is not given back, either: old state is refused by its number.'
shown  'rbacctl log | tail -4' 0 'fleet take'
shown  'rbacctl verify' 0 'sound'

tell 'docs/fleet.md has the recipes for real hosts. The disposable host is gone.'
