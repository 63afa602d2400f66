#!/usr/bin/python3 -SB
"""Starts one codex more than the driver has steps."""

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    for number in range(len(run["driver"]["steps"]) + 1):
        events(codex(run), emit, number + 1)
    end_of_run(emit)


serve(session)
