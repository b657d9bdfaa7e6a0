#!/usr/bin/env python3
"""Checks that the JSON section of rbacctl(8) has each table of rbacctl/cmd, with its keys in their
order, and no other.

usage: json_keys.py

A table is `table_new("NAME", JSON, COLUMNS, ...)` or
`policy_table_new("NAME", INVOCATION, POLICY, SECTION, COLUMNS, ...)`, and COLUMNS an array of
{ "HEADING", "key", ... } in the same file. Its item in the manual begins with `.It Cm NAME`, and
has the keys after `.Li`.
The columns of matrix are roles: its first key alone counts.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ARRAY = re.compile(r"struct (?:table|policy)_column (\w+)\[\] = \{(.*?)\};", re.S)
KEY = re.compile(r'\{\s*"[^"]*",\s*"([^"]+)"')
TABLE = re.compile(r'table_new\(\s*"(\w+)",\s*(?:a,\s*p,\s*\w+|[^,]+),\s*(\w+)', re.S)


def in_sources():
    tables = {}
    for path in sorted(ROOT.glob("rbacctl/cmd/*.c")):
        text = path.read_text()
        arrays = {name: KEY.findall(rows) for name, rows in ARRAY.findall(text)}
        for name, columns in TABLE.findall(text):
            tables[name] = arrays.get(columns, ["permission"])
    return tables


def in_manual():
    text = (ROOT / "rbacctl/rbacctl.8").read_text()
    section = re.search(r"^\.Sh JSON$(.*?)^\.Sh ", text, re.M | re.S)
    items = re.findall(r"^\.It Cm (\w+).*?\n(.*?)(?=^\.It |^\.El)",
                       section.group(1) if section else "", re.M | re.S)
    return {name: re.findall(r"[\w-]+", " ".join(re.findall(r"^\.Li (.*)$", rest, re.M)))
            for name, rest in items}


def main():
    sources, manual = in_sources(), in_manual()
    wrong = [f"rbacctl(8), JSON: {name}: the sources have {sources.get(name)}, "
             f"the manual {manual.get(name)}"
             for name in sorted(sources | manual) if sources.get(name) != manual.get(name)]
    if len(sources) < 10:
        wrong.append("too few tables found")
    print("\n".join(wrong) if wrong else f"json: the manual has the keys of {len(sources)} tables")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
