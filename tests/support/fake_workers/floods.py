#!/usr/bin/python3 -SB
"""Shows things for ever."""

from fake_worker import codex, events, serve


def session(run, emit):
    events(codex(run), emit)
    while True:
        emit("log/run", "flood", "x" * 1000)


serve(session)
