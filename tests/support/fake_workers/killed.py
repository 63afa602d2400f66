#!/usr/bin/python3 -SB
"""Dies of a signal in the middle."""

import os
import signal

from fake_worker import codex, serve


def session(run, emit):
    emit("event/call:1", "line", codex(run).stdout.readline())
    os.kill(os.getpid(), signal.SIGSEGV if "segv" in run["driver"]["prompt"] else signal.SIGKILL)


serve(session)
