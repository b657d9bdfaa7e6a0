#!/bin/bash
# demo.sh BUILD: shows the main job on a disposable host (tests/system/host) with a real sshd. It
# runs every command as it shows it, and what is printed is the real output. Where a step fails,
# the demo ends with an error.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [ "${1-}" != --inside ]; then
	exec "$top/tests/system/host" "$1" "$top/tests/demo/demo.sh" --inside </dev/null
fi

# shellcheck source=tests/demo/stage.bash
source "$top/tests/demo/stage.bash"

title 'Roles for Linux logins: the main job, on a disposable host'
tell 'This is a private copy of this machine, in memory, with its own processes and its own' \
     'loopback network. It has an sshd with three users who log in by key: alice, bob and carl.' \
     'Nothing of it reaches the real machine.'
stage_up
shown  'ssh bob@web1 id' 0 'uid=1002(bob)'
tell 'Without rbac, everybody who has an SSH key can log in.'

title '1. A policy, and someone to run it'
shown  'rbacctl init --policy unix --admin alice' 0 'alice +host-operator'
tell 'The roles are defined, alice is the operator. Nothing has changed for anybody yet.'

title '2. One word in /etc/nsswitch.conf: roles are groups'
shown  "sed -i 's/^group:.*/group: files systemd rbac/' /etc/nsswitch.conf" 0
shown  'id alice' 0 'host-operator'
shown  'getent group host-operator' 0 ':alice'

title '3. One line in /etc/pam.d/sshd: only roles get in'
shown  "sed -i '0,/^account/s//account  required  pam_rbac.so\\n&/' /etc/pam.d/sshd" 0
shown  'grep ^account /etc/pam.d/sshd' 0 'pam_rbac.so'
tell 'alice has a role that opens sshd; bob and carl have none.'
shown  'ssh alice@web1 id' 0 '(host-operator)'
shown  'ssh bob@web1 id' 255 'bob may not use sshd on this host: no role here allows it'
shown  'rbacctl explain bob --service sshd' 1 'DENIED'
shown  'tail -n 1 /var/log/auth.log' 0 'denied user="bob"'

title '4. bob is given a role: the next login works'
shown  'rbacctl assign bob host-developer' 0 '+host-developer'
shown  'ssh bob@web1 id' 0 '(host-developer)'
shown  'rbacctl explain bob --service sshd' 0 'ALLOWED'

title '5. It is revoked: the next login does not'
shown  'rbacctl revoke bob host-developer' 0 '-host-developer'
shown  'ssh bob@web1 id' 255 'no role here allows it'

title '6. For five seconds'
shown  'rbacctl assign carl host-developer --for 5s' 0 'until'
shown  'ssh carl@web1 id' 0 '(host-developer)'
shown  'sleep 6' 0
shown  'ssh carl@web1 id' 255 'the role that allows it has ended'
shown  'id carl' 0
unseen 'host-developer'
tell 'Nobody did anything; no daemon runs.'

title '7. What is on record'
shown  'rbacctl list assignments' 0 'carl'
shown  'rbacctl log' 0 'bob'
shown  'rbacctl verify' 0 'sound'

title 'The same on the real host'
cat <<EOF
Keep a root shell open until the end, and test in another window.

    make && make install
    rbacctl init --policy unix --admin YOU        # your login name
    \$EDITOR /etc/rbac/rbac.conf                   # which services, for whom; then: rbacctl apply
    rbacctl assign BOB host-developer
    rbacctl explain BOB --service sshd

    /etc/nsswitch.conf    group:  files systemd rbac
    /etc/pam.d/sshd       account  required  pam_rbac.so exempt_group=breakglass
                          (before the other account lines)

README.md has the whole of it, how not to lock yourself out, and how to undo each step.
The disposable host is gone; this machine is as it was.
EOF
