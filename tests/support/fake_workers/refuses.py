#!/usr/bin/python3 -SB
"""Refuses every session."""

import json
import socket

from fake_worker import write

control = socket.socket(fileno=3)
write(control, {"ready": {"name": "fake", "package": "fake-client", "version": "1.2.3"}})
for line in control.makefile("rb"):
    write(control, {"error": "fork: not today", "session": json.loads(line)["run"]["session"]})
