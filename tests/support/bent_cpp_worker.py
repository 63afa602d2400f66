#!/usr/bin/env python3
"""`codex-telemetry-cpp-worker`, but it shows something else: a regression made to order.

A test puts it beside the tool under the real worker's name, and beside it

  cpp-worker       the real worker, which does the work
  bends.json       {SESSION: {OLD: NEW}}, texts within the compact JSON of an observation

Requests go to the real worker as they are; what it says of such a session is changed on the way.
"""

import json
import os
import socket
import subprocess
import sys
import threading

FOLDER = os.path.dirname(os.path.abspath(sys.argv[0]))
SUFFIX = ".tape.jsonl"


def bend(line: str, bends: dict[str, str]) -> str:
    observation = json.loads(line)
    if "lane" not in observation:
        return line
    text = json.dumps(observation, ensure_ascii=False, separators=(",", ":"))
    for old, new in bends.items():
        text = text.replace(old, new)
    return text


def main() -> None:
    with open(os.path.join(FOLDER, "bends.json"), encoding="utf-8") as file:
        bends = json.load(file)
    tool = socket.socket(fileno=os.dup(3))
    ours, theirs = socket.socketpair()
    os.dup2(theirs.fileno(), 3)
    worker = subprocess.Popen([os.path.join(FOLDER, "cpp-worker")], pass_fds=[3])
    theirs.close()
    os.close(3)
    session = ""

    def answers() -> None:
        for line in ours.makefile("r", encoding="utf-8", newline="\n"):
            tool.sendall((bend(line, bends.get(session, {})).rstrip("\n") + "\n").encode())
        tool.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=answers, daemon=True).start()
    for line in tool.makefile("r", encoding="utf-8", newline="\n"):
        run = json.loads(line)["run"]
        session = os.path.relpath(run["path"], run["root"] or ".").removesuffix(SUFFIX)
        ours.sendall(line.encode())
    worker.kill()


if __name__ == "__main__":
    main()
