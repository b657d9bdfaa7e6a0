#!/usr/bin/env python3
"""Runs a page of docs/recipes as it stands, on a disposable host: tests/system/recipes.bats.

usage: recipe.py PAGE [HEADING...]

HEADING: only the parts of the page below these headings, each up to the next heading.

In an indented block a line that begins with "# " is typed by root, with the lines of its
here-document; the lines below it are what is printed, each within one line of the output; "..."
stands for anything. A command has to succeed, unless "(exit status N)" follows it.
"""

import re
import subprocess
import sys
from pathlib import Path


def parts(text, headings):
    """What stands below HEADINGS; without any, all of TEXT."""
    if not headings:
        return text
    found, inside, missing = [], False, set(headings)
    for line in text.splitlines():
        if re.match("#+ ", line):
            inside = line.lstrip("# ") in headings
            missing.discard(line.lstrip("# "))
        elif inside:
            found.append(line)
    if missing:
        sys.exit(f"no heading {missing}")
    return "\n".join(found)


def commands(text):
    """(command, expected lines, expected status) of each."""
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    found, at = [], 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("# "):
            command = line[2:]
            end = re.search(r"<<-?'?(\w+)'?", command)
            while end and (not command.splitlines()[-1] == end.group(1)):
                command += "\n" + lines[at]
                at += 1
            found.append([command, [], 0])
        elif re.fullmatch(r"\(exit status \d+\)", line):
            found[-1][2] = int(line.split()[2].rstrip(")"))
        elif line.strip():
            found[-1][1].append(line.strip())
    return found


def printed(expected, output):
    """Are the words of EXPECTED within one line of OUTPUT, in their order?"""
    pattern = ".*".join(re.escape(part) for part in expected.split("..."))
    pattern = re.sub(r"(\\ )+", r"\\s+", pattern)
    return re.search(pattern, output)


def main():
    page = Path(sys.argv[1])
    run = commands(parts(page.read_text(), sys.argv[2:]))
    if not run:
        sys.exit(f"{page}: no command")
    for command, expected, status in run:
        done = subprocess.run(["bash", "-c", command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=120, check=False)
        wrong = [line for line in expected if not printed(line, done.stdout)]
        if done.returncode != status or wrong:
            print(f"{page}: # {command}\n{done.stdout}exit status {done.returncode}, "
                  f"expected {status}")
            for line in wrong:
                print(f"not printed: {line}")
            sys.exit(1)
    print(f"{page}: {len(run)} commands")


if __name__ == "__main__":
    main()
