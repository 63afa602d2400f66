#!/usr/bin/python3 -SB
"""Reads what codex says, and never comes back."""

import signal

from fake_worker import codex, events, serve


def session(run, emit):
    events(codex(run), emit)
    while True:
        signal.pause()


serve(session)
