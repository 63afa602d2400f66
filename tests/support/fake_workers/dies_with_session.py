#!/usr/bin/python3 -SB
"""The worker itself dies when the driver says so."""

import os
import signal

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    if "kill" in run["driver"]["prompt"]:
        os.kill(os.getppid(), signal.SIGKILL)
    emit("log/run", "worker", os.getppid())
    events(codex(run), emit)
    end_of_run(emit)


serve(session)
