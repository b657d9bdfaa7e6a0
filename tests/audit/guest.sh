#!/bin/busybox sh
# shellcheck shell=dash
# The first process of the machine: it makes changes, and prints what auditd wrote of them.
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /run
auditd -n -s enable &

did() {
	echo "rbacctl $*"
	rbacctl "$@" || echo "FAILED: $?"
}

n=0
while [ ! -s /var/log/audit/audit.log ] && [ $n -lt 100 ]; do
	n=$((n + 1))
	usleep 100000
done
did init --policy /policy.conf --host top:main --admin alice
did assign bob helper --as root
did revoke bob helper --as root --dry-run
did assign '%ops team' helper --as root
did assign %devs helper --as root
did scope create low:main/x --owner bob --as root
did scope transfer low:main/x alice --as root
printf 'user,role,scope\nalice,helper,top:main\n' >/list.csv
did import --csv /list.csv --as root
did revoke bob helper --as root
did rollback 2 --as root
(
	echo 1001 >/proc/self/loginuid
	did assign %devs helper
)
kill -TERM %1
wait
echo '=== audit.log'
cat /var/log/audit/audit.log
echo '=== end'
poweroff -f
