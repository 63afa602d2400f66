#!/usr/bin/python3 -SB
"""Kills codex after its first line, as a client does that cannot read it."""

from fake_worker import codex, end_of_run, serve


def session(run, emit):
    process = codex(run)
    emit("event/call:1", "line", process.stdout.readline())
    process.kill()
    process.wait()
    end_of_run(emit, "failed")


serve(session)
