#!/usr/bin/python3
"""watch.py USER GROUP: a process that lives long.

For each line of standard input: "in" or "out", or "torn" where the user's groups and the group's
members do not agree.
"""
import grp
import os
import sys

user, group = sys.argv[1:]
for _ in iter(sys.stdin.readline, ""):
    entry = grp.getgrnam(group)
    listed, has = user in entry.gr_mem, entry.gr_gid in os.getgrouplist(user, 65534)
    print("torn" if listed != has else "in" if has else "out", flush=True)
