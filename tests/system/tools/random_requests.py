#!/usr/bin/python3
"""random_requests.py FIRST_UID USERS N SEED: N requests to `rbacctl serve`, by USERS users in turn.

Most are commands that somebody could type; the others are words, options and numbers as they come.
Each has to be answered with a status from 0 to 4, and with text that steers no terminal. What is
not is printed; the exit status says whether there was any. The last line has how many ended how.
"""
import collections
import os
import random
import socket
import struct
import sys

first, users, count, seed = map(int, sys.argv[1:])
random.seed(seed)

VERBS = """assign revoke request requests approve deny cancel review sessions log
scope\\ create scope\\ delete scope\\ transfer scope\\ set user\\ add user\\ suspend user\\ resume
review\\ keep review\\ revoke review\\ ack list\\ assignments""".replace("\\ ", "_").split()
WORDS = ["u5", "u6", "alice", "root", "%devs", "%", "nosuch", "u5 ", "", "..", "../x", "-", "--",
         "ü", "a" * 300, "u5\n", "u5\x1b[31m", "\u202e", "0", "1", "57", "-1", "9" * 20,
         "host:main", "host:", "/", "prod-root", "lead", "dev", "4h", "-1h", "9y", "now",
         "2026-01-01", "2099-01-01T00:00:00Z", "9999-12-31", "x" * 512, "x" * 513, "é" * 256]
OPTIONS = """--for --from --until --reason --scope --user --plan --owner --id --replace --recursive
--dry-run --json --all --wait --list-sessions --as --force --help --version --drop --confirm --host
--end-sessions -n --n --res -- --reason= --for=1h --json=x""".split()


def number():
    """Of a change that has been made, more often than not."""
    return str(random.randint(1, 20 + asked // 8))


def plausible():
    role = random.choice(["dev", "read", "prod-root", "lead"])
    user = f"u{random.randint(0, 40)}"
    length = random.choice(["1h", "8h", "9h", "2d"])
    return random.choice([
        ["assign", user, role, "--for", length, "--reason", "OPS"], ["revoke", user, role],
        ["request", "prod-root", "--for", "4h", "--reason", "OPS-1"],
        ["request", "prod-root", "--for", length, "--reason", "OPS-1"], ["approve", number()],
        ["request", role, "--for", "1h", "--user", user, "--reason", "x"],
        ["approve", number()], ["deny", number(), "--reason", "no"], ["cancel", number()],
        ["review"], ["review", "keep", number()], ["review", "revoke", number()], ["requests"],
        ["log"], ["list", "assignments"], ["user", "suspend", user], ["user", "resume", user],
        ["sessions", user]])


def any_words():
    words = random.choice(VERBS).split("_")
    words += random.choices(WORDS, k=random.randint(0, 3))
    for _ in range(random.randint(0, 4)):
        words.append(random.choice(OPTIONS))
        words += random.choices(WORDS, k=random.randint(0, 1))
    return words


def steers(text):
    return any((c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0" or c == "\u202e"
               for c in text)


def ask(words):
    """Its status; 100: there was none, or the text was not what it may be."""
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(60)
    s.connect("/run/rbac/rbacctl.sock")
    width = struct.pack("<H", random.choice([0, 20, 80, 1000]))
    s.send(b"rbac\x01\x00" + width + b"".join(w.encode() + b"\0" for w in words))
    text = b""
    while True:
        piece = s.recv(65536)
        if piece[:1] == b"s" and piece[1] <= 4 and not steers(text.decode("utf8", "replace")):
            return piece[1]
        if piece[:1] in (b"s", b""):
            print("not so:", words, piece, text[:400], flush=True)
            return 100
        text += piece[1:]


ended = collections.Counter()
for asked in range(count):
    words = plausible() if random.random() < 0.7 else any_words()
    pid = os.fork()
    if pid == 0:
        os.setresuid(*[first + asked % users] * 3)
        os._exit(ask(words))
    ended[os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])] += 1
print("seed", seed, "ended", dict(sorted(ended.items())))
sys.exit(any(status not in range(5) for status in ended))
