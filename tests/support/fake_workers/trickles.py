#!/usr/bin/python3 -SB
"""Shows something now and then, for ever."""

import time

from fake_worker import codex, events, serve


def session(run, emit):
    events(codex(run), emit)
    while True:
        emit("log/run", "drop", {})
        time.sleep(0.05)


serve(session)
