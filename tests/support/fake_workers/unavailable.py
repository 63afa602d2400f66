#!/usr/bin/python3 -SB
"""Is there, but its client is not."""

import socket

from fake_worker import write

write(socket.socket(fileno=3), {"unavailable": "no fake-client in this environment"})
