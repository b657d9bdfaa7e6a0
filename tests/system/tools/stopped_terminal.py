"""stopped_terminal.py COMMAND...: runs COMMAND on a terminal on which ^S was typed beforehand.

The terminal hangs up when this program is ended.
"""
import os
import pty
import signal
import sys

ready, typed = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.read(ready, 1)
    os.execvp(sys.argv[1], sys.argv[1:])
os.write(terminal, b"\x13")
os.write(typed, b".")
signal.pause()
