#!/usr/bin/python3 -SB
"""Shows its own environment, and the driver's."""

import os

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    emit("log/run", "environment", dict(sorted(os.environ.items())))
    emit("log/run", "worker", os.getppid())
    events(codex(run), emit)
    end_of_run(emit)


serve(session)
