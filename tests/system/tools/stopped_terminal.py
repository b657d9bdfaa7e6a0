"""stopped_terminal.py COMMAND...: run COMMAND on a terminal on which ^S was typed beforehand; whoever ends this program hangs up."""
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
