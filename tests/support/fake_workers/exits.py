#!/usr/bin/python3 -SB
"""Leaves in the middle, with a status of its own."""

import os

from fake_worker import codex, events, serve


def session(run, emit):
    events(codex(run), emit)
    os._exit(7)


serve(session)
