"""What the Python clients take for the sessions that the observers get, as JSON on standard output.

    .venv/bin/python ingest_peers.py agents|codex-sdk FOLDER

FOLDER is of tapes.py. The client starts a program in place of codex that copies the session to its
output; measured is the processor time of this process from the start of the stream to its end, with
all its threads, not that of the program. `events`: how many the client handed out.
"""

import asyncio
import json
import pathlib
import sys
import tempfile
import time
from importlib.metadata import version


def agents(session):
    from agents.extensions.experimental.codex import Codex
    from agents.extensions.experimental.codex.codex_options import CodexOptions

    async def run(program):
        thread = Codex(CodexOptions(codex_path_override=str(program), api_key="none")).start_thread()
        streamed = await thread.run_streamed("go")
        count = 0
        async for _ in streamed.events:
            count += 1
        return count

    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "codex"
        program.write_text(f"#!/bin/sh\ncat >/dev/null\nexec cat '{session}'\n")
        program.chmod(0o755)
        begin = time.process_time()
        count = asyncio.run(run(program))
        return count, time.process_time() - begin


def codex_sdk(session):
    from openai_codex.client import CodexClient, CodexConfig

    play = ["/bin/sh", "-c", 'cat "$0"; exec cat >/dev/null', str(session)]
    client = CodexClient(CodexConfig(launch_args_override=tuple(play)))
    client.register_turn_notifications("1")
    begin = time.process_time()
    client.start()
    count = 0
    while True:
        count += 1
        if client.next_turn_notification("1").method == "turn/completed":
            break
    seconds = time.process_time() - begin
    client.close()
    return count, seconds


def main():
    which, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    run, name, package = {
        "agents": (agents, "exec.jsonl", "openai-agents"),
        "codex-sdk": (codex_sdk, "app_server.jsonl", "openai-codex"),
    }[which]
    rates = []
    for _ in range(4):
        count, seconds = run(folder / name)
        rates.append(seconds / count * 1e9)
    rates = sorted(rates[1:])  # the first one warms up
    print(json.dumps({"version": version(package), "event": rates[1], "events": count}))


if __name__ == "__main__":
    main()
