#!/usr/bin/env python3
"""Breaks the code a little, one place at a time, and asks the fast tests whether they notice.

Called by `make mutants`; tests/mutants/README.md says what the report means.
"""

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from breaks import breaks_of, limits_of
from sandbox import run_test

# Which sources each folder has: (name, folders or files).
FOLDERS = [
    ("common", ["common/"]),
    ("nss_rbac", ["nss_rbac/"]),
    ("pam_rbac", ["pam_rbac/"]),
    ("rules+change", ["rbacctl/access/rules.c", "rbacctl/change/"]),
    ("model+config", ["rbacctl/model/", "rbacctl/config/"]),
    ("access", ["rbacctl/access/"]),
    ("view", ["rbacctl/view/"]),
    ("store", ["rbacctl/store/"]),
    ("cmd+main", ["rbacctl/cmd/", "rbacctl/main.c"]),
    ("rbacctl", ["rbacctl/"]),  # the files of rbacctl itself: what no folder above has taken
]
# Tests that take long and notice what the others notice; --slow runs them too.
SLOW = {"test_view_threads", "test_threads", "test_flip"}
# Tests that come after the others, as they take longer.
LATE = {"test_failing_calls", "test_update", "random"}
# A break that mixes up types is one that the compiler names: it does not count as compiling.
STRICT = ["-g0", "-Werror=incompatible-pointer-types", "-Werror=int-conversion",
          "-Werror=implicit-function-declaration"]


class Build:
    """A private copy of the tree, built; and the commands that built it, as make prints them."""

    def __init__(self, make, tree, tests, programs, jobs):
        self.make, self.tree, self.tests, self.programs = make, Path(tree), tests, programs
        self.copy_tree()
        self.compile, self.link = self.commands()
        subprocess.run([*make, "-s", f"-j{jobs}", "CFLAGS=-g0", *tests, *programs],
                       cwd=self.tree, check=True, stdout=subprocess.DEVNULL)

    def copy_tree(self):
        files = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"],
                               check=True, capture_output=True, text=True).stdout.split("\0")
        self.tree.mkdir(parents=True, exist_ok=True)
        wanted = {f for f in files if f and os.path.exists(f)}
        for name in sorted(wanted):
            to = self.tree / name
            if to.exists() and to.read_bytes() == Path(name).read_bytes():
                continue
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, to)
        for old in [p for p in self.tree.rglob("*") if p.is_file() or p.is_symlink()]:
            name = old.relative_to(self.tree).as_posix()
            if name not in wanted and not name.startswith("build/"):
                old.unlink()

    def commands(self):
        """source -> its compile command; program -> its link command."""
        said = subprocess.run([*self.make, "-n", "-B", "V=1", "CFLAGS=-g0", *self.tests,
                               *self.programs],
                              cwd=self.tree, check=True, capture_output=True, text=True).stdout
        compile_of, link_of = {}, {}
        for line in said.splitlines():
            words = shlex.split(line) if " -o " in line else []
            if "-c" in words:
                compile_of[words[words.index("-c") + 1]] = words
            elif words:
                link_of[words[words.index("-o") + 1]] = words
        return compile_of, link_of

    def object_of(self, source):
        words = self.compile[source]
        return words[words.index("-o") + 1]

    def compile_text(self, source, text, to):
        """Compiles this text in the place of the source; False where it does not compile."""
        words = list(self.compile[source])
        at = words.index("-c")
        words[at:at + 2] = ["-c", "-x", "c", "-"]
        words[words.index("-o") + 1] = to
        words = [w for w in words if w not in ("-MMD", "-MP")]
        extra = [*STRICT, "-iquote", os.path.dirname(source)]
        return subprocess.run(words + extra, cwd=self.tree, input=text, text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def link_with(self, program, source, broken, to):
        """Links a program with the broken object in the place of the source's own."""
        own = self.object_of(source)
        words = [broken if w == own else w for w in self.link[program]]
        words[words.index("-o") + 1] = to
        subprocess.run(words, cwd=self.tree, check=True, stdout=subprocess.DEVNULL)


class Runner:
    def __init__(self, build, slow):
        self.build, self.slow = build, slow
        self.lock = threading.Lock()
        self.order = defaultdict(list)  # source -> tests, those that noticed something last first
        self.usual = {}                 # test -> seconds that it takes on the whole code
        self.measuring = defaultdict(threading.Lock)
        self.whole = {}                 # source -> its object, unbroken

    def programs_with(self, source):
        """The programs that have this source in them."""
        own = self.build.object_of(source)
        return [p for p, words in self.build.link.items() if own in words]

    def tests_of(self, source):
        """(test, program that it runs) for each test that the source is in."""
        with_it = self.programs_with(source)
        found = []
        for test in self.build.tests:
            name = os.path.basename(test)
            if name in SLOW and not self.slow:
                continue
            beside = test.rsplit("/", 1)[0] + "/rbacctl"  # a test that runs a program beside it
            if test in with_it:
                found.append((test, test))
            elif beside in with_it:
                found.append((test, beside))
        return found

    def usual_time(self, test):
        """Seconds that a test takes on the code as it is, on which it must succeed."""
        with self.measuring[test]:
            if test not in self.usual:
                begun = time.monotonic()
                if not run_test(self.build.tree, test, test, None, 600):
                    sys.exit(f"mutants: {test} fails on the code as it is")
                self.usual[test] = time.monotonic() - begun
            return self.usual[test]

    def tests_in_order(self, source):
        """First the test that has the name of the source, then unit tests, then the rest."""
        def rank(pair):
            name = os.path.basename(pair[0])
            named = name.endswith(os.path.basename(source)[:-2])
            return (not named, name in LATE, not name.startswith("test_"), name)
        with self.lock:
            if not self.order[source]:
                self.order[source] = sorted(self.tests_of(source), key=rank)
            return list(self.order[source])

    def noticed_by(self, source, pair):
        with self.lock:
            self.order[source].remove(pair)
            self.order[source].insert(0, pair)

    def whole_object(self, source, folder):
        with self.lock:
            known = self.whole.get(source)
        if known is None:
            to = os.path.join(folder, "whole.o")
            text = (self.build.tree / source).read_text()
            if not self.build.compile_text(source, text, to):
                sys.exit(f"mutants: {source} does not compile as it is")
            known = Path(to).read_bytes()
            with self.lock:
                self.whole[source] = known
        return known

    def try_one(self, source, text):
        """What becomes of this text: 'not compiling', 'same code', 'noticed' or 'not noticed'."""
        with tempfile.TemporaryDirectory(prefix="mutant") as folder:
            broken, program = os.path.join(folder, "broken.o"), os.path.join(folder, "program")
            if not self.build.compile_text(source, text, broken):
                return "not compiling", ""
            if Path(broken).read_bytes() == self.whole_object(source, folder):
                return "same code", ""
            linked = None
            for test, what in self.tests_in_order(source):
                if what != linked:
                    self.build.link_with(what, source, broken, program)
                    linked = what
                limit = 10 + 10 * self.usual_time(test)
                if not run_test(self.build.tree, test, what, program, limit):
                    self.noticed_by(source, (test, what))
                    return "noticed", os.path.basename(test)
            return "not noticed", ""


def folder_sources():
    """folder -> its sources; a source is in the first folder that names it."""
    left = sorted(p.as_posix() for top in ("common", "nss_rbac", "pam_rbac", "rbacctl")
                  for p in Path(top).rglob("*.c"))
    folders = {}
    for folder, places in FOLDERS:
        folders[folder] = [s for s in left if any(s == p or p.endswith("/") and s.startswith(p)
                                              for p in places)]
        left = [s for s in left if s not in folders[folder]]
    return folders


def one_line(text):
    return " ".join(text.split())


def described(source, text, place):
    """file:line, the kind of break, the lines before and after it."""
    start, end, new, kind = place
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    before = one_line(text[first:last])
    after = one_line(text[first:start] + new + text[end:last])
    return f"{source}:{text.count(chr(10), 0, start) + 1}", kind, before, after


def equivalents(path):
    """(source, before, after) of the breaks that change nothing anybody could see."""
    known, lines = set(), [l.rstrip("\n") for l in open(path) if l.strip() and l[0] != "#"]
    for i in range(0, len(lines) - 3, 4):
        source, before, after, _why = (l.strip() for l in lines[i:i + 4])
        known.add((source, before[2:], after[2:]))
    return known


def chosen(folders, options):
    """The breaks to try: (folder, source, break), `count` of each folder, by the seed."""
    for folder, sources in folders.items():
        if options.folder and folder not in options.folder:
            continue
        if options.file:
            sources = [s for s in sources if s in options.file]
        all_of_folder = []
        for source in sources:
            text = Path(source).read_text()
            at = [(source, b) for b in (limits_of if options.limits else breaks_of)(text)]
            if options.line:
                at = [(s, b) for s, b in at if text.count("\n", 0, b[0]) + 1 in options.line]
            all_of_folder += at
        picked = random.Random(f"{options.seed} {folder}")
        count = len(all_of_folder) if options.count == 0 else options.count
        picked.shuffle(all_of_folder)  # what is not counted is made up for by the next
        yield folder, all_of_folder, min(count, len(all_of_folder))


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", action="append", help="only this folder; can be repeated")
    parser.add_argument("--file", action="append", help="only this source")
    parser.add_argument("--line", action="append", type=int, help="only breaks that begin here")
    parser.add_argument("--count", type=int, default=8, help="breaks of each folder; 0: all")
    parser.add_argument("--seed", default=None, help="which ones; printed, so that it can be said")
    parser.add_argument("--limits", action="store_true",
                        help="only the numbers of enums outside functions: one more, one less")
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--slow", action="store_true", help="the slow tests too")
    parser.add_argument("--list", action="store_true", help="print the breaks, try nothing")
    parser.add_argument("--make", default="make", help=argparse.SUPPRESS)
    parser.add_argument("--tree", default="build/mutants/tree", help=argparse.SUPPRESS)
    parser.add_argument("--programs", default="", help=argparse.SUPPRESS)
    parser.add_argument("tests", nargs="*")
    return parser.parse_args(arguments)


def try_folder(runner, folder, places, count, options, known):
    """Tries until `count` breaks counted; prints those that nothing noticed."""
    tally, missed = Counter(), []
    waiting, lock = iter(places), threading.Lock()

    def work():
        while True:
            with lock:
                if tally["noticed"] + tally["not noticed"] + tally["explained"] + \
                        tally["running"] >= count:
                    return
                place = next(waiting, None)
                if place is None:
                    return
                tally["running"] += 1
            source, at = place
            text = (runner.build.tree / source).read_text()
            result, by = runner.try_one(source, text[:at[0]] + at[2] + text[at[1]:])
            where, kind, before, after = described(source, text, at)
            if result == "not noticed" and (source, before, after) in known:
                result = "explained"
            with lock:
                tally["running"] -= 1
                tally[result] += 1
                if result == "not noticed":
                    missed.append((source, int(where.split(":")[1])))
                    print(f"{where}: {kind}\n  - {before}\n  + {after}", flush=True)
                elif os.environ.get("MUTANTS_VERBOSE"):
                    print(f"{where}: {kind}: {result} {by}\n  + {after}", flush=True)

    with ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(work) for _ in range(options.jobs)]:
            done.result()
    return tally


def report(tallies):
    print(f"{'folder':14} {'tried':>6} {'noticed':>8} {'not':>5} {'explained':>10} {'rate':>6}"
          f" {'same code':>10} {'not compiling':>14}")
    for folder, t in tallies.items():
        tried = t["noticed"] + t["not noticed"]
        rate = f"{100 * t['noticed'] // tried} %" if tried else "-"
        print(f"{folder:14} {tried:6} {t['noticed']:8} {t['not noticed']:5} {t['explained']:10}"
              f" {rate:>6} {t['same code']:10} {t['not compiling']:14}")


def main():
    options = parse(sys.argv[1:])
    options.seed = options.seed or str(random.SystemRandom().randrange(10 ** 6))
    if os.geteuid() != 0:
        sys.exit("mutants: the tests of rbacctl run as root alone, in a private copy of /tmp")
    os.nice(10)
    folders = list(chosen(folder_sources(), options))
    if options.list:
        for _, places, _ in folders:
            for source, at in places:
                print(*described(source, Path(source).read_text(), at), sep="\t")
        return
    build = Build(shlex.split(options.make), options.tree, options.tests,
                  options.programs.split(), options.jobs)
    os.environ["CCACHE_DISABLE"] = "1"  # of a break nothing need be kept
    runner = Runner(build, options.slow)
    print(f"mutants: seed {options.seed}", flush=True)
    known = equivalents(Path(__file__).parent / "equivalent.txt")
    tallies = {}
    for folder, places, count in folders:
        if places:
            tallies[folder] = try_folder(runner, folder, places, count, options, known)
    report(tallies)


main()
