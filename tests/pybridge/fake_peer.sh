#!/bin/sh
# Plays codex without a tape: reads its stdin to the end, then shows the file LINES.
cat >/dev/null
cat "$LINES"
