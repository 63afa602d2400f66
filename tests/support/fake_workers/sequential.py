#!/usr/bin/python3 -SB
"""Runs as many codex processes as the driver has steps, one after the other."""

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    for number, step in enumerate(run["driver"]["steps"], 1):
        events(codex(run, stdin=step["message"]), emit, number)
    end_of_run(emit)


serve(session)
