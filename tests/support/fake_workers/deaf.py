#!/usr/bin/python3 -SB
"""Gets ready, and takes no request."""

import signal
import socket

from fake_worker import write

control = socket.socket(fileno=3)
write(control, {"ready": {"name": "fake", "package": "f", "version": "1"}})
while True:
    signal.pause()
