#!/usr/bin/python3 -SB
"""Ends in order, but never says how it went."""

from fake_worker import codex, events, serve


def session(run, emit):
    events(codex(run), emit)


serve(session)
