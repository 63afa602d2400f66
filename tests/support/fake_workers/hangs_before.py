#!/usr/bin/python3 -SB
"""Never starts codex, and never comes back."""

import signal

from fake_worker import serve


def session(run, emit):
    while True:
        signal.pause()


serve(session)
