#!/usr/bin/python3 -SB
"""Stands for `codex-telemetry-cpp-worker`: does what the name of the tape says."""

import json
import os
import signal
import socket
import sys
import time

from fake_worker import write

to = socket.socket(fileno=3)
for line in to.makefile("rb"):
    run = json.loads(line)["run"]
    what = os.path.basename(run["path"]).split(".")[0]
    write(to, {"lane": "log/run", "name": "pid", "data": os.getpid()})
    write(to, {"lane": "log/run", "name": "run", "data": run})
    if what == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "leaves":
        sys.exit(5)
    if what == "hangs":
        signal.pause()
    if what == "slow":
        for _ in range(6):
            time.sleep(0.1)
            write(to, {"lane": "log/run", "name": "step", "data": None})
    while what == "floods":
        write(to, {"lane": "log/run", "name": "flood", "data": "x" * 1000})
    if what == "nonsense":
        to.sendall(b"what?\n")
    if what == "unreadable":
        write(to, {"error": "t.tape.jsonl:1: not JSON"})
        continue
    if what != "silent":
        outcome = "hang" if what == "stalls" else "completed"
        write(to, {"lane": "outcome/run", "name": outcome, "data": {}})
    write(to, {"end": True, "extra": {"profile": "p"}})
