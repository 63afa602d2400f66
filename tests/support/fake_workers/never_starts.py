#!/usr/bin/python3 -SB
"""Ends without having started codex."""

from fake_worker import end_of_run, serve


def session(run, emit):
    end_of_run(emit)


serve(session)
