#!/usr/bin/python3
"""idle_listener.py SOCKET UID OUT: how long `rbacctl serve` stays after its last peer.

It starts `rbacctl serve` as systemd does, at SOCKET, and asks it twice as UID, five seconds apart.
When the listener has ended, OUT gets its exit status and the seconds since the second answer; until
then OUT is not there.
"""
import os
import socket
import sys
import time

path, uid, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def ask():
    pid = os.fork()
    if pid == 0:
        os.setresuid(uid, uid, uid)
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.connect(path)
        s.send(b"rbac\x01\x00\x50\x00requests\x00")
        answer = [b""]
        while answer[-1][:1] != b"s":
            answer.append(s.recv(65536))
        os._exit(answer[-1][1])
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


listener = os.fork()
if listener == 0:
    os.execvp("systemd-socket-activate",
              ["systemd-socket-activate", "--seqpacket", "-l", path, "rbacctl", "serve"])
while not os.path.exists(path):
    time.sleep(0.05)
os.chmod(path, 0o666)
ask()
time.sleep(5)
ask()
since = time.monotonic()
status = os.waitstatus_to_exitcode(os.waitpid(listener, 0)[1])
with open(out + ".new", "w", encoding="ascii") as f:
    f.write(f"{status} {time.monotonic() - since:.1f}\n")
os.rename(out + ".new", out)
