#!/usr/bin/env python3
"""Runs the cases of commands: what rbacctl prints and how it ends on the host of the case.

usage: run.py [--update] [--first] RBACCTL [CASE...]

RBACCTL is the build's tests/cmd/rbacctl. --update writes what was printed into the cases: look at
the difference before you keep it. --first stops at the first command that differs. README.md has
the form of a case.
"""

import difflib
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
POLICIES = HERE.parent.parent / "conf" / "policies"
COMMAND = re.compile(r"^([a-z]+)([$#])( .*)?$")
USER_LINE = re.compile(r"^(user|group|remote-group|alias|silent|gone|now|loginuid|sessionid|drawn)"
                       r" ")
LIBRARIES = re.compile(r"/usr/lib(?:/[a-z0-9_]+-linux-[a-z0-9]+/|(?:64)?/(?=libnss_|security/))")
LIMIT = 60
# What a child needs to be under fakeroot(1) as well.
UNDER_FAKEROOT = {k: v for k, v in os.environ.items() if "FAKEROOTKEY" in os.environ
                  and (k.startswith("FAKEROOT") or k in ("LD_PRELOAD", "LD_LIBRARY_PATH"))}


class Host:
    """A folder with etc, state, pam.d and the shipped policies; commands are run in it."""

    def __init__(self, rbacctl):
        self.folder = Path(tempfile.mkdtemp(prefix="rbac-cmd.", dir=temp_dir()))
        self.folder.chmod(0o755)
        self.rbacctl = rbacctl
        self.facts = ["group users 100", "now 1767607200"]
        self.uid = {"root": 0, "nobody": 65534}
        self.editor = ""
        for name in ("etc", "state", "pam.d", "usr-pam.d"):
            (self.folder / name).mkdir(mode=0o755)
        # The modules that libpam finds, and the function that rbacctl looks for in them.
        (self.folder / "security").mkdir()
        for name in ("rbac", "unix", "permit", "deny"):
            (self.folder / "security" / f"pam_{name}.so").write_text("pam_sm_acct_mgmt")
        (self.folder / "nsswitch.conf").write_text(
            "passwd: files altfiles\ngroup: files sss rbac\n")
        for policy in POLICIES.glob("*.conf"):
            shutil.copy(policy, self.folder)

    def close(self):
        shutil.rmtree(self.folder)

    def fact(self, line):
        word, rest = line.split(" ", 1)
        if word == "gone":
            self.facts = [f for f in self.facts if f.split(" ")[1] not in rest.split()]
            return
        if word == "now":
            rest = str(int(datetime.fromisoformat(rest).timestamp()))
        if word in ("now", "loginuid", "sessionid", "drawn", "user"):
            name = rest.split()[0]
            self.facts = [f for f in self.facts if f.split(" ")[:1 + (word == "user")]
                          != [word, name][:1 + (word == "user")]]
        if word == "user":
            self.uid[rest.split()[0]] = int(rest.split()[1])
        self.facts.append(f"{word} {rest}")

    def file(self, name, lines):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line + "\n" for line in lines))

    def run(self, person, sign, words):
        """What the command prints, as the lines of a case."""
        self.file("host", self.facts)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
                       "COLUMNS": "200", "RBAC_ETC": "etc", "RBAC_STORE": "state",
                       "RBAC_TEST_HOST": "host", "EDITOR": self.editor, **UNDER_FAKEROOT}
        who = {}
        if sign == "#" and person != "root":
            environment["SUDO_UID"] = str(self.uid[person])
        elif sign == "$":
            who = {"user": self.uid[person], "group": 100, "extra_groups": []}
        if who and UNDER_FAKEROOT:  # it has the uid by its word alone
            environment.update({f"FAKEROOT{kind}UID": str(self.uid[person])
                                for kind in ("", "E", "S", "F")})
            who = {}
            hide(self.folder / "state" / "store", "000")
        done = subprocess.run([self.rbacctl, *words], cwd=self.folder, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=LIMIT, check=False, **who)
        if UNDER_FAKEROOT and sign == "$":
            hide(self.folder / "state" / "store", "700")
        said = [f"| {line}" for line in text_lines(done.stdout)]
        said += [f"! {line}" for line in text_lines(done.stderr)]
        return said + ([f"= {done.returncode}"] if done.returncode else [])


def hide(store, mode):
    """Set the mode outside of fakeroot. All users are one there, and no other could open it."""
    if store.exists():
        subprocess.run(["chmod", mode, str(store)], env={"PATH": os.environ["PATH"]}, check=True)


def reachable(program, folder):
    """The program, or a copy of it in a folder, where other users cannot reach it: in /root."""
    path = Path(program).resolve()
    if all(p.stat().st_mode & 1 for p in path.parents):
        return str(path)
    os.chmod(folder, 0o755)
    return shutil.copy(path, folder)


def temp_dir():
    return os.environ.get("TMPDIR") or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp")


def text_lines(text):
    """Of the path of a library the architecture is left out: /usr/lib64 of Fedora, too."""
    return LIBRARIES.sub("/usr/lib/ARCH/",
                         text.decode("utf-8", "backslashreplace")).splitlines()


def is_expected(line):
    return line[:2] in ("| ", "! ", "= ") or line in ("|", "!")


class Case:
    """Runs one file; `lines` is what the file would be if everything printed were right."""

    def __init__(self, path, rbacctl, first):
        self.path, self.rbacctl, self.first = path, rbacctl, first
        self.source = path.read_text().splitlines()
        self.lines, self.commands = [], 0

    def run(self):
        host, at = Host(self.rbacctl), 0
        try:
            while at < len(self.source):
                line = self.source[at]
                at += 1
                if is_expected(line):
                    continue  # what was expected: the command has put there what it prints
                self.lines.append(line)
                command = COMMAND.match(line)
                if line.split(" ")[0] == "host":
                    host.close()
                    host = Host(self.rbacctl)
                elif line.startswith("file "):
                    end = self.source.index(".", at)
                    host.file(line[5:], self.source[at:end])
                    self.lines += self.source[at:end + 1]
                    at = end + 1
                elif line.startswith("remove "):
                    remove(host.folder / line[7:])
                elif line.split(" ")[0] == "editor":
                    host.editor = line[7:]
                elif USER_LINE.match(line):
                    host.fact(line)
                elif command:
                    self.commands += 1
                    person, sign, rest = command.groups()
                    said = [l.rstrip() for l in host.run(person, sign, shlex.split(rest or ""))]
                    self.lines += said
                    expected = list(itertools.takewhile(is_expected, self.source[at:]))
                    if self.first and said != expected:
                        return
                elif line and line[0] != "#":
                    sys.exit(f"{self.path}:{at}: what is this? {line}")
        finally:
            host.close()

    def difference(self):
        return list(difflib.unified_diff(self.source, self.lines, f"{self.path} (expected)",
                                         f"{self.path} (printed)", lineterm="", n=4))


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def main():
    words = sys.argv[1:]
    update, first = "--update" in words, "--first" in words
    words = [w for w in words if w not in ("--update", "--first")]
    if os.geteuid() != 0:
        sys.exit("command cases: a role store is root's alone")
    if not words:
        sys.exit(__doc__)
    paths = [Path(w) for w in words[1:]] or sorted((HERE / "cases").glob("*.case"))
    failed = commands = 0
    with tempfile.TemporaryDirectory(prefix="rbac-cmd.") as folder:
        rbacctl = reachable(words[0], folder)
        for path in paths:
            case = Case(path, rbacctl, first)
            case.run()
            commands += case.commands
            difference = case.difference()
            if difference and update:
                path.write_text("".join(line + "\n" for line in case.lines))
            elif difference:
                failed += 1
                print("\n".join(difference))
                if first:
                    break
    print(f"command cases: {commands} in {len(paths)} files, {failed} files differ")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
