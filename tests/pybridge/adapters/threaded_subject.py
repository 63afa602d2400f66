"""Starts a thread on import: what may not be forked."""

import threading
import time

PACKAGE = "pip"

threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


def prepare():
    pass


def run(driver, peer, env, emit):
    pass
