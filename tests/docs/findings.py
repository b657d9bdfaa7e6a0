#!/usr/bin/env python3
"""Checks that each finding of doctor is provoked by a test: that every id in the sources
("pam.gate-off") is named in a file of tests/system, or stands below with the reason why not; and
that docs/doctor.md has a row for each, and no other.

usage: findings.py
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# What no test can bring about on a disposable host.
UNTESTED = {}


def ids():
    """Every id, with a file that has it. An area is what stands before the dot in a call that adds
    a finding; each literal that begins with an area is an id, wherever it is chosen."""
    texts = {p: p.read_text() for p in sorted((ROOT / "rbacctl").glob("**/*.c"))}
    areas = set()
    for text in texts.values():
        areas.update(re.findall(r'\b\w*(?:add|about)\([^;"]*"([a-z]+)\.[a-z]+(?:-[a-z]+)*"', text))
    found = {}
    for path, text in texts.items():
        for area, name in re.findall(r'"([a-z]+)\.([a-z]+(?:-[a-z]+)*)"', text):
            if area in areas and name not in ("so", "conf", "mdb"):
                found.setdefault(f"{area}.{name}", path.relative_to(ROOT))
    return found


def main():
    found = ids()
    tests = "\n".join(p.read_text() for p in (ROOT / "tests/system").glob("*.bats"))
    named = set(re.findall(r"\b[a-z]+\.[a-z]+(?:-[a-z]+)*\b", tests))
    wrong = [f"{path}: no file of tests/system provokes {name}"
             for name, path in sorted(found.items()) if name not in named and name not in UNTESTED]
    wrong += [f"tests/docs/findings.py: there is no {name}, or a test provokes it"
              for name in UNTESTED if name not in found or name in named]
    rows = re.findall(r"^\| `([a-z]+\.[a-z-]+)` \| (?:trouble|note|trouble, note) \| ",
                      (ROOT / "docs/doctor.md").read_text(), re.M)
    wrong += [f"docs/doctor.md has no row for {name}" for name in sorted(set(found) - set(rows))]
    wrong += [f"docs/doctor.md: no source has {name}" for name in sorted(set(rows) - set(found))]
    if len(found) < 60:
        wrong.append("too few findings found")
    print("\n".join(wrong) if wrong else f"findings: {len(found)} are provoked by tests")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
