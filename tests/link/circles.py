#!/usr/bin/env python3
"""circles.py BUILD [ROOM...]: object files of rbacctl that call each other, directly or by others.
circles.py --folders BUILD ROOM...: folders of a ROOM that do; the files beside them are one, too.

One line for each circle: its members. With ROOMs (model, config, ...), the circles that have a
member in one of them. nm(1) says which symbols an object defines and needs. An object whose source
is gone does not count.
"""
import pathlib
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent.parent.parent / "rbacctl"
folders = sys.argv[1:2] == ["--folders"]
build, *rooms = sys.argv[2 if folders else 1:]
build = pathlib.Path(build)
defined_in, needs = {}, {}
for path in sorted((build / "rbacctl").rglob("*.o")):
    name = str(path.relative_to(build / "rbacctl"))[:-2]
    if not (SOURCES / f"{name}.c").exists():
        continue
    needs[name] = set()
    nm = subprocess.run(["nm", "--format=posix", path], capture_output=True, text=True, check=True)
    for line in nm.stdout.splitlines():
        symbol, kind = line.split()[:2]
        if kind == "U":
            needs[name].add(symbol)
        elif kind in "TDBRVWC":
            defined_in[symbol] = name
if not needs:
    sys.exit(f"{build}/rbacctl has no object files")
calls = {name: {defined_in[s] for s in symbols if s in defined_in} - {name}
         for name, symbols in needs.items()}
if folders:
    between = {}
    for name, others in calls.items():
        folder = name.rpartition("/")[0]
        between.setdefault(folder, set()).update(o.rpartition("/")[0] for o in others)
    calls = {folder: {o for o in others if o != folder and o.split("/")[0] in rooms}
             for folder, others in between.items() if folder.split("/")[0] in rooms}
    if len(calls) < 2 * len(rooms):
        sys.exit(f"{build}/rbacctl: {rooms} have no folders")


def reached(start):
    """Every object that START calls, directly or by others."""
    found, todo = set(), list(calls[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(calls[name])
    return found


reach = {name: reached(name) for name in calls}
told = set()
for name in calls:
    circle = {other for other in reach[name] if name in reach[other]}
    if circle and name not in told:
        told |= circle
        if not rooms or any(member.split("/")[0] in rooms for member in circle):
            print(" ".join(sorted(circle)))
