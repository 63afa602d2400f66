#!/usr/bin/python3 -SB
"""Runs all codex processes at once, started in the opposite order."""

import threading

from fake_worker import codex, end_of_run, events, serve


def session(run, emit):
    steps = list(enumerate(run["driver"]["steps"], 1))
    running = [(codex(run, stdin=step["message"]), number) for number, step in reversed(steps)]
    threads = [threading.Thread(target=events, args=(p, emit, n)) for p, n in running]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end_of_run(emit)


serve(session)
