#!/usr/bin/python3 -SB
"""Dies before it is ready, and says why on stderr."""

import sys

sys.stderr.write("fake: cannot load\nlibfake.so\n")
sys.exit(127)
