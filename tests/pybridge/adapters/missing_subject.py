"""Needs a client that is nowhere."""

import a_client_that_is_nowhere  # noqa: F401

PACKAGE = "a-client-that-is-nowhere"


def prepare():
    pass


def run(driver, peer, env, emit):
    pass
