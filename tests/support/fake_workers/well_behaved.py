#!/usr/bin/python3 -SB
"""Runs one codex, shows its lines and ends."""

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    events(codex(run), emit)
    end_of_run(emit)


serve(session)
