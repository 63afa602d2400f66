#!/usr/bin/python3 -SB
"""Never gets ready."""

import signal

while True:
    signal.pause()
