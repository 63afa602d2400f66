#!/usr/bin/python3 -SB
"""Sends what is no observation."""

from fake_worker import serve


def session(run, emit):
    emit("nowhere", "x", {})


serve(session)
