"""Runs one test where a break of the code can do no harm.

A mount namespace of its own: everything is read-only but /tmp, which is empty and goes with it. A
pid namespace of its own: what the test leaves running ends with it. Memory and time are limited.
"""

import os
import resource
import shlex
import subprocess

# What a test takes as arguments and environment; the others take none.
ARGUMENTS = {"tests/policy/run": "tests/policy/cases/*.case"}
ENVIRONMENT = {"tests/policy/random": {"RBAC_RANDOM_COUNT": "300", "RBAC_RANDOM_SEED": "1"}}
MEMORY = 1 << 30


def limits():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def of(table, test, otherwise):
    for name, value in table.items():
        if test.endswith(name):
            return value
    return otherwise


def run_test(tree, test, what, program, seconds):
    """True when the test succeeds; `program`, where given, stands in the place of `what`."""
    tree = os.path.abspath(tree)
    script = "mount -t tmpfs -o size=1g,mode=1777 tmpfs /mnt && "
    if program:
        script += f"cp {shlex.quote(program)} /mnt/program && "
        script += f"mount --bind /mnt/program {shlex.quote(os.path.join(tree, what))} && "
    script += "mkdir -m 1777 /mnt/tmp && mount --bind /mnt/tmp /tmp && "
    script += "mkdir -m 1777 /mnt/shm && mount --bind /mnt/shm /dev/shm && "
    script += "mount -t proc proc /proc && "
    script += f"cd {shlex.quote(tree)} && mount -o remount,ro,bind / && "
    script += f"exec timeout -k 1 {seconds:.0f} {shlex.quote(test)} {of(ARGUMENTS, test, '')}"
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private",
             "sh", "-c", script]
    environment = {**os.environ, **of(ENVIRONMENT, test, {})}
    return subprocess.run(words, cwd=tree, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          preexec_fn=limits).returncode == 0
