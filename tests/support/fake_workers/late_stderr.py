#!/usr/bin/python3 -SB
"""Reads stderr only when the process is gone."""

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    events(codex(run), emit, late_stderr=True)
    end_of_run(emit)


serve(session)
