#!/usr/bin/python3 -SB
"""Starts codex, and reads nothing of what it says."""

import signal

from fake_worker import codex, serve


def session(run, emit):
    process = codex(run)
    while process:
        signal.pause()


serve(session)
