#!/usr/bin/python3 -SB
"""Starts codex with arguments that are on no tape."""

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    emit("hook/run", "before", {})
    events(codex(run, ["exec", "--model", "other", "-"]), emit)
    end_of_run(emit)


serve(session)
