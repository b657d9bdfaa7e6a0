#!/usr/bin/env python3
"""Checks that each source file of more than 60 lines has a unit test of its own name (or with that
of its folder before it: test_pam_judge for pam/judge.c), or a line in tests/README.md that says
what covers it; that each line names a file that is there; and that each folder of tests has a
README.

usage: coverage.py
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("common", "nss_rbac", "pam_rbac", "rbac_follow", "rbacctl")
SCREEN = 60


def covered():
    """The source files that have a line, each with what the line says."""
    lines = {}
    for line in (ROOT / "tests/README.md").read_text().splitlines():
        cells = [c.strip() for c in line.split("|")]
        if len(cells) == 4 and cells[1].startswith("`"):
            for name in re.findall(r"`([^`]+)`", cells[1]):
                lines[name] = cells[2]
    return lines


def main():
    wrong, lines = [], covered()
    tests = {p.stem for p in ROOT.glob("tests/unit/*/test_*.c")}
    sources = {str(p.relative_to(ROOT)): p for room in ROOMS for p in ROOT.glob(f"{room}/**/*.c")}
    for name, path in sorted(sources.items()):
        long = len(path.read_text().splitlines()) > SCREEN
        own = {f"test_{path.stem}", f"test_{path.parent.name}_{path.stem}"}
        if long and not own & tests and "`" not in lines.get(name, ""):
            wrong.append(f"{name}: no test_{path.stem}, and tests/README.md does not say "
                         "what covers it")
    wrong += [f"tests/README.md: there is no {name}" for name in lines if name not in sources]
    wrong += [f"tests/{p.name} has no README.md" for p in sorted((ROOT / "tests").iterdir())
              if p.is_dir() and p.name != "__pycache__" and not (p / "README.md").exists()]
    if len(sources) < 100:
        wrong.append("too few source files found")
    print("\n".join(wrong) if wrong else f"coverage: {len(sources)} source files have their tests")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
