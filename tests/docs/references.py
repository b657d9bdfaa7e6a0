#!/usr/bin/env python3
"""Checks that what docs and comments name is there: files, functions, structures, targets of make.

usage: references.py [FILE...]

Read are the comments of every C file, makefile, script and configuration file, every page of
Markdown and every manual page (or only FILEs). A reference is

  common/view.c, view.c, tests/unit/model/   a file or folder of this tree, by its whole path or by
                                              the end of it
  test_view, `tests/system/pam`               a test, without the ending of its file
  name()                                      a function or macro that some code here calls or
                                              has
  `name()` in `open.c`, `name` in open.c      the same, and it is in that file
  struct name, RBAC_NAME                      that some code here uses
  `make NAME`                                 a target

Manual pages, name(3), and what lies elsewhere, /etc/rbac/rbac.conf, are none of these.
"""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Of liblmdb, Linux, OpenSSH and gcc.
ELSEWHERE = {"mdb.c", "fs/anon_inodes.c", "sandbox-seccomp-filter.c", "__builtin_cpu_supports"}
# Stands for a name, as in conf/policies/NAME.conf.
ANY_NAME = re.compile(r"(?:^|/)(?:test_)?[A-Z]+(?:[./]|$)")
HEADERS = re.compile(r"#\s*include\s*<([^>]+)>")
FILE = re.compile(r"(?<![\w./~*%{}$<>-])"
                  r"((?:[\w.-]+/)*[\w-][\w.-]*\.(?:c|h|py|sh|bats|bash|case|mk|md))\b"
                  r"(?![\w/*(-])")
FOLDER = re.compile(r"(?<![\w./~*%{}$<>-])"
                    r"((?:common|nss_rbac|pam_rbac|rbacctl|tests|conf|docs|packaging)"
                    r"/[\w./-]*\w/?)(?![\w*{<])")
TEST = re.compile(r"(?<![\w./])(test_[a-z0-9_]*[a-z0-9])(?![\w.(*])")
FUNCTION = re.compile(r"(?<![\w$.'-])([A-Za-z_]\w*)\(\)")
IN_FILE = re.compile(r"`(\w+)(?:\(\))?`\s+(?:in|of)\s+`?([\w./-]+\.[ch])\b")
MANUAL = (".1", ".5", ".7", ".8")
NAME = re.compile(r"\bstruct ([a-z_]\w+)|\b(RBAC_[A-Z]\w*[A-Z])\b(?!_)")
TARGET = re.compile(r"`make (?:-\S+ |[A-Z_]+=\S+ )*([a-z][a-z-]*)")
C_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|/\*.*?\*/|//[^\n]*', re.S)
HASH_COMMENT = re.compile(r"(?:^|(?<=\s))#(?!!).*$", re.M)


def tree():
    """Every file of the tree, by its path from the root."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in (".git", "build", "__pycache__")]
        yield from (str((Path(folder) / f).relative_to(ROOT)) for f in files)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def split_c(text):
    """The comments and the code of a C file, each with the other blanked, so that lines stay."""
    comments, code, at = [], [], 0
    for m in C_COMMENT.finditer(text):
        between, token = text[at:m.start()], m.group()
        is_comment = token.startswith("/")
        comments += [blank(between), token if is_comment else blank(token)]
        code += [between, blank(token) if is_comment else token]
        at = m.end()
    return "".join(comments) + blank(text[at:]), "".join(code) + text[at:]


def prose(path, text):
    """What of a file is prose: the rest is blanked."""
    if path.endswith((".md", *MANUAL)):
        return text
    if path.endswith((".c", ".h")):
        return split_c(text)[0]
    kept, at = [], 0
    for m in HASH_COMMENT.finditer(text):
        kept += [blank(text[at:m.start()]), m.group()]
        at = m.end()
    return "".join(kept) + blank(text[at:])


class Tree:
    def __init__(self):
        self.paths = sorted(tree())
        self.text = {p: (ROOT / p).read_text(errors="replace") for p in self.paths
                     if is_read(p)}
        self.ends, self.folders, self.stems = set(), set(), set()
        for path in self.paths:
            parts = path.split("/")
            self.ends.update("/".join(parts[i:]) for i in range(len(parts)))
            self.folders.update("/".join(parts[i:j]) for j in range(1, len(parts))
                                for i in range(j))
            self.stems.add(path.rsplit(".", 1)[0])
            self.stems.add(parts[-1].rsplit(".", 1)[0])
        code = "\n".join(split_c(t)[1] for p, t in self.text.items() if p.endswith((".c", ".h")))
        self.headers = set(HEADERS.findall(code))
        self.words = set(re.findall(r"\w+", code))
        self.called = set(re.findall(r"\b(\w+)\)? ?\(", code)) | set(re.findall(
            r"(?:#define|cmd_verb|,) (\w+)", code))
        scripts = "\n".join(t for p, t in self.text.items() if not p.endswith((".c", ".h", ".md")))
        self.called.update(re.findall(r"^\s*(?:def )?(\w+)\(", scripts, re.M))
        self.words.update(re.findall(r"\bRBAC_\w+", scripts))
        self.targets = set(re.findall(r"^([a-z][a-z-]*)(?: [a-z-]+)*:", "\n".join(
            t for p, t in self.text.items() if is_makefile(p)), re.M))
        for line in re.findall(r"^([a-z][a-z -]*):(?!=)", "\n".join(
                t for p, t in self.text.items() if is_makefile(p)), re.M):
            self.targets.update(line.split())

    def has_file(self, name, near):
        return (name in self.ends or name in self.headers or name in ELSEWHERE
                or ANY_NAME.search(name)
                or os.path.normpath(f"{near}/{name}") in self.ends)

    def has_folder(self, name):
        name = name.rstrip("/")
        return (name in self.folders or name in self.ends or name in self.stems
                or bool(ANY_NAME.search(name)))

    def missing_in_files(self, path):
        """The same for "`name()` in `file.c`", which may stand on two lines."""
        text = prose(path, self.text[path])
        for m in IN_FILE.finditer(text):
            name, where = m.groups()
            files = [p for p in self.text if p == where or p.endswith("/" + where)]
            if files and not any(re.search(rf"\b{name}\b", self.text[p]) for p in files):
                yield text.count("\n", 0, m.start()) + 1, f"{where} has no {name}"

    def missing(self, path):
        """LINE and TEXT of each reference of this file to what is not there."""
        yield from self.missing_in_files(path)
        near = os.path.dirname(path)
        for number, line in enumerate(prose(path, self.text[path]).splitlines(), 1):
            for m in FILE.finditer(line):
                if not self.has_file(m.group(1), near):
                    yield number, f"no file {m.group(1)}"
            for m in FOLDER.finditer(line):
                if not FILE.fullmatch(m.group(1)) and not self.has_folder(m.group(1)):
                    yield number, f"no file or folder {m.group(1)}"
            for m in TEST.finditer(line):
                if m.group(1) not in self.stems and m.group(1) not in self.words:
                    yield number, f"no test {m.group(1)}"
            for m in FUNCTION.finditer(line):
                if m.group(1) not in self.called and m.group(1) not in ELSEWHERE:
                    yield number, f"no function {m.group(1)}()"
            for m in NAME.finditer(line):
                if (m.group(1) or m.group(2)) not in self.words:
                    yield number, f"nothing is called {m.group(0)}"
            for m in TARGET.finditer(line):
                if m.group(1) not in self.targets:
                    yield number, f"no target: make {m.group(1)}"


def is_makefile(path):
    return path == "Makefile" or path.endswith(".mk")


def is_read(path):
    return (path.endswith((".c", ".h", ".md", ".sh", ".bash", ".bats", ".py", ".conf", *MANUAL))
            or is_makefile(path))


def main():
    here = Tree()
    paths = sys.argv[1:] or [p for p in here.paths if is_read(p)]
    if not sys.argv[1:] and len(paths) < 200:
        sys.exit("references: too few files found")
    stale = [f"{p}:{line}: {text}" for p in paths for line, text in here.missing(p)]
    print("\n".join(stale) if stale else f"references: {len(paths)} files name what is there")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
