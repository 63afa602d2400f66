#!/usr/bin/python3 -SB
"""Says that its adapter has a bug."""

from fake_worker import serve, write


def session(run, emit):
    emit("log/run", "before", {})
    write(emit.socket, {"bug": "Traceback: it broke\n"})


serve(session, end=False)
